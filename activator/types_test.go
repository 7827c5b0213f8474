package activator_test

import (
	"context"
	"errors"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// The definitions of the sample product.
const (
	defRelease   = 1
	defFeature   = 4
	defDays      = 5
	defExpire    = 8
	defUnlimited = 9
	defCheckIn   = 10
	defRecover   = 11
	defComposite = 12
	defChoice    = 13
)

func value(v uint32) *uint32 { return &v }

func dayValue(t *testing.T, s string) *uint32 {
	t.Helper()
	d, err := codes.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return value(uint32(d))
}

func TestParameters(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defRelease, activator.Decision{})
	for _, c := range []struct {
		name       string
		definition uint8
		d          activator.Decision
		want       uint32
		usage      bool
	}{
		{"release for ever", defRelease, activator.Decision{}, 0, false},
		{"release provisional", defRelease, activator.Decision{Parameter: dayValue(t, "2026-12-22")}, uint32(*dayValue(t, "2026-12-22")), false},
		{"release until yesterday", defRelease, activator.Decision{Parameter: dayValue(t, "2026-11-20")}, 0, true},
		{"release beyond all days", defRelease, activator.Decision{Parameter: value(1 << 14)}, 0, true},
		{"more days", defDays, activator.Decision{}, 14, false},
		{"fewer days", defDays, activator.Decision{Parameter: value(3)}, 3, false},
		{"too many days", defDays, activator.Decision{Parameter: value(61)}, 0, true},
		{"rental", defExpire, activator.Decision{Parameter: dayValue(t, "2027-01-31")}, *dayValue(t, "2027-01-31"), false},
		{"no expiry with a value", defUnlimited, activator.Decision{Parameter: value(1)}, 0, true},
		{"no expiry", defUnlimited, activator.Decision{}, 0, false},
		{"recovery carries today", defRecover, activator.Decision{}, *dayValue(t, "2026-11-22"), false},
		{"recovery with a value", defRecover, activator.Decision{Parameter: value(1)}, 0, true},
		{"composite", defComposite, activator.Decision{}, 0, false},
		{"composite with a last day", defComposite, activator.Decision{Parameter: dayValue(t, "2027-01-31")}, *dayValue(t, "2027-01-31"), false},
		{"choice by ids", defChoice, activator.Decision{Choose: []uint8{4, 9}}, 0b101, false},
		{"choice by bits", defChoice, activator.Decision{Parameter: value(0b010)}, 0b010, false},
		{"choice of another", defChoice, activator.Decision{Choose: []uint8{1}}, 0, true},
		{"choice by too many bits", defChoice, activator.Decision{Parameter: value(0b1000)}, 0, true},
		{"leaves of no choice", defFeature, activator.Decision{Choose: []uint8{4}}, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := m.copied()
			if c.definition == defRecover {
				r.key = r.lk
			}
			out, err := o.Submit(context.Background(), r.request(c.definition).String(), c.d)
			var usage *activator.UsageError
			if c.usage {
				if !errors.As(err, &usage) {
					t.Fatalf("have %v, want a usage error", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			o.want(out, "ok", "")
			if out.Value != c.want || out.Answer.Answer().Parameter != c.want {
				t.Fatalf("parameter: have %d, want %d", out.Value, c.want)
			}
		})
	}
	for _, definition := range []uint8{defExpire, defChoice} { // what must be said is missing
		if out := o.submit(m.request(definition), activator.Decision{}); failed(out) != "granted" {
			t.Errorf("definition %d without its parameter: have %q failed, want granted", definition, failed(out))
		}
	}
}

// A check-in gives one thing back and nothing else.
func TestCheckIn(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defRelease, activator.Decision{})
	if out := o.submit(m.copied().checkIn(defCheckIn), activator.Decision{}); failed(out) != "pre-conditions" {
		t.Fatalf("check-in of what is not active: have %q failed, want pre-conditions", failed(out))
	}
	m.activate(defFeature, activator.Decision{})
	clone := m.copied()
	d := m.checkIn(defCheckIn)
	o.want(o.submit(d, activator.Decision{Reference: "C-1"}), "ok", "current")
	o.want(o.submit(d, activator.Decision{Reference: "C-1"}), "repeat", "")
	if have := o.taken(l); have != 1 {
		t.Fatalf("seats taken after a check-in: have %d, want 1", have)
	}
	o.want(o.submit(clone.checkIn(defCheckIn), activator.Decision{}), "refused", "earlier")
	m.activate(defFeature, activator.Decision{}) // and again
	o.want(o.submit(m.checkIn(defCheckIn), activator.Decision{}), "ok", "current")
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "current")
	if have := o.taken(l); have != 0 {
		t.Fatalf("seats taken after the deactivation: have %d, want 0", have)
	}
	o.want(o.submit(m.checkIn(defCheckIn), activator.Decision{}), "refused", "given back")
}

// A recovery works in every state and changes none.
func TestRecovery(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	recover := func() {
		t.Helper()
		r := m.copied()
		r.key = r.lk
		o.want(o.submit(r.request(defRecover), activator.Decision{}), "ok", "")
	}
	recover()
	if have := o.taken(l); have != 0 {
		t.Fatalf("seats taken by a recovery: have %d, want 0", have)
	}
	m.activate(defRelease, activator.Decision{})
	recover()
	o.want(o.submit(m.request(defFeature), activator.Decision{}), "ok", "current")
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "")
	recover()
	m.activate(3, activator.Decision{})
}

// What a composite or a choice activated counts as a pre-condition.
func TestGroupsMeetPreconditions(t *testing.T) {
	o := newOffice(t)
	l := o.license(2)
	m := o.machine(l, 7)
	m.activate(defComposite, activator.Decision{})
	o.want(o.submit(m.copied().checkIn(defCheckIn), activator.Decision{}), "ok", "current")
	n := o.machine(l, 8)
	n.activate(defChoice, activator.Decision{Choose: []uint8{5}})
	if out := o.submit(n.checkIn(defCheckIn), activator.Decision{}); failed(out) != "pre-conditions" {
		t.Fatalf("check-in of a leaf not chosen: have %q failed, want pre-conditions", failed(out))
	}
}

// Grants of leaves cover a group; bits that were not bought do not pass.
func TestGrantsOfGroups(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	grants := l.Grants
	grants.Definitions = []uint8{1, 4}
	change := activator.Change{License: l.Number, Kind: activator.AmendLicense, Reason: "smaller edition", Grants: &grants}
	if _, err := o.Change(context.Background(), change); err != nil {
		t.Fatal(err)
	}
	m := o.machine(l, 7)
	o.want(o.submit(m.request(defComposite), activator.Decision{}), "ok", "current")
	o.want(o.submit(m.request(defChoice), activator.Decision{Choose: []uint8{4}}), "ok", "")
	if out := o.submit(m.request(defChoice), activator.Decision{Choose: []uint8{4, 9}}); failed(out) != "granted" {
		t.Fatalf("choice with a leaf not bought: have %q failed, want granted", failed(out))
	}
	grants.Bits = map[uint8]uint32{4: 4} // not the one that the composite switches on
	if _, err := o.Change(context.Background(), change); err != nil {
		t.Fatal(err)
	}
	want := "Press Studio with options with Options (color) is more than what was bought (Press Studio, Options (proofs)): offer the rest"
	if out := o.submit(m.request(defComposite), activator.Decision{}); out.Reason != want {
		t.Errorf("composite with a value that was not bought: have %q, want %q", out.Reason, want)
	}
}

func (m *machine) checkIn(definition uint8) codes.Code {
	s := m.statement(codes.KindConfirmation, definition, 0)
	m.key = m.key.CheckedIn(m.uid, s)
	return s.Code()
}

// What an operator says about a request that was answered already is measured by what was
// granted, not by what was asked for: that is what comes again.
func TestParameterOfWhatWasGranted(t *testing.T) {
	o := newOffice(t)
	m := o.machine(o.license(1), 7)
	m.activate(defRelease, activator.Decision{})
	r := m.request(defFeature) // up to 7, the days that were granted up to 60
	first := o.submit(r, activator.Decision{As: defDays, Parameter: value(30)})
	o.want(first, "ok", "current")

	again := o.submit(r, activator.Decision{Parameter: value(30)})
	o.want(again, "repeat", "current")
	if again.Answer != first.Answer {
		t.Errorf("the same value again: have %v, want %v", again.Answer, first.Answer)
	}
	before := o.entries()
	if out := o.submit(r, activator.Decision{Parameter: value(20)}); failed(out) != "used before" {
		t.Errorf("another value: have %q failed, want used before", failed(out))
	}
	if have := o.entries(); have != before+1 {
		t.Errorf("entries after a refusal: have %d, want %d", have, before+1)
	}
	var usage *activator.UsageError
	if _, err := o.Submit(t.Context(), r.String(), activator.Decision{Parameter: value(61)}); !errors.As(err, &usage) {
		t.Errorf("more than what was granted may have: have %v, want a usage error", err)
	}
	o.want(o.submit(r, activator.Decision{Parameter: value(7), Correct: "what was asked for"}), "ok", "current")
}
