package activator_test

import (
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// What follows when a machine that was declared gone comes back.

func (o *office) declareGone(l *activator.License) {
	o.t.Helper()
	out := o.change(l, activator.Change{Kind: activator.MachineGone, Reason: "disk dead", Cause: activator.DiskDead})
	if out.Verdict != journal.OK {
		o.t.Fatalf("machine gone: have %s (%s), want ok", out.Verdict, out.Reason)
	}
}

// A check-in, before or after, hides nothing.
func TestGoneAfterCheckIn(t *testing.T) {
	for _, when := range []string{"before", "after"} {
		o := newOffice(t)
		l := o.license(1)
		m := o.machine(l, 7)
		m.activate(defComposite, activator.Decision{})
		if when == "after" {
			o.declareGone(l)
		}
		want := "current"
		if when == "after" {
			want = "gone"
		}
		o.want(o.submit(m.checkIn(defCheckIn), activator.Decision{}), "ok", want)
		if when == "before" {
			o.declareGone(l)
		}
		out := o.submit(m.request(1), activator.Decision{})
		if o.want(out, "refused", "gone"); failed(out) != "state" {
			t.Fatalf("machine gone, check-in %s: have %q failed, want state", when, failed(out))
		}
		o.wantTaken(l, 0)
		o.want(o.submit(m.request(1), activator.Decision{Override: "found again"}), "ok", "gone")
		o.wantTaken(l, 1)
	}
}

// Two answers were typed that were asked for at the same time: the late confirmation
// is as good as after one.
func TestGoneWithTwoAnswersComesBack(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	r1, r4 := m.request(1), m.request(4)
	o.want(o.submit(r1, activator.Decision{}), "ok", "current")
	options := o.submit(r4, activator.Decision{})
	m.enter(r4, options.Answer, 4) // the release before it, under the same key
	o.declareGone(l)
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "gone")
	o.wantTaken(l, 0)
}

// Its answer does not come again unasked, expired or not, corrected or not.
func TestGoneAnswerComesBack(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	r := m.request(1)
	o.want(o.submit(r, activator.Decision{}), "ok", "current")
	o.declareGone(l)
	for _, d := range []activator.Decision{{}, {Correct: "wrong item", As: 4}} {
		if out := o.submit(r, d); failed(out) != "used before" {
			t.Fatalf("its request again with %+v: have %q failed, want used before", d, failed(out))
		}
	}
	o.later(13)
	if out := o.submit(r, activator.Decision{}); failed(out) != "used before" {
		t.Fatalf("its request again, expired: have %q failed, want used before", failed(out))
	}
	o.wantTaken(l, 0)
	o.want(o.submit(r, activator.Decision{Override: "found again"}), "ok", "")
	o.wantTaken(l, 1)
}

// A recovery that was asked for before a give-back is still one after it.
func TestRecoveryOutlastsGiveBack(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	under := m.copied() // a recovery is asked for under the license key, always
	under.key = m.lk
	r := under.request(defRecover)
	first := o.submit(r, activator.Decision{})
	o.want(first, "ok", "")
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "current")
	if again := o.submit(r, activator.Decision{}); again.Verdict != journal.Repeat || again.Answer != first.Answer {
		t.Fatalf("recovery again: have %s (%s), want repeat", again.Verdict, again.Reason)
	}
	o.later(13)
	o.want(o.submit(r, activator.Decision{}), "ok", "")
}

// What a reusable answer gives takes a seat too, when its machine comes back.
func TestGoneReusableAnswerComesBack(t *testing.T) {
	o := newOffice(t)
	o.addFonts()
	l := o.license(1)
	m := o.machine(l, 7)
	r := m.request(defFonts)
	o.want(o.submit(r, activator.Decision{}), "ok", "current")
	o.declareGone(l)
	o.want(o.submit(r, activator.Decision{Override: "found again"}), "repeat", "")
	o.wantTaken(l, 1)
}

// Of two answers to one request the program takes one. When that one was given back, or is
// in use, the other one is of no use either, whatever an operator says.
func TestCorrectedRequestIsAnsweredOnce(t *testing.T) {
	for _, back := range []bool{false, true} {
		o := newOffice(t)
		l := o.license(1)
		m := o.machine(l, 7)
		r := m.request(1)
		first := o.submit(r, activator.Decision{})
		o.want(o.submit(r, activator.Decision{Correct: "wrong item", As: 4}), "ok", "current")
		m.enter(r, first.Answer, 1)
		o.submit(m.request(5), activator.Decision{})
		if back {
			o.declareGone(l)
			o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "gone")
		}
		for _, d := range []activator.Decision{{Override: "please"}, {Override: "please", Correct: "again"}} {
			if out := o.submit(r, d); failed(out) != "used before" {
				t.Fatalf("given back: %v; its request with %+v: have %q failed, want used before", back, d, failed(out))
			}
		}
	}
}
