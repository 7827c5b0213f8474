package fingerprint

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// tree is a root with /sys, /proc, /etc and /run below it.
type tree struct {
	root string
	// permanent asks the driver for a network card's own address; nil where
	// there is no driver to ask, as in a recorded tree.
	permanent func(name string, index int) string
}

// maxFile is the most that is read of one file of the tree. /proc/cpuinfo, the
// longest, is read by its library.
const maxFile = 1 << 20

func (t tree) path(parts ...string) string {
	return filepath.Join(append([]string{t.root}, parts...)...)
}

// read returns a file's text without blanks around it, or "" when it cannot be
// read.
func (t tree) read(parts ...string) string { return readText(t.path(parts...)) }

func readText(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// real returns where a path of sysfs leads, or "".
func real(path string) string {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return ""
	}
	return target
}

// names lists a directory, sorted; nil when it cannot be read.
func names(dir string) []string {
	entries, _ := os.ReadDir(dir)
	list := make([]string, len(entries))
	for n, e := range entries {
		list[n] = e.Name()
	}
	return list
}

// attachment looks at the devices between a device and the root of sysfs, and
// returns why hardware attached this way does not count: USB, Bluetooth,
// Thunderbolt networks, FireWire, and whatever the firmware says can be
// unplugged, such as the PCI cards of a dock.
func (t tree) attachment(device string) Reason {
	top := real(t.path("sys/devices"))
	for dir := real(device); top != "" && strings.HasPrefix(dir, top+"/"); dir = filepath.Dir(dir) {
		switch filepath.Base(real(filepath.Join(dir, "subsystem"))) {
		case "usb", "firewire", "memstick":
			return Removable
		case "bluetooth":
			return Bluetooth
		case "thunderbolt", "netdevsim":
			return Virtual
		}
		if readText(filepath.Join(dir, "removable")) == "removable" {
			return Removable
		}
		if exists(filepath.Join(dir, "physfn")) {
			return Virtual // a part of another card, made and unmade by software
		}
	}
	return Counts
}
