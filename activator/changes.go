package activator

import (
	"context"
	"fmt"
	"slices"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Change changes a license by a new entry. A refusal is in the journal too. The name
// that a machine has already is a repeat: it gives the entry that named it.
func (s *Session) Change(ctx context.Context, c Change) (*Outcome, error) {
	if c.Kind == MachineGone && c.Cause == "" {
		c.Cause = OtherCause
	}
	for _, text := range []*string{&c.Reason, &c.Override, &c.Reference, &c.Name} {
		if err := trim(text, string(c.Kind)); err != nil {
			return nil, err
		}
	}
	if err := c.check(s.op); err != nil {
		return nil, err
	}
	c.salts, c.intent = s.desk.salt, s.desk.salt()
	for range attempts {
		o, err := s.change(ctx, c)
		if isRace(err) {
			continue
		}
		return o, err
	}
	return nil, fmt.Errorf("other desks changed license %v %d times meanwhile: try again", c.License, attempts)
}

// check refuses a change that is not complete, before anything is submitted.
func (c Change) check(op Operator) error {
	act := ActChange
	switch c.Kind {
	case RefundLicense:
		act = ActRefund
		if c.Reference == "" {
			return usagef("a refund needs a reference: a case, ticket or credit note")
		}
	case MachineGone:
		act = ActGone
		if !slices.Contains(GoneCauses(), c.Cause) {
			return usagef("cause: have %q, want one of %v", c.Cause, GoneCauses())
		}
	case NameMachine:
		if c.Name == "" || len([]rune(c.Name)) > maxCustomer {
			return usagef("name: have %q, want 1 to %d characters", c.Name, maxCustomer)
		}
	}
	if c.Kind != RefundLicense && c.Kind != NameMachine && c.Reason == "" {
		return usagef("a %s needs a reason, which the journal keeps", c.Kind)
	}
	if c.Kind == AmendLicense {
		switch {
		case c.Seats == nil && c.Grants == nil && c.Customer == nil:
			return usagef("nothing to change was given: name seats, grants or a customer")
		case c.Seats != nil && (*c.Seats < 1 || *c.Seats > maxSeats):
			return usagef("seats: have %d, want 1 to %d", *c.Seats, maxSeats)
		case c.Customer != nil && oneLine(*c.Customer) != *c.Customer:
			return usagef("customer: have %q, want no control characters in it", *c.Customer)
		case c.Customer != nil && (*c.Customer == "" || len([]rune(*c.Customer)) > maxCustomer):
			return usagef("customer: have %q, want a name of 1 to %d characters", *c.Customer, maxCustomer)
		}
	}
	for _, a := range []Action{act, ActOverride} {
		if a == ActOverride && c.Override == "" {
			continue
		}
		if !op.May(a) {
			return &ForbiddenError{op.Name, a}
		}
	}
	return nil
}

// MachineNames tells what people call the machines of a license.
func (s *Session) MachineNames(ctx context.Context, l codes.LicenseNumber) (map[codes.Fingerprint]string, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	return s.machineNames(ctx, l)
}

func (s *Session) machineNames(ctx context.Context, l codes.LicenseNumber) (map[codes.Fingerprint]string, error) {
	names, _, err := s.namings(ctx, l)
	return names, err
}

// namings are the names of a license's machines, and the entries that gave them.
func (s *Session) namings(ctx context.Context, l codes.LicenseNumber) (map[codes.Fingerprint]string, map[codes.Fingerprint]journal.EntryID, error) {
	names, entries := map[codes.Fingerprint]string{}, map[codes.Fingerprint]journal.EntryID{}
	for e, err := range s.desk.store.Entries(ctx, journal.Query{Kinds: []journal.Kind{journal.KindChange}, License: l}) {
		if err != nil {
			return nil, nil, err
		}
		for _, p := range e.Personal {
			if p.Field == fieldMachine && e.Machine && e.Verdict == journal.OK && !p.Redacted {
				names[e.Fingerprint], entries[e.Fingerprint] = p.Text, e.ID
			}
		}
	}
	return names, entries, nil
}

func (s *Session) change(ctx context.Context, c Change) (*Outcome, error) {
	d := s.desk
	facts, err := d.store.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{c.License}})
	if err != nil {
		return nil, err
	}
	f := facts.Licenses[c.License]
	if !f.Known {
		return nil, &UnknownLicenseError{c.License}
	}
	l, err := newLicense(&f.License, len(f.Seats))
	if err != nil {
		return nil, err
	}
	p, err := d.product(ctx, l.Product)
	if err != nil {
		return nil, err
	}
	limits := catalog.DefaultLimits()
	if p != nil {
		limits = p.Limits
		if c.Grants != nil {
			if err := c.Grants.Check(p.Definitions); err != nil {
				return nil, usagef("%v", err) // it names the field
			}
		}
	}
	h, err := newHistory(l.Product, l.Number, p, codes.Key{}, f.Claims)
	if err != nil {
		return nil, err
	}
	names, named, err := s.namings(ctx, l.Number)
	if err != nil {
		return nil, err
	}
	r := Reading{License: &l, Product: p, facts: f, names: names}
	if m := r.oneMachine(c.Fingerprint); c.Kind == NameMachine && m != nil && names[*m] == c.Name {
		r.Verdict = journal.Repeat // an entry that changes nothing would only be in the way
		return &Outcome{Reading: r, Entry: named[*m]}, nil
	}
	j := decideChange(&l, f, h, names, goneLimit{limits.Gone, limits.PeriodDays}, c, d.now())
	id, err := s.append(ctx, facts, p, s.stamp(*j.entry, c.intent))
	if err != nil {
		return nil, err
	}
	r.judged(j)
	if after, err := s.License(ctx, l.Number); err == nil {
		r.License = after
	}
	o := &Outcome{Reading: r, Entry: id}
	if c.Kind == RefundLicense {
		o.Receipt = s.refundReceipt(ctx, *j.entry, id, r.License)
	}
	return o, nil
}

// refundReceipt is the receipt of a refund, or of the one that was repeated. It is recorded by now, so what
// cannot be read makes no error: `journal receipt` has the receipt too.
func (s *Session) refundReceipt(ctx context.Context, e journal.Entry, id journal.EntryID, l *License) string {
	switch e = s.stamp(e, e.Intent); e.Verdict {
	case journal.OK:
		e.ID = id
	case journal.Repeat:
		var err error
		if e, err = s.first(ctx, e); err != nil {
			return ""
		}
	default:
		return ""
	}
	return receiptText(e, l, s.productName(e.Product))
}
