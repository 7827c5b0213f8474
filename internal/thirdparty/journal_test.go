package thirdparty_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/storetest"
	"github.com/manual-activator/manual-activator/internal/thirdparty"
)

// TestThousandEntries makes a journal of a thousand entries and more on disk, and gives the proof of each, and of its
// growth, to the stranger's checker.
func TestThousandEntries(t *testing.T) {
	ctx := context.Background()
	skey, vkey, err := note.GenerateKey(nil, "example/journal")
	if err != nil {
		t.Fatal(err)
	}
	sign, err1 := note.NewSigner(skey)
	verifier, err2 := note.NewVerifier(vkey)
	key, err3 := thirdparty.ParseKey(vkey)
	if err1 != nil || err2 != nil || err3 != nil {
		t.Fatal(err1, err2, err3)
	}
	s, err := sqlite.Create(ctx, filepath.Join(t.TempDir(), "journal.db"), sqlite.Options{Origin: "example.com/journal", Verifiers: note.VerifierList(verifier)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const licenses = 334
	var kept []journal.Head
	add := func(es ...journal.Entry) {
		t.Helper()
		if _, err := s.Append(ctx, nil, es, sign); err != nil {
			t.Fatal(err)
		}
		h, err := s.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, h)
	}
	add(storetest.Entry(journal.KindLog))
	for l := codes.LicenseNumber(1); l <= licenses; l++ {
		add(storetest.Register(l, 1, fmt.Sprint("PO \"", l, "\" \\"), fmt.Sprint("Müller \x07\n", l)),
			storetest.Request(l, codes.Fingerprint(l), uint32(l), 1, 1),
			storetest.Confirm(l, codes.Fingerprint(l), uint32(l), fmt.Sprint("case ", l)))
	}
	newest := kept[len(kept)-1]
	if newest.Size < 1000 {
		t.Fatalf("have %d entries, want 1,000 or more", newest.Size)
	}
	for i := range newest.Size {
		id := journal.NewEntryID(0, i)
		want, err := s.Entry(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Prove(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		p.Personal = want.Personal
		file := string(p.Text())
		have, err := thirdparty.CheckEntry(file, key)
		if err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
		if have.Index != i || have.Leaf != string(want.Leaf(nil)) || have.Under.Size != newest.Size || have.Under.Hash != newest.Hash || have.Under.Origin != newest.Origin {
			t.Fatalf("entry %d: have %+v", i, have)
		}
		for _, x := range want.Personal {
			if have.Opened[x.Field] != x.Text {
				t.Errorf("entry %d: %s: have %q, want %q", i, x.Field, have.Opened[x.Field], x.Text)
			}
		}
		if forged := strings.Replace(file, "\noperator \"anna\"", "\noperator \"anne\"", 1); forged == file {
			t.Fatal("nothing was forged")
		} else if _, err := thirdparty.CheckEntry(forged, key); err == nil {
			t.Fatalf("entry %d: accepted with another operator", i)
		}
	}
	for _, h := range kept {
		c, err := s.ProveConsistency(ctx, h)
		if err != nil {
			t.Fatal(err)
		}
		newer, err := thirdparty.CheckConsistency(string(c.Text()), string(h.Checkpoint), key)
		if err != nil || newer.Size != newest.Size || newer.Hash != newest.Hash {
			t.Fatalf("from %d entries: have %d, %v, want %d", h.Size, newer.Size, err, newest.Size)
		}
		if len(c.Path) > 0 {
			c.Path[0][0] ^= 1
			if _, err := thirdparty.CheckConsistency(string(c.Text()), string(h.Checkpoint), key); err == nil {
				t.Fatalf("from %d entries: accepted with another path", h.Size)
			}
		}
	}
}
