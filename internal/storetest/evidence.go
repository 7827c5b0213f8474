package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// proofs proves entries of a journal of more than two full subtrees, and that it grew.
func proofs(t *testing.T, f Factory) {
	dir := t.TempDir()
	head := victim(t, f, dir, Signer(), nil, nil)
	s, err := f.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	prove := func(id journal.EntryID) {
		t.Helper()
		want, err := s.Entry(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Prove(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		p.Personal = want.Personal
		p, err = journal.ParseProof(p.Text())
		if err != nil {
			t.Fatal(err)
		}
		have, _, err := p.Check(Verifiers())
		if err != nil {
			t.Fatalf("entry %v: %v", id, err)
		}
		if !slices.Equal(have.Leaf(nil), want.Leaf(nil)) || !slices.Equal(have.Personal, want.Personal) {
			t.Errorf("entry %v: have %+v\nwant %+v", id, have, want)
		}
	}
	for _, i := range []uint64{0, 1, 7, 255, 256, 300, 511, 512, 600, head.Size - 1} {
		prove(journal.NewEntryID(0, i))
	}
	for _, id := range []journal.EntryID{journal.NewEntryID(0, head.Size), journal.NewEntryID(7, 0)} {
		if _, err := s.Prove(ctx, id); !errors.Is(err, journal.ErrNoEntry) {
			t.Errorf("entry %v: have %v, want ErrNoEntry", id, err)
		}
	}
	Append(t, s, Entry(journal.KindBackup), Entry(journal.KindBackup))
	prove(journal.NewEntryID(0, head.Size))
	c, err := s.ProveConsistency(ctx, head)
	if err != nil {
		t.Fatal(err)
	}
	if newer, err := c.Check(head, Verifiers()); err != nil || newer.Size != head.Size+2 {
		t.Errorf("consistency: have %d entries, %v, want %d", newer.Size, err, head.Size+2)
	}
	other := head
	other.Hash[0] ^= 1
	var tampered *journal.TamperedError
	if _, err := s.ProveConsistency(ctx, other); !errors.As(err, &tampered) {
		t.Errorf("consistency with another head: have %v, want *TamperedError", err)
	}
}

// erasing takes texts out: they are gone for every reader, the words too, and everything that was proven still is.
func erasing(t *testing.T, f Factory) {
	s, _ := create(t, f)
	Append(t, s, Register(1, 3, "PO-1", "Ada Byron"), Register(2, 3, "PO-2", "Ben"),
		Request(1, 5, 5, 1, 3), Confirm(1, 5, 5, "RMA 1"), Confirm(2, 6, 6, "RMA 2"))
	head := mustHead(t, s)
	before, err := s.Prove(ctx, 4)
	if err != nil {
		t.Fatal(err)
	}
	erase := func(field, origin string, runs ...journal.Run) error {
		e := Entry(journal.KindRedact)
		e.Effects = []journal.Effect{journal.Erase{Field: field, Origin: origin, Runs: runs}}
		_, err := s.Append(ctx, nil, []journal.Entry{e}, Signer())
		return err
	}
	for want, err := range map[string]error{
		"is not before entry 6":  erase("customer", head.Origin, journal.Run{First: 6, Last: 6}),
		"is not in this journal": erase("customer", "nowhere", journal.Run{First: 1, Last: 1}),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("have %v, want %q", err, want)
		}
	}
	if err := erase("customer", head.Origin, journal.Run{First: 1, Last: 1}); err != nil {
		t.Fatal(err)
	}
	if err := erase("reference", head.Origin, journal.Run{First: 4, Last: 4}); err != nil {
		t.Fatal(err)
	}
	if err := s.Clean(ctx); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[journal.EntryID]string{1: "", 2: "Ben", 4: "", 5: "RMA 2"} {
		e, err := s.Entry(ctx, id)
		if err != nil || e.Personal[0].Text != want || e.Personal[0].Redacted != (want == "") {
			t.Errorf("entry %v: have %+v, %v, want %q", id, e.Personal, err, want)
		}
	}
	for text, want := range map[string]int{"ada": 0, "byron": 0, "po-1": 1, "ben": 1, "": 2} {
		n := 0
		for l, err := range s.Licenses(ctx, journal.LicenseQuery{Words: text}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; l.Number == 1 && l.Customer != "" {
				t.Errorf("license 1: have customer %q, want none", l.Customer)
			}
		}
		if n != want {
			t.Errorf("licenses with %q: have %d, want %d", text, n, want)
		}
	}
	if e, _, err := before.Check(Verifiers()); err != nil || !e.Personal[0].Redacted {
		t.Errorf("a proof made before: have %+v, %v", e.Personal, err)
	}
	after, err := s.Prove(ctx, 4)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := after.Check(Verifiers()); err != nil {
		t.Errorf("a proof made after: %v", err)
	}
	r := Verify(t, s, head)
	if r.Redacted != 2 || r.Personal != 2 {
		t.Errorf("report: have %d erased, %d there, want 2, 2", r.Redacted, r.Personal)
	}
	Append(t, s, Register(3, 1, "", fmt.Sprint("Ada ", codes.LicenseNumber(3)))) // the name may come again
	Verify(t, s, head)
}
