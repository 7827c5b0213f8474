package activator

import (
	"context"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// What the journal keeps in the detail of the two entries of a reissue.
const (
	reissuedAs = "reissue "    // of the former license: the new number follows
	reissueOf  = "reissue of " // of the new one: the former number follows
)

// Reissue gives a customer a new license in place of another, under a new number and
// serial number of the current key epoch, with the same order, seats and grants. The
// former one is revoked in the same step. It is for licenses whose keys are to be
// revoked, and for a serial number that leaked. Machines are not taken over: each asks
// for an activation with the new serial number.
func (s *Session) Reissue(ctx context.Context, number codes.LicenseNumber, reason string) (*License, error) {
	for _, a := range []Action{ActRegister, ActChange} {
		if err := s.may(a); err != nil {
			return nil, err
		}
	}
	if err := trim(&reason, "reason"); err != nil {
		return nil, err
	}
	if reason == "" {
		return nil, usagef("a reissue needs a reason, which the journal keeps")
	}
	for range attempts {
		l, err := s.reissue(ctx, number, reason)
		if isRace(err) {
			continue
		}
		return l, err
	}
	return nil, fmt.Errorf("other desks changed license %v %d times meanwhile: try again", number, attempts)
}

// A StandingError refuses to reissue a license that is not in good standing.
type StandingError struct {
	License codes.LicenseNumber
	State   string
}

func (e *StandingError) Error() string {
	return fmt.Sprintf("license %v is %s: only one in good standing is reissued", e.License, e.State)
}

func (s *Session) reissue(ctx context.Context, number codes.LicenseNumber, reason string) (*License, error) {
	d := s.desk
	k, err := d.keys()
	if err != nil {
		return nil, err
	}
	old, err := s.License(ctx, number)
	if err != nil {
		return nil, err
	}
	facts, err := d.store.Facts(ctx, journal.Wanted{
		Licenses: []codes.LicenseNumber{number}, Pool: &journal.PoolWanted{Product: old.Product, Epoch: k.Epoch(), Count: 1},
	})
	if err != nil {
		return nil, err
	}
	f := facts.Licenses[number]
	if *old, err = newLicense(&f.License, len(f.Seats)); err != nil {
		return nil, err
	}
	if old.State != journal.Live {
		return nil, &StandingError{number, old.State}
	}
	fresh := &License{Product: old.Product, Customer: old.Customer, Order: old.Order, Seats: old.Seats, Grants: old.Grants, State: journal.Live}
	if len(facts.Pool) > 0 {
		fresh.Number, fresh.Vouched, fresh.PoolLeft = facts.Pool[0], true, facts.PoolSize-1
	} else {
		drawn, err := d.drawNumbers(ctx, 1)
		if err != nil {
			return nil, err
		}
		fresh.Number = drawn[0]
	}
	end := old.effect()
	end.State, end.Order = journal.Revoked, "" // the order goes on with the new license
	texts := Decision{salts: d.salt}
	change := s.stamp(journal.Entry{
		At: d.now(), Kind: journal.KindChange, Verdict: journal.OK, Product: old.Product, License: number,
		Detail: reissuedAs + fresh.Number.String(), Personal: texts.personal("reason", reason), Effects: []journal.Effect{end},
	}, d.salt())
	if err := s.appendLicenses(ctx, facts, []*License{fresh}, reissueOf+number.String(), change); err != nil {
		return nil, err
	}
	fresh.Serial, err = d.serial(fresh.Product, fresh.Number)
	return fresh, err
}
