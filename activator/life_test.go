package activator_test

import (
	"context"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
)

func TestWholeLife(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 0x1234567)

	r := m.request(1)
	out := o.submit(r, activator.Decision{})
	o.want(out, "ok", "current")
	again := o.submit(r, activator.Decision{})
	o.want(again, "repeat", "current")
	if have, want := again.Answer, out.Answer; have != want {
		t.Fatalf("repeated answer: have %v, want %v", have, want)
	}
	m.enter(r, out.Answer, 1)

	other := o.machine(l, 0x0000042)
	o.want(o.submit(other.request(1), activator.Decision{}), "refused", "current") // no seat

	d := m.deactivate(2, 0)
	o.want(o.submit(d, activator.Decision{Reference: "CASE-1"}), "ok", "current")
	o.want(o.submit(d, activator.Decision{Reference: "CASE-1"}), "repeat", "")
	o.want(o.submit(d, activator.Decision{Reference: "CASE-2"}), "refused", "")
	o.want(o.submit(d, activator.Decision{}), "refused", "")
	o.want(o.submit(r, activator.Decision{}), "refused", "") // the old request

	back := m.request(3)
	out = o.submit(back, activator.Decision{})
	o.want(out, "ok", "given back")
	m.enter(back, out.Answer, 3)
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{Reference: "CASE-3"}), "ok", "current")

	refund, err := o.Change(context.Background(), activator.Change{License: l.Number, Kind: activator.RefundLicense, Reference: "REFUND-1"})
	if err != nil {
		t.Fatal(err)
	}
	o.want(refund, "ok", "")
	o.want(o.submit(m.request(3), activator.Decision{}), "refused", "given back")
	report, err := o.Verify(context.Background())
	if err != nil {
		t.Fatalf("verify: have %v, want no error (%+v)", err, report)
	}
}

func TestRestoredDiskGivesBackOnce(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	backup := m.copied()
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{Reference: "A"}), "ok", "current")
	o.want(o.submit(backup.deactivate(2, 0), activator.Decision{Reference: "B"}), "refused", "given back")
	o.want(o.submit(backup.copied().request(4), activator.Decision{}), "refused", "")
}

func TestLabels(t *testing.T) {
	o := newOffice(t)
	l := o.license(3)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	before := m.copied()

	// An answer that is never typed leaves the older state superseded.
	r := m.request(4)
	lost := o.submit(r, activator.Decision{})
	o.want(lost, "ok", "current")
	o.want(o.submit(m.request(4), activator.Decision{}), "ok", "superseded")

	// Once it is typed and seen, the older state is an earlier one.
	m.enter(r, lost.Answer, 4)
	o.want(o.submit(m.request(4), activator.Decision{}), "ok", "")
	o.want(o.submit(before.request(4), activator.Decision{}), "refused", "earlier")
	o.want(o.submit(before.request(4), activator.Decision{Override: "disk restored by us"}), "ok", "earlier")

	// A reinstall knows its serial number only.
	o.want(o.submit(o.machine(l, 7).request(1), activator.Decision{}), "ok", "license only")
	o.want(o.submit(o.machine(l, 8).request(1), activator.Decision{}), "ok", "current")
}
