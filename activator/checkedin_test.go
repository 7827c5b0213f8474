package activator_test

import (
	"testing"

	"github.com/manual-activator/manual-activator/activator"
)

// A copy from before a check-in cannot check the same in again, whatever an operator
// says; what was brought again is given back again.
func TestCheckInCountsOnce(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defComposite, activator.Decision{})
	m.activate(defDays, activator.Decision{})
	clone := m.copied()
	earlier := o.machine(l, 7)
	*earlier = *clone
	o.want(o.submit(m.checkIn(defCheckIn), activator.Decision{}), "ok", "current")
	out := o.submit(clone.checkIn(defCheckIn), activator.Decision{Override: "please"})
	if o.want(out, "refused", "earlier"); failed(out) != "used before" {
		t.Fatalf("the same check-in from a copy: have %q failed, want used before", failed(out))
	}
	m.activate(defFeature, activator.Decision{})
	o.want(o.submit(earlier.checkIn(defCheckIn), activator.Decision{Override: "please"}), "refused", "earlier")
	o.want(o.submit(m.checkIn(defCheckIn), activator.Decision{}), "ok", "current")
	m.activate(defChoice, activator.Decision{Choose: []uint8{4}})
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "current")
	m.activate(3, activator.Decision{})
	o.want(o.submit(m.checkIn(defCheckIn), activator.Decision{}), "ok", "current")
}

// A machine that was installed again checks in what it got then.
func TestCheckInAfterReinstall(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defComposite, activator.Decision{})
	again := o.machine(l, 7)
	r1, r4 := again.request(1), again.request(4) // both out at once
	options := o.submit(r4, activator.Decision{})
	o.want(options, "ok", "license only")
	released := o.submit(r1, activator.Decision{})
	o.want(released, "ok", "license only")
	again.enter(r1, released.Answer, 1) // the options before it, under the same key
	o.want(o.submit(m.checkIn(defCheckIn), activator.Decision{}), "ok", "superseded")
	o.want(o.submit(again.checkIn(defCheckIn), activator.Decision{}), "ok", "current")
}
