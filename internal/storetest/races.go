package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// races lets 16 writers, on two handles of the store, go for the seats of the same licenses and for the same answers.
func races(t *testing.T, f Factory) {
	s, dir := create(t, f)
	second, err := f.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	const licenses, seats, writers = 4, 3, 16
	for l := range codes.LicenseNumber(licenses) {
		Append(t, s, Register(l+1, seats, "", ""))
	}
	type done struct{ answered, refused, confirmed int }
	results := make([]done, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			st := []Store{s, second}[w%2]
			for range 30 * *Large {
				l := codes.LicenseNumber(1 + r.IntN(licenses))
				fp := codes.Fingerprint(r.IntN(8))
				answered, confirmed, err := attempt(st, r, l, fp)
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				results[w].answered += answered
				results[w].confirmed += confirmed
				results[w].refused += 1 - answered - confirmed
			}
		})
	}
	wg.Wait()
	var sum done
	for _, r := range results {
		sum.answered += r.answered
		sum.confirmed += r.confirmed
	}
	for l := range codes.LicenseNumber(licenses) {
		lf := mustFacts(t, s, journal.Wanted{Licenses: []codes.LicenseNumber{l + 1}}).Licenses[l+1]
		if len(lf.Seats) > seats {
			t.Errorf("license %v: have %d seats taken, want at most %d", l+1, len(lf.Seats), seats)
		}
		sum.answered -= len(lf.Seats)
	}
	if sum.answered != sum.confirmed {
		t.Errorf("have %d seats given and not there, %d given back", sum.answered, sum.confirmed)
	}
	if sum.confirmed == 0 {
		t.Error("no writer gave a seat back: the test tests nothing")
	}
}

// attempt does what a desk does: read, decide, append, and again when the facts have aged. A machine without a seat
// asks for one, a machine with a seat gives it back.
func attempt(s Store, r *rand.Rand, l codes.LicenseNumber, fp codes.Fingerprint) (answered, confirmed int, err error) {
	for try := range 1000 {
		seen, err := s.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{l}})
		if err != nil {
			return 0, 0, err
		}
		lf := seen.Licenses[l]
		slots := map[int]bool{}
		has := false
		for _, seat := range lf.Seats {
			slots[seat.Slot] = true
			has = has || seat.Fingerprint == fp
		}
		slot := 1
		for slots[slot] {
			slot++
		}
		if !has && slot > lf.License.Seats {
			return 0, 0, nil
		}
		e := Request(l, fp, r.Uint32()|1, slot, lf.License.Seats)
		if has {
			e = Confirm(l, fp, r.Uint32()|1, "race")
		}
		if try%2 == 1 {
			seen = nil // without staleness, constraints alone must hold
			if has {
				return 0, 0, nil
			}
		}
		_, err = s.Append(ctx, seen, []journal.Entry{e}, Signer())
		switch {
		case err == nil && has:
			return 0, 1, nil
		case err == nil:
			return 1, 0, nil
		case errors.As(err, new(*journal.StaleError)), errors.As(err, new(*journal.TakenError)):
		default:
			return 0, 0, err
		}
	}
	return 0, 0, fmt.Errorf("license %v: still stale after 1,000 tries", l)
}
