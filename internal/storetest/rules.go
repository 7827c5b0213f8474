package storetest

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// wantTaken appends, and expects *TakenError as given.
func wantTaken(t *testing.T, s Store, what string, holder journal.EntryID, within int, es ...journal.Entry) {
	t.Helper()
	before := mustHead(t, s)
	_, err := s.Append(ctx, nil, es, Signer())
	var taken *journal.TakenError
	if !errors.As(err, &taken) {
		t.Fatalf("append: have %v, want *TakenError about %s", err, what)
	}
	if taken.What != what || taken.Entry != holder || taken.Within != within {
		t.Errorf("append: have %s, by entry %v, within %d; want %s, %v, %d", taken.What, taken.Entry, taken.Within, what, holder, within)
	}
	if taken.Error() == "" {
		t.Error("no sentence")
	}
	wantUnchanged(t, s, before)
}

// wantRefused appends, and expects another error, with these words in it.
func wantRefused(t *testing.T, s Store, words string, es ...journal.Entry) {
	t.Helper()
	before := mustHead(t, s)
	_, err := s.Append(ctx, nil, es, Signer())
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Fatalf("append: have %v, want an error with %q", err, words)
	}
	wantUnchanged(t, s, before)
}

func wantUnchanged(t *testing.T, s Store, before journal.Head) {
	t.Helper()
	if after := mustHead(t, s); after.Size != before.Size || after.Hash != before.Hash {
		t.Errorf("refused append: have %d entries, want %d as before", after.Size, before.Size)
	}
}

func mustHead(t testing.TB, s Store) journal.Head {
	t.Helper()
	h, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func rules(t *testing.T, f Factory) {
	const l, m = codes.LicenseNumber(0x0a000001), codes.LicenseNumber(0x0a000002)
	t.Run("first entry", func(t *testing.T) {
		s, err := f.Create(t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if h := mustHead(t, s); h.Size != 0 || h.Origin != Origin || h.Checkpoint != nil {
			t.Errorf("head of an empty log: have %+v, want size 0", h)
		}
		Verify(t, s)
		wantRefused(t, s, "first entry", Entry(journal.KindProduct))
		if ids := Append(t, s, Entry(journal.KindLog), Entry(journal.KindProduct)); ids[0] != 0 || ids[1] != 1 {
			t.Errorf("ids: have %v, want 0 1", ids)
		}
		wantRefused(t, s, "first entry", Entry(journal.KindLog))
		h := mustHead(t, s)
		if have, err := journal.ParseCheckpoint(h.Checkpoint, Verifiers()); err != nil || have.Size != 2 || have.Hash != h.Hash || have.Origin != Origin {
			t.Errorf("checkpoint: have %+v, %v, want the head", have, err)
		}
		Verify(t, s, h)
	})
	t.Run("refused entries", func(t *testing.T) {
		s, _ := create(t, f)
		bad := Entry(journal.KindRequest)
		bad.Verdict = "maybe"
		wantRefused(t, s, "verdict", bad)
		other := Register(l, 1, "", "")
		other.License = m
		wantRefused(t, s, "is of license", other)
		if ids, err := s.Append(ctx, nil, nil, Signer()); err != nil || len(ids) != 0 {
			t.Errorf("append of nothing: have %v, %v, want nothing", ids, err)
		}
		if _, err := s.Append(ctx, nil, []journal.Entry{Entry(journal.KindKey)}, nil); err == nil {
			t.Error("append without a key: have no error, want one")
		}
	})
	t.Run("claims", func(t *testing.T) {
		s, _ := create(t, f)
		first := Append(t, s, Register(l, 2, "", ""), Request(l, 7, 1, 1, 2))[1]
		wantTaken(t, s, journal.TakenClaim, first, -1, Request(l, 7, 1, 0, 0))
		again := Request(l, 8, 2, 0, 0)
		wantTaken(t, s, journal.TakenClaim, 0, 0, again, again)
		Append(t, s, Request(l, 8, 1, 0, 0)) // same random, other machine
		mark := Entry(journal.KindRequest)
		mark.License = l
		mark.Effects = []journal.Effect{journal.Mark{License: l, Scope: journal.ScopeSeen, Key: []byte("k")}}
		id := Append(t, s, mark, mark)[0]
		mark.Effects = []journal.Effect{journal.Claim{License: l, Scope: journal.ScopeSeen, Key: []byte("k"), Value: []byte("v")}}
		wantTaken(t, s, journal.TakenClaim, id, -1, mark)
		mark.Effects = []journal.Effect{journal.Claim{License: l, Scope: journal.ScopeGone, Key: []byte("k"), Value: []byte("v")}}
		Append(t, s, mark)
	})
	t.Run("seats", func(t *testing.T) {
		s, _ := create(t, f)
		ids := Append(t, s, Register(l, 2, "", ""), Request(l, 7, 1, 1, 2))
		wantTaken(t, s, journal.TakenSeat, ids[1], -1, Request(l, 8, 2, 1, 2)) // slot
		wantTaken(t, s, journal.TakenSeat, ids[1], -1, Request(l, 7, 2, 2, 2)) // machine
		wantTaken(t, s, journal.TakenSeat, 0, 0, Request(l, 8, 2, 2, 2), Request(l, 9, 3, 2, 2))
		wantRefused(t, s, "above the limit", Request(l, 8, 2, 3, 2))
		if _, err := s.Append(ctx, nil, []journal.Entry{Request(l, 8, 2, 2, 3)}, Signer()); !errors.As(err, new(*journal.StaleError)) {
			t.Errorf("wrong limit: have %v, want *StaleError", err)
		}
		if _, err := s.Append(ctx, nil, []journal.Entry{Request(m, 8, 2, 1, 1)}, Signer()); !errors.As(err, new(*journal.StaleError)) {
			t.Errorf("unknown license: have %v, want *StaleError", err)
		}
		over := Request(l, 9, 3, 3, 2)
		over.Effects[1] = journal.TakeSeat{License: l, Fingerprint: 9, Slot: 3, Limit: 2, Excess: "override"}
		Append(t, s, Request(l, 8, 2, 2, 2), over)
		Append(t, s, Confirm(l, 7, 4, "RMA 1"), Confirm(l, 7, 5, "RMA 2"), Request(l, 10, 6, 1, 2))
		fs := mustFacts(t, s, journal.Wanted{Licenses: []codes.LicenseNumber{l}}).Licenses[l]
		var have [][2]int
		for _, seat := range fs.Seats {
			have = append(have, [2]int{seat.Slot, int(seat.Fingerprint)})
		}
		if want := [][2]int{{1, 10}, {2, 8}, {3, 9}}; !reflect.DeepEqual(have, want) {
			t.Errorf("seats: have %v, want %v", have, want)
		}
	})
	t.Run("licenses", func(t *testing.T) {
		s, _ := create(t, f)
		id := Append(t, s, Register(l, 2, "PO-1", "Ada Müller"))[0]
		wantTaken(t, s, journal.TakenNumber, id, -1, Register(l, 2, "PO-2", ""))
		wantTaken(t, s, journal.TakenOrder, id, -1, Register(m, 2, "PO-1", ""))
		Append(t, s, Register(m, 1, "", ""), Register(m+1, 1, "", "")) // no order is no order
		change := func(n codes.LicenseNumber, seats int, state, order string) journal.Entry {
			e := Entry(journal.KindChange)
			e.License = n
			e.Effects = []journal.Effect{journal.SetLicense{Number: n, Product: UID, Seats: seats, State: state, Order: order, Grants: "9"}}
			return e
		}
		wantTaken(t, s, journal.TakenOrder, id, -1, change(m, 2, journal.Live, "PO-1"))
		wantRefused(t, s, "not registered", change(m+9, 2, journal.Live, ""))
		other := change(m, 2, journal.Live, "")
		set := other.Effects[0].(journal.SetLicense)
		set.Product[0]++
		other.Effects[0] = set
		wantRefused(t, s, "not registered", other)
		seat := Append(t, s, Request(l, 7, 1, 2, 2))[0]
		wantTaken(t, s, journal.TakenSeat, seat, -1, change(l, 1, journal.Live, "PO-1"))
		renumber := change(l, 1, journal.Live, "PO-1")
		renumber.Effects = []journal.Effect{journal.FreeSeat{License: l, Fingerprint: 7}, renumber.Effects[0],
			journal.TakeSeat{License: l, Fingerprint: 7, Slot: 1, Limit: 1}}
		Append(t, s, renumber)
		Append(t, s, change(l, 3, journal.Revoked, "PO-9"), change(m, 1, journal.Refunded, "PO-1"))
		lic := mustFacts(t, s, journal.Wanted{Licenses: []codes.LicenseNumber{l}}).Licenses[l].License
		if lic.Seats != 3 || lic.State != journal.Revoked || lic.Order != "PO-9" || lic.Grants != "9" || lic.Customer != "Ada Müller" || !lic.Registered.Equal(start) {
			t.Errorf("changed license: have %+v", lic)
		}
	})
	t.Run("pool", func(t *testing.T) {
		s, _ := create(t, f)
		draw := Entry(journal.KindPool)
		draw.Product = UID
		numbers := []codes.LicenseNumber{9, 3, 0x80000007, 5, 1}
		draw.Effects = []journal.Effect{journal.AddPool{Product: UID, Numbers: numbers[:2]}, journal.AddPool{Product: UID, Numbers: numbers[2:]}}
		id := Append(t, s, draw)[0]
		draw.Effects = []journal.Effect{journal.AddPool{Product: UID, Numbers: []codes.LicenseNumber{77, 5}}}
		wantTaken(t, s, journal.TakenNumber, id, -1, draw)
		reg := Append(t, s, Register(3, 1, "", ""), Register(9, 1, "", ""), Register(78, 1, "", ""))[2]
		draw.Effects = []journal.Effect{journal.AddPool{Product: UID, Numbers: []codes.LicenseNumber{77, 78}}}
		wantTaken(t, s, journal.TakenNumber, reg, -1, draw)
		draw.Effects = []journal.Effect{journal.AddPool{Product: UID, Numbers: []codes.LicenseNumber{2}}}
		Append(t, s, draw)
		other := Register(5, 1, "", "")
		set := other.Effects[0].(journal.SetLicense)
		set.Product[0]++
		other.Effects[0] = set
		wantRefused(t, s, "another product", other)
		fs := mustFacts(t, s, journal.Wanted{Pool: &journal.PoolWanted{Product: UID, Count: 3}})
		if want := []codes.LicenseNumber{5, 1, 2}; !reflect.DeepEqual(fs.Pool, want) || fs.PoolSize != 3 {
			t.Errorf("pool of epoch 0: have %v of %d, want %v of 3", fs.Pool, fs.PoolSize, want)
		}
		fs = mustFacts(t, s, journal.Wanted{Pool: &journal.PoolWanted{Product: UID, Epoch: 8, Count: 3}})
		if want := []codes.LicenseNumber{0x80000007}; !reflect.DeepEqual(fs.Pool, want) || fs.PoolSize != 1 {
			t.Errorf("pool of epoch 8: have %v of %d, want %v of 1", fs.Pool, fs.PoolSize, want)
		}
	})
	t.Run("intents and lines", func(t *testing.T) {
		s, _ := create(t, f)
		e := Entry(journal.KindUnreadable)
		e.Intent = intent(rand.New(rand.NewPCG(1, 1)))
		id := Append(t, s, e)[0]
		wantTaken(t, s, journal.TakenIntent, id, -1, e)
		row := Entry(journal.KindUnreadable)
		row.Batch = "orders"
		id = Append(t, s, row)[0]
		wantTaken(t, s, journal.TakenLine, id, -1, row)
		row.Line = 1
		Append(t, s, row)
	})
}

func mustFacts(t testing.TB, s Store, w journal.Wanted) *journal.Facts {
	t.Helper()
	f, err := s.Facts(ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
