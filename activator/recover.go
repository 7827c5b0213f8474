package activator

import (
	"context"
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/codes"
)

// recoveredBySerial is the detail of the entry of a license that was registered again.
const recoveredBySerial = "recovered by its serial number"

// A NotOursError says that a serial number was not made with the keys of this vendor
// folder.
type NotOursError struct{ Why string }

// Error is the sentence for the operator.
func (e *NotOursError) Error() string { return e.Why }

// Recover registers a license again that was sold in days which a restored journal does
// not have: under the number of its serial number, which must be genuine. The order's
// product is found by the serial number; naming one says which it must be. A license
// that is registered is given back, with Existing set, if customer, order, seats and
// grants are the same. A serial number that is not ours is refused, and the refusal is
// in the journal.
//
// What its machines were given in those days is not known again.
func (s *Session) Recover(ctx context.Context, serial codes.Code, o Order) (*License, error) {
	if err := s.may(ActRegister); err != nil {
		return nil, err
	}
	if serial.Kind() != codes.KindSerial {
		return nil, usage(sayWrongKind(serial.Kind(), []codes.Kind{codes.KindSerial}))
	}
	for range attempts {
		l, err := s.recover(ctx, serial, o)
		if isRace(err) {
			continue
		}
		return l, err
	}
	return nil, fmt.Errorf("other desks registered licenses %d times meanwhile: try again", attempts)
}

func (s *Session) recover(ctx context.Context, code codes.Code, o Order) (*License, error) {
	d := s.desk
	serial := code.Serial()
	p, err := d.productOfSerial(serial, o.Product)
	var foreign *NotOursError
	if errors.As(err, &foreign) {
		return nil, errors.Join(err, s.recordForeign(ctx, code, foreign))
	}
	if err != nil {
		return nil, err
	}
	o.Product = p.ID
	_, g, err := d.complete(&o)
	if err != nil {
		return nil, err
	}
	l := &License{
		Number: serial.License, Product: p.UID, Customer: o.Customer, Order: o.Order, Seats: o.Seats, Grants: g, State: journal.Live,
		Serial: code, Vouched: true,
	}
	w := journal.Wanted{Licenses: []codes.LicenseNumber{serial.License}}
	ref := journal.OrderRef{Product: p.UID, Order: o.Order}
	if o.Order != "" {
		w.Orders = []journal.OrderRef{ref}
	}
	facts, err := d.store.Facts(ctx, w)
	if err != nil {
		return nil, err
	}
	if other, taken := facts.Orders[ref]; taken && other != serial.License {
		return nil, usagef("order %q is registered already, as license %v: the two are not the same", o.Order, other)
	}
	if f := facts.Licenses[serial.License]; f.Known {
		have := f.License
		if have.Order != o.Order || have.Customer != o.Customer && have.Customer != "" || have.Seats != o.Seats || have.Grants != g.String() {
			return nil, usagef("license %v is registered already, for %q with order %q, %d seats and grants %q: nothing is lost; to change it, use `license change`",
				serial.License, have.Customer, have.Order, have.Seats, have.Grants)
		}
		l, err := newLicense(&have, len(f.Seats))
		if err != nil {
			return nil, err
		}
		l.Existing, l.Vouched, l.Serial = true, true, code
		return &l, nil
	}
	return l, s.appendLicenses(ctx, facts, []*License{l}, recoveredBySerial)
}

// productOfSerial finds the product that a serial number is of, if it was made with our
// keys.
func (d *Desk) productOfSerial(serial codes.Serial, want string) (*catalog.Product, error) {
	var candidates []*catalog.Product
	if want != "" {
		p, err := d.Product(want)
		if err != nil {
			return nil, err
		}
		candidates = append(candidates, p)
	} else {
		candidates = d.catalog.Products()
	}
	for _, p := range candidates {
		if !serial.BelongsTo(p.UID) {
			continue
		}
		ours, err := d.printedKey(p.UID, serial.License)
		switch {
		case errors.Is(err, keyring.ErrEpoch):
			return nil, &NotOursError{fmt.Sprintf("license %v is of key epoch %d, and %v: if it was lost with a restore, bring the keys back from newer shares or a newer backup", serial.License, serial.License.Epoch(), errors.Unwrap(err))}
		case err != nil:
			return nil, err
		case ours.Equal(serial.Key):
			return p, nil
		}
	}
	if want != "" {
		return nil, &NotOursError{fmt.Sprintf("the serial number of license %v is not one of %s that was made with these keys: compare it group by group", serial.License, want)}
	}
	return nil, &NotOursError{fmt.Sprintf("the serial number of license %v is of none of our products, or was not made with these keys: compare it group by group, and put back the product's file if that is missing", serial.License)}
}

// recordForeign keeps in the journal that somebody wanted a license for a serial number
// that is not ours.
func (s *Session) recordForeign(ctx context.Context, code codes.Code, why *NotOursError) error {
	_, err := s.append(ctx, nil, nil, s.stamp(journal.Entry{
		At: s.desk.now(), Kind: journal.KindSerial, Verdict: journal.Refused, License: code.Serial().License, Code: serialForJournal(code),
		Checks: []journal.Check{{Name: checkGenuine, Result: journal.Failed, Detail: why.Why}},
	}, s.desk.salt()))
	return err
}
