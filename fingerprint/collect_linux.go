package fingerprint

import (
	"context"
	"errors"
	"fmt"

	"github.com/shirou/gopsutil/v4/common"
	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
)

// probes returns the probes of this machine.
func probes() []probe {
	return linuxProbes(tree{root: "/", permanent: permanentAddress})
}

// linuxProbes returns the probes of a tree, which holds /sys, /proc, /etc and
// /run of this machine or of a recorded one. Only what any user can read is read.
func linuxProbes(t tree) []probe {
	return []probe{
		{MAC, t.networkCards},
		{CPU, t.processors},
		{SystemDrive, t.systemDrives},
		{Memory, t.memory},
		{CDROM, t.opticalDrives},
		{Video, t.pci(Video)},
		{IDE, t.pci(IDE)},
		{SCSI, t.pci(SCSI)},
		{Firmware, t.firmware},
		{Board, t.board},
		{MachineID, t.machineID},
	}
}

// env points gopsutil at the tree, and keeps HOST_PROC and the like in the
// environment from pointing it elsewhere.
func (t tree) env(ctx context.Context) context.Context {
	return context.WithValue(ctx, common.EnvKey, common.EnvMap{
		common.HostProcEnvKey: t.path("proc"),
		common.HostSysEnvKey:  t.path("sys"),
		common.HostEtcEnvKey:  t.path("etc"),
		common.HostVarEnvKey:  t.path("var"),
		common.HostRunEnvKey:  t.path("run"),
		common.HostDevEnvKey:  t.path("dev"),
		common.HostRootEnvKey: t.path("."),
	})
}

// processors reads the vendor, family, model and stepping of each sort of core.
// Microcode, frequency and the number of cores switched on change and are left
// out.
func (t tree) processors(ctx context.Context) (f finding, err error) {
	cores, err := cpu.InfoWithContext(t.env(ctx))
	if err != nil {
		return f, err
	}
	for _, c := range cores {
		if c.Family == "" && c.Model == "" {
			continue
		}
		id := fmt.Sprintf("%s %s/%s/%d", c.VendorID, c.Family, c.Model, c.Stepping)
		f.instances = append(f.instances, NewInstance(CPU, id, c.ModelName, Counts))
	}
	f.instances = foldDuplicates(f.instances)
	if len(f.instances) == 0 {
		return f, errors.New("/proc/cpuinfo names no family and model")
	}
	return f, nil
}

func (t tree) memory(ctx context.Context) (f finding, err error) {
	m, err := mem.VirtualMemoryWithContext(t.env(ctx))
	if err != nil {
		return f, err
	}
	if m.Total == 0 {
		return f, errors.New("/proc/meminfo gives no total")
	}
	f.instances = []Instance{NewInstance(Memory, MemorySize(m.Total), "", Counts)}
	return f, nil
}

// board reads the model of the machine and its main board. The serial numbers
// beside them are for root alone and stay unread; those of a device tree are
// for everybody.
func (t tree) board(context.Context) (finding, error) {
	var texts []string
	for _, name := range []string{"sys_vendor", "product_name", "board_vendor", "board_name"} {
		texts = append(texts, t.read("sys/class/dmi/id", name))
	}
	if f, err := boardOf(texts); err == nil {
		return f, nil
	}
	texts = texts[:0]
	for _, name := range []string{"model", "serial-number"} {
		texts = append(texts, t.read("sys/firmware/devicetree/base", name))
	}
	return boardOf(texts)
}

// firmware is left alone: its UUID is for root, and a service must see the same
// profile as a user.
func (t tree) firmware(context.Context) (finding, error) {
	return finding{}, errors.New("the firmware's UUID is for root alone, and everybody is to see the same profile")
}

func (t tree) machineID(context.Context) (f finding, err error) {
	for _, name := range []string{"etc/machine-id", "var/lib/dbus/machine-id"} {
		if id := t.read(name); id != "" && !isJunk(MachineID, normalize(MachineID, id)) {
			f.instances = []Instance{NewInstance(MachineID, veil(id), "", Counts)}
			return f, nil
		}
	}
	return f, errors.New("no machine id in /etc/machine-id")
}
