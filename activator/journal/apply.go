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
// Seats and claims that were there are not written over: a copy of f stays as it was, unless [Facts.Reserve] made room.
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
			if !f.reserved {
				f.Seats = slices.Clone(f.Seats)
			}
			f.Seats = slices.DeleteFunc(f.Seats, func(s Seat) bool { return s.Fingerprint == x.Fingerprint })
		case TakeSeat:
			seat := Seat{Fingerprint: x.Fingerprint, Slot: x.Slot, Since: at, Entry: id, Excess: x.Excess}
			n, _ := slices.BinarySearchFunc(f.Seats, x.Slot, func(s Seat, slot int) int { return cmp.Compare(s.Slot, slot) })
			f.Seats = slices.Insert(own(f, f.Seats), n, seat)
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
	f.Claims = slices.Insert(own(f, f.Claims), n, c)
}

// own is a list whose room behind its end is f's own.
func own[T any](f *LicenseFacts, list []T) []T {
	if f.reserved {
		return list
	}
	return slices.Clip(list)
}

// Reserve makes room for so many more seats and claims of each license, so that [LicenseFacts.Apply] need not make
// it for each by itself. No license's facts may be copied from then on.
func (f *Facts) Reserve(seats, claims int) {
	n, allSeats, allClaims := 0, 0, 0
	for _, l := range f.Licenses {
		if l.Known {
			n, allSeats, allClaims = n+1, allSeats+len(l.Seats)+seats, allClaims+len(l.Claims)+claims
		}
	}
	seatRoom, claimRoom := make([]Seat, allSeats), make([]StoredClaim, allClaims)
	for _, l := range f.Licenses {
		if l.Known {
			l.Seats, seatRoom = take(seatRoom, l.Seats, seats)
			l.Claims, claimRoom = take(claimRoom, l.Claims, claims)
			l.reserved = true
		}
	}
}

// take copies a list to the front of a longer one, with room behind it, and returns what is left.
func take[T any](from, list []T, room int) (taken, left []T) {
	end := len(list) + room
	return append(from[:0:end], list...), from[end:]
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
