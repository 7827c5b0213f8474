package activator

import (
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// nameMachine gives a machine of the license a name for people.
func (b *bench) nameMachine(e *journal.Entry, c Change) {
	f := b.r.oneMachine(c.Fingerprint)
	if f == nil {
		b.refuse(checkSeat, b.r.saySeats()+"; say which machine is meant by its fingerprint")
		return
	}
	e.Machine, e.Fingerprint = true, *f
	if b.r.seatOf(*f) == nil && len(b.r.history.with(*f)) == 0 {
		b.refuse(checkSeat, fmt.Sprintf("machine %v was never activated for this license; %s", *f, b.r.saySeats()))
		return
	}
	b.pass(checkSeat, fmt.Sprintf("machine %v gets its name", *f))
}

// oneMachine is the machine that is meant: the one named, or the only one that
// holds a seat; nil if that does not tell.
func (r *Reading) oneMachine(named *codes.Fingerprint) *codes.Fingerprint {
	if named == nil && len(r.facts.Seats) == 1 {
		return &r.facts.Seats[0].Fingerprint
	}
	return named
}

func (r *Reading) saySeats() string {
	if len(r.facts.Seats) == 0 {
		return "no machine holds a seat of this license"
	}
	var held []string
	for _, s := range r.facts.Seats {
		held = append(held, fmt.Sprintf("%v, seat %d since %s", s.Fingerprint, s.Slot, day(s.Since)))
	}
	return "seats are held by " + strings.Join(held, "; ")
}
