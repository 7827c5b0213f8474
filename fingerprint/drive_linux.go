package fingerprint

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jaypipes/ghw"
	"github.com/jaypipes/ghw/pkg/block"
)

// systemDrives reads the drives that hold the root file system: below
// partitions, encryption, LVM, RAID and btrfs, all of them where there are
// several. In a container, whose root is an overlay, it is the drive that holds
// the container's own /etc/hostname.
func (t tree) systemDrives(ctx context.Context) (f finding, err error) {
	disks, from := t.systemDisks()
	if len(disks) == 0 {
		return f, errors.New("the drive that holds / is not to be found (a network or memory file system?)")
	}
	if from != "/" {
		f.notef("/ is on no drive of its own; the one that holds %s stands for it", from)
	}
	for _, disk := range disks {
		name := filepath.Base(disk)
		serial, source := t.driveSerial(disk)
		why := t.driveReason(disk)
		if why == Counts && isVirtio(disk) && digits(serial) < 2 {
			why = Junk // "rootfs", "drive-virtio-disk0": a name that many machines share
		}
		i := NewInstance(SystemDrive, serial, strings.TrimSpace(name+" "+t.driveModel(disk)), why)
		switch {
		case serial == "":
			f.notef("%s does not count: it gives no serial number", name)
		case !i.Counts():
			f.notef("%s does not count: %s", name, i.Excluded)
		default:
			f.notef("%s is identified by its %s", name, source)
		}
		f.instances = append(f.instances, i)
	}
	return f, nil
}

// driveSerial returns the serial number of a drive and where it is from. The
// sources are tried in an order that gives the same answer inside and outside a
// container and before and after a kernel update: the serial number first, the
// world-wide name only where there is none, the udev database last.
func (t tree) driveSerial(disk string) (serial, source string) {
	for _, s := range []struct{ file, source string }{
		{"device/cid", "card id"},          // eMMC
		{"serial", "serial number"},        // virtio
		{"device/serial", "serial number"}, // NVMe
	} {
		if text := readText(filepath.Join(disk, s.file)); text != "" {
			return text, s.source
		}
	}
	if page := readText(filepath.Join(disk, "device/vpd_pg80")); len(page) > 4 {
		if text := tidy(page[4:]); text != "" { // a SCSI page: four bytes of header, then text
			return text, "serial number"
		}
	}
	for _, file := range []string{"device/wwid", "wwid"} {
		if text := readText(filepath.Join(disk, file)); text != "" {
			return text, "world-wide name"
		}
	}
	return t.udevSerial(filepath.Base(disk)), "serial number in the udev database"
}

// udevSerial asks ghw, which reads the udev database.
func (t tree) udevSerial(name string) string {
	info, err := block.New(ghw.WithChroot(t.root), ghw.WithDisableTools(), ghw.WithDisableWarnings())
	if err != nil {
		return ""
	}
	for _, d := range info.Disks {
		if d.Name != name {
			continue
		}
		for _, text := range []string{d.SerialNumber, d.WWN} {
			if !isJunk(SystemDrive, normalize(SystemDrive, text)) {
				return text
			}
		}
	}
	return ""
}

func (t tree) driveModel(disk string) string {
	for _, file := range []string{"device/model", "device/name"} {
		if text := readText(filepath.Join(disk, file)); text != "" {
			return text
		}
	}
	return ""
}

// driveReason returns why a drive does not count.
func (t tree) driveReason(disk string) Reason {
	name := filepath.Base(disk)
	for _, virtual := range []string{"loop", "ram", "zram", "nbd", "rbd", "drbd"} {
		if strings.HasPrefix(name, virtual) {
			return Virtual
		}
	}
	if strings.HasPrefix(name, "sr") || strings.HasPrefix(name, "fd") || readText(filepath.Join(disk, "removable")) == "1" {
		return Removable
	}
	device := filepath.Join(disk, "device")
	if strings.HasPrefix(name, "mmcblk") && readText(filepath.Join(device, "type")) != "MMC" {
		return Removable // an SD card, not soldered eMMC
	}
	if why := t.attachment(device); why != Counts {
		return why
	}
	for _, controller := range names(device) { // an NVMe subsystem links to its controllers
		if strings.HasPrefix(controller, "nvme") {
			if why := t.attachment(filepath.Join(device, controller)); why != Counts {
				return why
			}
		}
	}
	return Counts
}

func isVirtio(disk string) bool {
	return filepath.Base(real(filepath.Join(disk, "device/subsystem"))) == "virtio"
}

// digits counts the decimal digits of a text.
func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// mount is a line of /proc/self/mountinfo.
type mount struct{ device, point, kind, source, options string }

// stands are the mount points that tell the system drive, the first that does
// so: the root, then what is on the same drive where the root is ZFS or an
// overlay, then the files that a container runtime mounts from its host.
var stands = []string{"/", "/boot", "/boot/efi", "/efi", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf"}

// systemDisks returns the directories in sysfs of the whole drives that hold the
// system, sorted, and the mount point that told.
func (t tree) systemDisks() (disks []string, from string) {
	mounts := t.mounts()
	for _, stand := range stands {
		for _, m := range slices.Backward(mounts) { // the last mount on a point hides the others
			if m.point != stand {
				continue
			}
			for _, b := range t.blocksOf(m, mounts) {
				disks = t.wholeDisks(b, disks, 0)
			}
			break
		}
		if len(disks) > 0 {
			slices.Sort(disks)
			return slices.Compact(disks), stand
		}
	}
	return nil, ""
}

func (t tree) mounts() []mount {
	var mounts []mount
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	for line := range strings.Lines(t.read("proc/self/mountinfo")) {
		before, after, found := strings.Cut(line, " - ")
		left, right := strings.Fields(before), strings.Fields(after)
		if !found || len(left) < 5 || len(right) < 3 {
			continue
		}
		mounts = append(mounts, mount{
			device: left[2], point: unescape.Replace(left[4]),
			kind: right[0], source: unescape.Replace(right[1]), options: right[2],
		})
	}
	return mounts
}

// blocksOf returns the directories in sysfs of the block devices below a mount.
func (t tree) blocksOf(m mount, mounts []mount) []string {
	switch m.kind {
	case "btrfs": // an anonymous device number; the source is any one of its drives
		return t.btrfsBlocks(m)
	case "overlay": // a read-only root with a memory file system on top
		for option := range strings.SplitSeq(m.options, ",") {
			lower, found := strings.CutPrefix(option, "lowerdir=")
			for _, below := range mounts {
				if found && below.kind != "overlay" && below.point != "/" && slices.Contains(strings.Split(lower, ":"), below.point) {
					return t.blocksOf(below, nil)
				}
			}
		}
		return nil
	}
	if b := real(t.path("sys/dev/block", m.device)); b != "" {
		return []string{b}
	}
	var blocks []string
	for source := range strings.SplitSeq(m.source, ":") { // bcachefs lists all its drives
		if b := t.blockNamed(source); b != "" {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

func (t tree) btrfsBlocks(m mount) []string {
	first := t.blockNamed(m.source)
	if first == "" {
		return nil
	}
	for _, fs := range names(t.path("sys/fs/btrfs")) {
		dir := t.path("sys/fs/btrfs", fs, "devices")
		var blocks []string
		for _, name := range names(dir) {
			if b := real(filepath.Join(dir, name)); b != "" {
				blocks = append(blocks, b)
			}
		}
		if slices.Contains(blocks, first) {
			return blocks
		}
	}
	return []string{first}
}

// blockNamed returns the directory in sysfs of "/dev/sda1" or "/dev/mapper/root".
func (t tree) blockNamed(source string) string {
	if mapped, found := strings.CutPrefix(source, "/dev/mapper/"); found {
		for _, name := range names(t.path("sys/class/block")) {
			if strings.HasPrefix(name, "dm-") && t.read("sys/class/block", name, "dm/name") == mapped {
				return real(t.path("sys/class/block", name))
			}
		}
	}
	name, found := strings.CutPrefix(source, "/dev/")
	if !found || name == "" {
		return ""
	}
	return real(t.path("sys/class/block", strings.ReplaceAll(name, "/", "!")))
}

// maxStack is how many layers of block devices are followed.
const maxStack = 16

// wholeDisks adds the whole drives below a block device to disks.
func (t tree) wholeDisks(dir string, disks []string, depth int) []string {
	if dir == "" || depth > maxStack {
		return disks
	}
	if exists(filepath.Join(dir, "partition")) {
		return t.wholeDisks(filepath.Dir(dir), disks, depth+1)
	}
	slaves := names(filepath.Join(dir, "slaves"))
	for _, name := range slaves {
		disks = t.wholeDisks(real(filepath.Join(dir, "slaves", name)), disks, depth+1)
	}
	if len(slaves) == 0 {
		disks = append(disks, dir)
	}
	return disks
}
