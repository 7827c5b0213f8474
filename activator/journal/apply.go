package journal

import (
	"bytes"
	"cmp"
	"slices"
	"time"
)

// Apply changes the facts of a license as appending e under id would: what [Store.Facts] reads afterwards. It lets
// many entries be decided before the first of them is appended. Registrations and pools are not followed: the entry
// must not have effects of type [AddPool], nor a [SetLicense] that is New.
//
// Seats and claims that were there are not written over: a copy of f stays as it was.
func (f *LicenseFacts) Apply(e *Entry, id EntryID) {
	if e.State == StateNotGenuine {
		f.NotGenuine++
	}
	at := time.UnixMicro(e.At.UnixMicro()).UTC()
	for _, x := range e.Effects {
		switch x := x.(type) {
		case Claim:
			f.claim(StoredClaim{Scope: x.Scope, Key: x.Key, Value: x.Value, Entry: id, At: at, Operator: e.Operator})
		case Mark:
			if !f.has(x.Scope, x.Key) {
				f.claim(StoredClaim{Scope: x.Scope, Key: x.Key, Entry: id, At: at, Operator: e.Operator})
			}
		case FreeSeat:
			f.Seats = slices.DeleteFunc(slices.Clone(f.Seats), func(s Seat) bool { return s.Fingerprint == x.Fingerprint })
		case TakeSeat:
			seat := Seat{Fingerprint: x.Fingerprint, Slot: x.Slot, Since: at, Entry: id, Excess: x.Excess}
			n, _ := slices.BinarySearchFunc(f.Seats, x.Slot, func(s Seat, slot int) int { return cmp.Compare(s.Slot, slot) })
			f.Seats = slices.Insert(slices.Clip(f.Seats), n, seat)
		case SetLicense:
			l := &f.License
			l.Seats, l.State, l.Order, l.Grants, l.Release, l.Entry = x.Seats, x.State, x.Order, x.Grants, x.Release, id
		}
	}
	for i := range e.Personal {
		if p := &e.Personal[i]; p.Field == FieldCustomer {
			f.License.Customer = p.Text
		}
	}
}

// claim puts a claim behind those that came before. Claims of one entry are sorted by scope and key, as a store
// reads them.
func (f *LicenseFacts) claim(c StoredClaim) {
	n := len(f.Claims)
	for n > 0 && (f.Claims[n-1].Entry > c.Entry || f.Claims[n-1].Entry == c.Entry && after(&f.Claims[n-1], &c)) {
		n--
	}
	f.Claims = slices.Insert(slices.Clip(f.Claims), n, c)
}

func after(a, b *StoredClaim) bool {
	if a.Scope != b.Scope {
		return a.Scope > b.Scope
	}
	return bytes.Compare(a.Key, b.Key) > 0
}

func (f *LicenseFacts) has(s Scope, key []byte) bool {
	for i := range f.Claims {
		if c := &f.Claims[i]; c.Scope == s && bytes.Equal(c.Key, key) {
			return true
		}
	}
	return false
}
