package journal

import (
	"fmt"
	"hash/maphash"

	"github.com/manual-activator/manual-activator/codes"
)

// tables compares every table with the books rebuilt from the leaves. What the books have is taken out as its row
// goes by; what remains is missing from the table.
func (v *verification) tables() error {
	for _, step := range []func() error{v.words, v.licenses, v.seats, v.claims, v.pool} {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) licenses() error {
	err := v.snap.Licenses(func(row LicenseRow) error {
		v.report.Licenses++
		where := func() string { return fmt.Sprintf("license %v", row.Number) }
		want := v.books.licenses[row.Number]
		switch {
		case want == nil:
			v.report.follows(row.Entry, where(), "no entry registers it")
		case row != *want:
			v.report.follows(want.Entry, where(), "%s (entry %v)", fieldDiff(row, *want), want.Entry)
		}
		delete(v.books.licenses, row.Number)
		return nil
	})
	for n, l := range v.books.licenses {
		v.report.follows(l.Entry, fmt.Sprintf("license %v", n), "entry %v registers it, its row is missing", l.Entry)
	}
	return err
}

func (v *verification) seats() error {
	err := v.snap.Seats(func(row SeatRow) error {
		v.report.Seats++
		where := func() string { return fmt.Sprintf("seat %d of license %v", row.Slot, row.License) }
		seats := v.books.seats[row.License]
		i := seats.machine(row.Fingerprint)
		if i < 0 {
			v.report.follows(row.Entry, where(), "no entry gives it to machine %v", row.Fingerprint)
			return nil
		}
		if want := seats.rows[i]; want != row {
			v.report.follows(want.Entry, where(), "%s (entry %v)", fieldDiff(row, want), want.Entry)
		}
		seats.remove(i)
		return nil
	})
	for _, seats := range v.books.seats {
		for _, s := range seats.rows {
			v.report.follows(s.Entry, fmt.Sprintf("seat %d of license %v", s.Slot, s.License),
				"entry %v gives it to machine %v, its row is missing", s.Entry, s.Fingerprint)
		}
	}
	return err
}

func (v *verification) claims() error {
	err := v.snap.Claims(func(row ClaimRow) error {
		v.report.Claims++
		k := v.books.claimKey(row.License, row.Scope, row.Key)
		want, ok := v.books.claims[k]
		have := claimValue{row.Entry, v.books.hash(row.Value)}
		switch {
		case !ok:
			v.report.follows(row.Entry, k.String(), "no entry claims key %x", row.Key)
		case have != want:
			v.report.follows(want.entry, k.String(), "key %x: its value or entry was changed: entry %v claims it, its row says entry %v, value %.40q",
				row.Key, want.entry, row.Entry, row.Value)
		}
		delete(v.books.claims, k)
		return nil
	})
	for k, want := range v.books.claims {
		v.report.follows(want.entry, k.String(), "entry %v claims it, its row is missing", want.entry)
	}
	return err
}

func (v *verification) pool() error {
	err := v.snap.Pool(func(row PoolRow) error {
		v.report.Pool++
		where := func() string { return fmt.Sprintf("number %v in the pool of product %v", row.Number, row.Product) }
		want, ok := v.books.pool[row.Number]
		switch {
		case !ok:
			v.report.follows(row.Entry, where(), "no entry puts it there, or it was handed out")
		case row != want:
			v.report.follows(want.Entry, where(), "%s (entry %v)", fieldDiff(row, want), want.Entry)
		}
		delete(v.books.pool, row.Number)
		return nil
	})
	for n, want := range v.books.pool {
		v.report.follows(want.Entry, fmt.Sprintf("number %v in the pool of product %v", n, want.Product),
			"entry %v puts it there, its row is missing", want.Entry)
	}
	return err
}

// words compares the sum of a keyed hash over all rows first, since the words of a million licenses are many; only
// where the sums differ are they looked at one by one.
func (v *verification) words() error {
	seed := maphash.MakeSeed()
	sum := func(word string, l codes.LicenseNumber) uint64 { return maphash.Comparable(seed, WordRow{word, l}) }
	var want, have uint64
	v.eachWord(func(word string, l codes.LicenseNumber) { want += sum(word, l) })
	err := v.snap.Words(func(row WordRow) error {
		v.report.Words++
		have += sum(row.Word, row.License)
		return nil
	})
	if err != nil || want == have {
		return err
	}
	missing := map[WordRow]bool{}
	v.eachWord(func(word string, l codes.LicenseNumber) { missing[WordRow{word, l}] = true })
	err = v.snap.Words(func(row WordRow) error {
		if !missing[row] {
			v.wordDiffers(row, "is not one of the license's words")
		}
		delete(missing, row)
		return nil
	})
	for row := range missing {
		v.wordDiffers(row, "its row is missing")
	}
	return err
}

func (v *verification) eachWord(f func(string, codes.LicenseNumber)) {
	for n, row := range v.books.licenses {
		l := License{Number: n, Order: row.Order, Customer: v.books.customer[n]}
		for _, w := range l.Words() {
			f(w, n)
		}
	}
}

func (v *verification) wordDiffers(row WordRow, how string) {
	where := fmt.Sprintf("word %q of license %v", row.Word, row.License)
	if l := v.books.licenses[row.License]; l != nil {
		v.report.follows(l.Entry, where, "%s (entry %v)", how, l.Entry)
		return
	}
	v.report.whole(where, "%s, which is not registered", how)
}
