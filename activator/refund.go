package activator

import (
	"fmt"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// refundLicense records that the license was refunded: once, and only when every
// machine is proven back.
func (b *bench) refundLicense(e *journal.Entry, c Change) {
	r := b.r
	if first := r.history.refund; first != nil {
		var h referenceHash
		copy(h[:], first.Value)
		if h.is(c.Reference) {
			b.pass(checkUsed, "refunded on "+day(first.At)+" for this same reference; it counts once")
			e.Verdict = journal.Repeat
			return
		}
		b.refuse(checkUsed, "this license was refunded already, on "+day(first.At)+" by "+first.Operator)
		return
	}
	b.pass(checkUsed, "not refunded before")
	if len(r.facts.Seats) > 0 {
		b.refuse(checkSeat, "not every machine is proven back: "+r.saySeats())
	} else {
		b.pass(checkSeat, "no machine holds a seat")
	}
	b.proofs()
	l := *r.License
	if l.State == journal.Refunded {
		b.refuse(checkStanding, sayRefunded)
		return
	}
	l.State = journal.Refunded
	h := hashReference(c.salts(), c.Reference)
	b.effects = append(b.effects,
		journal.Claim{License: l.Number, Scope: journal.ScopeRefund, Key: []byte("refund"), Value: h[:]}, l.effect())
}

// proofs judges what the give-backs of the license are worth for a refund.
func (b *bench) proofs() {
	h := b.r.history
	incomplete, gone := 0, 0
	for _, d := range h.returns {
		if d.confirmation.status != 0 {
			incomplete++
		}
	}
	loose := 0
	for _, a := range h.answers {
		switch {
		case a.keyless():
		case a.gone != nil && a.shut == nil:
			gone++
		case a.shut == nil, !a.seenBefore(a.shut.entry) && !a.descends(a.shut.parent) && a != a.shut.parent:
			loose++ // it may be in use: a new installation that was never heard of again
		}
	}
	switch {
	case loose > 0:
		b.doubt(checkOutcome, count(loose, "answer")+" of this license may be in use: given, and never given back by itself")
	case incomplete > 0:
		b.doubt(checkOutcome, fmt.Sprintf("%d of %s reported that not every trace was ended, or other hardware", incomplete, count(len(h.returns), "confirmation code")))
	case gone > 0:
		b.doubt(checkOutcome, "a machine was declared gone without proof")
	case len(h.returns) == 0 && len(h.answers) > 0:
		b.doubt(checkOutcome, "machines were activated and none has given back")
	case len(h.returns) == 0:
		b.pass(checkOutcome, "the license was never activated")
	default:
		b.pass(checkOutcome, "every machine is proven back, by "+count(len(h.returns), "confirmation code"))
	}
}
