package activator_test

import (
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Which states of a machine a declaration that it is gone speaks of.

// Those from before its parts changed too: a copy of them is not an earlier installation that is fine.
func TestGoneWithChangedParts(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defRelease, activator.Decision{})
	before := m.copied()
	m.fp = 50
	s := m.statement(codes.KindRequest, defFeature, changedMAC)
	out := o.submit(s.Code(), activator.Decision{})
	o.want(out, "ok", "current")
	m.enter(s.Code(), out.Answer, defFeature)
	o.declareGone(l)
	for name, c := range map[string]*machine{"before": before, "after": m} {
		r, err := o.Read(t.Context(), c.request(defFeature).String(), activator.Decision{})
		if err != nil || r.State != activator.Gone {
			t.Errorf("state from %s the change: have %+v, %v, want gone", name, r, err)
		}
	}
}

// What was declared gone once stays so, and the machine can be declared gone again when it was in use meanwhile.
func TestGoneTwice(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defRelease, activator.Decision{})
	o.declareGone(l)
	m.activate(defFeature, activator.Decision{Override: "found again"})
	o.wantTaken(l, 1)
	o.declareGone(l)
	o.wantTaken(l, 0)
	o.want(o.submit(m.request(defFeature), activator.Decision{}), "refused", "gone")
	o.verified()
}

// A give-back is not declared gone, nor what it closed: the machine that is gone is the one that was activated since.
func TestGoneAfterGiveBack(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defRelease, activator.Decision{})
	closed := m.copied()
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "current")
	back := m.copied()
	m.activate(3, activator.Decision{})
	o.declareGone(l)
	for name, test := range map[string]struct {
		m    *machine
		want activator.Label
	}{
		"closed": {closed, activator.GivenBack}, "given back": {back, activator.Superseded}, "activated since": {m, activator.Gone},
	} {
		r, err := o.Read(t.Context(), test.m.request(defFeature).String(), activator.Decision{})
		if err != nil || r.State != test.want {
			t.Errorf("%s: have %v, %v, want %v", name, r.State, err, test.want)
		}
	}
	claims := 0
	for _, f := range o.newest(journal.KindGone).Effects {
		if c, ok := f.(journal.Claim); ok && c.Scope == journal.ScopeGone {
			claims++
		}
	}
	if claims != 1 {
		t.Errorf("have %d states declared gone in the journal, want 1", claims)
	}
}
