package fingerprint

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// recordings returns the machines that the authors of ghw recorded. They are
// files of its module, which is on this machine because this package needs it.
func recordings(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/jaypipes/ghw").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "testdata/snapshots/linux-*.tar.gz"))
	if err != nil || len(files) < 5 {
		t.Fatalf("have %d recorded machines (%v), want at least 5", len(files), err)
	}
	return files
}

// unpack lays a recording out as a tree. Only what lies inside is written.
func unpack(t *testing.T, file string) *machine {
	t.Helper()
	m := &machine{t: t, tree: tree{root: t.TempDir()}}
	f, err := os.Open(file)
	m.must(err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	m.must(err)
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return m
		}
		m.must(err)
		if strings.Contains(h.Name, "sys/devices/system/") || strings.Contains(h.Name, "sys/bus/pci/drivers/") {
			continue // most of it, and nothing that is read
		}
		if !filepath.IsLocal(h.Name) {
			t.Fatalf("%s: have the path %q, want one inside", file, h.Name)
		}
		switch path := m.path(h.Name); h.Typeflag {
		case tar.TypeDir:
			m.dir(h.Name)
		case tar.TypeSymlink:
			m.dir(filepath.Dir(h.Name))
			m.must(os.Symlink(h.Linkname, path))
		default:
			data, err := io.ReadAll(r)
			m.must(err)
			m.file(h.Name, string(data))
		}
	}
}

// plant adds what recordings leave out because it identifies: two network cards,
// a system drive, memory, a machine id, an optical drive, an IDE controller.
func (m *machine) plant() {
	m.t.Helper()
	for _, dir := range []string{"sys/class/net", "sys/class/block", "sys/dev/block", "sys/bus/pci/devices", "sys/devices/virtual"} {
		m.dir(dir)
	}
	m.must(os.RemoveAll(m.path("sys/class/net")))
	m.plantCards("3c:ec:ef:10:20:30", "3c:ec:ef:10:20:31")
	m.plantDrive("S5GXNX0T418273P")
	m.file("proc/meminfo", "MemTotal:       16116016 kB\nMemFree:  1 kB\nMemAvailable: 1 kB\nBuffers: 1 kB\nCached: 1 kB\n")
	m.file("etc/machine-id", "c3d19e07b6f2458891aa4e0d7c5b2f64\n")
	m.file("sys/class/dmi/id/board_name", "X570 Taichi\n")
	m.plantOptical("HL-DT-ST", "BD-RE WH16NS60")
	m.plantPCI("0000:7d:00.0", "0x010180", "0x7010")
	m.plantPCI("0000:7d:01.0", "0x030000", "0x2484")
	m.plantPCI("0000:7d:02.0", "0x010802", "0xa80a")
}

func (m *machine) plantCards(addresses ...string) {
	m.dir("sys/class/net")
	for n, address := range addresses {
		at := fmt.Sprintf("pci0000:7f/0000:7f:%02x.0", n)
		m.card(fmt.Sprintf("planted%d", n), m.device(at, "pci"), "address="+address)
	}
}

func (m *machine) plantDrive(serial string) {
	controller := m.device("pci0000:7e/0000:7e:00.0/nvme/nvme9", "nvme-class")
	m.file(controller+"/serial", serial+"\n")
	drive := m.block("nvme9n1", "259:90", controller)
	m.link(drive+"/device", controller)
	m.dir("proc/self")
	m.mounts("259:90 / ext4 /dev/nvme9n1 rw")
}

func (m *machine) plantOptical(vendor, model string) {
	device := m.device("pci0000:7c/0000:7c:00.0/ata9/sr9", "scsi")
	m.file(device+"/vendor", vendor+"\n")
	m.file(device+"/model", model+"\n")
	drive := m.block("sr9", "11:9", device)
	m.link(drive+"/device", device)
}

func (m *machine) plantPCI(slot, class, id string) {
	card := m.device("pci0000:7d/"+slot, "pci")
	for name, text := range map[string]string{"class": class, "vendor": "0x8086", "device": id} {
		m.file(card+"/"+name, text+"\n")
	}
	m.link("sys/bus/pci/devices/"+slot, card)
}

// stranger makes the only instance of a kind another one: what the recording has
// of the kind besides goes too.
var stranger = map[Kind]func(m *machine){
	MAC: func(m *machine) {
		m.must(os.RemoveAll(m.path("sys/class/net")))
		m.plantCards("a8:a1:59:3c:7e:12", "a8:a1:59:3c:7e:13")
	},
	CPU: func(m *machine) {
		m.file("proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 99\nmodel\t\t: 97\nmodel name\t: another\nstepping\t: 2\n\n")
	},
	SystemDrive: func(m *machine) { m.plantDrive("S9ZZNX0T000001K") },
	Memory:      func(m *machine) { m.file("proc/meminfo", "MemTotal:       65116016 kB\n") },
	CDROM:       func(m *machine) { m.only(CDROM, func() { m.plantOptical("PIONEER", "BD-RW") }) },
	Video:       func(m *machine) { m.only(Video, func() { m.plantPCI("0000:7d:09.0", "0x030000", "0xfff1") }) },
	IDE:         func(m *machine) { m.only(IDE, func() { m.plantPCI("0000:7d:09.0", "0x010180", "0xfff2") }) },
	SCSI:        func(m *machine) { m.only(SCSI, func() { m.plantPCI("0000:7d:09.0", "0x010802", "0xfff3") }) },
	Board:       func(m *machine) { m.file("sys/class/dmi/id/board_name", "B550M Pro\n") },
	MachineID:   func(m *machine) { m.file("etc/machine-id", "11119e07b6f2458891aa4e0d7c5b2f64\n") },
}

// only removes everything of a kind and puts something else there.
func (m *machine) only(k Kind, put func()) {
	m.t.Helper()
	for _, slot := range names(m.path("sys/bus/pci/devices")) {
		if kindOfClass(m.read("sys/bus/pci/devices", slot, "class")) == k {
			m.must(os.Remove(m.path("sys/bus/pci/devices", slot)))
		}
	}
	for _, name := range names(m.path("sys/class/block")) {
		if k == CDROM && strings.HasPrefix(name, "sr") {
			m.must(os.Remove(m.path("sys/class/block", name)))
		}
	}
	put()
}

// The machines that ghw's authors recorded, with identifiers planted: the same
// tree gives the same profile in any order, and every single change is told, and
// weighed as the policy says.
func TestRecordedMachinesKeepTheirProfile(t *testing.T) {
	for _, file := range recordings(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".tar.gz"), func(t *testing.T) {
			m := unpack(t, file)
			m.plant()
			first := m.profile()
			want, err := json.Marshal(first)
			m.must(err)
			if c, _ := first.Component(MAC); len(c.IDs()) != 2 {
				t.Fatalf("have %v, want the two planted cards", c)
			}
			for seed := range uint64(5) {
				again := m.shuffled(seed)
				if have, _ := json.Marshal(again); string(have) != string(want) {
					t.Errorf("read in another order: have\n%s, want\n%s", have, want)
				}
			}
			if j := Compare(first, m.profile(), nil, false).Judge(0, 0); j.Sum != 0 || j.Verdict == AnotherMachine {
				t.Errorf("with itself: have %d, %q, want 0", j.Sum, j.Verdict)
			}
		})
	}
}

func TestRecordedMachinesWithOneChange(t *testing.T) {
	files := recordings(t)
	for n, k := range slices.Sorted(maps.Keys(stranger)) {
		for _, file := range files[n%len(files) : n%len(files)+1] { // another recording for each kind
			t.Run(k.String(), func(t *testing.T) {
				m := unpack(t, file)
				m.plant()
				earlier := m.profile()
				stranger[k](m)
				later := m.profile()
				if _, read := later.Component(k); !read {
					t.Fatalf("%v was not read: %v", k, later.Notes)
				}
				weight, _, moved := Weights(nil).Of(k.String())
				for _, test := range []struct {
					moved     bool
					tolerance int
					sum       int
				}{{false, 3, weight}, {false, 0, weight}, {false, 1, weight}, {true, 3, moved}} {
					want := SameMachine
					if test.sum > test.tolerance {
						want = SameForDesk
					}
					j := Compare(earlier, later, nil, test.moved).Judge(test.tolerance, 6)
					if j.Sum != test.sum || j.Verdict != want {
						t.Errorf("%s: tolerance %d, moved %v: have %d, %q, want %d, %q\n%s", filepath.Base(file),
							test.tolerance, test.moved, j.Sum, j.Verdict, test.sum, want, j.Table(120))
					}
					if d := j.Differences(); len(d) != 1 || d[0].Kind != k || d[0].Change != Changed {
						t.Errorf("%s: have %v, want %v changed and nothing else\n%s", filepath.Base(file), d, k, j.Table(120))
					}
				}
			})
		}
	}
}

// shuffled reads the tree with the probes in another order, and mixes what they
// found before it is put in order.
func (m *machine) shuffled(seed uint64) *Profile {
	r := rand.New(rand.NewPCG(seed, 7))
	all := linuxProbes(m.tree)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for n, p := range all {
		find := p.find
		all[n].find = func(ctx context.Context) (finding, error) {
			f, err := find(ctx)
			r := rand.New(rand.NewPCG(seed, uint64(n)))
			r.Shuffle(len(f.instances), func(i, j int) { f.instances[i], f.instances[j] = f.instances[j], f.instances[i] })
			return f, err
		}
	}
	p, err := collect(context.Background(), all, probeLimit)
	m.must(err)
	return p
}
