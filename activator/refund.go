package activator

import (
	"github.com/manual-activator/manual-activator/activator/journal"
)

// refundLicense records that the license was refunded: once, and only when every
// machine is proven back.
func (ru *ruling) refundLicense(e *journal.Entry, c Change) {
	r := ru.r
	if first := r.history.refund; first != nil {
		var h referenceHash
		copy(h[:], first.Value)
		if h.is(c.Reference) {
			ru.pass(checkUsed, sayRefundedSame(first.At))
			e.Verdict = journal.Repeat
			return
		}
		ru.refuse(checkUsed, sayRefundedBefore(first.At, first.Operator))
		return
	}
	ru.pass(checkUsed, sayNotRefunded)
	if len(r.facts.Seats) > 0 {
		ru.refuse(checkSeat, sayNotAllBack(r.facts.Seats))
	} else {
		ru.pass(checkSeat, sayNoSeatHeld)
	}
	ru.proofs()
	l := *r.License
	if l.State == journal.Refunded {
		ru.refuse(checkStanding, sayRefunded)
		return
	}
	l.State = journal.Refunded
	h := hashReference(c.salts(), c.Reference)
	ru.effects = append(ru.effects,
		journal.Claim{License: l.Number, Scope: journal.ScopeRefund, Key: []byte("refund"), Value: h[:]}, l.effect())
}

// proofs judges what the give-backs of the license are worth for a refund.
func (ru *ruling) proofs() {
	h := ru.r.history
	incomplete, gone := 0, 0
	for _, d := range h.returns {
		if d.confirmation.status != 0 {
			incomplete++
		}
	}
	loose := 0
	for _, a := range h.answers {
		switch {
		case a.recovers():
		case a.gone != nil && a.shut == nil:
			gone++
		case a.keyless():
		case a.shut == nil, !a.seenBefore(a.shut.entry) && !a.descends(a.shut.parent) && a != a.shut.parent:
			loose++ // it may be in use: a new installation that was never heard of again
		}
	}
	switch {
	case loose > 0:
		ru.doubt(checkOutcome, sayMayBeInUse(loose))
	case incomplete > 0:
		ru.doubt(checkOutcome, sayIncomplete(incomplete, len(h.returns)))
	case gone > 0:
		ru.doubt(checkOutcome, sayGoneNoProof)
	case len(h.returns) == 0 && len(h.answers) > 0:
		ru.doubt(checkOutcome, sayNoneReturned)
	case len(h.returns) == 0:
		ru.pass(checkOutcome, sayNeverWasActive)
	default:
		ru.pass(checkOutcome, sayAllBack(len(h.returns)))
	}
}
