package activator_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// An answer that expired is renewed as it was: a provisional release stays provisional,
// another definition stays the other one.
func TestRenewalKeepsTheTerms(t *testing.T) {
	o := newOffice(t)
	l := o.license(3)
	r := o.machine(l, 7).request(1)
	day := dayValue(t, "2027-02-01")
	o.want(o.submit(r, activator.Decision{Parameter: day}), "ok", "")
	o.later(13)
	again := o.submit(r, activator.Decision{})
	o.want(again, "ok", "")
	if again.Value != *day || again.Revision != 2 {
		t.Fatalf("renewal: have value %d revision %d, want %d and 2", again.Value, again.Revision, *day)
	}
	other := o.machine(l, 8).request(1)
	o.want(o.submit(other, activator.Decision{As: defDays, Parameter: value(7)}), "ok", "")
	o.later(13)
	if again := o.submit(other, activator.Decision{}); again.Granted == nil || again.Granted.ID != defDays || again.Value != 7 {
		t.Fatalf("renewal of another definition: have %+v, value %d, want definition %d, value 7", again.Granted, again.Value, defDays)
	}
	o.later(60) // the provisional day is over: what next, the operator must say
	if out := o.submit(r, activator.Decision{}); !out.Answer.IsZero() {
		t.Fatal("renewal of a provisional release whose day is over: have an answer, want none")
	}
}

// Neither groups nor a reactivation are a way round what was bought.
func TestNoWayRoundGrants(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	for _, grants := range []product.Grants{
		{Definitions: []uint8{1, 4}, Bits: map[uint8]uint32{4: 4}},
		{Bits: map[uint8]uint32{4: 4}},
		{Definitions: []uint8{1, 4, 12, 13}, Bits: map[uint8]uint32{4: 4}},
	} {
		ls, err := o.Register(ctx, activator.Order{Product: "press-studio", Customer: "A", Seats: 2, Grants: &grants})
		if err != nil {
			t.Fatal(err)
		}
		m := o.machine(&ls[0], 7)
		for _, c := range []struct {
			definition uint8
			d          activator.Decision
		}{{4, activator.Decision{Parameter: value(1)}}, {12, activator.Decision{}}, {13, activator.Decision{Choose: []uint8{4}}}} {
			if out := o.submit(m.request(c.definition), c.d); failed(out) != "granted" {
				t.Errorf("grants %s, definition %d: have %q failed, want granted", grants, c.definition, failed(out))
			}
		}
	}
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defComposite, activator.Decision{})
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "current")
	o.want(o.change(l, activator.Change{Kind: activator.AmendLicense, Reason: "options paid back", Grants: &product.Grants{Definitions: []uint8{1}}}), "ok", "")
	if out := o.submit(m.request(3), activator.Decision{}); failed(out) != "granted" {
		t.Fatalf("reactivation of what was paid back: have %q failed, want granted", failed(out))
	}
	o.want(o.change(l, activator.Change{Kind: activator.AmendLicense, Reason: "bought again", Grants: &product.Grants{Definitions: []uint8{12}}}), "ok", "")
	o.want(o.submit(m.request(3), activator.Decision{}), "ok", "")
}

// A seat does not go through a whole firm within a year.
func TestTransfersAreCounted(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	for i := range 7 {
		m := o.machine(l, codes.Fingerprint(1000+i))
		out := o.submit(m.request(1), activator.Decision{})
		if i == 6 {
			if failed(out) != "limits" {
				t.Fatalf("seventh machine in a year: have %q failed, want limits", failed(out))
			}
			return
		}
		o.want(out, "ok", "current")
		m.enter(out.Code, out.Answer, 1)
		o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "current")
	}
}

func TestRecoveriesAreCounted(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	for range 3 {
		o.want(o.submit(m.request(defRecover), activator.Decision{}), "ok", "")
	}
	if out := o.submit(m.request(defRecover), activator.Decision{}); failed(out) != "limits" {
		t.Fatalf("fourth recovery in a year: have %q failed, want limits", failed(out))
	}
}

// A restored backup is no way to count a confirmation twice on a computer that saw more.
func TestRestoredBackupIsNoticed(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	file := filepath.Join(t.TempDir(), "desk.backup")
	if err := o.Backup(ctx, file, 10); err != nil {
		t.Fatal(err)
	}
	d := m.deactivate(2, 0)
	o.want(o.submit(d, activator.Decision{Refund: "CREDIT-1"}), "ok", "")
	o.desk.Close()
	restored := filepath.Join(t.TempDir(), "restored")
	_, err := activator.Restore(ctx, file, activator.Setup{Dir: restored, Operator: "anna", Passphrase: []byte(passphrase), Now: o.clock, Rand: o.rand()})
	if err != nil {
		t.Fatal(err)
	}
	o.dir = restored
	o.open()
	if _, err := o.Submit(ctx, d.String(), activator.Decision{Refund: "CREDIT-2"}); err == nil || !strings.Contains(err.Error(), "a backup was restored") {
		t.Fatalf("confirmation again on a restored backup: have %v, want it refused", err)
	}
}

// Terms of a first answer are told by their names, as elsewhere.
func TestAnsweredOtherwiseNamesTheParts(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defRelease, activator.Decision{})
	r := m.request(defFeature)
	o.want(o.submit(r, activator.Decision{Parameter: value(3)}), "ok", "current")
	out := o.submit(r, activator.Decision{Parameter: value(1)})
	if failed(out) != "used before" || !strings.Contains(out.Reason, "Options, color, nesting: to answer it otherwise") {
		t.Errorf("other terms: have %s (%s), want the parts of the first answer by name", failed(out), out.Reason)
	}
}
