package fingerprint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/shirou/gopsutil/v4/cpu"
)

// probes returns the probes of this machine. They run tools that every Mac has,
// by their full paths, and none needs an administrator.
func probes() []probe {
	return []probe{
		{MAC, networkCards},
		{CPU, processors},
		{SystemDrive, systemDrives},
		{Memory, memory},
		{Video, pciCards(Video)},
		{IDE, pciCards(IDE)},
		{SCSI, pciCards(SCSI)},
		{Firmware, platform(Firmware)},
		{Board, platform(Board)},
	}
}

// maxOutput is the most that is kept of a tool's output.
const maxOutput = 32 << 20

// limited is a buffer that refuses to grow beyond maxOutput.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxOutput {
		return 0, errors.New("too much output")
	}
	return l.Buffer.Write(p)
}

// run runs a tool until ctx ends and returns what it prints.
func run(ctx context.Context, path string, args ...string) ([]byte, error) {
	var out limited
	tool := exec.CommandContext(ctx, path, args...)
	tool.Env = []string{"LC_ALL=C", "PATH=/usr/bin:/bin:/usr/sbin:/sbin"}
	tool.Stdout = &out
	tool.WaitDelay = 100 * time.Millisecond
	if err := tool.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out.Bytes(), nil
}

func ioreg(ctx context.Context, args ...string) ([]registryEntry, error) {
	out, err := run(ctx, "/usr/sbin/ioreg", append([]string{"-a", "-r"}, args...)...)
	if err != nil {
		return nil, err
	}
	return parseRegistry(out)
}

func networkCards(ctx context.Context) (f finding, err error) {
	out, err := run(ctx, "/usr/sbin/networksetup", "-listallhardwareports")
	if err != nil {
		return f, err
	}
	f.instances = macosPorts(string(out))
	for _, i := range f.instances {
		if !i.Counts() {
			f.notef("%s does not count: %s", i.Label, i.Excluded)
		}
	}
	return f, nil
}

// processors reads vendor, family, model and stepping; Apple's own chips have
// only a name.
func processors(ctx context.Context) (f finding, err error) {
	list, err := cpu.InfoWithContext(ctx)
	if err != nil {
		return f, err
	}
	for _, c := range list {
		id := fmt.Sprintf("%s %s/%s/%d", c.VendorID, c.Family, c.Model, c.Stepping)
		if c.Family == "" || c.Family == "0" {
			id = c.ModelName
		}
		f.instances = append(f.instances, NewInstance(CPU, id, c.ModelName, Counts))
	}
	if len(f.instances) == 0 {
		return f, errors.New("the system names no processor")
	}
	return f, nil
}

// systemDrives reads the drives below the root volume.
func systemDrives(ctx context.Context) (f finding, err error) {
	out, err := run(ctx, "/usr/sbin/diskutil", "info", "-plist", "/")
	if err != nil {
		return f, err
	}
	disks, err := macosWholeDisks(out)
	if err != nil {
		return f, err
	}
	entries, err := ioreg(ctx, "-c", "IOBlockStorageDevice")
	if err != nil {
		return f, err
	}
	for _, name := range disks {
		i, found := macosDrive(entries, name)
		if !found {
			return f, fmt.Errorf("the I/O registry has no %s", name)
		}
		if !i.Counts() {
			f.notef("%s does not count: %s", i.Label, i.Excluded)
		}
		f.instances = append(f.instances, i)
	}
	return f, nil
}

func pciCards(kind Kind) func(context.Context) (finding, error) {
	return func(ctx context.Context) (f finding, err error) {
		entries, err := ioreg(ctx, "-d", "1", "-c", "IOPCIDevice")
		if err != nil {
			return f, err
		}
		f.instances = macosCards(entries, kind)
		return f, nil
	}
}

// platform reads the hardware UUID, or model and serial number, of the Mac.
func platform(kind Kind) func(context.Context) (finding, error) {
	return func(ctx context.Context) (f finding, err error) {
		entries, err := ioreg(ctx, "-d", "1", "-c", "IOPlatformExpertDevice")
		if err != nil {
			return f, err
		}
		if len(entries) == 0 {
			return f, errors.New("the I/O registry names no platform")
		}
		id, label := entries[0].text("IOPlatformUUID"), ""
		if kind == Board {
			label = entries[0].text("model")
			id = label + " / " + entries[0].text("IOPlatformSerialNumber")
		}
		f.instances = []Instance{NewInstance(kind, id, label, Counts)}
		return f, nil
	}
}
