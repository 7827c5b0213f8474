package storetest

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

// books is the model: what a store must hold, in plain maps.
type books struct {
	size     uint64
	licenses map[codes.LicenseNumber]journal.SetLicense
	touched  map[codes.LicenseNumber]uint64 // index of the newest entry, plus 1
	seats    map[codes.LicenseNumber]map[codes.Fingerprint]journal.TakeSeat
	claims   map[string]string
	pool     []codes.LicenseNumber
	names    map[codes.LicenseNumber]name // of customers
}

// name is a customer's name, and the index of its entry.
type name struct {
	entry uint64
	text  string
}

func (b *books) clone() *books {
	c := *b
	c.licenses, c.touched, c.claims = maps.Clone(b.licenses), maps.Clone(b.touched), maps.Clone(b.claims)
	c.seats = map[codes.LicenseNumber]map[codes.Fingerprint]journal.TakeSeat{}
	for l, s := range b.seats {
		c.seats[l] = maps.Clone(s)
	}
	c.pool, c.names = slices.Clone(b.pool), maps.Clone(b.names)
	return &c
}

const (
	staleAnswer = "stale"
	otherError  = "error"
)

// apply carries out an entry, and says what a store must answer: "" or the What of a *TakenError, staleAnswer or
// otherError.
func (b *books) apply(e journal.Entry) string {
	b.size++
	if e.License != 0 {
		b.touched[e.License] = b.size
	}
	for _, f := range e.Effects {
		if what := b.effect(f); what != "" {
			return what
		}
	}
	for _, p := range e.Personal {
		if _, known := b.licenses[e.License]; known && p.Field == journal.FieldCustomer {
			b.names[e.License] = name{b.size - 1, p.Text}
		}
	}
	return ""
}

func (b *books) effect(f journal.Effect) string {
	switch f := f.(type) {
	case journal.Claim:
		k := fmt.Sprintf("%v %d %x", f.License, f.Scope, f.Key)
		if _, ok := b.claims[k]; ok {
			return journal.TakenClaim
		}
		b.claims[k] = string(f.Value)
	case journal.Mark:
		k := fmt.Sprintf("%v %d %x", f.License, f.Scope, f.Key)
		if _, ok := b.claims[k]; !ok {
			b.claims[k] = ""
		}
	case journal.TakeSeat:
		for fp, s := range b.seats[f.License] {
			if fp == f.Fingerprint || s.Slot == f.Slot {
				return journal.TakenSeat
			}
		}
		if l, ok := b.licenses[f.License]; !ok || l.Seats != f.Limit {
			return staleAnswer
		}
		if b.seats[f.License] == nil {
			b.seats[f.License] = map[codes.Fingerprint]journal.TakeSeat{}
		}
		b.seats[f.License][f.Fingerprint] = f
	case journal.FreeSeat:
		delete(b.seats[f.License], f.Fingerprint)
	case journal.SetLicense:
		_, known := b.licenses[f.Number]
		if !f.New && !known {
			return otherError
		}
		for n, l := range b.licenses {
			if f.New && known {
				return journal.TakenNumber
			}
			if f.Order != "" && l.Order == f.Order && n != f.Number {
				return journal.TakenOrder
			}
		}
		for _, s := range b.seats[f.Number] {
			if s.Slot > f.Seats && s.Excess == "" {
				return journal.TakenSeat
			}
		}
		b.pool = slices.DeleteFunc(b.pool, func(n codes.LicenseNumber) bool { return n == f.Number })
		b.licenses[f.Number] = f
	case journal.AddPool:
		for _, n := range f.Numbers {
			if _, ok := b.licenses[n]; ok || slices.Contains(b.pool, n) {
				return journal.TakenNumber
			}
			b.pool = append(b.pool, n)
		}
	case journal.Erase:
		if f.Runs[0].Last >= b.size-1 {
			return otherError
		}
		for l, n := range b.names {
			if f.Field == journal.FieldCustomer && n.entry >= f.Runs[0].First && n.entry <= f.Runs[0].Last {
				b.names[l] = name{n.entry, ""}
			}
		}
	}
	return ""
}

// model draws entries from a small world, so that they often collide, and compares every answer and the facts after
// it with the model's.
func model(t *testing.T, f Factory) {
	number := rapid.Map(rapid.IntRange(1, 4), func(n int) codes.LicenseNumber { return codes.LicenseNumber(n) })
	fp := rapid.Map(rapid.IntRange(0, 4), func(n int) codes.Fingerprint { return codes.Fingerprint(n) })
	entry := rapid.Custom(func(t *rapid.T) journal.Entry {
		l, m, random := number.Draw(t, "license"), fp.Draw(t, "machine"), rapid.Uint32Range(1, 6).Draw(t, "random")
		order := rapid.SampledFrom([]string{"", "PO-1", "PO-2"}).Draw(t, "order")
		seats := rapid.IntRange(0, 3).Draw(t, "seats")
		switch rapid.SampledFrom([]string{"register", "change", "request", "excess", "confirm", "pool", "mark", "erase"}).Draw(t, "kind") {
		case "register":
			return Register(l, seats, order, rapid.SampledFrom([]string{"", "Ada", "Müller & Co"}).Draw(t, "customer"))
		case "change":
			e := Entry(journal.KindChange)
			e.License = l
			e.Effects = []journal.Effect{journal.SetLicense{Number: l, Product: UID, Seats: seats, State: journal.Live, Order: order}}
			return e
		case "excess":
			e := Request(l, m, random, 4, 3)
			e.Effects[1] = journal.TakeSeat{License: l, Fingerprint: m, Slot: seats + 1, Limit: seats, Excess: "override"}
			return e
		case "confirm":
			return Confirm(l, m, random, "RMA")
		case "pool":
			e := Entry(journal.KindPool)
			e.Effects = []journal.Effect{journal.AddPool{Product: UID, Numbers: rapid.SliceOfN(number, 1, 3).Draw(t, "numbers")}}
			return e
		case "erase":
			e := Entry(journal.KindRedact)
			e.Effects = []journal.Effect{journal.Erase{Field: rapid.SampledFrom([]string{journal.FieldCustomer, "reference"}).Draw(t, "field"),
				Origin: Origin, Runs: []journal.Run{{First: 1, Last: rapid.Uint64Range(1, 6).Draw(t, "last")}}}}
			return e
		case "mark":
			e := Request(l, m, random, 0, 0)
			e.Effects = []journal.Effect{journal.Mark{License: l, Scope: journal.ScopeAnswer, Key: journal.AnswerKey(m, random, 1)}}
			return e
		}
		limit := max(1, seats)
		return Request(l, m, random, rapid.IntRange(1, limit).Draw(t, "slot"), limit)
	})
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "storetest")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		s, err := f.Create(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { s.Close() }()
		if _, err := s.Append(ctx, nil, []journal.Entry{Entry(journal.KindLog)}, Signer()); err != nil {
			t.Fatal(err)
		}
		b := &books{size: 1, licenses: map[codes.LicenseNumber]journal.SetLicense{}, touched: map[codes.LicenseNumber]uint64{}, claims: map[string]string{}, names: map[codes.LicenseNumber]name{}}
		var seen *journal.Facts
		appendAll := func(t *rapid.T, seen *journal.Facts) {
			es := rapid.SliceOfN(entry, 1, 4).Draw(t, "entries")
			after, want := b.clone(), ""
			if seen != nil {
				for l := range seen.Licenses {
					if after.touched[l] > seen.Head.Size {
						want = staleAnswer
					}
				}
			}
			for i := 0; i < len(es) && want == ""; i++ {
				want = after.apply(es[i])
			}
			if want == staleAnswer && seen != nil && seen.Head.Size == b.size {
				want = otherError // reading again would not help
			}
			_, err := s.Append(ctx, seen, es, Signer())
			if have := answerOf(err); have != want {
				t.Fatalf("append: have %q (%v), want %q", have, err, want)
			}
			if err == nil {
				b = after
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"append":       func(t *rapid.T) { appendAll(t, nil) },
			"append again": func(t *rapid.T) { appendAll(t, nil) },
			"append seen": func(t *rapid.T) {
				if seen == nil {
					t.Skip()
				}
				appendAll(t, seen)
			},
			"see": func(t *rapid.T) {
				if seen, err = s.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{1, 2}}); err != nil {
					t.Fatal(err)
				}
			},
			"reopen": func(t *rapid.T) {
				if rapid.IntRange(0, 3).Draw(t, "one of four") > 0 {
					t.Skip() // it takes long
				}
				s.Close()
				if s, err = f.Open(dir); err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) { b.compare(t, s) },
		})
		if _, err := journal.Verify(ctx, s, Verifiers()); err != nil {
			t.Fatal(err)
		}
	})
}

func answerOf(err error) string {
	var taken *journal.TakenError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &taken):
		return taken.What
	case errors.As(err, new(*journal.StaleError)):
		return staleAnswer
	}
	return otherError
}

// compare reads everything back.
func (b *books) compare(t *rapid.T, s Store) {
	all := []codes.LicenseNumber{1, 2, 3, 4}
	have, err := s.Facts(ctx, journal.Wanted{Licenses: all, Pool: &journal.PoolWanted{Product: UID, Count: 10}})
	if err != nil {
		t.Fatal(err)
	}
	if have.Head.Size != b.size {
		t.Fatalf("size: have %d, want %d", have.Head.Size, b.size)
	}
	if !slices.Equal(have.Pool, b.pool) || have.PoolSize != len(b.pool) {
		t.Fatalf("pool: have %v (%d), want %v", have.Pool, have.PoolSize, b.pool)
	}
	claims := 0
	for _, l := range all {
		lf, want := have.Licenses[l], b.licenses[l]
		if lf.Known != (want.Number != 0) || lf.License.Seats != want.Seats || lf.License.Order != want.Order || lf.License.Grants != want.Grants || lf.License.Customer != b.names[l].text {
			t.Fatalf("license %v: have %+v, want %+v", l, lf.License, want)
		}
		if len(lf.Seats) != len(b.seats[l]) {
			t.Fatalf("license %v: have seats %v, want %v", l, lf.Seats, b.seats[l])
		}
		for _, seat := range lf.Seats {
			if want := b.seats[l][seat.Fingerprint]; want.Slot != seat.Slot || want.Excess != seat.Excess {
				t.Fatalf("license %v: have seat %v, want %v", l, seat, want)
			}
		}
		for _, c := range lf.Claims {
			claims++
			if want, ok := b.claims[fmt.Sprintf("%v %d %x", l, c.Scope, c.Key)]; !ok || want != string(c.Value) {
				t.Fatalf("license %v: have claim %v, want value %q", l, c, want)
			}
		}
	}
	if claims != len(b.claims) {
		t.Fatalf("claims: have %d, want %d", claims, len(b.claims))
	}
}
