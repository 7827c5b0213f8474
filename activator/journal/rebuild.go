package journal

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/manual-activator/manual-activator/codes"
)

// books are the tables that follow from the leaves, built by applying the effects of every entry in order.
type books struct {
	seed     maphash.Seed
	licenses map[codes.LicenseNumber]*LicenseRow
	customer map[codes.LicenseNumber]string
	orders   map[OrderRef]codes.LicenseNumber
	seats    map[codes.LicenseNumber]*seating
	claims   map[claimKey]claimValue
	pool     map[codes.LicenseNumber]PoolRow
	erased   map[eraseKey][]erasedRun
	logs     map[string]LogID // by origin
	merges   []mergedRun
	source   EntryID // the entry that the present one takes over; 0 where there is none
}

// mergedRun is what an entry says that it brought in.
type mergedRun struct {
	MergeRow
	hash tlog.Hash
}

func newBooks() *books {
	return &books{
		seed:     maphash.MakeSeed(),
		licenses: map[codes.LicenseNumber]*LicenseRow{},
		customer: map[codes.LicenseNumber]string{},
		orders:   map[OrderRef]codes.LicenseNumber{},
		seats:    map[codes.LicenseNumber]*seating{},
		claims:   map[claimKey]claimValue{},
		pool:     map[codes.LicenseNumber]PoolRow{},
		erased:   map[eraseKey][]erasedRun{},
		logs:     map[string]LogID{},
	}
}

// claimKey and claimValue hold no pointers, so that millions of them cost the garbage collector nothing. Values, and
// keys above 16 bytes, are there by a hash keyed with the run's own random seed.
type claimKey struct {
	license codes.LicenseNumber
	scope   Scope
	length  uint8
	key     [16]byte
}

type claimValue struct {
	entry EntryID
	value uint64
}

func (b *books) claimKey(l codes.LicenseNumber, s Scope, key []byte) claimKey {
	k := claimKey{license: l, scope: s, length: uint8(len(key))}
	if len(key) <= len(k.key) {
		copy(k.key[:], key)
	} else {
		binary.BigEndian.PutUint64(k.key[:], b.hash(key))
	}
	return k
}

func (b *books) hash(v []byte) uint64 { return maphash.Bytes(b.seed, v) }

func (k claimKey) String() string {
	return fmt.Sprintf("%v of license %v", k.scope, k.license)
}

// apply carries out the entry's effects. conflict is called for those that no store would have taken.
func (b *books) apply(id EntryID, e *Entry, conflict func(string)) {
	b.source = 0
	for i, f := range e.Effects {
		if why := b.effect(id, e, i, f); why != "" {
			conflict(why)
		}
	}
	for i := range e.Personal {
		if l := b.licenses[e.License]; l != nil && e.Personal[i].Field == FieldCustomer {
			l.Customer = id
			b.customer[e.License] = e.Personal[i].Text
		}
	}
}

func (b *books) effect(id EntryID, e *Entry, i int, f Effect) (conflict string) {
	switch f := f.(type) {
	case Claim:
		k := b.claimKey(f.License, f.Scope, f.Key)
		if old, ok := b.claims[k]; ok {
			return fmt.Sprintf("claims %v, which entry %v has", k, old.entry)
		}
		b.claims[k] = claimValue{id, b.hash(f.Value)}
	case Mark:
		k := b.claimKey(f.License, f.Scope, f.Key)
		if _, ok := b.claims[k]; !ok {
			b.claims[k] = claimValue{id, b.hash(nil)}
		}
	case TakeSeat:
		seats := b.seats[f.License]
		i := seats.machine(f.Fingerprint)
		if i < 0 {
			i = seats.slot(f.Slot)
		}
		if i >= 0 {
			s := &seats.rows[i]
			return fmt.Sprintf("takes seat %d of license %v for %v, but seat %d is of %v by entry %v",
				f.Slot, f.License, f.Fingerprint, s.Slot, s.Fingerprint, s.Entry)
		}
		l := b.licenses[f.License]
		if l == nil || l.Seats != f.Limit {
			return fmt.Sprintf("takes seat %d of %d of license %v, which has other seats or is not registered", f.Slot, f.Limit, f.License)
		}
		if seats == nil {
			seats = &seating{}
			b.seats[f.License] = seats
		}
		seats.add(SeatRow{License: f.License, Fingerprint: f.Fingerprint, Slot: f.Slot, Limit: f.Limit, Excess: f.Excess, Entry: id})
	case FreeSeat:
		if seats := b.seats[f.License]; seats.machine(f.Fingerprint) >= 0 {
			seats.remove(seats.machine(f.Fingerprint))
		}
	case SetLicense:
		return b.setLicense(id, e, f)
	case AddPool:
		place := poolPlace(e.Effects[:i], f.Product)
		if b.source != 0 {
			id = b.source // another desk drew them, and hands them out
		}
		for _, n := range f.Numbers {
			if old, ok := b.pool[n]; ok {
				return fmt.Sprintf("adds number %v to a pool, which entry %v did before", n, old.Entry)
			}
			if b.licenses[n] != nil {
				return fmt.Sprintf("adds number %v to a pool, which is registered", n)
			}
			b.pool[n] = PoolRow{Number: n, Product: f.Product, Entry: id, Place: place}
			place++
		}
	case Erase:
		k := eraseKey{f.Origin, f.Field}
		for _, r := range f.Runs {
			b.erased[k] = append(b.erased[k], erasedRun{r, id})
		}
	case MergeLog:
		log, ok := b.logs[f.Origin]
		if !ok {
			return fmt.Sprintf("brings in entries of the log %q, which is not there", f.Origin)
		}
		for _, m := range b.merges {
			if m.Log == log && f.First < m.Size && m.First < f.Size {
				return fmt.Sprintf("brings in entries of log %d that entry %v brought in before", log, m.Entry)
			}
		}
		b.merges = append(b.merges, mergedRun{MergeRow{Log: log, First: f.First, Size: f.Size, Entry: id}, f.Hash})
	case Restate:
		if log, ok := b.logs[f.Origin]; ok { // where not, it is reported by the entry
			b.source = NewEntryID(log, f.Index)
		}
	}
	return ""
}

func (b *books) setLicense(id EntryID, e *Entry, f SetLicense) (conflict string) {
	l := b.licenses[f.Number]
	switch {
	case f.New && l != nil:
		return fmt.Sprintf("registers license %v, which entry %v set", f.Number, l.Entry)
	case !f.New && (l == nil || l.Product != f.Product):
		return fmt.Sprintf("changes license %v, which is not registered for product %v", f.Number, f.Product)
	}
	if f.Order != "" {
		if other, ok := b.orders[OrderRef{f.Product, f.Order}]; ok && other != f.Number {
			return fmt.Sprintf("gives order %q to license %v, which license %v has", f.Order, f.Number, other)
		}
	}
	if seats := b.seats[f.Number]; seats != nil && l != nil && f.Seats != l.Seats {
		for i := range seats.rows {
			s := &seats.rows[i]
			if s.Slot > f.Seats && s.Excess == "" {
				return fmt.Sprintf("leaves license %v %d seats, but seat %d is taken by entry %v", f.Number, f.Seats, s.Slot, s.Entry)
			}
			s.Limit = f.Seats
		}
	}
	if f.New {
		if p, ok := b.pool[f.Number]; ok && p.Product != f.Product {
			return fmt.Sprintf("registers license %v, a number of the pool of product %v", f.Number, p.Product)
		}
		delete(b.pool, f.Number)
		l = &LicenseRow{Number: f.Number, Product: f.Product, Registered: e.At.UnixMicro()}
		b.licenses[f.Number] = l
	}
	if l.Order != "" && l.Order != f.Order {
		delete(b.orders, OrderRef{l.Product, l.Order})
	}
	if f.Order != "" {
		b.orders[OrderRef{f.Product, f.Order}] = f.Number
	}
	l.Seats, l.State, l.Order, l.Grants, l.Release, l.Entry = f.Seats, f.State, f.Order, f.Grants, f.Release, id
	return ""
}
