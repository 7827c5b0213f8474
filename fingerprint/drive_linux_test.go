package fingerprint

import (
	"os"
	"strings"
	"testing"
)

func TestSystemDriveBelowAnything(t *testing.T) {
	for _, test := range []struct {
		name  string
		build func(m *machine, drive string)
		want  string
	}{
		{"a partition", func(m *machine, drive string) {
			m.partition("nvme0n1p2", "259:2", drive)
			m.mounts("259:2 / ext4 /dev/root rw")
		}, "21073X804582"},
		{"a mount over a mount", func(m *machine, drive string) {
			m.mounts("0:2 / rootfs rootfs rw", "259:0 / ext4 /dev/nvme0n1 rw")
		}, "21073X804582"},
		{"a btrfs subvolume", func(m *machine, drive string) {
			m.partition("nvme0n1p2", "259:2", drive)
			m.mounts("0:27 / btrfs /dev/nvme0n1p2 rw,subvol=/@")
		}, "21073X804582"},
		{"btrfs on an encrypted partition", func(m *machine, drive string) {
			crypt := m.block("dm-0", "253:0", "sys/devices/virtual/block", "dm/name=root")
			m.link(crypt+"/slaves/nvme0n1", drive)
			m.link("sys/fs/btrfs/5a1c/devices/dm-0", crypt)
			m.mounts("0:27 / btrfs /dev/mapper/root rw")
		}, "21073X804582"},
		{"btrfs on two drives", func(m *machine, drive string) {
			port := m.device("pci0000:00/0000:00:17.0/ata1", "scsi")
			other := m.block("sdb", "8:16", port, "serial=WD-WX12345")
			m.link("sys/fs/btrfs/5a1c/devices/sdb", other)
			m.link("sys/fs/btrfs/5a1c/devices/nvme0n1", drive)
			m.mounts("0:27 / btrfs /dev/sdb rw")
		}, "21073X804582, WD-WX12345"},
		{"ZFS, told by /boot", func(m *machine, drive string) {
			m.partition("nvme0n1p2", "259:2", drive)
			m.mounts("0:27 / zfs rpool/ROOT/ubuntu rw", "259:2 /boot ext4 /dev/nvme0n1p2 rw")
		}, "21073X804582"},
		{"a read-only root", func(m *machine, drive string) {
			m.mounts("0:30 / overlay overlayroot rw,lowerdir=/media/root-ro,upperdir=/m", "259:0 /media/root-ro ext4 /dev/nvme0n1 ro")
		}, "21073X804582"},
		{"a world-wide name alone", func(m *machine, drive string) {
			m.must(os.Remove(m.path("sys/devices/pci0000:00/0000:04:00.0/nvme/nvme0/serial")))
			m.mounts("259:0 / ext4 /dev/nvme0n1 rw")
		}, "EUI.E8238FA6BF530001001B448B4A4BA0BC"},
		{"the udev database alone", func(m *machine, drive string) {
			m.must(os.Remove(m.path("sys/devices/pci0000:00/0000:04:00.0/nvme/nvme0/serial")))
			m.must(os.Remove(m.path(drive, "wwid")))
			m.link("sys/block/nvme0n1", drive)
			m.file("run/udev/data/b259:0", "S:disk/by-id/x\nE:ID_SERIAL=WDC_21073X804582\nE:ID_SERIAL_SHORT=21073X804582\n")
			m.mounts("259:0 / ext4 /dev/nvme0n1 rw")
		}, "21073X804582"},
		{"eMMC", func(m *machine, drive string) {
			chip := m.device("platform/soc/fe330000.mmc/mmc_host/mmc0/mmc0:0001", "mmc")
			m.file(chip+"/type", "MMC\n")
			m.file(chip+"/cid", "150100424a544434520748a5c93e9400\n")
			m.link(m.block("mmcblk0", "179:0", chip+"/block")+"/device", chip)
			m.mounts("179:0 / ext4 /dev/mmcblk0 rw")
		}, "150100424A544434520748A5C93E9400"},
		{"an SD card", func(m *machine, drive string) {
			chip := m.device("platform/soc/fe330000.mmc/mmc_host/mmc0/mmc0:aaaa", "mmc")
			m.file(chip+"/type", "SD\n")
			m.file(chip+"/cid", "035344534c3634478016a2b1c80155ff\n")
			m.link(m.block("mmcblk0", "179:0", chip+"/block")+"/device", chip)
			m.mounts("179:0 / ext4 /dev/mmcblk0 rw")
		}, ""},
		{"a USB drive", func(m *machine, drive string) {
			stick := m.device("pci0000:00/0000:00:14.0/usb2/2-2/2-2:1.0/host6/target6:0:0/6:0:0:0", "scsi")
			m.device("pci0000:00/0000:00:14.0/usb2/2-2", "usb")
			m.link(m.block("sda", "8:0", stick+"/block", "serial=4C530001")+"/device", stick)
			m.mounts("8:0 / ext4 /dev/sda rw")
		}, ""},
		{"a loop device", func(m *machine, drive string) {
			m.block("loop0", "7:0", "sys/devices/virtual/block", "loop/backing_file=/cow/root.img", "serial=1234567X")
			m.mounts("7:0 / squashfs /dev/loop0 ro")
		}, ""},
		{"NVMe over two paths, in a dock", func(m *machine, drive string) {
			m.file("sys/devices/pci0000:00/0000:04:00.0/removable", "removable\n")
			subsystem := "sys/devices/virtual/nvme-subsystem/nvme-subsys0"
			m.link(subsystem+"/nvme0", "sys/devices/pci0000:00/0000:04:00.0/nvme/nvme0")
			m.file(subsystem+"/serial", "21073X804582\n")
			m.link(m.block("nvme1n1", "259:9", subsystem)+"/device", subsystem)
			m.mounts("259:9 / ext4 /dev/nvme1n1 rw")
		}, ""},
		{"a stack that bites its tail", func(m *machine, drive string) {
			a := m.block("dm-0", "253:0", "sys/devices/virtual/block")
			m.link(a+"/slaves/dm-0", a)
			m.link(a+"/slaves/nvme0n1", drive)
			m.mounts("253:0 / ext4 /dev/dm-0 rw")
		}, "21073X804582"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := newMachine(t)
			test.build(m, m.nvme("21073X804582"))
			p := m.profile()
			c, read := p.Component(SystemDrive)
			if have := strings.Join(c.IDs(), ", "); have != test.want || !read {
				t.Errorf("have %q (read: %v), want %q; notes: %q", have, read, test.want, p.Notes)
			}
		})
	}
}
