package activator

import (
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// fieldMachine is the personal text that names a machine.
const fieldMachine = "machine"

// nameMachine gives a machine of the license a name for people.
func (ru *ruling) nameMachine(e *journal.Entry, c Change) {
	f := ru.r.oneMachine(c.Fingerprint)
	if f == nil {
		ru.refuse(checkSeat, sayWhichToName(ru.r.facts.Seats))
		return
	}
	e.Machine, e.Fingerprint = true, *f
	if ru.r.seatOf(*f) == nil && len(ru.r.history.with(*f)) == 0 {
		ru.refuse(checkSeat, sayNeverActivated(*f, ru.r.facts.Seats))
		return
	}
	ru.pass(checkSeat, sayNamed(*f))
}

// oneMachine is the machine that is meant: the one named, or the only one that
// holds a seat; nil if that does not tell.
func (r *Reading) oneMachine(named *codes.Fingerprint) *codes.Fingerprint {
	if named == nil && len(r.facts.Seats) == 1 {
		return &r.facts.Seats[0].Fingerprint
	}
	return named
}
