package protector

import (
	"fmt"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// grantOf asks for the release whatever is active, and lets the vendor grant another
// definition.
func (w *world) grantOf(c *Client, id uint8, value uint32) string {
	w.Helper()
	r, err := c.Request(1, RequestOptions{New: true})
	if err != nil {
		w.Fatalf("request: %v", err)
	}
	code := w.issue(r.Code, protectortest.Answer{As: id, Parameter: value})
	w.enter(c, code)
	return code
}

// states lists the state of each definition that is not as at first.
func (w *world) states(c *Client) string {
	w.Helper()
	text := ""
	for _, d := range w.status(c).Definitions {
		if d.State != Inactive && d.State != Pending {
			text += fmt.Sprintf("%d %s %d; ", d.ID, d.State, d.Parameter)
		}
	}
	return text
}

// TestExpireOn: after the last day nothing of the license holds, by the latest time
// that is known; a later answer moves it.
func TestExpireOn(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	last := today + 10
	w.grantOf(c, 1, 0)
	w.grantOf(c, 5, 3)
	w.grantOf(c, 8, 7)
	w.grantOf(c, protectortest.Rental, uint32(last))
	w.is(c, protectortest.Rental, Active, ReasonLastDay)
	w.is(c, 1, Active, ReasonActive)
	w.now = last.End().Add(-time.Second)
	w.is(c, 1, Active, ReasonActive)
	if d, _ := w.status(c).Definition(protectortest.Rental); !d.Until.Equal(last.End()) {
		t.Errorf("until %v, want %v", d.Until, last.End())
	}
	w.now = last.End()
	for _, id := range []uint8{1, 5, 8, protectortest.Rental, 0} {
		w.is(c, id, Expired, ReasonLastDayOver)
	}
	if s := w.status(c); s.Feature(5) != 0 || s.Usable() {
		t.Errorf("feature %d, usable %v", s.Feature(5), s.Usable())
	}
	w.now = start
	w.is(w.open(), 1, Expired, ReasonLastDayOver) // setting the clock back helps nobody
	w.grantOf(c, protectortest.Rental, uint32(last+5))
	w.is(c, 1, Active, ReasonActive)
	w.now = (last + 5).End()
	w.is(c, 1, Expired, ReasonLastDayOver)
	code := w.grantOf(c, protectortest.Rental, uint32(last+400))
	if a := w.enter(c, code); !a.Already {
		t.Errorf("typed again: %+v", a)
	}
	w.grantOf(c, protectortest.Rental, uint32(last+20)) // shorter too
	w.now = (last + 20).End()
	w.is(c, 1, Expired, ReasonLastDayOver)

	// Given back and reactivated, it is as over as before.
	w.confirm(w.deactivate(c))
	w.activate(c, 3, protectortest.Answer{})
	w.is(c, 1, Expired, ReasonLastDayOver)
}

// TestLastDayOfTwo: the one accepted last counts, and of two accepted together the
// later one.
func TestLastDayOfTwo(t *testing.T) {
	for _, test := range []struct {
		first, second codes.Day
		apart         time.Duration
		want          codes.Day
	}{
		{today + 10, today + 20, time.Hour, today + 20},
		{today + 20, today + 10, time.Hour, today + 10},
		{today + 20, today + 10, 0, today + 20},
		{today + 10, today + 20, 0, today + 20},
	} {
		w := newWorld(t)
		w.vendor.Profile.Definitions = append(w.vendor.Profile.Definitions, product.Definition{ID: 15, Type: product.ExpireOn, Name: "Other rental"})
		w.profile = w.vendor.Export()
		c := w.licensed()
		w.grantOf(c, protectortest.Rental, uint32(test.first))
		w.now = w.now.Add(test.apart)
		w.grantOf(c, 15, uint32(test.second))
		w.grantOf(c, 1, 0)
		w.now = test.want.End().Add(-time.Second)
		w.is(c, 1, Active, ReasonActive)
		w.now = test.want.End()
		w.is(c, 1, Expired, ReasonLastDayOver)
	}
}

// TestUnlimited: it switches every expiry off, as long as it is in force itself.
func TestUnlimited(t *testing.T) {
	w := tried(t, product.Trial{Days: 14, Runs: 1})
	c := w.licensed()
	w.grantOf(c, 1, uint32(today+1)) // provisional
	w.grantOf(c, protectortest.Rental, uint32(today+2))
	w.now = start.Add(60 * oneDay)
	w.is(c, 1, Expired, ReasonLastDayOver)
	w.is(c, 0, Expired, ReasonTrialOver)
	w.grantOf(c, protectortest.Unlimited, 0)
	w.is(c, 1, Active, ReasonUnlimited)
	w.is(c, protectortest.Rental, Active, ReasonUnlimited)
	w.is(c, protectortest.Unlimited, Active, ReasonActive)
	if s := w.status(c); s.Trial.State != Active || s.Trial.Reason != ReasonUnlimited {
		t.Errorf("the trial is %s (%s)", s.Trial.State, s.Trial.Reason)
	}
	w.grantOf(c, protectortest.Rental, uint32(today+3)) // not even by a later one
	w.is(c, 1, Active, ReasonUnlimited)
	w.machine = protectortest.Machine(2)
	c = w.open()
	w.is(c, protectortest.Unlimited, Inactive, ReasonHardwareChanged)
	if s := w.status(c); s.Trial.State != Expired {
		t.Errorf("on other hardware the trial is %s (%s)", s.Trial.State, s.Trial.Reason)
	}
}

// TestProvisional: a release up to a last day, and the answer that lifts it.
func TestProvisional(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	w.grantOf(c, 1, uint32(today+3))
	w.is(c, 1, Active, ReasonProvisional)
	w.now = (today + 3).End()
	w.is(c, 0, Expired, ReasonLastDayOver)
	w.now = start
	w.is(w.open(), 1, Expired, ReasonLastDayOver)
	w.grantOf(c, 1, 0)
	w.is(c, 1, Active, ReasonActive)
	_, err := c.Enter(w.issue(w.request(c, 1), protectortest.Answer{Parameter: uint32(codes.MaxDay) + 1}))
	w.refused(err, ReasonAnswerValue)
	w.is(c, 1, Active, ReasonActive)
}

// TestGroups: what composites and choices activate, with which values.
func TestGroups(t *testing.T) {
	day := uint32(today + 30)
	for _, test := range []struct {
		name  string
		as    uint8
		value uint32
		want  Reason
		is    string
	}{
		{"composite", 7, 0, "", "1 active 0; 5 active 2; 7 active 0; "},
		{"composite with a last day", 7, day, "", "1 active 1086; 5 active 2; 7 active 0; "},
		{"composite with a day that is none", 7, 1 << 14, ReasonAnswerValue, ""},
		{"choice of one", 14, 1, "", "4 active 14; "},
		{"choice of two", 14, 3, "", "4 active 14; 5 active 2; "},
		{"choice of a composite", 14, 4, "", "1 active 0; 5 active 2; 7 active 0; "},
		{"choice of all", 14, 7, "", "1 active 0; 4 active 14; 5 active 2; 7 active 0; "},
		{"choice of nothing", 14, 0, ReasonAnswerValue, ""},
		{"choice of more than there is", 14, 8, ReasonAnswerValue, ""},
		{"composite with a rental", 15, day, "", "1 active 0; 11 active 1086; 15 active 0; "},
		{"rental without a day", 15, 0, ReasonAnswerValue, ""},
		{"leaf that builds on another", 16, 0, "", "1 active 0; 8 active 0; 16 active 0; "},
		{"leaf that builds on something else", 17, 0, ReasonPrecondition, ""},
		{"rental alone without a day", 11, 0, ReasonAnswerValue, ""},
		{"rental alone with a day that is none", 11, 1 << 14, ReasonAnswerValue, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.vendor.Profile.Definitions[4].Parameter.Default = 2
			w.vendor.Profile.Definitions = append(w.vendor.Profile.Definitions,
				product.Definition{ID: 15, Type: product.Composite, Name: "Rented", Leaves: []uint8{1, 11}},
				product.Definition{ID: 16, Type: product.Composite, Name: "With extra", Leaves: []uint8{1, 8}},
				product.Definition{ID: 17, Type: product.Composite, Name: "Extra alone", Leaves: []uint8{5, 8}},
			)
			w.profile = w.vendor.Export()
			c := w.licensed()
			w.request(c, 5)
			before := w.stored()
			code := w.issue(w.request(c, 1), protectortest.Answer{As: test.as, Parameter: test.value})
			a, err := c.Enter(code)
			w.refused(err, test.want)
			if have := w.states(c); have != test.is {
				t.Errorf("have %s, want %s", have, test.is)
			}
			after := w.stored()
			if test.want != "" {
				if after.Generation != before.Generation || !after.Key.Equal(before.Key.Key) {
					t.Error("a refused answer changed the state")
				}
				return
			}
			if d, _ := w.vendor.Profile.Definition(test.as); len(a.Parts) == 0 || a.Definition.ID != d.ID {
				t.Errorf("accepted %+v", a)
			}
			if after.Generation != before.Generation+1 {
				t.Errorf("generation %d, then %d", before.Generation, after.Generation)
			}
			if a := w.enter(c, code); !a.Already {
				t.Error("typed again it is not friendly")
			}
			w.request(c, 5) // the machine goes on under the new key
		})
	}
}

// TestGroupRequest: a composite is asked for only where its leaves can be active.
func TestGroupRequest(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Definitions = append(w.vendor.Profile.Definitions,
		product.Definition{ID: 16, Type: product.Composite, Name: "With extra", Leaves: []uint8{1, 8}},
		product.Definition{ID: 17, Type: product.Composite, Name: "Extra alone", Leaves: []uint8{5, 8}},
		product.Definition{ID: 18, Type: product.Composite, Name: "Later", Leaves: []uint8{4, 5}, Requires: []uint8{1}},
	)
	w.profile = w.vendor.Export()
	c := w.licensed()
	w.request(c, 16)
	for _, id := range []uint8{17, 18} {
		_, err := c.Request(id, RequestOptions{})
		w.refused(err, ReasonPrecondition)
	}
	w.activate(c, 1, protectortest.Answer{})
	w.request(c, 17)
	w.activate(c, 18, protectortest.Answer{})
	w.is(c, 18, Active, ReasonActive)
}

// TestPreconditionGone: what was met when asking must be met when answering.
func TestPreconditionGone(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Definitions[5].Requires = []uint8{1} // the check-in gives the release back
	w.profile = w.vendor.Export()
	c := w.licensed()
	waiting := w.request(c, 5)
	_, err := c.Enter(w.issue(waiting, protectortest.Answer{As: 8}))
	w.refused(err, ReasonPrecondition)
	w.enter(c, w.issue(waiting, protectortest.Answer{As: 1}))
	w.activate(c, 8, protectortest.Answer{Parameter: 4})
	if _, err := c.CheckIn(0, yes); err != nil {
		t.Fatal(err)
	}
	_, err = c.Request(8, RequestOptions{})
	w.refused(err, ReasonPrecondition)
	w.is(c, 8, Active, ReasonActive) // nothing else ends
}

// TestReusableRules: not on a deactivated copy, not when its day is over, and for a
// group as well.
func TestReusableRules(t *testing.T) {
	w := newWorld(t)
	for _, i := range []int{10, 11} {
		w.vendor.Profile.Definitions[i].Reusable = true
	}
	w.vendor.Profile.Definitions = append(w.vendor.Profile.Definitions,
		product.Definition{ID: 15, Type: product.Composite, Name: "Both", Leaves: []uint8{11, 12}, Reusable: true})
	w.profile = w.vendor.Export()
	c := w.licensed()
	key := w.stored().Key
	both := w.issue(w.request(c, 15), protectortest.Answer{Parameter: uint32(today + 9)})
	w.enter(c, both)
	dated := w.issue(w.request(c, 12), protectortest.Answer{Day: today + 1})
	w.enter(c, dated)
	if !w.stored().Key.Equal(key.Key) {
		t.Error("a reusable answer changed the key")
	}
	w.activate(c, 1, protectortest.Answer{})
	w.confirm(w.deactivate(c))
	for _, code := range []string{both, dated} {
		_, err := c.Enter(code)
		w.refused(err, ReasonUsed)
	}
	w.dir = t.TempDir() // a reinstall
	w.now = (today + 1).End()
	c = w.licensed()
	_, err := c.Enter(dated)
	w.refused(err, ReasonExpired)
	w.enter(c, both)
	w.is(c, 15, Active, ReasonActive)
	w.is(c, 11, Active, ReasonUnlimited)
}
