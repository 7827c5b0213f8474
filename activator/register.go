package activator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
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
	d := s.desk
	out := make([]License, len(orders))
	byProduct := map[codes.UID][]*License{}
	first := map[journal.OrderRef]int{}
	for i, o := range orders {
		p, g, err := d.complete(&o)
		if err != nil {
			return nil, fmt.Errorf("order %d of %d: %w", i+1, len(orders), err)
		}
		ref := journal.OrderRef{Product: p.UID, Order: o.Order}
		if before, twice := first[ref]; twice && o.Order != "" {
			return nil, usagef("order %q stands twice, in items %d and %d: give each order once", o.Order, before+1, i+1)
		}
		first[ref] = i
		out[i] = License{Product: p.UID, Customer: o.Customer, Order: o.Order, Seats: o.Seats, Grants: g, State: journal.Live}
		byProduct[p.UID] = append(byProduct[p.UID], &out[i])
	}
	var seen *journal.Facts // of all products, at the oldest head
	var fresh []*License
	for uid, ls := range byProduct {
		facts, drawn, err := s.number(ctx, uid, ls)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, drawn...)
		if seen == nil {
			seen = facts
			continue
		}
		maps.Copy(seen.Free, facts.Free)
		seen.Pool = append(seen.Pool, facts.Pool...)
	}
	if len(fresh) > 0 {
		if err := s.appendLicenses(ctx, seen, fresh, ""); err != nil {
			return nil, err
		}
	}
	for i := range out {
		var err error
		if out[i].Serial, err = d.serial(out[i].Product, out[i].Number); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// number gives each license of one product its number: the one its order has
// already, else the next one of the pool, else a new one. It returns what it saw and
// the licenses that are to be registered.
func (s *Session) number(ctx context.Context, uid codes.UID, ls []*License) (*journal.Facts, []*License, error) {
	k, err := s.desk.keys()
	if err != nil {
		return nil, nil, err
	}
	w := journal.Wanted{Pool: &journal.PoolWanted{Product: uid, Epoch: k.Epoch(), Count: len(ls)}}
	for _, l := range ls {
		if l.Order != "" {
			w.Orders = append(w.Orders, journal.OrderRef{Product: uid, Order: l.Order})
		}
	}
	facts, err := s.desk.store.Facts(ctx, w)
	if err != nil {
		return nil, nil, err
	}
	var fresh, unnumbered []*License
	pool := facts.Pool
	for _, l := range ls {
		number, registered := facts.Orders[journal.OrderRef{Product: uid, Order: l.Order}]
		switch {
		case registered && l.Order != "":
			if err := s.existing(ctx, number, l); err != nil {
				return nil, nil, err
			}
			continue
		case len(pool) > 0:
			l.Number, pool, l.Vouched = pool[0], pool[1:], true
		default:
			unnumbered = append(unnumbered, l)
		}
		fresh = append(fresh, l)
	}
	if err := s.alike(ctx, uid, ls, fresh); err != nil {
		return nil, nil, err
	}
	drawn, err := s.desk.drawNumbers(ctx, len(unnumbered))
	if err != nil {
		return nil, nil, err
	}
	for i, l := range unnumbered {
		l.Number = drawn[i]
	}
	for _, l := range ls {
		l.PoolLeft = facts.PoolSize - (len(facts.Pool) - len(pool))
	}
	return facts, fresh, nil
}

// appendLicenses registers licenses that have their numbers, all or none, with a detail
// and behind entries that belong to them.
func (s *Session) appendLicenses(ctx context.Context, seen *journal.Facts, ls []*License, detail string, before ...journal.Entry) error {
	d := s.desk
	if d.readOnly != nil {
		return fmt.Errorf("nothing can be recorded, so nothing was done: %w", d.readOnly)
	}
	if err := d.trusted(ctx); err != nil {
		return err
	}
	es := before
	for _, l := range ls {
		l.Registered = d.now()
		set := l.effect()
		set.New = true
		texts := Decision{salts: d.salt}
		es = append(es, s.stamp(journal.Entry{
			At: l.Registered, Kind: journal.KindLicense, Verdict: journal.OK, Product: l.Product, License: l.Number, Detail: detail,
			Personal: texts.personal(journal.FieldCustomer, l.Customer), Effects: []journal.Effect{set},
		}, d.salt()))
	}
	ids, err := d.underKey(func(signer note.Signer) ([]journal.EntryID, error) { return d.store.Append(ctx, seen, es, signer) })
	if err != nil {
		return err
	}
	d.keepHead(ctx)
	for i, l := range ls {
		l.Entry = ids[len(before)+i]
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
		return &OrderError{*have}
	}
	*l = *have
	l.Existing, l.Vouched = true, true
	return nil
}

// License looks up one license, without its serial number.
func (s *Session) License(ctx context.Context, number codes.LicenseNumber) (*License, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	f, err := s.desk.store.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{number}})
	if err != nil {
		return nil, err
	}
	lf := f.Licenses[number]
	if !lf.Known {
		return nil, &UnknownLicenseError{number}
	}
	l, err := newLicense(&lf.License, len(lf.Seats))
	return &l, err
}

// An UnknownLicenseError says that a number is not registered here.
type UnknownLicenseError struct{ Number codes.LicenseNumber }

// Error is the sentence for the operator: the number, and what to compare.
func (e *UnknownLicenseError) Error() string { return sayUnknownLicense(e.Number) }

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
			n := codes.NewLicenseNumber(k.Epoch(), d.registry(k), uint32(b[0])<<16|uint32(b[1])<<8|uint32(b[2]))
			if !seen[n] {
				seen[n] = true
				fresh = append(fresh, n)
			}
		}
		free, err := d.store.Free(ctx, fresh)
		if err != nil {
			return nil, err
		}
		for i, n := range fresh {
			if free[i] {
				out = append(out, n)
			}
		}
	}
	return out, nil
}
