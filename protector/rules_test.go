package protector

import (
	"fmt"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

const oneDay = 24 * time.Hour

// TestSticky: what gives the same request code again, and what a new one.
func TestSticky(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(*world, *Client)
		same bool
	}{
		{"nothing", func(*world, *Client) {}, true},
		{"29 days", func(w *world, _ *Client) { w.now = w.now.Add(29 * oneDay) }, true},
		{"30 days", func(w *world, _ *Client) { w.now = w.now.Add(30 * oneDay) }, false},
		{"clock set back", func(w *world, _ *Client) { w.now = w.now.Add(-300 * oneDay) }, true},
		{"another network card", func(w *world, _ *Client) { w.machine = protectortest.Parts(9, 1, 1, 8) }, false},
		{"more memory", func(w *world, _ *Client) { w.machine = protectortest.Parts(1, 1, 1, 16) }, false},
		{"another request", func(w *world, c *Client) { w.request(c, 5) }, true},
		{"another answer", func(w *world, c *Client) { w.activate(c, 5, protectortest.Answer{}) }, false},
		{"answered", func(w *world, c *Client) { w.activate(c, 1, protectortest.Answer{}) }, false},
		{"another release", func(w *world, _ *Client) {
			w.vendor.Profile.Release, w.vendor.Profile.Releases = 2, []uint16{1, 2}
			w.profile = w.vendor.Export()
		}, false},
		{"a newer profile", func(w *world, _ *Client) { w.profile = w.vendor.Export() }, true},
		{"new asked for", func(w *world, c *Client) {
			if _, err := c.Request(1, RequestOptions{New: true}); err != nil {
				w.Fatal(err)
			}
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.licensed()
			first := w.request(c, 1)
			test.do(w, c)
			again, err := w.open().Request(1, RequestOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if (again.Code == first) != test.same {
				t.Errorf("first %s, then %s: same should be %v", first, again.Code, test.same)
			}
			if again.Repeat != (test.same || test.name == "new asked for") {
				t.Errorf("repeat is %v", again.Repeat)
			}
		})
	}
}

// TestRequestFields: what a request says.
func TestRequestFields(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	r, err := c.Request(5, RequestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	fold, err := w.machine.Fold(w.vendor.Profile.UID)
	if err != nil {
		t.Fatal(err)
	}
	s := r.Code.Statement()
	if s.License != number || s.Definition != 5 || s.Status != 0 || s.Fingerprint != codes.Fingerprint(fold) || s.Random == 0 {
		t.Errorf("the first request says %+v", s)
	}
	w.enter(c, w.issue(r.Code, protectortest.Answer{}))
	// Memory changes: the machine keeps its name and says what changed.
	w.machine = protectortest.Parts(1, 1, 1, 16)
	s = w.request(w.open(), 1).Statement()
	if s.Fingerprint != codes.Fingerprint(fold) || s.Status != codes.ChangedMemory {
		t.Errorf("with more memory: %+v", s)
	}
	// The drive too: another name.
	w.machine = protectortest.Parts(1, 1, 7, 16)
	s = w.request(w.open(), 1).Statement()
	if s.Fingerprint == codes.Fingerprint(fold) || s.Status != codes.ChangedMemory|codes.ChangedSystemDrive {
		t.Errorf("with another drive: %+v", s)
	}
}

// TestOutstanding: eight for a definition, the oldest dropped, and any of them can be
// answered, with any definition.
func TestOutstanding(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	var all []codes.Code
	for range maxRequests + 1 {
		r, err := c.Request(1, RequestOptions{New: true})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r.Code)
	}
	feature := w.request(c, 5)
	_, err := c.Enter(w.issue(all[0], protectortest.Answer{}))
	w.refused(err, ReasonNoMatch)
	w.enter(c, w.issue(all[1], protectortest.Answer{As: 5, Parameter: 3})) // another definition
	w.is(c, 1, Pending, ReasonAnswerAwaited)
	w.is(c, 5, Active, ReasonActive)
	w.enter(c, w.issue(all[7], protectortest.Answer{}))
	w.is(c, 1, Active, ReasonActive)
	w.enter(c, w.issue(feature, protectortest.Answer{Parameter: 4}))
	if s := w.status(c); s.Feature(5) != 4 {
		t.Errorf("feature %d, want 4", s.Feature(5))
	}
	_, err = c.Enter(w.issue(all[2], protectortest.Answer{})) // made before the one that was answered
	w.refused(err, ReasonOlderRequest)
	w.enter(c, w.issue(all[8], protectortest.Answer{}))
}

// TestShelfLife: a day holds until noon UTC of the next day, by the latest time that
// is known.
func TestShelfLife(t *testing.T) {
	last := codes.Day(1060) // 2026-11-26
	end := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	if last.String() != "2026-11-26" || !last.End().Equal(end) {
		t.Fatalf("day %s ends %s", last, last.End())
	}
	for _, test := range []struct {
		name   string
		day    codes.Day
		clock  []time.Time // shown one after the other
		signed codes.Day   // of the profile, 0: before all of them
		want   Reason
	}{
		{"none", 0, []time.Time{end.Add(3000 * oneDay)}, 0, ""},
		{"that day", last, []time.Time{end.Add(-13 * time.Hour)}, 0, ""},
		{"last moment", last, []time.Time{end.Add(-time.Second)}, 0, ""},
		{"noon", last, []time.Time{end}, 0, ReasonExpired},
		{"years later", last, []time.Time{end.Add(3000 * oneDay)}, 0, ReasonExpired},
		{"clock set back", last, []time.Time{end.Add(oneDay), end.Add(-2 * oneDay)}, 0, ReasonExpired},
		{"clock before the profile", last, []time.Time{end.Add(-400 * oneDay)}, last + 2, ReasonExpired},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if test.signed != 0 {
				w.vendor.Profile.SignedOn = test.signed
				w.profile = w.vendor.Export()
			}
			c := w.licensed()
			answer := w.issue(w.request(c, 1), protectortest.Answer{Day: test.day})
			for _, w.now = range test.clock {
				w.status(c)
			}
			_, err := c.Enter(answer)
			w.refused(err, test.want)
			if test.want != "" { // renewed for the same request
				w.enter(c, w.issue(w.request(c, 1), protectortest.Answer{Day: test.day + 4000}))
			}
			w.is(c, 1, Active, ReasonActive)
		})
	}
}

// TestGrants: which definition an answer may grant, in which state.
func TestGrants(t *testing.T) {
	for _, test := range []struct {
		as          uint8
		deactivated bool
		want        Reason
	}{
		{1, false, ""},
		{4, false, ""},
		{5, false, ""},
		{8, false, ""},
		{2, false, ReasonNoMatch}, // deactivate is never granted
		{6, false, ReasonNoMatch}, // nor is check-in
		{7, false, ""},
		{9, false, ""},
		{10, false, ""},
		{11, false, ""},
		{12, false, ""},
		{13, false, ""},
		{14, false, ""},
		{3, false, ReasonNotDeactivated},
		{1, true, ReasonDeactivated},
		{5, true, ReasonDeactivated},
		{3, true, ""},
		{2, true, ReasonNoMatch},
		{7, true, ReasonDeactivated},
		{12, true, ReasonDeactivated},
		{13, true, ""},
		{14, true, ReasonDeactivated},
	} {
		t.Run(fmt.Sprint(test.as, test.deactivated), func(t *testing.T) {
			w, c := activated(t)
			if test.deactivated {
				w.confirm(w.deactivate(c))
			}
			before := w.status(c)
			r, err := c.Request(0, RequestOptions{New: true})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Enter(w.issue(r.Code, protectortest.Answer{As: test.as, Parameter: valueOf(test.as)}))
			w.refused(err, test.want)
			if test.want == "" {
				return
			}
			for i, d := range w.status(c).Definitions {
				if have, want := d.State, before.Definitions[i].State; have != want && have != Pending {
					t.Errorf("refused, and definition %d went from %s to %s", d.ID, want, have)
				}
			}
		})
	}
}

// valueOf is a parameter that an answer to a definition can carry.
func valueOf(id uint8) uint32 {
	switch id {
	case protectortest.Release, protectortest.Bundle:
		return 0
	case protectortest.Rental:
		return uint32(today) + 40
	case protectortest.Recover:
		return uint32(today)
	}
	return 1
}

// today is the day of start.
const today codes.Day = 1056

// TestReusable: an answer bound to the machine alone, which leaves the key as it is.
func TestReusable(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Definitions[7].Reusable, w.vendor.Profile.Definitions[7].Requires = true, nil
	w.profile = w.vendor.Export()
	c := w.licensed()
	waiting := w.request(c, 1)
	code := w.activate(c, 8, protectortest.Answer{Parameter: 42})
	if s := w.status(c); s.Feature(8) != 42 {
		t.Fatalf("feature %d", s.Feature(8))
	}
	if w.request(c, 1) != waiting {
		t.Error("the key changed: the waiting request is another")
	}
	if a := w.enter(c, code); !a.Already {
		t.Error("typed again it is not friendly")
	}
	second := w.issue(w.request(c, 8), protectortest.Answer{Parameter: 7})
	w.enter(c, second)
	w.enter(c, code) // it may come back
	if s := w.status(c); s.Feature(8) != 42 {
		t.Errorf("feature %d, want 42", s.Feature(8))
	}
	w.dir = t.TempDir() // a reinstall
	c = w.licensed()
	w.enter(c, code)
	w.activate(c, 1, protectortest.Answer{})
	w.machine = protectortest.Machine(2) // the state copied to another machine
	c = w.open()
	w.is(c, 8, Inactive, ReasonHardwareChanged)
	_, err := c.Enter(second)
	w.refused(err, ReasonNoRequest)
	w.dir = t.TempDir()
	c = w.licensed()
	_, err = c.Enter(code)
	w.refused(err, ReasonNoRequest)
}

// TestReusableDropsItsRequests: with what a reusable answer brings, nothing waits for it any more, whichever request it
// answers, or none; what was asked for beside it waits on.
func TestReusableDropsItsRequests(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Definitions[7].Reusable, w.vendor.Profile.Definitions[7].Requires = true, nil
	w.profile = w.vendor.Export()
	c := w.licensed()
	beside := w.request(c, 1)
	first := w.request(c, 8)
	r, err := c.Request(8, RequestOptions{New: true})
	if err != nil || r.Code == first {
		t.Fatalf("a new request: have %v, %v, want another code", r, err)
	}
	w.enter(c, w.issue(first, protectortest.Answer{Parameter: 42}))
	if again := w.request(c, 8); again == first || again == r.Code {
		t.Errorf("have the request %s wait on, want it dropped", again)
	}
	if again := w.request(c, 1); again != beside {
		t.Errorf("what was asked for beside it: have %s, want %s", again, beside)
	}
}

func TestPreconditions(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	_, err := c.Request(8, RequestOptions{})
	w.refused(err, ReasonPrecondition)
	_, err = c.Deactivate(0, yes)
	w.refused(err, ReasonPrecondition)
	_, err = c.Deactivate(1, yes)
	w.refused(err, ReasonNotRequestable)
	_, err = c.Deactivate(77, yes)
	w.refused(err, ReasonUnknownDefinition)
	_, err = c.Request(2, RequestOptions{})
	w.refused(err, ReasonNotRequestable)
	w.activate(c, 1, protectortest.Answer{})
	w.activate(c, 8, protectortest.Answer{Parameter: 5})
}

// TestLastChance: without it nothing happens, and nothing that changed meanwhile is
// deactivated unseen.
func TestLastChance(t *testing.T) {
	w, c := activated(t)
	_, err := c.Deactivate(0, nil)
	w.refused(err, ReasonNoLastChance)
	_, err = c.Deactivate(0, func(Warning) bool { return false })
	w.refused(err, ReasonDeclined)
	w.is(c, 1, Active, ReasonActive)
	_, err = c.Deactivate(0, func(Warning) bool { // the callback may use the client
		w.activate(c, 5, protectortest.Answer{Parameter: 1})
		return true
	})
	w.refused(err, ReasonChanged)
	w.is(c, 1, Active, ReasonActive)
}
