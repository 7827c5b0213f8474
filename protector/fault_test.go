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
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

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
	w, bad, c := faulty(t)
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
	w.confirm(d.Code)
}

// TestLateFailureUndone: the rename shows, cannot be made durable, and the disk
// recovers: nothing changed.
func TestLateFailureUndone(t *testing.T) {
	w, bad, c := faulty(t)
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
	w := tried(t, product.Trial{Days: 14})
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
	w, bad, c := faulty(t)
	bad.replaceErr = failing("second", syscall.EROFS, false)
	d, err := c.Deactivate(0, yes)
	if err != nil || !d.CopiesLeft || d.Hardware {
		t.Fatalf("confirmation %+v, %v", d, err)
	}
	if have := d.Code.Statement().Status; have != codes.OutcomeCopiesLeft {
		t.Errorf("status %d, want %d", have, codes.OutcomeCopiesLeft)
	}
	w.confirm(d.Code)
	w.is(w.open(), 1, Deactivated, ReasonDeactivated)
	bad.replaceErr = nil
	w.is(w.open(), 1, Deactivated, ReasonDeactivated)
	again, err := w.open().Confirmation()
	if err != nil || again.Code != d.Code {
		t.Errorf("again %v, %v; want %s", again.Code, err, d.Code)
	}
	// Both places are deactivated now, each by itself.
	for _, place := range []string{"first", "second"} {
		w.lose(place)
		w.is(w.open(), 1, Deactivated, ReasonDeactivated)
	}
}

// TestParted: two places go separate ways. The tombstone wins although the live
// copy has seen more generations.
func TestParted(t *testing.T) {
	w, bad, c := faulty(t)
	bad.replaceErr = failing("second", syscall.EROFS, false)
	d := w.deactivate(c) // first: a tombstone
	stone := w.readFile(w.file("first", licenseFile(number)))
	bad.replaceErr = nil
	w.lose("first")
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
	w.confirm(d)
	w.activate(c, 3, protectortest.Answer{})
	w.writeFile(w.file("first", licenseFile(number)), stone)
	w.is(w.open(), 1, Active, ReasonActive)
}

func TestUnreadable(t *testing.T) {
	w, bad, c := faulty(t)
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
	w.confirm(d.Code)
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
