package fingerprint_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/manual-activator/manual-activator/fingerprint"
	"pgregory.net/rapid"
)

var uid = [16]byte{0x3f, 0x8a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}

func machines(t testing.TB) []string {
	paths, err := filepath.Glob("../testdata/machines/*.json")
	if err != nil || len(paths) < 3 {
		t.Fatalf("have %d recorded machines (%v), want at least 3", len(paths), err)
	}
	return paths
}

func load(t testing.TB, name string) *fingerprint.Profile {
	p, err := fingerprint.Load(filepath.Join("../testdata/machines", name))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func fold(t testing.TB, p *fingerprint.Profile) uint32 {
	t.Helper()
	print, err := p.Fold(uid)
	if err != nil {
		t.Fatal(err)
	}
	return print
}

// The recorded machines keep their fingerprints for ever: a change here is a
// change of the format, and needs a new CollectorVersion.
func TestFoldOfRecordedMachines(t *testing.T) {
	want := map[string]uint32{
		"workstation.json":      0x3f3895b,
		"laptop-docked.json":    0x3a4d0ed,
		"plant-controller.json": 0x3346c59,
	}
	for name, want := range want {
		p := load(t, name)
		if have := fold(t, p); have != want {
			t.Errorf("%s: have %07x, want %07x", name, have, want)
		}
		if have := p.Strength(); have != fingerprint.Strong {
			t.Errorf("%s: have strength %v, want %v", name, have, fingerprint.Strong)
		}
	}
}

// The fold, computed a second time from its description.
func TestFoldIsAsDescribed(t *testing.T) {
	p := fingerprint.New(
		fingerprint.Component{Kind: fingerprint.SystemDrive, Instances: []fingerprint.Instance{{ID: "wd-wx 12345"}}},
		fingerprint.Component{Kind: fingerprint.MAC, Instances: []fingerprint.Instance{
			{ID: "A8-A1-59-3C-7E-13"}, {ID: "a8a1593c7e12"}, {ID: "02:42:9d:18:c3:5f"},
			{ID: "a8:a1:59:00:00:01", Excluded: fingerprint.Removable}, {ID: "A8:A1:59:3C:7E:12"},
		}},
		fingerprint.Component{Kind: fingerprint.Memory, Instances: []fingerprint.Instance{{ID: "8 GB"}}},
	)
	message := []byte("manual-activator/1 fingerprint 1\x00")
	for _, field := range []struct {
		kind byte
		id   string
	}{{1, "a8:a1:59:3c:7e:12"}, {1, "a8:a1:59:3c:7e:13"}, {3, "WD-WX12345"}} {
		message = append(message, field.kind, 0, byte(len(field.id)))
		message = append(message, field.id...)
	}
	mac := hmac.New(sha256.New, uid[:])
	mac.Write(message)
	want := binary.BigEndian.Uint32(mac.Sum(nil)) >> 6
	if have := fold(t, p); have != want {
		t.Errorf("have %07x, want %07x", have, want)
	}
	if want >= 1<<fingerprint.Bits {
		t.Errorf("have %x, want at most %d bits", want, fingerprint.Bits)
	}
	other := uid
	other[15] ^= 1
	if have, _ := p.Fold(other); have == want {
		t.Errorf("two products see the same fingerprint %07x", have)
	}
}

func TestFoldIgnoresOrderDuplicatesAndWhatDoesNotCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		paths, _ := filepath.Glob("../testdata/machines/*.json")
		path := rapid.SampledFrom(paths).Draw(t, "machine")
		p, err := fingerprint.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := p.Fold(uid)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		mixed := &fingerprint.Profile{Version: p.Version}
		for _, n := range r.Perm(len(p.Components)) {
			for _, part := range [2]bool{true, false} { // each component in two halves
				c := p.Components[n]
				var some []fingerprint.Instance
				for _, m := range r.Perm(len(c.Instances)) {
					if i := c.Instances[m]; m%2 == 0 == part || r.IntN(3) == 0 {
						some = append(some, i)
					}
				}
				c.Instances = append(some, fingerprint.Instance{ID: "12:00:00:00:00:01", Excluded: fingerprint.Removable})
				mixed.Components = append(mixed.Components, c)
			}
		}
		have, err := mixed.Fold(uid)
		if err != nil || have != want {
			t.Fatalf("have %07x (%v), want %07x", have, err, want)
		}
		mixed.Tidy()
		if changed := mixed.Changed(p); len(changed) != 0 {
			t.Fatalf("have %v changed, want none", changed)
		}
	})
}

func TestFoldChangesWithEveryPartThatIdentifies(t *testing.T) {
	p := load(t, "workstation.json")
	want := fold(t, p)
	for _, c := range p.Components {
		for n, i := range c.Instances {
			data, _ := json.Marshal(p)
			q, err := fingerprint.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			part, _ := q.Component(c.Kind)
			part.Instances[n].ID = map[fingerprint.Kind]string{
				fingerprint.MAC: "a8:a1:59:77:77:77", fingerprint.Memory: "128 GB",
			}[c.Kind]
			if part.Instances[n].ID == "" {
				part.Instances[n].ID = "another 4711"
			}
			q.Tidy()
			identifies := c.Kind.Identifies() && i.Counts()
			if have := fold(t, q); (have != want) != identifies {
				t.Errorf("%v, %s: the fold changes: have %v, want %v", c.Kind, i.Label, have != want, identifies)
			}
			var changed []fingerprint.Kind
			if i.Counts() {
				changed = []fingerprint.Kind{c.Kind}
			}
			if have := q.Changed(p); !slices.Equal(have, changed) {
				t.Errorf("%v, %s: changed: have %v, want %v", c.Kind, i.Label, have, changed)
			}
		}
	}
}

func TestNothingIdentifies(t *testing.T) {
	p := fingerprint.New(
		fingerprint.Component{Kind: fingerprint.MAC, Instances: []fingerprint.Instance{{ID: "00:00:00:00:00:00"}, {ID: "a8:a1:59:3c:7e:12", Excluded: "virtual"}}},
		fingerprint.Component{Kind: fingerprint.SystemDrive, Instances: []fingerprint.Instance{{ID: "To Be Filled By O.E.M."}}},
		fingerprint.Component{Kind: fingerprint.Memory, Instances: []fingerprint.Instance{{ID: "8 GB"}}},
	)
	if _, err := p.Fold(uid); !errors.Is(err, fingerprint.ErrNoIdentity) {
		t.Errorf("have %v, want ErrNoIdentity", err)
	}
	if have := p.Strength(); have != fingerprint.NoIdentity {
		t.Errorf("have strength %v, want none", have)
	}
	if _, err := (&fingerprint.Profile{}).Fold(uid); err == nil {
		t.Error("a profile without a version folds, want an error")
	}
}

func TestStrength(t *testing.T) {
	part := func(k fingerprint.Kind, id string) fingerprint.Component {
		return fingerprint.Component{Kind: k, Instances: []fingerprint.Instance{{ID: id}}}
	}
	cpu := part(fingerprint.CPU, "GenuineIntel 6/140/1")
	mac := part(fingerprint.MAC, "a8:a1:59:3c:7e:12")
	drive := part(fingerprint.SystemDrive, "S5GXNX0T418273P")
	for _, test := range []struct {
		parts []fingerprint.Component
		want  fingerprint.Strength
	}{
		{[]fingerprint.Component{cpu}, fingerprint.Weak},
		{[]fingerprint.Component{cpu, mac}, fingerprint.Fair},
		{[]fingerprint.Component{drive}, fingerprint.Fair},
		{[]fingerprint.Component{cpu, mac, drive}, fingerprint.Strong},
	} {
		if have := fingerprint.New(test.parts...).Strength(); have != test.want {
			t.Errorf("%d parts: have %v, want %v", len(test.parts), have, test.want)
		}
	}
}

func TestStatusBits(t *testing.T) {
	want := []fingerprint.Kind{fingerprint.MAC, fingerprint.CPU, fingerprint.SystemDrive, fingerprint.Memory,
		fingerprint.CDROM, fingerprint.Video, fingerprint.IDE, fingerprint.SCSI}
	for n, k := range want {
		if bit, ok := k.StatusBit(); !ok || int(bit) != 7-n {
			t.Errorf("%v: have bit %d (%v), want %d", k, bit, ok, 7-n)
		}
	}
	for _, k := range []fingerprint.Kind{fingerprint.Unknown, fingerprint.Firmware, fingerprint.Board, fingerprint.MachineID, 200} {
		if bit, ok := k.StatusBit(); ok {
			t.Errorf("%v: have bit %d, want none", k, bit)
		}
	}
	if have := fingerprint.Status([]fingerprint.Kind{fingerprint.MAC, fingerprint.SCSI, fingerprint.Board}); have != 0x81 {
		t.Errorf("have status %08b, want 10000001", have)
	}
	for status := range 256 {
		if have := fingerprint.Status(fingerprint.KindsOf(uint8(status))); have != uint8(status) {
			t.Errorf("have status %08b, want %08b", have, status)
		}
	}
	for _, k := range fingerprint.Kinds() {
		if have, ok := fingerprint.KindOf(k.String()); !ok || have != k {
			t.Errorf("the word %q: have %v, want %v", k, have, k)
		}
		if k.Name() == "" || k.Name() == fingerprint.Unknown.Name() {
			t.Errorf("%v has no name for people", k)
		}
	}
}

func TestUnreadIsNotChanged(t *testing.T) {
	then := load(t, "workstation.json")
	now := load(t, "plant-controller.json") // its CD-ROM and machine id were not read
	have := now.Changed(then)
	want := []fingerprint.Kind{fingerprint.MAC, fingerprint.CPU, fingerprint.SystemDrive, fingerprint.Memory,
		fingerprint.Video, fingerprint.SCSI, fingerprint.Board}
	if !slices.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
	if back := then.Changed(now); !slices.Equal(back, have) {
		t.Errorf("the other way round: have %v, want %v", back, have)
	}
	var none *fingerprint.Profile
	if have := now.Changed(none); have != nil {
		t.Errorf("against no profile: have %v, want none", have)
	}
	// Read, and found to be gone, is a change.
	gone := fingerprint.New(fingerprint.Component{Kind: fingerprint.CDROM})
	if have := gone.Changed(then); !slices.Equal(have, []fingerprint.Kind{fingerprint.CDROM}) {
		t.Errorf("a drive taken out: have %v, want the CD-ROM", have)
	}
}

// A program that shows the fingerprint of the machine it runs on.
func Example() {
	product := [16]byte{0x5d, 0x41, 0x40, 0x2a} // the product's uid
	profile, err := fingerprint.Collect(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	print, err := profile.Fold(product)
	if errors.Is(err, fingerprint.ErrNoIdentity) {
		for _, note := range profile.Notes {
			fmt.Println(note.Probe+":", note.Text)
		}
		return
	}
	fmt.Printf("fingerprint %07x, %v\n", print, profile.Strength())
}
