package protector

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// watchful is a world whose product asks for copied states.
func watchful(t *testing.T) *world {
	w := newWorld(t)
	w.vendor.Profile.Policy.InvalidateOnMove = true
	w.profile = w.vendor.Export()
	return w
}

// backup copies the whole state and returns what puts the copy back.
func (w *world) backup() (restore func()) {
	w.Helper()
	aside := filepath.Join(w.TempDir(), "backup")
	w.must(os.CopyFS(aside, os.DirFS(w.dir)))
	return func() {
		w.Helper()
		w.must(os.RemoveAll(w.dir))
		w.must(os.CopyFS(w.dir, os.DirFS(aside)))
	}
}

// marks lists the marks of all places.
func (w *world) marks() []string {
	found, err := filepath.Glob(filepath.Join(w.dir, "*", "*", "*.mark*"))
	w.must(err)
	return found
}

func TestCopiedBackState(t *testing.T) {
	w := watchful(t)
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	w.is(c, 1, Active, ReasonActive)
	restore := w.backup()
	w.deactivate(c)
	if m := w.marks(); len(m) > 0 {
		t.Errorf("a deactivated copy has the marks %v, want none", m)
	}
	restore()
	c = w.open()
	w.is(c, 1, Inactive, ReasonMoved)
	w.is(c, 0, Inactive, ReasonMoved)
	w.is(w.open(), 1, Inactive, ReasonMoved)

	// The way back: ask again. Until the answer it stays as it is.
	code := w.issue(w.request(c, 1), protectortest.Answer{})
	w.is(w.open(), 1, Inactive, ReasonMoved)
	w.enter(w.open(), code)
	w.is(w.open(), 1, Active, ReasonActive)
	w.request(c, 5)
	w.is(w.open(), 1, Active, ReasonActive)
}

// The state of before an answer, with the answer still in the mail.
func TestCopiedBackRequest(t *testing.T) {
	w := watchful(t)
	c := w.licensed()
	code := w.issue(w.request(c, 1), protectortest.Answer{})
	restore := w.backup()
	w.enter(c, code)
	w.deactivate(c)
	restore()
	c = w.open()
	_, err := c.Enter(code)
	w.refused(err, ReasonMoved)
	w.is(c, 1, Pending, ReasonAnswerAwaited)
	fresh := w.request(c, 1)
	_, err = c.Enter(code)
	w.refused(err, ReasonOlderRequest)
	w.enter(c, w.issue(fresh, protectortest.Answer{}))
	w.is(c, 1, Active, ReasonActive)
}

// What is no move: programs that start again, a place that is lost, an answer more,
// a disk that fails between mark and record, and a product that does not ask.
func TestNotMoved(t *testing.T) {
	w := watchful(t)
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	w.activate(c, 5, protectortest.Answer{Parameter: 1})
	w.is(w.open(), 1, Active, ReasonActive)
	if have := len(w.marks()); have != 2 {
		t.Errorf("have %d marks, want one in each of two places", have)
	}
	for _, place := range []string{"first", "second"} {
		w.lose(place)
		w.is(w.open(), 1, Active, ReasonActive) // written again from the other one
		c = w.open()
		w.activate(c, 5, protectortest.Answer{Parameter: 2})
		w.is(w.open(), 1, Active, ReasonActive)
	}

	disk := &faultDisk{replaceErr: failing(".state", errors.New("the disk is full"), false)}
	code := w.issue(w.request(c, 5), protectortest.Answer{Parameter: 3})
	w.disk = disk
	_, err := w.open().Enter(code)
	w.refused(err, ReasonStateNotWritable)
	w.disk = nil
	w.is(w.open(), 1, Active, ReasonActive)
	w.enter(w.open(), code)
	w.is(w.open(), 1, Active, ReasonActive)
	w.is(w.open(), 5, Active, ReasonActive)

	plain := newWorld(t)
	c = plain.licensed()
	plain.activate(c, 1, protectortest.Answer{})
	if m := plain.marks(); len(m) > 0 {
		t.Errorf("a product that does not ask has the marks %v", m)
	}
	restore := plain.backup()
	restore()
	plain.is(plain.open(), 1, Active, ReasonActive)
}

// Up to the tolerance the machine keeps its fingerprint; above it the request names a
// new one, and says what changed.
func TestDrift(t *testing.T) {
	w, c := activated(t)
	before := w.request(c, 5).Statement().Fingerprint

	w.machine = protectortest.Parts(2, 1, 1, 8)
	c = w.open()
	w.is(c, 1, Active, ReasonActive)
	st := w.request(c, 5).Statement()
	if st.Fingerprint != before || st.Status != 0x80 {
		t.Errorf("within the tolerance: fingerprint %v and status %02x, want %v and 80", st.Fingerprint, st.Status, before)
	}
	if s := w.status(c); !strings.Contains(s.Hardware, "network card replaced; 3, and up to 3") {
		t.Errorf("the status says %q of the hardware", s.Hardware)
	}

	w.machine = protectortest.Parts(2, 2, 1, 8)
	c = w.open()
	w.is(c, 1, Inactive, ReasonHardwareChanged)
	d, _ := w.status(c).Definition(1)
	if want := "network card replaced, processor replaced: 4, and 3 is allowed"; !strings.Contains(d.Detail, want) {
		t.Errorf("have %q, want %q in it", d.Detail, want)
	}
	again := w.request(c, 1)
	st = again.Statement()
	if st.Fingerprint == before || st.Status != 0xc0 {
		t.Errorf("above the tolerance: fingerprint %v and status %02x, want another than %v and c0", st.Fingerprint, st.Status, before)
	}
	w.enter(c, w.issue(again, protectortest.Answer{}))
	w.is(c, 1, Active, ReasonActive)

	// Back within reach of what was activated last, not of what was before.
	w.machine = protectortest.Parts(2, 1, 1, 8)
	w.is(w.open(), 1, Active, ReasonActive)
	w.machine = protectortest.Parts(1, 1, 1, 8)
	w.is(w.open(), 1, Inactive, ReasonHardwareChanged)
}

// A product's own weights and tolerance count.
func TestDriftByPolicy(t *testing.T) {
	for _, test := range []struct {
		tolerance int
		weights   map[string][3]int
		want      Reason
	}{
		{0, nil, ReasonHardwareChanged},
		{2, nil, ReasonHardwareChanged},
		{3, nil, ReasonActive},
		{3, map[string][3]int{"mac": {4, 1, 4}}, ReasonHardwareChanged},
		{0, map[string][3]int{"mac": {}}, ReasonActive},
	} {
		w := newWorld(t)
		w.vendor.Profile.Policy.Tolerance = test.tolerance
		w.vendor.Profile.Policy.Weights = test.weights
		w.profile = w.vendor.Export()
		c := w.licensed()
		w.activate(c, 1, protectortest.Answer{})
		w.machine = protectortest.Parts(2, 1, 1, 8)
		state := Active
		if test.want != ReasonActive {
			state = Inactive
		}
		w.is(w.open(), 1, state, test.want)
	}
}
