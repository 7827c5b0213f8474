package activator

import (
	"fmt"

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

// fieldMachine is the personal text that names a machine.
const fieldMachine = "machine"

// goneLimit bounds how many machines of a license may be declared gone.
type goneLimit struct{ max, days int }

// goneMachine releases a machine without proof: its disk is dead, it was stolen,
// or no confirmation code is to be had.
func (b *bench) goneMachine(e *journal.Entry, c Change, limit goneLimit) {
	r := b.r
	f := r.oneMachine(c.Fingerprint)
	switch {
	case f == nil && len(r.facts.Seats) == 0:
		b.refuse(checkSeat, r.saySeats()+": there is nothing to release")
		return
	case f == nil:
		b.refuse(checkSeat, r.saySeats()+"; say which machine is gone by its fingerprint")
		return
	}
	e.Machine, e.Fingerprint = true, *f
	seat := r.seatOf(*f)
	if seat == nil {
		b.refuse(checkSeat, fmt.Sprintf("machine %v holds no seat of this license; %s", *f, r.saySeats()))
		return
	}
	count := 0
	since := b.now.AddDate(0, 0, -limit.days)
	entries := map[journal.EntryID]bool{}
	for _, cl := range r.facts.Claims {
		if cl.Scope == journal.ScopeGone && cl.At.After(since) && !entries[cl.Entry] {
			entries[cl.Entry] = true
			count++
		}
	}
	if count >= limit.max {
		b.doubt(checkLimits, fmt.Sprintf("%d machines of this license were declared gone within %d days; the limit is %d", count, limit.days, limit.max))
	} else {
		b.pass(checkLimits, fmt.Sprintf("machines gone: number %d of %d within %d days", count+1, limit.max, limit.days))
	}
	b.pass(checkSeat, fmt.Sprintf("seat %d of machine %v comes free, without proof (%s)", seat.Slot, *f, c.Cause))
	b.effects = append(b.effects, journal.FreeSeat{License: r.License.Number, Fingerprint: *f})
	for _, n := range r.history.with(*f) { // also those from before its parts changed
		if n.answer != nil && n.shut == nil && n.gone == nil {
			b.effects = append(b.effects, journal.Claim{License: r.License.Number, Scope: journal.ScopeGone, Key: n.ref.bytes()})
		}
	}
}
