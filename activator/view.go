package activator

import (
	"context"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// What a person at the desk looks at besides codes. Nothing here decides.

// Desk is the name of the session's desk, as the journal keeps it.
func (s *Session) Desk() string { return s.desk.name }

// Machines lists the machines that hold a seat of a license, by seat.
func (s *Session) Machines(ctx context.Context, number codes.LicenseNumber) ([]Machine, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	f, err := s.desk.store.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{number}})
	if err != nil {
		return nil, err
	}
	if !f.Licenses[number].Known {
		return nil, &UnknownLicenseError{number}
	}
	names, err := s.machineNames(ctx, number)
	if err != nil {
		return nil, err
	}
	var ms []Machine
	for _, t := range f.Licenses[number].Seats {
		ms = append(ms, Machine{t.Fingerprint, names[t.Fingerprint], t.Slot, t.Since.UTC().Format("2006-01-02")})
	}
	return ms, nil
}

// BrokenProducts lists the mistakes of product files that have some, by file.
func (s *Session) BrokenProducts() []*catalog.MistakesError { return s.desk.catalog.Broken() }

// Machine is what people call the machine that the code comes from; empty where
// nobody gave it a name.
func (r *Reading) Machine() string { return r.names[r.Statement.Fingerprint] }

// MachineStory tells the life of the machine that a request or confirmation comes
// from in one line, as far as this license knows it.
func (r *Reading) MachineStory() string {
	if r.history == nil || r.License == nil {
		return ""
	}
	f := r.Statement.Fingerprint
	var first, last *node
	answers, returns := 0, 0
	for _, n := range r.history.answers {
		if n.ref.fingerprint != f {
			continue
		}
		if first == nil {
			first = n
		}
		last, answers = n, answers+1
	}
	for _, n := range r.history.returns {
		if n.ref.fingerprint == f && n.gaveBack() {
			returns++
		}
	}
	if first == nil {
		return "never seen before on this license"
	}
	s := "first answered on " + day(first.at)
	if answers > 1 {
		s += fmt.Sprintf(", %d answers, the last on %s", answers, day(last.at))
	}
	switch returns {
	case 0:
		return s + ", never given back"
	case 1:
		return s + ", given back once"
	}
	return s + fmt.Sprintf(", given back %d times", returns)
}
