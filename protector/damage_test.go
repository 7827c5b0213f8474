package protector

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

func TestDamage(t *testing.T) {
	truths := []struct {
		name   string
		damage func(string) string
	}{
		{"empty", func(string) string { return "" }},
		{"cut", func(s string) string { return s[:len(s)/2] }},
		{"no newline", func(s string) string { return s[:len(s)-1] }},
		{"longer", func(s string) string { return s + "\n" }},
		{"bit", func(s string) string { b := []byte(s); b[len(b)/2] ^= 1; return string(b) }},
		{"garbage", func(string) string { return strings.Repeat("\x00\xff", 4000) }},
		{"huge", func(string) string { return strings.Repeat("x", maxRecord+10) }},
		{"spaces", func(s string) string { return strings.Replace(s, `,"`, `, "`, 1) }},
	}
	for _, test := range truths {
		t.Run(test.name, func(t *testing.T) {
			w, _ := activated(t)
			for _, place := range []string{"first", "second"} {
				for _, name := range []string{licenseFile(number), machineFile} {
					file := w.file(place, name)
					good := w.readFile(file)
					w.writeFile(file, test.damage(good))
					c := w.open()
					w.is(c, 1, Active, ReasonActive)
					if notes := c.Notes(); len(notes) != 1 || notes[0].Reason != ReasonStateRepaired {
						t.Errorf("%s: notes %v", file, notes)
					}
					if w.readFile(file) != good {
						t.Errorf("%s was not repaired", file)
					}
				}
			}
			// Every copy of the license's state.
			var saved [2]string
			for i, place := range []string{"first", "second"} {
				file := w.file(place, licenseFile(number))
				saved[i] = w.readFile(file)
				w.writeFile(file, test.damage(saved[i]))
			}
			c := w.open()
			w.is(c, 1, Inactive, ReasonStateDamaged)
			w.is(c, 0, Inactive, ReasonStateDamaged)
			_, err := c.Request(1, RequestOptions{})
			w.refused(err, ReasonStateDamaged)
			_, err = c.Deactivate(0, yes)
			w.refused(err, ReasonStateDamaged)
			_, err = c.Confirmation()
			w.refused(err, ReasonStateDamaged)
			// One copy comes back from a backup.
			w.writeFile(w.file("second", licenseFile(number)), saved[1])
			w.is(w.open(), 1, Active, ReasonActive)
			// Or the customer begins anew, knowingly.
			for _, place := range []string{"first", "second"} {
				w.writeFile(w.file(place, licenseFile(number)), test.damage(saved[0]))
			}
			c = w.open()
			in, err := c.EnterSerial(w.serial)
			if err != nil || !in.Restarted || in.Known {
				t.Fatalf("entered %+v, %v", in, err)
			}
			w.is(c, 1, Inactive, ReasonNotActivated)
			if w.readFile(w.file("first", licenseFile(number))+".damaged") != test.damage(saved[0]) {
				t.Error("the damaged file was not set aside")
			}
			w.activate(c, 1, protectortest.Answer{})
		})
	}
}

// TestMachineRecordDamaged: the trial does not begin again.
func TestMachineRecordDamaged(t *testing.T) {
	w := tried(t, product.Trial{Days: 14})
	w.is(w.open(), 0, Active, ReasonTrialLeft)
	wreck := func() {
		for _, place := range []string{"first", "second"} {
			w.writeFile(w.file(place, machineFile), "wreck")
		}
	}
	wreck()
	for range 2 {
		w.is(w.open(), 0, Inactive, ReasonStateDamaged)
	}
	c := w.licensed()
	w.is(c, 0, Expired, ReasonTrialOver)
	w.activate(c, 1, protectortest.Answer{})
	wreck()
	c = w.open() // the license's record knows enough
	w.is(c, 1, Active, ReasonActive)
	w.is(w.open(), 1, Active, ReasonActive)
	if s := w.status(w.open()); s.Trial.State != Expired {
		t.Errorf("the trial is %s again", s.Trial.State)
	}
}

func TestNewerState(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	file := w.file("second", licenseFile(number))
	text, _, _ := strings.Cut(strings.Replace(w.readFile(file), "manual-activator/1", "manual-activator/2", 1), "tag ")
	text = strings.Replace(text, `{"product"`, `{"what":"later","product"`, 1)
	newer := text + "tag " + hexOf(w.stored().tag([]byte(text))) + "\n"
	w.writeFile(file, newer)
	if _, err := c.Status(); ReasonOf(err) != ReasonStateNewer {
		t.Errorf("have %v, want %s", err, ReasonStateNewer)
	}
	if w.readFile(file) != newer {
		t.Error("a state of a newer version was overwritten")
	}
}

// TestFolderInPlace: something that is no file stands where a copy should be.
func TestFolderInPlace(t *testing.T) {
	w, _ := activated(t)
	name := w.file("second", licenseFile(number))
	if err := errors.Join(os.Remove(name), os.Mkdir(name, 0o700)); err != nil {
		t.Fatal(err)
	}
	c := w.open()
	w.is(c, 1, Active, ReasonActive)
	if notes := c.Notes(); len(notes) != 1 || notes[0].Reason != ReasonStateUnreadable {
		t.Errorf("notes %v", notes)
	}
	d, err := c.Deactivate(0, yes)
	if err != nil || !d.CopiesLeft {
		t.Errorf("what cannot be read may be a copy: %+v, %v", d, err)
	}
}
