package attack

import (
	"context"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector"
)

// A customer takes the money back and wants to go on. He kept every mail: he wipes the
// program's state, enters the serial number again, asks again, sets the clock back to
// the day of the mail, and types the old answers. Each answer is bound to the random
// of a request that is gone, and the desk answers a refunded license no more.
func TestOldAnswerAfterWipe(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	mails := []codes.Code{p.activate(release), p.activate(feature), p.activate(moreDays)}
	untyped := p.request(feature)
	kept := v.answer(untyped, activator.Decision{})
	mails = append(mails, kept)
	before := v.saved(p.dir)
	out := v.submit(p.deactivate().String(), activator.Decision{Refund: "R-1"})
	if out.Refund == nil || out.Refund.Verdict != journal.OK {
		t.Fatalf("refund: have %+v, want it paid", out.Refund)
	}
	try := func(want protector.Reason) {
		t.Helper()
		for _, m := range mails {
			p.refuses(m.String(), want)
			p.refuses(m.Digits(), want)
		}
	}
	for _, m := range mails { // as it stands, deactivated
		if _, err := p.client().Enter(m.String()); err == nil {
			t.Errorf("deactivated: %s was taken", m)
		}
	}
	wipe := func() {
		t.Helper()
		p.dir = t.TempDir()
		_, err := p.client().EnterSerial(l.Serial.String())
		v.must(err)
	}
	wipe()
	try(protector.ReasonNoRequest)
	again := p.request(release)
	p.request(feature)
	try(protector.ReasonNoMatch)
	v.refuses(again.String(), "standing", true)
	v.refuses(untyped.String(), "state", true) // asked before, typed never

	day := v.now
	p.now = func() time.Time { return day }
	wipe()
	try(protector.ReasonNoRequest)
	v.restored(before, p.dir) // for what a whole backup gives, see TestRestoredDisk
	p.profile = v.profile(studio)
	for _, m := range mails {
		if _, err := p.client().Enter(m.String()); protector.ReasonOf(err) != protector.ReasonWithdrawn {
			t.Errorf("restored, with the next version of the program: have %v, want the license withdrawn", err)
		}
	}
}

// A customer saves the disk, gives the license back, has the refund, and restores the
// disk: the program runs on, which no code can prevent (docs/security.md). But it
// cannot be given back a second time, nor ask for anything.
func TestRestoredDisk(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 2)
	p := v.licensed(l, 1)
	p.activate(release)
	before := v.saved(p.dir)
	first := p.deactivate()
	if out := v.submit(first.String(), activator.Decision{Reference: "case-1"}); out.Verdict != journal.OK {
		t.Fatalf("first confirmation: have %s (%s), want ok", out.Verdict, out.Reason)
	}
	v.restored(before, p.dir)
	if !p.active(release) {
		t.Fatal("have a restored disk noticed: docs/security.md says that it is not")
	}
	v.refuses(p.request(feature).String(), "state", true)
	second := p.deactivate()
	if second == first {
		t.Error("have the same confirmation from a restored disk, want a fresh random")
	}
	v.refuses(second.String(), "state", true)
	if v.seats(l) != 0 {
		t.Errorf("seats: have %d taken, want 0", v.seats(l))
	}
	v.refuses(p.request(reactivate).String(), "genuine", true) // the desk never accepted what it comes from
}

// A copier copies the folder of a program's state to a second machine of the same
// make. The program there sees other hardware; the desk sees another machine under a
// key that it knows, and asks the operator.
func TestCopiedState(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	p.activate(release)
	c := *p
	c.dir, c.machine = v.saved(p.dir), hardware(2)
	if c.active(release) {
		t.Error("have a copied state active on other hardware, want it inactive")
	}
	out := v.submit(c.request(release).String(), activator.Decision{})
	if out.Verdict != journal.Refused || failed(out) != "hardware" {
		t.Errorf("request of the copy: have %s, failed %q, want it refused by hardware", out.Verdict, failed(out))
	}
	if !p.active(release) || v.seats(l) != 1 {
		t.Errorf("the original: have active %v with %d seats taken, want it untouched", p.active(release), v.seats(l))
	}
}

// A refund department is told the same confirmation code twice, by two agents, in two
// cases, in letters and in digits. It counts once.
func TestConfirmationForTwoCases(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 2)
	p := v.licensed(l, 1)
	p.activate(release)
	d := p.deactivate()
	bob := v.desk.Session(activator.Operator{Name: "bob"}, "test")
	if out := v.submit(d.String(), activator.Decision{Reference: "case-1"}); out.Verdict != journal.OK {
		t.Fatalf("first: have %s (%s), want ok", out.Verdict, out.Reason)
	}
	for _, text := range []string{d.String(), d.Digits(), withoutDashes(d), "> " + d.String() + "\r\n"} {
		for reference, want := range map[string]journal.Verdict{"case-1": journal.Repeat, "case-2": journal.Refused, "": journal.Refused} {
			out, err := bob.Submit(context.Background(), text, activator.Decision{Reference: reference, Override: ""})
			v.must(err)
			if out.Verdict != want {
				t.Errorf("%q for %q: have %s, want %s", text, reference, out.Verdict, want)
			}
		}
	}
	v.refuses(d.String(), "used before", true)
}

// A customer's answer expired. He sets the clock back; the program has seen later
// times. He wipes what it has seen, and the request is gone with it.
func TestExpiredAnswerWithTheClockSetBack(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	a := v.answer(p.request(release), activator.Decision{})
	today := v.now
	p.now = func() time.Time { return today }
	today = today.AddDate(0, 0, 12)
	p.refuses(a.String(), protector.ReasonExpired)
	today = v.now
	p.refuses(a.String(), protector.ReasonExpired)
	p.dir = t.TempDir()
	_, err := p.client().EnterSerial(l.Serial.String())
	v.must(err)
	p.refuses(a.String(), protector.ReasonNoRequest)
}

// A customer's trial is over. He sets the clock back, then to before the profile was
// signed, and reads the same trial again. Time is the latest of clock, last seen and
// the profile's day.
func TestTrialWithTheClockSetBack(t *testing.T) {
	v := newVendor(t, nil)
	p := v.program(studio, 1)
	today := v.now
	p.now = func() time.Time { return today }
	usable := func() bool {
		t.Helper()
		s, err := p.client().Status()
		v.must(err)
		return s.Usable()
	}
	if !usable() {
		t.Fatal("have no trial on the first day, want one")
	}
	today = today.AddDate(0, 0, 15)
	if usable() {
		t.Fatal("have the trial after 15 days, want it over after 14")
	}
	for _, back := range []int{1, 14, 16, 3650} {
		today = v.now.AddDate(0, 0, 15-back)
		if usable() {
			t.Errorf("clock set back by %d days: have the trial again, want it over", back)
		}
	}
}

// A machine whose battery is dead answers with a recovery: it sets the clock right
// and repairs. A customer asks for one to revive a copy that he gave back.
func TestRecoveryRevivesNothing(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	p.activate(release)
	d := p.deactivate()
	v.submit(d.String(), activator.Decision{})
	a := v.answer(p.request(recovery), activator.Decision{})
	if _, err := p.client().Enter(a.String()); err != nil {
		t.Fatalf("recovery: have %v, want it taken", err)
	}
	if p.active(release) {
		t.Error("have a deactivated copy active after a recovery, want it deactivated")
	}
	if c, err := p.client().Confirmation(); err != nil || c.Code != d {
		t.Errorf("confirmation after the recovery: have %s, %v, want %s still", c.Code, err, d)
	}
}
