package protector

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// file is the state file of a place of the world.
func (w *world) file(place, name string) string {
	return filepath.Join(w.dir, place, w.vendor.Profile.UID.String(), name)
}

func (w *world) readFile(name string) string {
	w.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		w.Fatal(err)
	}
	return string(data)
}

func (w *world) writeFile(name, data string) {
	w.Helper()
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		w.Fatal(err)
	}
}

func TestFullDisk(t *testing.T) {
	full := &faultDisk{}
	w := newWorld(t)
	w.disk = full
	c := w.licensed()
	r := w.request(c, 1)
	answer := w.issue(r, protectortest.Answer{})
	full.replaceErr = failing("", syscall.ENOSPC, false)

	_, err := c.Enter(answer)
	w.refused(err, ReasonStateNotWritable)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the cause is lost: %v", err)
	}
	w.is(c, 1, Pending, ReasonAnswerAwaited)
	if _, err := c.Request(1, RequestOptions{New: true}); ReasonOf(err) != ReasonStateNotWritable {
		t.Errorf("a request that cannot be kept was shown: %v", err)
	}
	full.replaceErr = nil
	w.enter(c, answer)

	for _, late := range []bool{false, true} {
		full.replaceErr = failing("", syscall.ENOSPC, late)
		d, err := c.Deactivate(0, yes)
		if !d.Code.IsZero() {
			t.Errorf("late %v: a confirmation was shown that is not durable: %s", late, d.Code)
		}
		w.refused(err, ReasonStateNotWritable)
		full.replaceErr = nil
		w.is(c, 1, Active, ReasonActive)
		if s, err := c.Confirmation(); ReasonOf(err) != ReasonNoConfirmation {
			t.Errorf("confirmation %v, %v", s.Code, err)
		}
	}
}

// TestLateFailureKept: the rename shows, cannot be made durable, and cannot be taken
// back either: what the files say counts, and the code can be had.
func TestLateFailureKept(t *testing.T) {
	bad := &faultDisk{}
	w := newWorld(t)
	w.disk = bad
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	tries := 0
	bad.replaceErr = func(string) (error, bool) {
		tries++
		return syscall.EIO, tries <= 2
	}
	_, err := c.Deactivate(0, yes)
	w.refused(err, ReasonStateNotWritable)
	bad.replaceErr = nil
	w.is(c, 1, Deactivated, ReasonDeactivated)
	d, err := c.Confirmation()
	if err != nil || !d.CopiesLeft {
		t.Fatalf("confirmation %+v, %v", d, err)
	}
	if _, err := w.vendor.Confirm(d.Code); err != nil {
		t.Error(err)
	}
}

// TestLateFailureUndone: the rename shows, cannot be made durable, and the disk
// recovers: nothing changed.
func TestLateFailureUndone(t *testing.T) {
	bad := &faultDisk{}
	w := newWorld(t)
	w.disk = bad
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	tries := 0
	bad.replaceErr = func(string) (error, bool) {
		if tries++; tries <= 2 {
			return syscall.EIO, true
		}
		return nil, false
	}
	_, err := c.Deactivate(0, yes)
	w.refused(err, ReasonStateNotWritable)
	w.is(w.open(), 1, Active, ReasonActive)
}

func TestReadOnlyFolder(t *testing.T) {
	ro := &faultDisk{}
	w := newWorld(t)
	w.vendor.Profile.Trial.Days = 14
	w.profile = w.vendor.Export()
	w.disk = ro
	readOnly := func() {
		ro.replaceErr = failing("", syscall.EROFS, false)
		ro.lockErr = func(string) error { return syscall.EROFS }
	}
	readOnly()
	c := w.open()
	w.is(c, 0, Inactive, ReasonTrialNotRecorded)
	if _, err := c.EnterSerial(w.serial); ReasonOf(err) != ReasonStateNotWritable {
		t.Errorf("serial: %v", err)
	}
	ro.replaceErr, ro.lockErr = nil, nil
	c = w.licensed()
	w.is(c, 0, Active, ReasonTrialLeft)
	w.activate(c, 1, protectortest.Answer{})
	readOnly()
	c = w.open()
	w.is(c, 1, Active, ReasonActive)
	if notes := c.Notes(); len(notes) == 0 || notes[0].Reason != ReasonStateNotWritable {
		t.Errorf("notes %v", notes)
	}
	if _, err := c.Deactivate(0, yes); ReasonOf(err) != ReasonStateNotWritable {
		t.Errorf("deactivate: %v", err)
	}
	w.is(c, 1, Active, ReasonActive)
}

// TestCopyLeft: one place cannot be written. The confirmation says so, and the
// live copy there loses against the tombstone as long as both are there.
func TestCopyLeft(t *testing.T) {
	bad := &faultDisk{}
	w := newWorld(t)
	w.disk = bad
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	bad.replaceErr = failing("second", syscall.EROFS, false)
	d, err := c.Deactivate(0, yes)
	if err != nil || !d.CopiesLeft || d.Hardware {
		t.Fatalf("confirmation %+v, %v", d, err)
	}
	if have := d.Code.Statement().Status; have != codes.OutcomeCopiesLeft {
		t.Errorf("status %d, want %d", have, codes.OutcomeCopiesLeft)
	}
	if _, err := w.vendor.Confirm(d.Code); err != nil {
		t.Error(err)
	}
	w.is(w.open(), 1, Deactivated, ReasonDeactivated)
	bad.replaceErr = nil
	w.is(w.open(), 1, Deactivated, ReasonDeactivated)
	again, err := w.open().Confirmation()
	if err != nil || again.Code != d.Code {
		t.Errorf("again %v, %v; want %s", again.Code, err, d.Code)
	}
	// Both places are deactivated now, each by itself.
	for _, place := range []string{"first", "second"} {
		if err := os.RemoveAll(filepath.Join(w.dir, place)); err != nil {
			t.Fatal(err)
		}
		w.is(w.open(), 1, Deactivated, ReasonDeactivated)
	}
}

// TestParted: two places go separate ways. The tombstone wins although the live
// copy has seen more generations.
func TestParted(t *testing.T) {
	bad := &faultDisk{}
	w := newWorld(t)
	w.disk = bad
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	bad.replaceErr = failing("second", syscall.EROFS, false)
	d := w.deactivate(c) // first: a tombstone
	stone := w.readFile(w.file("first", licenseFile(number)))
	bad.replaceErr = nil
	if err := os.RemoveAll(filepath.Join(w.dir, "first")); err != nil {
		t.Fatal(err)
	}
	c = w.open() // second: lives on
	w.activate(c, 5, protectortest.Answer{Parameter: 1})
	w.activate(c, 5, protectortest.Answer{Parameter: 2})
	w.is(c, 1, Active, ReasonActive)
	w.writeFile(w.file("first", licenseFile(number)), stone)
	c = w.open()
	w.is(c, 1, Deactivated, ReasonDeactivated)
	if again, err := c.Confirmation(); err != nil || again.Code != d {
		t.Errorf("confirmation %s, %v; want %s", again.Code, err, d)
	}
	// Reactivated it is a descendant, and the old tombstone no longer beats it.
	if _, err := w.vendor.Confirm(d); err != nil {
		t.Fatal(err)
	}
	w.activate(c, 3, protectortest.Answer{})
	w.writeFile(w.file("first", licenseFile(number)), stone)
	w.is(w.open(), 1, Active, ReasonActive)
}

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
			w := newWorld(t)
			c := w.licensed()
			w.activate(c, 1, protectortest.Answer{})
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
			c = w.open()
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
	w := newWorld(t)
	w.vendor.Profile.Trial.Days = 14
	w.profile = w.vendor.Export()
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

func TestUnreadable(t *testing.T) {
	bad := &faultDisk{}
	w := newWorld(t)
	w.disk = bad
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	bad.readErr = func(name string) error {
		if strings.Contains(name, "license-") {
			return fs.ErrPermission
		}
		return nil
	}
	if _, err := c.Status(); ReasonOf(err) != ReasonStateUnreadable {
		t.Errorf("have %v, want %s", err, ReasonStateUnreadable)
	}
	if _, err := c.EnterSerial(w.serial); ReasonOf(err) != ReasonStateUnreadable {
		t.Errorf("a state that cannot be read began anew: %v", err)
	}
	bad.readErr = nil
	w.is(c, 1, Active, ReasonActive)
}

// TestFolderInPlace: something that is no file stands where a copy should be.
func TestFolderInPlace(t *testing.T) {
	w := newWorld(t)
	w.activate(w.licensed(), 1, protectortest.Answer{})
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

func TestLocked(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	bad := &faultDisk{lockErr: func(string) error { return errLocked }}
	c.disk = bad
	if _, err := c.Status(); ReasonOf(err) != ReasonStateLocked {
		t.Errorf("have %v, want %s", err, ReasonStateLocked)
	}
	unlock, err := osDisk{}.lock(filepath.Join(w.dir, "l"), false, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (osDisk{}).lock(filepath.Join(w.dir, "l"), false, 50*time.Millisecond); !errors.Is(err, errLocked) {
		t.Errorf("a second lock: %v, want %v", err, errLocked)
	}
	unlock()
	second, err := osDisk{}.lock(filepath.Join(w.dir, "l"), false, 5*time.Second)
	if err != nil {
		t.Errorf("after unlocking: %v", err)
	} else {
		second()
	}
}

// TestSharedPlace: a folder of the machine that this user cannot write is no
// hindrance, and no reason to call a deactivation incomplete unless there is a copy.
func TestSharedPlace(t *testing.T) {
	w := newWorld(t)
	bad := &faultDisk{}
	config := w.config()
	config.disk = bad
	uid := w.vendor.Profile.UID
	config.places = append(placesBelow(w.dir, uid), place{dir: filepath.Join(w.dir, "shared", uid.String()), shared: true})
	denied := func() {
		bad.replaceErr = failing("shared", fs.ErrPermission, false)
		bad.lockErr = func(name string) error {
			if strings.Contains(name, "shared") {
				return fs.ErrPermission
			}
			return nil
		}
	}
	open := func() *Client {
		c, err := Open(config)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.EnterSerial(w.serial); err != nil {
			t.Fatal(err)
		}
		return c
	}
	denied()
	c := open()
	w.activate(c, 1, protectortest.Answer{})
	if notes := c.Notes(); len(notes) != 0 {
		t.Errorf("notes %v", notes)
	}
	d, err := c.Deactivate(0, yes)
	if err != nil || d.CopiesLeft {
		t.Fatalf("nothing is in the shared folder: %+v, %v", d, err)
	}
	if _, err := w.vendor.Confirm(d.Code); err != nil {
		t.Fatal(err)
	}
	bad.replaceErr, bad.lockErr = nil, nil
	c = open()
	w.activate(c, 3, protectortest.Answer{})
	if _, err := os.Stat(filepath.Join(w.dir, "shared", uid.String(), licenseFile(number))); err != nil {
		t.Fatalf("the shared folder holds no copy: %v", err)
	}
	denied()
	bad.readErr = func(name string) error {
		if strings.Contains(name, "shared") {
			return fs.ErrPermission
		}
		return nil
	}
	if d, err = open().Deactivate(0, yes); err != nil || !d.CopiesLeft {
		t.Errorf("a copy is left in the shared folder: %+v, %v", d, err)
	}
}
