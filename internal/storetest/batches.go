package storetest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// foreseen compares the facts that LicenseFacts.Apply makes of older ones with those that the store reads after the
// same entries were appended.
func foreseen(t *testing.T, f Factory) {
	s, _ := create(t, f)
	const license = codes.LicenseNumber(7)
	Append(t, s, Register(license, 4, "PO-1", "Acme"))
	r := rand.New(rand.NewPCG(1, 2))
	want := journal.Wanted{Licenses: []codes.LicenseNumber{license}, Since: start}
	for n := range 60 {
		facts := mustFacts(t, s, want)
		have := facts.Licenses[license]
		reserved := mustFacts(t, s, want)
		reserved.Reserve(r.IntN(3), r.IntN(3))
		before := *have
		seats, claims := append([]journal.Seat(nil), have.Seats...), append([]journal.StoredClaim(nil), have.Claims...)
		var es []journal.Entry
		for i := range 1 + r.IntN(4) {
			e := foreseenEntry(r, license, have)
			es = append(es, e)
			id := journal.NewEntryID(facts.Head.Log, facts.Head.Size+uint64(i))
			have.Apply(&e, id)
			reserved.Licenses[license].Apply(&e, id)
		}
		Append(t, s, es...)
		after := mustFacts(t, s, want)
		if have, want := fmt.Sprintf("%+v", have), fmt.Sprintf("%+v", after.Licenses[license]); have != want {
			t.Fatalf("round %d, after %+v:\nhave %s\nwant %s", n, es, have, want)
		}
		after.Reserve(0, 0)
		if have, want := fmt.Sprintf("%+v", reserved.Licenses[license]), fmt.Sprintf("%+v", after.Licenses[license]); have != want {
			t.Fatalf("round %d, with room made before, after %+v:\nhave %s\nwant %s", n, es, have, want)
		}
		if !reflect.DeepEqual(before.Seats, seats) || !reflect.DeepEqual(before.Claims, claims) {
			t.Fatalf("round %d: a copy of the facts was changed", n)
		}
	}
}

// foreseenEntry is an entry that fits what is there.
func foreseenEntry(r *rand.Rand, l codes.LicenseNumber, f *journal.LicenseFacts) journal.Entry {
	fp, random := codes.Fingerprint(r.IntN(6)), r.Uint32()|1
	switch r.IntN(6) {
	case 0:
		e := Entry(journal.KindRequest)
		e.License, e.Machine, e.Fingerprint, e.Random = l, true, fp, random
		e.Verdict, e.State = journal.Refused, journal.StateNotGenuine
		return e
	case 1:
		e := Entry(journal.KindChange)
		e.License = l
		e.Effects = []journal.Effect{journal.SetLicense{Number: l, Product: f.License.Product, Seats: 4, State: journal.Revoked, Order: "PO-2", Grants: "1"}}
		e.Personal = []journal.Personal{{Field: journal.FieldCustomer, Salt: [16]byte{1}, Text: "Bolt"}}
		return e
	case 2:
		e := Confirm(l, fp, random, "case")
		e.Effects = append(e.Effects, journal.Mark{License: l, Scope: journal.ScopeSeen, Key: []byte{byte(r.IntN(3))}})
		return e
	}
	slot := 1
	for _, s := range f.Seats {
		if s.Fingerprint == fp {
			e := Confirm(l, fp, random, "")
			e.Effects = append(e.Effects, journal.FreeSeat{License: l, Fingerprint: fp})
			return e
		}
		if s.Slot == slot {
			slot++
		}
	}
	e := Entry(journal.KindRequest)
	e.License, e.Machine, e.Fingerprint, e.Random = l, true, fp, random
	take := journal.TakeSeat{License: l, Fingerprint: fp, Slot: slot, Limit: f.License.Seats}
	if slot > f.License.Seats {
		take.Excess = "override"
	}
	e.Effects = []journal.Effect{take, journal.Claim{License: l, Scope: journal.ScopeAnswer, Key: journal.AnswerKey(fp, random, 1), Value: []byte("A")}}
	return e
}

// lines reads entries by their lines of a batch.
func lines(t *testing.T, f Factory) {
	s, _ := create(t, f)
	var es []journal.Entry
	for _, line := range []int{0, 3, 4, 9, 1 << 30} {
		e := Entry(journal.KindRequest)
		e.Batch, e.Line = "orders", line
		e.Personal = []journal.Personal{{Field: "reference", Salt: [16]byte{byte(line)}, Text: "case"}}
		es = append(es, e)
	}
	other := Entry(journal.KindRequest)
	other.Batch, other.Line = "others", 12
	ids := Append(t, s, append(es, other)...)
	got := mustFacts(t, s, journal.Wanted{Lines: &journal.LinesWanted{Batch: "orders", Lines: []int{3, 5, 9, 12}, UpTo: 1<<30 - 1}})
	if len(got.Lines) != 2 || got.Lines[3].ID != ids[1] || got.Lines[9].ID != ids[3] || got.Lines[9].Personal[0].Text != "case" {
		t.Errorf("lines 3, 5, 9 and 12: have %+v, want the entries of 3 and 9", got.Lines)
	}
	if got.LastLine != 9 {
		t.Errorf("the highest line: have %d, want 9", got.LastLine)
	}
	if got := mustFacts(t, s, journal.Wanted{Lines: &journal.LinesWanted{Batch: "none", UpTo: 9}}); got.LastLine != -1 {
		t.Errorf("the highest line of no batch: have %d, want -1", got.LastLine)
	}
	wantTaken(t, s, journal.TakenLine, ids[3], -1, es[3])
}
