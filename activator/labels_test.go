package activator_test

import (
	"context"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// An answer that was never typed is closed with the give-back, and stays closed.
func TestVoid(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	r := m.request(4)
	lost := o.submit(r, activator.Decision{})
	o.want(lost, "ok", "current")
	clone := m.copied()
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "superseded")
	clone.enter(r, lost.Answer, 4)
	out := o.submit(clone.request(4), activator.Decision{Override: "please"})
	o.want(out, "refused", "void")
	out = o.submit(clone.deactivate(2, 0), activator.Decision{Override: "please"})
	o.want(out, "refused", "void")
}

// After a give-back the machine can be reactivated and nothing else, a limited
// number of times.
func TestReactivation(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	for i := range 5 {
		o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "current")
		if out := o.submit(m.request(1), activator.Decision{Override: "x"}); failed(out) != "state" {
			t.Fatalf("release after the give-back: have %q failed, want state", failed(out))
		}
		r := m.request(3)
		lost := o.submit(r, activator.Decision{})
		o.want(lost, "ok", "given back")
		if i == 0 { // the code was lost on the way: a second request is answered, counted
			r = m.request(3)
			lost = o.submit(r, activator.Decision{})
			o.want(lost, "ok", "superseded")
		}
		if i == 3 {
			o.want(o.submit(m.request(3), activator.Decision{}), "refused", "superseded") // the sixth
			m.enter(r, lost.Answer, 3)
			break
		}
		m.enter(r, lost.Answer, 3)
	}
	if o.taken(l) != 1 {
		t.Fatalf("seats taken: have %d, want 1", o.taken(l))
	}
}

func TestReissueLimit(t *testing.T) {
	o := newOffice(t)
	l := o.license(2)
	for i := range 4 { // the first activation and three new installations
		m := o.machine(l, 7)
		out := m.activate(1, activator.Decision{})
		want := activator.LicenseOnly
		if i == 0 {
			want = activator.Current
		}
		if out.State != want {
			t.Fatalf("installation %d: have state %q, want %q", i, out.State, want)
		}
	}
	if out := o.submit(o.machine(l, 7).request(1), activator.Decision{}); failed(out) != "limits" {
		t.Fatalf("fifth installation: have %q failed, want limits", failed(out))
	}
	o.later(366)
	o.machine(l, 7).activate(1, activator.Decision{})
	if have := o.taken(l); have != 1 {
		t.Fatalf("seats taken: have %d, want 1", have)
	}
}

// Accepting an earlier state with a reason leaves the seat with the later one.
func TestEarlierGiveBackByOverride(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	old := o.machine(l, 7)
	old.activate(1, activator.Decision{})
	now := o.machine(l, 7)
	now.activate(1, activator.Decision{})
	o.want(o.submit(now.request(4), activator.Decision{}), "ok", "current")
	out := o.submit(old.deactivate(2, 0), activator.Decision{Override: "the old disk turned up"})
	o.want(out, "ok", "earlier")
	if have := o.taken(l); have != 1 {
		t.Fatalf("seats taken: have %d, want 1", have)
	}
	o.want(o.submit(now.deactivate(2, 0), activator.Decision{}), "ok", "")
	if have := o.taken(l); have != 0 {
		t.Fatalf("seats taken: have %d, want 0", have)
	}
}

func TestInventedSerial(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	p, err := o.desk.Product("press-studio")
	if err != nil {
		t.Fatal(err)
	}
	key := l.Serial.Serial().Key
	key[3] ^= 1
	r, err := o.Read(context.Background(), codes.NewSerial(p.UID, l.Number, key).Code().String(), activator.Decision{})
	if err != nil || r.Verdict != journal.Refused || !strings.Contains(r.Reason, "not made by us") {
		t.Fatalf("invented serial: have %s %q, %v, want it refused", r.Verdict, r.Reason, err)
	}
	if r, err = o.Read(context.Background(), l.Serial.String(), activator.Decision{}); err != nil || r.Verdict != journal.OK {
		t.Fatalf("real serial: have %s %q, %v, want ok", r.Verdict, r.Reason, err)
	}
}

// What people may want erased stands in no leaf.
func TestNoPersonalTextInLeaves(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	const customer, machineName, reference, reason = "Zwölfender Druck", "RIP-Zimmer Nummer 2", "Fall-4711-Z", "Anruf von Frau Zett"
	ls, err := o.Register(ctx, activator.Order{Product: "press-studio", Customer: customer, Seats: 1})
	if err != nil {
		t.Fatal(err)
	}
	l := &ls[0]
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	change := func(c activator.Change) *activator.Outcome {
		c.License = l.Number
		out, err := o.Change(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	change(activator.Change{Kind: activator.NameMachine, Name: machineName})
	full := o.submit(o.machine(l, 8).request(1), activator.Decision{})
	o.want(full, "refused", "current")
	if !strings.Contains(full.Reason, machineName) {
		t.Errorf("reason: have %q, want the machine's name in it", full.Reason)
	}
	o.want(o.submit(o.machine(l, 8).request(1), activator.Decision{Override: reason}), "ok", "current")
	d := m.deactivate(2, 0)
	o.want(o.submit(d, activator.Decision{Reference: reference}), "ok", "current")
	again := o.submit(d, activator.Decision{Reference: "other"})
	o.want(again, "refused", "")
	if !strings.Contains(again.Reason, reference) {
		t.Errorf("reason: have %q, want the first reference in it", again.Reason)
	}
	change(activator.Change{Kind: activator.MachineGone, Cause: activator.Stolen, Reason: reason})
	change(activator.Change{Kind: activator.RefundLicense, Reference: reference, Override: reason})
	for e, err := range o.Entries(ctx, journal.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{customer, machineName, reference, reason} {
			if strings.Contains(string(e.Leaf(nil)), text) {
				t.Errorf("entry %v: have %q in its leaf:\n%s", e.ID, text, e.Leaf(nil))
			}
		}
	}
}

// A receipt names who and where, and is the same when it is asked for again.
func TestReceipt(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	d := m.deactivate(2, 0)
	first := o.submit(d, activator.Decision{Reference: "CASE-1"})
	for _, want := range []string{"desk front", "anna", "CASE-1", d.String(), "Print Shop"} {
		if !strings.Contains(first.Receipt, want) {
			t.Errorf("receipt: have no %q in\n%s", want, first.Receipt)
		}
	}
	o.later(3)
	for reference, want := range map[string]journal.Verdict{"": journal.Refused, "CASE-2": journal.Refused, " CASE-1 ": journal.Repeat} {
		if r, err := o.Read(context.Background(), d.String(), activator.Decision{Reference: reference}); err != nil || r.Verdict != want {
			t.Errorf("read with reference %q: have %s, %v, want %s", reference, r.Verdict, err, want)
		}
	}
	if again := o.submit(d, activator.Decision{Reference: "CASE-1"}); again.Receipt != first.Receipt {
		t.Errorf("receipt again: have\n%s\nwant\n%s", again.Receipt, first.Receipt)
	}
}
