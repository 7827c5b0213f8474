package protector

import (
	"slices"
	"syscall"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

func (w *world) checkIn(c *Client, id uint8) codes.Code {
	w.Helper()
	d, err := c.CheckIn(id, yes)
	if err != nil {
		w.Fatalf("check-in %d: %v", id, err)
	}
	return d.Code
}

// with returns a client with release, options and extra active.
func (w *world) with() *Client {
	w.Helper()
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	w.activate(c, 5, protectortest.Answer{Parameter: 3})
	w.activate(c, 8, protectortest.Answer{Parameter: 9})
	return c
}

func TestCheckIn(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	_, err := c.CheckIn(0, nil)
	w.refused(err, ReasonNoLastChance)
	for id, want := range map[uint8]Reason{0: ReasonPrecondition, 6: ReasonPrecondition, 2: ReasonNotRequestable, 1: ReasonNotRequestable, 99: ReasonUnknownDefinition} {
		_, err := c.CheckIn(id, yes)
		w.refused(err, want)
	}
	c = w.with()
	before := w.stored()
	_, err = c.CheckIn(0, func(Warning) bool { return false })
	w.refused(err, ReasonDeclined)
	var warned Warning
	d, err := c.CheckIn(6, func(w Warning) bool { warned = w; return true })
	if err != nil {
		t.Fatal(err)
	}
	if len(warned.Ends) != 1 || warned.Ends[0].ID != 5 || d.Definition.ID != 6 || d.CopiesLeft || d.Hardware {
		t.Errorf("warned of %+v, confirmation %+v", warned.Ends, d)
	}
	if have := w.states(c); have != "1 active 0; 8 active 9; " {
		t.Errorf("after it: %s", have)
	}
	w.is(c, 6, Inactive, ReasonCheckedIn)
	s, err := w.vendor.Confirm(d.Code) // tagged under the key of before, with definition 6
	if err != nil || s.Definition != 6 || s.Status != codes.OutcomeComplete {
		t.Errorf("%+v, %v", s, err)
	}
	after := w.stored()
	if !after.Key.Equal(before.Key.CheckedIn(w.vendor.Profile.UID, s)) || after.Generation != before.Generation+1 {
		t.Error("the key is not the one that a check-in leaves")
	}
	if again, err := w.open().Confirmation(); err != nil || again.Code != d.Code || again.Definition.ID != 6 {
		t.Errorf("shown again: %+v, %v", again, err)
	}
	_, err = c.CheckIn(6, yes)
	w.refused(err, ReasonPrecondition)

	// Asked for again under the new key: the code stays until the answer is accepted.
	r := w.request(c, 5)
	if again, err := c.Confirmation(); err != nil || again.Code != d.Code {
		t.Errorf("asked for again: %+v, %v", again, err)
	}
	w.enter(c, w.issue(r, protectortest.Answer{Parameter: 1}))
	if _, err := c.Confirmation(); ReasonOf(err) != ReasonNoConfirmation {
		t.Errorf("the code is still shown: %v", err)
	}
	w.is(c, 6, Inactive, ReasonNotActivated)
	if st := w.status(c); st.Feature(5) != 1 {
		t.Errorf("feature %d", st.Feature(5))
	}
	second := w.checkIn(c, 0)
	if second == d.Code {
		t.Error("the same confirmation twice")
	}
	w.confirm(second)

	// The deactivation comes after it, and a reactivation proves that both were read.
	last := w.deactivate(c)
	if again, err := c.Confirmation(); err != nil || again.Code != last {
		t.Errorf("shown: %+v, %v", again, err)
	}
	w.shows(c, second, last)
	w.confirm(last)
	_, err = c.CheckIn(0, yes)
	w.refused(err, ReasonDeactivated)
	w.activate(c, 3, protectortest.Answer{})
	if have := w.states(c); have != "1 active 0; 8 active 9; " {
		t.Errorf("reactivated: %s", have)
	}
	w.shows(c)
}

// shows holds the confirmation codes that may be unread against these, oldest first.
func (w *world) shows(c *Client, want ...codes.Code) {
	w.Helper()
	all, err := c.Confirmations()
	if err != nil {
		w.Fatalf("confirmations: %v", err)
	}
	status := w.status(c)
	var have, shown []codes.Code
	for _, d := range all {
		have = append(have, d.Code)
	}
	for _, d := range status.Confirmations {
		shown = append(shown, d.Code)
	}
	if !slices.Equal(have, want) || !slices.Equal(shown, want) {
		w.Errorf("confirmations: have %v and %v in the status, want %v", have, shown, want)
	}
	if newest := status.Confirmation; (newest != nil) != (len(want) > 0) || newest != nil && newest.Code != want[len(want)-1] {
		w.Errorf("the newest confirmation: have %v, want the last of %v", newest, want)
	}
}

// TestUnreadCheckIns: the codes of check-ins that nobody read are kept in their order,
// whatever is asked for and given back after them. What proves nothing takes none away.
func TestUnreadCheckIns(t *testing.T) {
	w := newWorld(t)
	const extraIn = 15
	w.vendor.Profile.Definitions[protectortest.Unlimited-1].Reusable = true
	w.vendor.Profile.Definitions = append(w.vendor.Profile.Definitions,
		product.Definition{ID: extraIn, Type: product.CheckIn, Name: "Extra back", Requires: []uint8{protectortest.Extra}})
	w.profile = w.vendor.Export()
	c := w.with()
	reusable := w.issue(w.request(c, protectortest.Unlimited), protectortest.Answer{})
	w.shows(c)

	first := w.checkIn(c, 6)
	second := w.checkIn(c, extraIn)
	w.shows(c, first, second)
	w.is(c, 6, Inactive, ReasonCheckedIn)
	w.is(c, extraIn, Inactive, ReasonCheckedIn)

	// Made under LK: the vendor need not have read anything.
	w.enter(c, reusable)
	w.activate(c, protectortest.Recover, protectortest.Answer{Parameter: uint32(w.vendor.Profile.SignedOn) + 2})
	w.shows(c, first, second)

	r := w.request(c, 5)
	w.shows(w.open(), first, second)
	w.is(c, 6, Inactive, ReasonCheckedIn)
	if _, err := w.vendor.Confirm(second); err == nil {
		t.Error("the second code can be read before the first")
	}
	if _, err := w.vendor.Issue(r, protectortest.Answer{}); err == nil {
		t.Error("a request can be answered before the codes were read")
	}
	last := w.deactivate(c)
	w.shows(w.open(), first, second, last)

	for _, d := range []codes.Code{first, second, last} {
		if _, err := w.vendor.Confirm(d); err != nil {
			t.Errorf("read in order: %v", err)
		}
	}
	w.activate(c, 3, protectortest.Answer{})
	w.shows(w.open())
}

// TestOldAnswersAfterCheckIn: no answer from before brings back what was given back,
// whatever it was asked for and whatever it grants.
func TestOldAnswersAfterCheckIn(t *testing.T) {
	w, c := activated(t)
	accepted := w.activate(c, 5, protectortest.Answer{Parameter: 3})
	old := map[string]string{"accepted": accepted}
	for name, a := range map[string]struct{ ask, as uint8 }{"waiting": {5, 5}, "other menu item": {4, 5}, "composite": {7, 7}, "choice": {14, 14}, "something else": {8, 8}} {
		r, err := c.Request(a.ask, RequestOptions{New: true})
		if err != nil {
			t.Fatal(err)
		}
		old[name] = w.issue(r.Code, protectortest.Answer{As: a.as, Parameter: map[bool]uint32{true: 2}[a.as != 7]})
	}
	w.confirm(w.checkIn(c, 0))
	try := func(when string) {
		t.Helper()
		for name, code := range old {
			want := ReasonOlderRequest
			if name == "accepted" {
				want = ReasonUsed
			}
			if _, err := c.Enter(code); ReasonOf(err) != want {
				t.Errorf("%s, %s: have %q (%v), want %q", when, name, ReasonOf(err), err, want)
			}
		}
		if have := w.states(c); have != "1 active 0; " {
			t.Errorf("%s: %s", when, have)
		}
	}
	try("given back")
	r := w.request(c, 5)
	try("asked for again")
	w.enter(c, w.issue(r, protectortest.Answer{Parameter: 1}))
	if s := w.status(c); s.Feature(5) != 1 {
		t.Errorf("feature %d", s.Feature(5))
	}
}

// TestCheckInFaults: on a full disk nothing changes; with one place that cannot be
// written the code says so, and the copy there loses, also when it lived on.
func TestCheckInFaults(t *testing.T) {
	bad := &faultDisk{}
	w := newWorld(t)
	w.disk = bad
	c := w.with()
	for _, late := range []bool{false, true} {
		bad.replaceErr = failing("", syscall.ENOSPC, late)
		d, err := c.CheckIn(0, yes)
		w.refused(err, ReasonStateNotWritable)
		if !d.Code.IsZero() {
			t.Errorf("late %v: %s was shown", late, d.Code)
		}
		bad.replaceErr = nil
		w.is(c, 5, Active, ReasonActive)
	}
	bad.replaceErr = failing("second", syscall.EROFS, false)
	d, err := c.CheckIn(0, yes)
	if err != nil || !d.CopiesLeft {
		t.Fatalf("%+v, %v", d, err)
	}
	bad.replaceErr = nil
	first := w.readFile(w.file("first", licenseFile(number)))
	w.lose("first")
	c = w.open() // second: lives on
	w.is(c, 5, Active, ReasonActive)
	w.activate(c, 4, protectortest.Answer{Parameter: 1})
	w.activate(c, 4, protectortest.Answer{Parameter: 1})
	w.writeFile(w.file("first", licenseFile(number)), first)
	c = w.open()
	w.is(c, 5, Inactive, ReasonNotActivated)
	if again, err := c.Confirmation(); err != nil || again.Code != d.Code {
		t.Errorf("shown %s, %v; want %s", again.Code, err, d.Code)
	}
}
