package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// checkFresh compares what was seen with what is there: entries since then that name one of the licenses make the
// facts stale.
func (a *appender) checkFresh() error {
	a.moved = true
	if a.seen == nil {
		return nil
	}
	h := a.seen.Head
	if h.Origin != a.origin || h.Size > a.base {
		return &journal.StaleError{Why: fmt.Sprintf("the journal was replaced: log %q has %d entries, %q had %d", a.origin, a.base, h.Origin, h.Size)}
	}
	if a.moved = h.Size < a.base; !a.moved {
		return nil
	}
	var stale journal.StaleError
	for l := range a.seen.Licenses {
		id, err := a.oneID(&a.writes.touched, uint32(l), int64(journal.NewEntryID(a.log, h.Size)), int64(journal.NewEntryID(a.log, journal.MaxIndex)))
		if err != nil {
			return err
		}
		if id >= 0 {
			stale.Licenses = append(stale.Licenses, l)
			if e := journal.EntryID(id); stale.Entry == 0 || e < stale.Entry {
				stale.Entry = e
			}
		}
	}
	if len(stale.Licenses) == 0 {
		return nil
	}
	slices.Sort(stale.Licenses)
	stale.Why = fmt.Sprintf("license %v was touched", stale.Licenses[0])
	return &stale
}

// follow writes what follows from entry i: personal texts, effects, customer, words.
func (a *appender) follow(i int, e *journal.Entry, id journal.EntryID) error {
	for j := range e.Personal {
		p := &e.Personal[j]
		if p.Redacted {
			continue
		}
		if _, err := a.do(&a.writes.private, 1, int64(id), p.Field, p.Salt[:], p.Text); err != nil {
			return err
		}
	}
	customer := personal(e, journal.FieldCustomer)
	registers, named := false, customer != nil // named: the license's words may change
	for _, f := range e.Effects {
		if set, ok := f.(journal.SetLicense); ok {
			named, registers = true, registers || set.New
		}
	}
	named = named && e.License != 0
	var before []string
	if named && !registers {
		var err error
		if before, err = a.words(e.License); err != nil {
			return err
		}
	}
	a.source = 0
	for j := range e.Effects {
		if err := a.effect(i, e, id, j); err != nil {
			return err
		}
	}
	if !named {
		return nil
	}
	if customer != nil {
		if _, err := a.writes.setCustomer.ExecContext(a.run, int64(id), uint32(e.License)); err != nil {
			return err
		}
	}
	after, err := a.words(e.License)
	if err != nil {
		return err
	}
	return a.setWords(e.License, before, after)
}

func personal(e *journal.Entry, field string) *journal.Personal {
	for i := range e.Personal {
		if e.Personal[i].Field == field {
			return &e.Personal[i]
		}
	}
	return nil
}

// words returns the words that a license is found by now, none if it is not registered.
func (a *appender) words(l codes.LicenseNumber) ([]string, error) {
	lic := journal.License{Number: l}
	err := a.writes.named.one(a.run, []any{uint32(l)}, &lic.Order, &lic.Customer)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return lic.Words(), err
}

func (a *appender) setWords(l codes.LicenseNumber, before, after []string) error {
	for _, w := range before {
		if _, keep := slices.BinarySearch(after, w); !keep {
			if _, err := a.writes.dropWord.ExecContext(a.run, w, uint32(l)); err != nil {
				return err
			}
		}
	}
	for _, w := range after {
		if _, had := slices.BinarySearch(before, w); !had {
			if _, err := a.writes.addWord.ExecContext(a.run, w, uint32(l)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *appender) effect(i int, e *journal.Entry, id journal.EntryID, j int) error {
	switch f := e.Effects[j].(type) {
	case journal.Claim:
		n, err := a.do(&a.writes.claim, 1, uint32(f.License), uint8(f.Scope), f.Key, orEmpty(f.Value), int64(id))
		if err != nil || n > 0 {
			return err
		}
		holder, err := a.oneID(&a.writes.claimedBy, uint32(f.License), uint8(f.Scope), f.Key)
		return a.taken(journal.TakenError{What: journal.TakenClaim, License: f.License, Scope: f.Scope, Key: f.Key}, i, holder, err)
	case journal.Mark:
		_, err := a.do(&a.writes.claim, anyRows, uint32(f.License), uint8(f.Scope), f.Key, []byte{}, int64(id))
		return err
	case journal.TakeSeat:
		return a.takeSeat(i, id, f)
	case journal.FreeSeat:
		_, err := a.do(&a.writes.free, anyRows, uint32(f.License), uint32(f.Fingerprint))
		return err
	case journal.SetLicense:
		if f.New {
			return a.register(i, e, id, f)
		}
		return a.change(i, id, f)
	case journal.AddPool:
		place := journal.PoolPlace(e.Effects, j)
		if a.source != 0 {
			id = a.source // another desk drew them, and hands them out
		}
		for k, n := range f.Numbers {
			if err := a.addPool(i, id, f.Product, n, place+k); err != nil {
				return err
			}
		}
	case journal.Erase:
		return a.erase(id, f)
	case journal.MergeLog:
		return a.merged(id, f)
	case journal.Restate:
		return a.restates(f)
	}
	return nil
}

func orEmpty(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func (a *appender) takeSeat(i int, id journal.EntryID, f journal.TakeSeat) error {
	n, err := a.do(&a.writes.take, 1, uint32(f.License), uint32(f.Fingerprint), f.Slot, f.Limit, textOrNull(f.Excess), int64(id))
	switch {
	case err != nil && a.dialect.Fault(err) == ForeignKey:
		why := fmt.Sprintf("seat %d of %d of license %v: the license has other seats now, or is not registered", f.Slot, f.Limit, f.License)
		return a.aged(f.License, why)
	case err != nil || n > 0:
		return err
	}
	holder, err := a.oneID(&a.writes.seatOf, uint32(f.License), uint32(f.Fingerprint), f.Slot)
	return a.taken(journal.TakenError{What: journal.TakenSeat, License: f.License}, i, holder, err)
}

// aged returns *StaleError where reading again can help; facts that are as fresh as can be were decided on wrongly.
func (a *appender) aged(l codes.LicenseNumber, why string) error {
	if a.moved {
		return &journal.StaleError{Licenses: []codes.LicenseNumber{l}, Why: why}
	}
	return fmt.Errorf("journal: %s", why)
}

func (a *appender) register(i int, e *journal.Entry, id journal.EntryID, f journal.SetLicense) error {
	n, err := affected(a.writes.register.ExecContext(a.run, uint32(f.Number), f.Product[:], f.Seats, f.State, textOrNull(f.Order),
		f.Grants, f.Release, 0, e.At.UnixMicro(), int64(id)))
	if err != nil {
		return err
	}
	if n == 0 {
		holder, err := a.oneID(&a.writes.licenseBy, uint32(f.Number))
		if err != nil {
			return err
		}
		if holder < 0 {
			return a.orderTaken(i, f)
		}
		if a.moved && a.seenFree(f.Number) {
			return &journal.StaleError{Licenses: []codes.LicenseNumber{f.Number}, Entry: journal.EntryID(holder), Why: "a number of the pool was handed out"}
		}
		return a.taken(journal.TakenError{What: journal.TakenNumber, License: f.Number}, i, holder, nil)
	}
	n, err = affected(a.writes.takePool.ExecContext(a.run, uint32(f.Number), f.Product[:]))
	if err != nil || n > 0 {
		return err
	}
	holder, err := a.oneID(&a.writes.poolBy, uint32(f.Number))
	if err == nil && holder >= 0 {
		return fmt.Errorf("journal: license %v: the number is in the pool of another product (entry %v)", f.Number, journal.EntryID(holder))
	}
	return err
}

func (a *appender) seenFree(n codes.LicenseNumber) bool {
	return a.seen != nil && slices.Contains(a.seen.Pool, n)
}

func (a *appender) orderTaken(i int, f journal.SetLicense) error {
	var number uint32
	var holder int64
	if err := a.writes.orderBy.one(a.run, []any{f.Product[:], f.Order}, &number, &holder); err != nil {
		return fmt.Errorf("journal: license %v, order %q: %w", f.Number, f.Order, err)
	}
	l := codes.LicenseNumber(number)
	if a.moved && a.seen != nil && a.seen.Free[journal.OrderRef{Product: f.Product, Order: f.Order}] {
		return &journal.StaleError{Licenses: []codes.LicenseNumber{l}, Entry: journal.EntryID(holder), Why: fmt.Sprintf("order %q was registered", f.Order)}
	}
	return a.taken(journal.TakenError{What: journal.TakenOrder, License: l}, i, holder, nil)
}

func (a *appender) change(i int, id journal.EntryID, f journal.SetLicense) error {
	if a.dialect.Savepoints {
		if _, err := a.writes.savepoint.ExecContext(a.run); err != nil {
			return err
		}
	}
	n, err := affected(a.writes.change.ExecContext(a.run, f.Seats, f.State, textOrNull(f.Order), f.Grants, f.Release, int64(id),
		uint32(f.Number), f.Product[:]))
	if err != nil && a.dialect.Savepoints { // so that what is in the way can be looked up
		if _, err := a.writes.back.ExecContext(a.run); err != nil {
			return err
		}
	}
	switch fault := a.dialect.Fault(err); {
	case fault == Unique:
		return a.orderTaken(i, f)
	case fault == Check:
		holder, err := a.oneID(&a.writes.seatAbove, uint32(f.Number), f.Seats)
		return a.taken(journal.TakenError{What: journal.TakenSeat, License: f.Number}, i, holder, err)
	case err != nil:
		return err
	case n == 0:
		return fmt.Errorf("journal: license %v is not registered for product %v: it cannot be changed", f.Number, f.Product)
	}
	return nil
}

func (a *appender) addPool(i int, id journal.EntryID, product codes.UID, number codes.LicenseNumber, place int) error {
	n, err := affected(a.writes.addPool.ExecContext(a.run, uint32(number), product[:], int64(id), place))
	if err != nil || n > 0 {
		return err
	}
	holder, err := a.oneID(&a.writes.poolBy, uint32(number))
	if err == nil && holder < 0 {
		holder, err = a.oneID(&a.writes.licenseBy, uint32(number))
	}
	return a.taken(journal.TakenError{What: journal.TakenNumber, License: number}, i, holder, err)
}
