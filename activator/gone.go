package activator

import (
	"github.com/manual-activator/manual-activator/activator/journal"
)

// A GoneCause says why no confirmation code is to be had from a machine.
type GoneCause string

// The causes that a journal can be counted by.
const (
	DiskDead   GoneCause = "disk-dead"   // the state is lost with the disk
	Stolen     GoneCause = "stolen"      // the machine is out of the customer's hands
	Scrapped   GoneCause = "scrapped"    // sold, formatted or thrown away before the program was deactivated
	NeverTyped GoneCause = "never-typed" // the answer was lost and the machine never became active
	OtherCause GoneCause = "other"       // what the reason says
)

// GoneCauses lists the causes in the order of the documentation.
func GoneCauses() []GoneCause { return []GoneCause{DiskDead, Stolen, Scrapped, NeverTyped, OtherCause} }

// goneLimit bounds how many machines of a license may be declared gone.
type goneLimit struct{ max, days int }

// goneMachine releases a machine without proof: its disk is dead, it was stolen,
// or no confirmation code is to be had.
func (ru *ruling) goneMachine(e *journal.Entry, c Change, limit goneLimit) {
	r := ru.r
	f := r.oneMachine(c.Fingerprint)
	switch {
	case f == nil && len(r.facts.Seats) == 0:
		ru.refuse(checkSeat, sayNothingToRelease(r.facts.Seats))
		return
	case f == nil:
		ru.refuse(checkSeat, sayWhichIsGone(r.facts.Seats))
		return
	}
	e.Machine, e.Fingerprint = true, *f
	seat := r.seatOf(*f)
	if seat == nil {
		ru.refuse(checkSeat, sayMachineWithoutSeat(*f, r.facts.Seats))
		return
	}
	count := 0
	since := ru.now.AddDate(0, 0, -limit.days)
	entries := map[journal.EntryID]bool{}
	for _, cl := range r.facts.Claims {
		if cl.Scope == journal.ScopeGone && cl.At.After(since) && !entries[cl.Entry] {
			entries[cl.Entry] = true
			count++
		}
	}
	if count >= limit.max {
		ru.doubt(checkLimits, sayLimit(sayMachinesGone, count, limit.max, limit.days))
	} else {
		ru.pass(checkLimits, sayWithinLimit(sayMachinesGone, count+1, limit.max, limit.days))
	}
	ru.pass(checkSeat, sayGoneFrees(*f, seat.Slot, c.Cause))
	ru.effects = append(ru.effects, journal.FreeSeat{License: r.License.Number, Fingerprint: *f})
	for _, n := range r.history.with(*f) { // also those from before its parts changed
		if n.answer != nil && n.shut == nil && n.gone == nil {
			ru.effects = append(ru.effects, journal.Claim{License: r.License.Number, Scope: journal.ScopeGone, Key: n.ref.bytes()})
		}
	}
}
