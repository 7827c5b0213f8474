package activator

import (
	"context"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// The seats that another desk gave and took.

// take gives a machine the seat that the other desk gave it, or the next free one.
func (m *merger) take(ctx context.Context, e *journal.Entry, f *journal.LicenseFacts, x journal.TakeSeat) []journal.Effect {
	taken := map[int]journal.EntryID{}
	for _, s := range f.Seats {
		if s.Fingerprint == x.Fingerprint {
			return nil // it has one here too
		}
		taken[s.Slot] = s.Entry
	}
	if f.License.State == journal.Refunded {
		m.collide(ctx, "refund", e, f.License.Entry, sayRefundedActive(x.License, x.Fingerprint))
	}
	wanted := taken[x.Slot]
	x.Limit = f.License.Seats
	if wanted != 0 || x.Slot > x.Limit {
		for x.Slot = 1; taken[x.Slot] != 0; x.Slot++ {
		}
	}
	if x.Slot <= x.Limit {
		x.Excess = ""
		return []journal.Effect{x}
	}
	if x.Excess == "" {
		x.Excess = excessMerged
		if wanted == 0 {
			wanted = f.License.Entry // it was the number of seats that changed
		}
		m.collide(ctx, "seat", e, wanted, saySeatTwice(x.Fingerprint, x.Slot, x.Limit))
	}
	return []journal.Effect{x}
}

// seatMissed gives a seat to a machine that the other desk answered while it held one there, and which has none here any
// more: what this desk took back, that one did not know of.
func (m *merger) seatMissed(st otherStep, e *journal.Entry, f *journal.LicenseFacts) *journal.TakeSeat {
	if _, answered := answerOf(e); !answered || !st.seated || f == nil || !f.Known ||
		slices.ContainsFunc(f.Seats, func(s journal.Seat) bool { return s.Fingerprint == e.Fingerprint }) {
		return nil
	}
	x := journal.TakeSeat{License: e.License, Fingerprint: e.Fingerprint, Slot: 1, Limit: f.License.Seats}
	for slices.ContainsFunc(f.Seats, func(s journal.Seat) bool { return s.Slot == x.Slot }) {
		x.Slot++
	}
	if x.Slot > x.Limit {
		x.Excess = excessMerged
	}
	return &x
}

// answeredLater returns an answer that a machine got from a desk that did not know of e, after it.
func (m *merger) answeredLater(st otherStep, e *journal.Entry, f *journal.LicenseFacts, fp codes.Fingerprint) *journal.StoredClaim {
	for i := range f.Claims {
		c := &f.Claims[i]
		of, _, _, ok := journal.ParseAnswerKey(c.Key)
		if c.Scope == journal.ScopeAnswer && ok && of == fp && c.At.After(e.At) && m.concurrent(st, c.Entry) {
			return c
		}
	}
	return nil
}
