package activator

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// An Order is what a customer bought.
type Order struct {
	Product  string          // name or uid of a product
	Customer string          // 1 to 200 characters
	Order    string          // unique within the product: the same order again is the same license; empty for none
	Seats    int             // 1 to 100000; 0 for the product's default
	Grants   *product.Grants // nil for the product's default
}

const (
	maxSeats    = 100_000
	maxCustomer = 200
)

// Register makes one license per order, all or none. An order that was
// registered before gives its license back, with Existing set, if customer, seats
// and grants are the same; otherwise everything is refused.
func (s *Session) Register(ctx context.Context, orders ...Order) ([]License, error) {
	if err := s.may(ActRegister); err != nil {
		return nil, err
	}
	for range attempts {
		ls, err := s.register(ctx, orders)
		if isRace(err) {
			continue
		}
		return ls, err
	}
	return nil, fmt.Errorf("other desks registered licenses %d times meanwhile: try again", attempts)
}

func (s *Session) register(ctx context.Context, orders []Order) ([]License, error) {
	out := make([]License, len(orders))
	byProduct := map[codes.UID][]int{}
	for i, o := range orders {
		p, g, err := s.desk.complete(&o)
		if err != nil {
			return nil, fmt.Errorf("order %d of %d: %w", i+1, len(orders), err)
		}
		orders[i] = o
		out[i] = License{Product: p.UID, Customer: o.Customer, Order: o.Order, Seats: o.Seats, Grants: g, State: journal.Live}
		byProduct[p.UID] = append(byProduct[p.UID], i)
	}
	for uid, which := range byProduct {
		if err := s.registerProduct(ctx, uid, out, which); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// complete checks an order and fills in the product's defaults.
func (d *Desk) complete(o *Order) (*catalog.Product, product.Grants, error) {
	p, err := d.Product(o.Product)
	if err != nil {
		return nil, product.Grants{}, err
	}
	if o.Seats == 0 {
		o.Seats = p.Defaults.Seats
	}
	g := p.Defaults.Grants
	if o.Grants != nil {
		g = *o.Grants
	}
	if err := g.Check(p.Definitions); err != nil {
		return nil, g, usagef("grants: %v", err)
	}
	switch {
	case o.Seats < 1 || o.Seats > maxSeats:
		return nil, g, usagef("seats: have %d, want 1 to %d", o.Seats, maxSeats)
	case o.Customer == "" || len([]rune(o.Customer)) > maxCustomer:
		return nil, g, usagef("customer: have %q, want a name of 1 to %d characters", o.Customer, maxCustomer)
	case len(o.Order) > maxCustomer:
		return nil, g, usagef("order: have %d bytes, want at most %d", len(o.Order), maxCustomer)
	}
	return p, g, nil
}

// registerProduct registers the orders of one product in one append.
func (s *Session) registerProduct(ctx context.Context, uid codes.UID, out []License, which []int) error {
	d := s.desk
	w := journal.Wanted{Pool: &journal.PoolWanted{Product: uid, Count: len(which)}}
	for _, i := range which {
		if out[i].Order != "" {
			w.Orders = append(w.Orders, journal.OrderRef{Product: uid, Order: out[i].Order})
		}
	}
	facts, err := d.store.Facts(ctx, w)
	if err != nil {
		return err
	}
	var es []journal.Entry
	pool := facts.Pool
	inThis := map[string]int{}
	for _, i := range which {
		l := &out[i]
		if number, ok := facts.Orders[journal.OrderRef{Product: uid, Order: l.Order}]; ok && l.Order != "" {
			if err := s.existing(ctx, number, l); err != nil {
				return err
			}
			continue
		}
		if first, ok := inThis[l.Order]; ok && l.Order != "" {
			return usagef("order %q stands twice, in items %d and %d: give each order once", l.Order, first+1, i+1)
		}
		inThis[l.Order] = i
		if len(pool) > 0 {
			l.Number, pool, l.Vouched = pool[0], pool[1:], true
		} else if l.Number, err = d.drawNumber(ctx); err != nil {
			return err
		}
		l.Registered = d.now()
		set := l.effect()
		set.New = true
		dec := Decision{salts: d.salt}
		es = append(es, s.sign(journal.Entry{
			At: l.Registered, Kind: journal.KindLicense, Verdict: journal.OK, Product: uid, License: l.Number,
			Personal: dec.personal(journal.FieldCustomer, l.Customer), Effects: []journal.Effect{set},
		}, d.salt()))
	}
	if len(es) > 0 {
		signer, err := d.signer()
		if err != nil {
			return err
		}
		ids, err := d.store.Append(ctx, facts, es, signer)
		if err != nil {
			return err
		}
		next := 0
		for _, i := range which {
			if !out[i].Existing {
				out[i].Entry = ids[next]
				next++
			}
		}
	}
	for _, i := range which {
		out[i].PoolLeft = max(0, facts.PoolSize-len(es))
		if out[i].Serial, err = d.serial(uid, out[i].Number); err != nil {
			return err
		}
	}
	return nil
}

// existing fills l with the license that its order has, if it is the same.
func (s *Session) existing(ctx context.Context, number codes.LicenseNumber, l *License) error {
	have, err := s.License(ctx, number)
	if err != nil {
		return err
	}
	if have.Customer != l.Customer && have.Customer != "" || have.Seats != l.Seats || have.Grants.String() != l.Grants.String() {
		return usagef("order %q is registered already as license %v for %q with %d seats and grants %q; to change that, use `license change`",
			l.Order, number, have.Customer, have.Seats, have.Grants)
	}
	*l = *have
	l.Existing, l.Vouched = true, true
	return nil
}

// License looks up one license, without its serial number.
func (s *Session) License(ctx context.Context, number codes.LicenseNumber) (*License, error) {
	f, err := s.desk.store.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{number}})
	if err != nil {
		return nil, err
	}
	lf := f.Licenses[number]
	if !lf.Known {
		return nil, &UnknownLicenseError{number}
	}
	return newLicense(lf.License, len(lf.Seats))
}

// An UnknownLicenseError says that a number is not registered here.
type UnknownLicenseError struct{ Number codes.LicenseNumber }

func (e *UnknownLicenseError) Error() string { return sayUnknownLicense(e.Number) }

// drawNumber draws a license number that nobody has. The store has the last word.
func (d *Desk) drawNumber(ctx context.Context) (codes.LicenseNumber, error) {
	n, err := d.drawNumbers(ctx, 1)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// drawNumbers draws distinct license numbers of the current epoch that are not
// registered. Numbers are random: counted up, they would tell sales figures.
func (d *Desk) drawNumbers(ctx context.Context, count int) ([]codes.LicenseNumber, error) {
	k, err := d.keys()
	if err != nil {
		return nil, err
	}
	seen := make(map[codes.LicenseNumber]bool, count)
	var out []codes.LicenseNumber
	for round := 0; len(out) < count; round++ {
		if round == 100 {
			return nil, errors.New("no free license numbers are left in this registry")
		}
		var fresh []codes.LicenseNumber
		for range count - len(out) {
			var b [3]byte
			if _, err := io.ReadFull(d.rand, b[:]); err != nil {
				return nil, err
			}
			n := codes.NewLicenseNumber(k.Epoch(), k.Registry(), uint32(b[0])<<16|uint32(b[1])<<8|uint32(b[2]))
			if !seen[n] {
				seen[n] = true
				fresh = append(fresh, n)
			}
		}
		known, err := d.store.Known(ctx, fresh)
		if err != nil {
			return nil, err
		}
		for i, n := range fresh {
			if !known[i] {
				out = append(out, n)
			}
		}
	}
	return out, nil
}
