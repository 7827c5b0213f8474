package activator_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

func TestMachinesOfALicense(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	l := o.license(2)
	if have, err := o.Machines(ctx, l.Number); err != nil || len(have) != 0 {
		t.Fatalf("machines of a new license: have %v, %v, want none", have, err)
	}
	m := o.machine(l, 0x123)
	o.submit(m.request(1), activator.Decision{})
	fp := m.fp
	if _, err := o.Change(ctx, activator.Change{License: l.Number, Kind: activator.NameMachine, Fingerprint: &fp, Name: "RIP room 2"}); err != nil {
		t.Fatal(err)
	}
	before := o.entries()
	again, err := o.Change(ctx, activator.Change{License: l.Number, Kind: activator.NameMachine, Fingerprint: &fp, Name: " RIP room 2 "})
	if err != nil || again.Verdict != journal.Repeat || o.entries() != before {
		t.Errorf("the same name again: have %v, %v and %d entries, want a repeat and %d entries", again, err, o.entries(), before)
	} else if e, err := o.Entry(ctx, again.Entry); err != nil || e.Fingerprint != fp || e.Detail != "name" {
		t.Errorf("the same name again: have entry %v, %v, want the one that gave the name", e.ID, err)
	}
	have, err := o.Machines(ctx, l.Number)
	want := activator.Machine{Fingerprint: fp, Name: "RIP room 2", Seat: 1, Since: "2026-11-22"}
	if err != nil || len(have) != 1 || have[0] != want {
		t.Errorf("machines: have %v, %v, want %v", have, err, want)
	}
	var unknown *activator.UnknownLicenseError
	if _, err := o.Machines(ctx, l.Number+1); !errors.As(err, &unknown) {
		t.Errorf("machines of nobody's license: have %v, want an UnknownLicenseError", err)
	}
}

func TestOverridableIsAMatterOfJudgment(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	l := o.license(1)
	a, b := o.machine(l, 1), o.machine(l, 2)
	o.submit(a.request(1), activator.Decision{})
	r, err := o.Read(ctx, b.request(1).String(), activator.Decision{})
	if err != nil || r.Verdict != journal.Refused || !r.Overridable() {
		t.Errorf("no seat: have %v, overridable %v, %v, want a refusal that can be overridden", r.Verdict, r.Overridable(), err)
	}
	if _, err := o.Change(ctx, activator.Change{License: l.Number, Kind: activator.RevokeLicense, Reason: "test"}); err != nil {
		t.Fatal(err)
	}
	if r, err = o.Read(ctx, b.request(1).String(), activator.Decision{}); err != nil || r.Overridable() {
		t.Errorf("revoked: have overridable %v, %v, want not", r.Overridable(), err)
	}
}

func TestMachineStory(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	l := o.license(1)
	m := o.machine(l, 7)
	story := func() string {
		t.Helper()
		r, err := o.Read(ctx, m.request(1).String(), activator.Decision{})
		if err != nil {
			t.Fatal(err)
		}
		return r.MachineStory()
	}
	if have, want := story(), "never seen before"; !strings.Contains(have, want) {
		t.Errorf("story: have %q, want %q", have, want)
	}
	request := m.request(1)
	m.enter(request, o.submit(request, activator.Decision{}).Answer, 1)
	if have, want := story(), "first answered on 22 November 2026, never given back"; have != want {
		t.Errorf("story: have %q, want %q", have, want)
	}
	o.submit(m.deactivate(2, 0), activator.Decision{Reference: "case 1"})
	if have, want := story(), "first answered on 22 November 2026, given back once"; have != want {
		t.Errorf("story: have %q, want %q", have, want)
	}
}
