package fingerprint

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// machine is a recorded tree under construction: /sys, /proc and /etc of a
// machine, as Linux lays them out.
type machine struct {
	t testing.TB
	tree
}

func newMachine(t testing.TB) *machine {
	m := &machine{t: t, tree: tree{root: t.TempDir()}}
	m.dir("sys/devices/virtual")
	m.dir("sys/class/net")
	m.dir("sys/class/block")
	m.dir("sys/dev/block")
	m.dir("sys/bus/pci/devices")
	m.file("proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 140\n"+
		"model name\t: 11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz\nstepping\t: 1\nmicrocode\t: 0xb6\ncpu MHz\t\t: 2800.000\n\n")
	m.file("proc/meminfo", "MemTotal:       16116016 kB\nMemFree:  1 kB\nMemAvailable: 1 kB\nBuffers: 1 kB\nCached: 1 kB\n")
	m.file("etc/machine-id", "c3d19e07b6f2458891aa4e0d7c5b2f64\n")
	return m
}

func (m *machine) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) dir(path string) { m.t.Helper(); m.must(os.MkdirAll(m.path(path), 0o755)) }

func (m *machine) file(path, text string) {
	m.t.Helper()
	m.dir(filepath.Dir(path))
	m.must(os.WriteFile(m.path(path), []byte(text), 0o644))
}

// link makes path point to target, both below the root, relatively as sysfs does.
func (m *machine) link(path, target string) {
	m.t.Helper()
	m.dir(filepath.Dir(path))
	relative, err := filepath.Rel(filepath.Dir(path), target)
	m.must(err)
	_ = os.Remove(m.path(path))
	m.must(os.Symlink(relative, m.path(path)))
}

// device makes a device on a bus, such as "pci0000:00/0000:00:1f.6" on "pci",
// and returns its directory.
func (m *machine) device(at, bus string) string {
	m.t.Helper()
	dir := "sys/devices/" + at
	m.dir(dir)
	m.dir("sys/bus/" + bus)
	m.link(dir+"/subsystem", "sys/bus/"+bus)
	return dir
}

// card makes a network card on a device; without one it is virtual. The
// attributes are "name=text".
func (m *machine) card(name, device string, attributes ...string) string {
	m.t.Helper()
	dir := "sys/devices/virtual/net/" + name
	if device != "" {
		dir = device + "/net/" + name
		m.link(dir+"/device", device)
	}
	for _, a := range append([]string{"type=1", "addr_assign_type=0", "operstate=up", "flags=0x1003"}, attributes...) {
		file, text, _ := strings.Cut(a, "=")
		m.file(dir+"/"+file, text+"\n")
	}
	m.link("sys/class/net/"+name, dir)
	return dir
}

// block makes a block device with this number below a directory of sysfs.
func (m *machine) block(name, number, parent string, attributes ...string) string {
	m.t.Helper()
	dir := parent + "/" + name
	m.dir(dir + "/slaves")
	m.file(dir+"/dev", number+"\n")
	for _, a := range append([]string{"removable=0"}, attributes...) {
		file, text, _ := strings.Cut(a, "=")
		m.file(dir+"/"+file, text+"\n")
	}
	m.link("sys/class/block/"+name, dir)
	m.link("sys/dev/block/"+number, dir)
	return dir
}

// partition makes a partition of a drive.
func (m *machine) partition(name, number, drive string) string {
	dir := m.block(name, number, drive, "partition=1")
	m.must(os.Remove(m.path(dir, "removable")))
	m.must(os.Remove(m.path(dir, "slaves")))
	return dir
}

// mount writes /proc/self/mountinfo with these "number point kind source options".
func (m *machine) mounts(lines ...string) {
	var b strings.Builder
	b.WriteString("22 1 0:21 / /proc rw,relatime - proc proc rw\n")
	for _, line := range lines {
		f := strings.Fields(line)
		b.WriteString("27 1 " + f[0] + " / " + f[1] + " rw,relatime shared:1 - " + f[2] + " " + f[3] + " " + f[4] + "\n")
	}
	m.file("proc/self/mountinfo", b.String())
}

// nvme makes an NVMe drive and returns its directory in sysfs.
func (m *machine) nvme(serial string) string {
	card := m.device("pci0000:00/0000:04:00.0", "pci")
	m.file(card+"/class", "0x010802\n")
	controller := m.device("pci0000:00/0000:04:00.0/nvme/nvme0", "nvme-class")
	m.file(controller+"/serial", serial+"\n")
	m.file(controller+"/model", "WDC PC SN730 SDBQNTY-512G-1001\n")
	drive := m.block("nvme0n1", "259:0", controller, "wwid=eui.e8238fa6bf530001001b448b4a4ba0bc")
	m.link(drive+"/device", controller)
	return drive
}

func (m *machine) profile() *Profile {
	m.t.Helper()
	p, err := collect(context.Background(), linuxProbes(m.tree), probeLimit)
	m.must(err)
	return p
}

// want checks the identifiers that count of a kind.
func (m *machine) want(k Kind, ids ...string) {
	m.t.Helper()
	p := m.profile()
	c, read := p.Component(k)
	if have, want := strings.Join(c.IDs(), ", "), strings.Join(ids, ", "); !read || have != want {
		m.t.Errorf("%v: have %q (read: %v), want %q; all: %v; notes: %q", k, have, read, want, c.Instances, p.Notes)
	}
}

// wantReason checks why the instance with this label's beginning does not count.
func (m *machine) wantReason(k Kind, label string, want Reason) {
	m.t.Helper()
	c, _ := m.profile().Component(k)
	for _, i := range c.Instances {
		if strings.HasPrefix(i.Label, label) {
			if i.Excluded != want {
				m.t.Errorf("%s: have %q, want %q", label, i.Excluded, want)
			}
			return
		}
	}
	m.t.Errorf("%v: have no %s in %v", k, label, c.Instances)
}

func (m *machine) fold() uint32 {
	m.t.Helper()
	print, err := m.profile().Fold([16]byte{1, 2, 3})
	m.must(err)
	return print
}
