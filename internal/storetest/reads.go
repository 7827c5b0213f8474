package storetest

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

func facts(t *testing.T, f Factory) {
	s, _ := create(t, f)
	var all []codes.LicenseNumber
	for i := range codes.LicenseNumber(150) { // more than one block of numbers
		l := 0xf0000001 + i
		all = append(all, l)
		if i != 75 { // one that is not registered
			Append(t, s, Register(l, 2, fmt.Sprint("PO-", int(i)), fmt.Sprint("Customer ", int(i))), Request(l, codes.Fingerprint(i), 1, 1, 2),
				Request(l, codes.Fingerprint(i)+1000, 2, 2, 2))
		}
	}
	bad := Entry(journal.KindRequest)
	bad.License, bad.State, bad.Verdict = all[3], journal.StateNotGenuine, journal.Refused
	late := bad
	late.At = start.Add(48 * time.Hour)
	Append(t, s, bad, late, late)
	free, taken := journal.OrderRef{Product: UID, Order: "none"}, journal.OrderRef{Product: UID, Order: "PO-5"}
	have := mustFacts(t, s, journal.Wanted{Licenses: append(all, all[:5]...), Orders: []journal.OrderRef{free, taken}, Since: start.Add(time.Hour)})
	if len(have.Licenses) != len(all) {
		t.Errorf("licenses: have %d, want %d", len(have.Licenses), len(all))
	}
	if !reflect.DeepEqual(have.Orders, map[journal.OrderRef]codes.LicenseNumber{taken: all[5]}) || !have.Free[free] || have.Free[taken] {
		t.Errorf("orders: have %v, free %v", have.Orders, have.Free)
	}
	for i, l := range all {
		lf := have.Licenses[l]
		wantBad := 0
		if i == 3 {
			wantBad = 2
		}
		if lf == nil || lf.Known != (i != 75) || lf.NotGenuine != wantBad || lf.License.Number != l {
			t.Fatalf("license %d: have %+v", i, lf)
		}
		if !lf.Known {
			continue
		}
		if lf.License.Customer != fmt.Sprint("Customer ", i) || lf.License.Seats != 2 || lf.License.Product != UID || !lf.License.Registered.Equal(start) {
			t.Errorf("license %d: have %+v", i, lf.License)
		}
		if len(lf.Seats) != 2 || lf.Seats[0].Slot != 1 || lf.Seats[1].Fingerprint != codes.Fingerprint(i)+1000 || !lf.Seats[0].Since.Equal(start) {
			t.Errorf("license %d: have seats %+v", i, lf.Seats)
		}
		if len(lf.Claims) != 2 || lf.Claims[0].Entry >= lf.Claims[1].Entry || lf.Claims[0].Operator != "anna" || len(lf.Claims[0].Value) == 0 {
			t.Errorf("license %d: have claims %+v", i, lf.Claims)
		}
	}
	nameless := mustFacts(t, s, journal.Wanted{Licenses: all, Since: start.Add(time.Hour), Nameless: true})
	for i, l := range all {
		want := *have.Licenses[l]
		want.License.Customer = ""
		if lf := nameless.Licenses[l]; !reflect.DeepEqual(*lf, want) {
			t.Errorf("license %d without its name: have %+v, want %+v", i, lf, want)
		}
	}
	if have.Head.Size != mustHead(t, s).Size {
		t.Errorf("head: have size %d, want %d", have.Head.Size, mustHead(t, s).Size)
	}
}

func stale(t *testing.T, f Factory) {
	const l, m = codes.LicenseNumber(1), codes.LicenseNumber(2)
	s, _ := create(t, f)
	Append(t, s, Register(l, 2, "", ""), Register(m, 2, "", ""))
	draw := Entry(journal.KindPool)
	draw.Product = UID
	draw.Effects = []journal.Effect{journal.AddPool{Product: UID, Numbers: []codes.LicenseNumber{50, 51}}}
	Append(t, s, draw)
	order := journal.OrderRef{Product: UID, Order: "PO-1"}
	seen := mustFacts(t, s, journal.Wanted{Licenses: []codes.LicenseNumber{l, 99}, Orders: []journal.OrderRef{order}, Pool: &journal.PoolWanted{Product: UID, Count: 1}})
	Append(t, s, Request(m, 1, 1, 1, 2)) // another license: not stale
	ids, err := s.Append(ctx, seen, []journal.Entry{Request(l, 1, 1, 1, 2)}, Signer())
	if err != nil {
		t.Fatalf("append on fresh facts: have %v", err)
	}
	wantStale := func(why string, seen *journal.Facts, first journal.EntryID, es ...journal.Entry) {
		t.Helper()
		before := mustHead(t, s)
		var stale *journal.StaleError
		if _, err := s.Append(ctx, seen, es, Signer()); !errors.As(err, &stale) || first != 0 && stale.Entry != first {
			t.Errorf("%s: have %v, want *StaleError by entry %v", why, err, first)
		}
		wantUnchanged(t, s, before)
	}
	wantStale("license touched", seen, ids[0], Request(l, 2, 2, 2, 2))
	unknown := Entry(journal.KindRequest)
	unknown.License = 99
	seen = mustFacts(t, s, journal.Wanted{Licenses: []codes.LicenseNumber{99}, Orders: []journal.OrderRef{order}, Pool: &journal.PoolWanted{Product: UID, Count: 1}})
	id := Append(t, s, unknown)[0]
	wantStale("unknown license touched", seen, id, unknown)
	seen.Licenses = nil
	id = Append(t, s, Register(50, 1, "PO-1", ""))[0]
	wantStale("number of the pool", seen, id, Register(50, 1, "", ""))
	wantStale("order", seen, id, Register(51, 1, "PO-1", ""))
	old := *seen
	old.Head.Size = 1000
	wantStale("journal was replaced", &old, 0, unknown)
	fresh := mustFacts(t, s, journal.Wanted{Licenses: []codes.LicenseNumber{m}})
	if _, err := s.Append(ctx, fresh, []journal.Entry{Request(m, 5, 5, 2, 9)}, Signer()); err == nil || errors.As(err, new(*journal.StaleError)) {
		t.Errorf("wrong limit on fresh facts: have %v, want an error that does not ask to read again", err)
	}
}

func queries(t *testing.T, f Factory) {
	s, _ := create(t, f)
	const l, m = codes.LicenseNumber(1), codes.LicenseNumber(2)
	es := []journal.Entry{Entry(journal.KindLog), Register(l, 9, "PO-1", "Ada Müller GmbH"), Register(m, 9, "PO-2", "müller & Søn")}
	for i := range 600 { // more than two pages
		e := Entry(journal.KindUnreadable)
		e.At, e.Verdict, e.Code = start.Add(time.Duration(i)*time.Minute), journal.Unreadable, fmt.Sprintf("junk %d %q\n", i, "x")
		if i%3 == 0 {
			e.Operator = "ben"
		}
		es = append(es, e)
	}
	es = append(es, Request(l, 7, 70, 1, 9), Request(m, 7, 71, 1, 9), Confirm(l, 7, 72, "RMA 9"))
	es[5].Batch, es[5].Line = "orders", 3
	es[6].Intent[0] = 1
	Append(t, s, es[1:300]...)
	Append(t, s, es[300:]...)
	fp := codes.Fingerprint(7)
	after := journal.EntryID(10)
	for _, c := range []struct {
		name string
		q    journal.Query
		want func(i int, e *journal.Entry) bool
	}{
		{"all", journal.Query{}, func(int, *journal.Entry) bool { return true }},
		{"kinds", journal.Query{Kinds: []journal.Kind{journal.KindRequest, journal.KindConfirmation}}, func(i int, e *journal.Entry) bool { return e.Machine }},
		{"verdict", journal.Query{Verdicts: []journal.Verdict{journal.Unreadable}}, func(i int, e *journal.Entry) bool { return e.Verdict == journal.Unreadable }},
		{"operator", journal.Query{Operator: "ben"}, func(i int, e *journal.Entry) bool { return e.Operator == "ben" }},
		{"product", journal.Query{Product: UID}, func(i int, e *journal.Entry) bool { return e.Product == UID }},
		{"license", journal.Query{License: l}, func(i int, e *journal.Entry) bool { return e.License == l }},
		{"fingerprint", journal.Query{Fingerprint: &fp}, func(i int, e *journal.Entry) bool { return e.Machine }},
		{"intent", journal.Query{Intent: es[6].Intent}, func(i int, e *journal.Entry) bool { return i == 6 }},
		{"batch", journal.Query{Batch: "orders"}, func(i int, e *journal.Entry) bool { return i == 5 }},
		{"time", journal.Query{From: start.Add(time.Hour), To: start.Add(2 * time.Hour)}, func(i int, e *journal.Entry) bool {
			return !e.At.Before(start.Add(time.Hour)) && e.At.Before(start.Add(2*time.Hour))
		}},
		{"text", journal.Query{Text: "9 \"x\"\n"}, func(i int, e *journal.Entry) bool { return e.Kind == journal.KindUnreadable && (i-3)%10 == 9 }},
		{"text elsewhere in the leaf", journal.Query{Text: "operator"}, func(i int, e *journal.Entry) bool { return false }},
		{"request code", journal.Query{Text: es[603].Code}, func(i int, e *journal.Entry) bool { return i == 603 }},
		{"answer", journal.Query{Text: es[604].Answer}, func(i int, e *journal.Entry) bool { return i == 604 }},
		{"after", journal.Query{After: &after}, nil},
		{"none", journal.Query{License: 12345}, func(int, *journal.Entry) bool { return false }},
	} {
		for _, newest := range []bool{false, true} {
			q, limit := c.q, 0
			q.Newest = newest
			var want []journal.EntryID
			for i := range es {
				if c.want == nil && (newest && i < 10 || !newest && i > 10) || c.want != nil && c.want(i, &es[i]) {
					want = append(want, journal.EntryID(i))
				}
			}
			if newest {
				slices.Reverse(want)
			}
			for ; limit < 2; limit++ {
				q.Limit = limit
				if limit > 0 {
					want = want[:min(limit, len(want))]
				}
				var have []journal.EntryID
				for e, err := range s.Entries(ctx, q) {
					if err != nil {
						t.Fatal(err)
					}
					have = append(have, e.ID)
				}
				if !slices.Equal(have, want) {
					t.Errorf("%s, newest first %v, limit %d: have %d entries %v, want %d %v", c.name, newest, limit, len(have), clip(have), len(want), clip(want))
				}
			}
		}
	}
	one, err := s.Entry(ctx, 605)
	if err != nil || one.Personal[0].Text != "RMA 9" || one.Personal[0].Redacted || one.ID != 605 {
		t.Errorf("entry 605: have %+v, %v", one, err)
	}
	one.ID, one.Personal[0].Hash = 0, [32]byte{}
	if !reflect.DeepEqual(one, es[605]) {
		t.Errorf("entry 605: have %+v\nwant %+v", one, es[605])
	}
	if _, err := s.Entry(ctx, 9999); !errors.Is(err, journal.ErrNoEntry) {
		t.Errorf("entry 9999: have %v, want ErrNoEntry", err)
	}
	for e, err := range s.Entries(ctx, journal.Query{}) { // append while reading
		if err != nil {
			t.Fatal(err)
		}
		if e.ID == 100 {
			Append(t, s, Entry(journal.KindBackup))
			break
		}
	}
	licenseQueries(t, s, l, m)
}

func clip(ids []journal.EntryID) []journal.EntryID { return ids[:min(5, len(ids))] }

func licenseQueries(t *testing.T, s Store, l, m codes.LicenseNumber) {
	for i := range codes.LicenseNumber(300) {
		Append(t, s, Register(1000+i, 1, "", "Zoë"))
	}
	for _, c := range []struct {
		q    journal.LicenseQuery
		want int
	}{
		{journal.LicenseQuery{}, 302}, {journal.LicenseQuery{Words: "MÜL"}, 2}, {journal.LicenseQuery{Words: "ada mü"}, 1},
		{journal.LicenseQuery{Words: "po-2"}, 1}, {journal.LicenseQuery{Words: "00000001"}, 1}, {journal.LicenseQuery{Words: "zo"}, 300},
		{journal.LicenseQuery{Words: "mull"}, 0}, {journal.LicenseQuery{Words: "--"}, 0}, {journal.LicenseQuery{Product: UID, State: journal.Live}, 302},
		{journal.LicenseQuery{Product: codes.UID{9}}, 0}, {journal.LicenseQuery{State: journal.Revoked}, 0}, {journal.LicenseQuery{After: 1200}, 99},
		{journal.LicenseQuery{Words: "zo", Limit: 257}, 257}, {journal.LicenseQuery{Limit: 1}, 1},
	} {
		n, last := 0, codes.LicenseNumber(0)
		for lic, err := range s.Licenses(ctx, c.q) {
			if err != nil {
				t.Fatal(err)
			}
			if lic.Number <= last {
				t.Errorf("%+v: have license %v after %v", c.q, lic.Number, last)
			}
			last = lic.Number
			n++
		}
		if n != c.want {
			t.Errorf("%+v: have %d licenses, want %d", c.q, n, c.want)
		}
	}
	rename := Entry(journal.KindChange)
	rename.License = m
	rename.Personal = []journal.Personal{{Field: journal.FieldCustomer, Salt: [16]byte{9}, Text: "Renamed AG"}}
	Append(t, s, rename)
	for words, want := range map[string]int{"søn": 0, "renamed": 1, "po-2 ren": 1} {
		n := 0
		for lic, err := range s.Licenses(ctx, journal.LicenseQuery{Words: words}) {
			if n++; err != nil || lic.Customer != "Renamed AG" {
				t.Errorf("%s: have %+v, %v", words, lic, err)
			}
		}
		if n != want {
			t.Errorf("%s: have %d licenses, want %d", words, n, want)
		}
	}
}

// heads keeps the head after every append, and compares the grown log with each of them.
func heads(t *testing.T, f Factory) {
	s, _ := create(t, f)
	kept := []journal.Head{{Origin: "any"}, mustHead(t, s)}
	for n := range 60 {
		es := make([]journal.Entry, 1+n%25)
		for i := range es {
			es[i] = Entry(journal.KindUnreadable)
		}
		Append(t, s, es...)
		kept = append(kept, mustHead(t, s))
	}
	for _, h := range kept {
		if err := s.Extends(ctx, h); err != nil {
			t.Errorf("head of %d entries: have %v, want nothing", h.Size, err)
		}
		bad := h
		bad.Hash[0]++
		if err := s.Extends(ctx, bad); h.Size > 0 && !errors.As(err, new(*journal.TamperedError)) {
			t.Errorf("head of %d entries, another hash: have %v, want *TamperedError", h.Size, err)
		}
		bad = h
		bad.Origin = "elsewhere"
		if err := s.Extends(ctx, bad); h.Size > 0 && !errors.As(err, new(*journal.TamperedError)) {
			t.Errorf("head of another log: have %v, want *TamperedError", err)
		}
	}
	Verify(t, s, kept[1:]...)
}

func backup(t *testing.T, f Factory) {
	s, dir := create(t, f)
	Append(t, s, Register(1, 2, "PO-1", "Ada"), Request(1, 7, 1, 1, 2))
	path := filepath.Join(t.TempDir(), "copy")
	if err := s.Backup(ctx, path); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(ctx, path); err == nil {
		t.Error("second backup to one file: have no error, want one")
	}
	if err := s.Backup(ctx, filepath.Join(path, "below", "a file")); err == nil {
		t.Error("backup below a file: have no error, want one")
	}
	h := mustHead(t, s)
	s.Close()
	again, err := f.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if have := mustHead(t, again); have.Hash != h.Hash || have.Size != 3 {
		t.Errorf("head after opening again: have %+v, want %+v", have, h)
	}
	Append(t, again, Request(1, 8, 2, 2, 2))
	Verify(t, again, h)
}
