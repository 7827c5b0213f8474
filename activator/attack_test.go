package activator_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// What a customer tried who wanted a copy for nothing, and what an honest one met
// by bad luck. Each of these once went the wrong way.

func (o *office) change(l *activator.License, c activator.Change) *activator.Outcome {
	o.t.Helper()
	c.License = l.Number
	out, err := o.Change(context.Background(), c)
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

func (o *office) wantTaken(l *activator.License, want int) {
	o.t.Helper()
	if have := o.taken(l); have != want {
		o.t.Fatalf("seats taken: have %d, want %d", have, want)
	}
}

// The hardware bits of a request's status byte.
const (
	changedMAC   = 0x80
	changedDrive = 0x20
)

// A copied state does not wander from PC to PC on one seat.
func TestOneSeatServesNoTwoPCs(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	like := m.copied() // same model: another network card, another drive
	like.fp = 100
	s := like.statement(codes.KindRequest, 1, changedMAC|changedDrive)
	if out := o.submit(s.Code(), activator.Decision{}); failed(out) != "hardware,seat" {
		t.Fatalf("a PC of the same model: have %q failed, want hardware,seat", failed(out))
	}
	moved := 0
	for i := range 10 { // the card alone: its seat moves, but not for ever, and not unheard
		n := m.copied()
		n.fp = codes.Fingerprint(200 + i)
		s := n.statement(codes.KindRequest, 1, changedMAC)
		if out := o.submit(s.Code(), activator.Decision{}); !out.Answer.IsZero() {
			moved++
		}
	}
	if moved != 1 {
		t.Fatalf("moves of one seat from one state: have %d, want 1", moved)
	}
	o.wantTaken(l, 1)
}

// A machine that truly changes keeps its seat, a limited number of times.
func TestMovesAreCounted(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	for i := range 4 {
		m.fp = codes.Fingerprint(50 + i)
		s := m.statement(codes.KindRequest, 1, changedMAC)
		out := o.submit(s.Code(), activator.Decision{})
		if i == 3 {
			if failed(out) != "limits" {
				t.Fatalf("fourth new card in a year: have %q failed, want limits", failed(out))
			}
			return
		}
		o.want(out, "ok", "current")
		m.enter(s.Code(), out.Answer, 1)
		o.wantTaken(l, 1)
	}
}

func TestGoneThenTheOldCopyGivesBack(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	o.want(o.change(l, activator.Change{Kind: activator.MachineGone, Cause: activator.DiskDead, Reason: "disk dead"}), "ok", "")
	n := o.machine(l, 7) // installed again on the same PC
	n.activate(1, activator.Decision{})
	n.activate(4, activator.Decision{})
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "gone")
	o.wantTaken(l, 1)
	o.want(o.change(l, activator.Change{Kind: activator.RefundLicense, Reference: "R"}), "refused", "")
	o.want(o.submit(n.deactivate(2, 0), activator.Decision{}), "ok", "current")
	o.wantTaken(l, 0)
}

// A confirmation that is kept back until the program runs again frees the seat, as
// docs/design.md admits, but pays nothing back without an operator's reason.
func TestKeptBackConfirmationIsNoRefund(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	d := m.deactivate(2, 0)
	o.machine(l, 7).activate(1, activator.Decision{})
	o.want(o.submit(d, activator.Decision{}), "ok", "superseded")
	if out := o.change(l, activator.Change{Kind: activator.RefundLicense, Reference: "R"}); failed(out) != "outcome" {
		t.Fatalf("refund: have %q failed, want outcome", failed(out))
	}
}

// A machine that was declared gone, turned up, and deactivates before it typed the
// answer it got then, frees the seat that this answer took.
func TestGoneTurnsUpAndGivesBack(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	o.want(o.change(l, activator.Change{Kind: activator.MachineGone, Cause: activator.Stolen, Reason: "stolen"}), "ok", "")
	o.want(o.submit(m.request(4), activator.Decision{Override: "found by the police"}), "ok", "gone")
	o.wantTaken(l, 1)
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "gone")
	o.wantTaken(l, 0)
	o.want(o.change(l, activator.Change{Kind: activator.RefundLicense, Reference: "R"}), "ok", "")
}

func TestRepeatAfterGoneNeedsASeat(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	r := o.machine(l, 7).request(1)
	o.want(o.submit(r, activator.Decision{}), "ok", "")
	o.want(o.change(l, activator.Change{Kind: activator.MachineGone, Cause: activator.NeverTyped, Reason: "lost"}), "ok", "")
	out := o.submit(r, activator.Decision{})
	if failed(out) != "used before" {
		t.Fatalf("repeat after gone: have %q failed, want used before", failed(out))
	}
	o.want(o.submit(r, activator.Decision{Override: "found the letter"}), "repeat", "")
	o.wantTaken(l, 1)
	if _, err := o.Verify(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A second PC imaged from the first is a machine of its own.
func TestImagedMachine(t *testing.T) {
	for _, first := range []string{"image", "original"} {
		o := newOffice(t)
		l := o.license(2)
		m := o.machine(l, 7)
		m.activate(1, activator.Decision{})
		n := m.copied()
		n.fp = 9
		s := n.statement(codes.KindRequest, 4, 0xff)
		o.want(o.submit(s.Code(), activator.Decision{}), "refused", "")
		out := o.submit(s.Code(), activator.Decision{Override: "imaged for the second seat"})
		o.want(out, "ok", "")
		n.enter(s.Code(), out.Answer, 4)
		o.wantTaken(l, 2)
		order := []*machine{n, m}
		if first == "original" {
			order = []*machine{m, n}
		}
		o.want(o.submit(order[0].deactivate(2, 0), activator.Decision{}), "ok", "current")
		o.wantTaken(l, 1)
		o.want(o.submit(order[1].deactivate(2, 0), activator.Decision{}), "ok", "current")
		o.wantTaken(l, 0)
	}
}

// A recovery is granted only where the program asked for one: its answer is tagged
// under the license key.
func TestNoRecoveryForAnotherRequest(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	if out := o.submit(m.request(4), activator.Decision{As: defRecover, Override: "x"}); failed(out) != "granted" {
		t.Fatalf("recovery for a feature's request: have %q failed, want granted", failed(out))
	}
}

// Nor anything else where it asked for a recovery.
func TestRecoveryTakesNothingElse(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	if out := o.submit(m.request(defRecover), activator.Decision{As: 1, Override: "x"}); failed(out) != "granted" {
		t.Fatalf("release for a recovery's request: have %q failed, want granted", failed(out))
	}
}

// An asked is a request that an honest customer waits for.
type asked struct {
	code       codes.Code
	key        codes.Key
	definition uint8
	answer     codes.Code
}

// One honest machine that is never copied, with answers that are typed in the order
// in which they were asked for: nothing is refused but what is limited.
func TestHonestMachine(t *testing.T) {
	o := newOffice(t)
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 7))
		l := o.license(1)
		m := o.machine(l, 7)
		var out []asked
		active, dead := false, false
		for range 30 {
			switch c := r.IntN(8); {
			case c < 4: // ask, and the desk answers
				definition := []uint8{1, 4}[r.IntN(2)]
				if dead {
					definition = 3
				}
				a := asked{code: m.request(definition), key: m.key, definition: definition}
				got := o.submit(a.code, activator.Decision{})
				if failed(got) == "limits" {
					break
				}
				o.want(got, "ok", "")
				a.answer = got.Answer
				out = append(out, a)
			case c < 7 && len(out) > 0: // type, perhaps losing some before it
				i := r.IntN(len(out))
				a := out[i]
				m.key = a.key
				m.enter(a.code, a.answer, a.definition)
				active = active || a.definition != 4
				dead = false
				out = out[i+1:]
			case c == 7 && active && !dead:
				o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "")
				o.wantTaken(l, 0)
				active, dead, out = false, true, nil
			}
		}
	}
}

// A program of somebody's own deactivates what is deactivated, under the key that followed: another confirmation code,
// for another credit note. There is nothing left to give back, whatever an operator says.
func TestDeactivatedTwice(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defRelease, activator.Decision{})
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{Reference: "case-1"}), "ok", "current")
	for _, d := range []activator.Decision{{Reference: "case-2"}, {Reference: "case-2", Override: "he insists"}} {
		out := o.submit(m.copied().deactivate(2, 0), d)
		if have, _, _ := strings.Cut(failed(out), ","); have != "state" || out.Verdict != journal.Refused || out.Receipt != "" {
			t.Errorf("override %q: have %s, failed %q, receipt %q; want it refused by its state", d.Override, out.Verdict, failed(out), out.Receipt)
		}
	}
}

// What a program says of its own deactivation that was not complete is for an operator to judge, each kind of it.
func TestIncompleteDeactivations(t *testing.T) {
	o := newOffice(t)
	for status := uint8(1); status <= 3; status++ {
		m := o.machine(o.license(1), 7)
		m.activate(defRelease, activator.Decision{})
		code := m.deactivate(2, status)
		if out := o.submit(code, activator.Decision{}); failed(out) != "outcome" || out.Verdict != journal.Refused {
			t.Errorf("status %d: have %s, failed %q, want it refused by its outcome", status, out.Verdict, failed(out))
		}
		if out := o.submit(code, activator.Decision{Override: "the disk was seen"}); out.Verdict != journal.OK {
			t.Errorf("status %d with a reason: have %s (%s), want ok", status, out.Verdict, out.Reason)
		}
	}
}
