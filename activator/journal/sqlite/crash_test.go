package sqlite

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/internal/storetest"
)

// TestTornWrites takes the files as a power cut may leave them: the end of the WAL missing, or full of other bytes.
// What is opened then is a former state, whole: some last appends may be gone, no half of one is there.
func TestTornWrites(t *testing.T) {
	s, path := newJournal(t)
	sizes := map[uint64]bool{3: true}
	var known journal.Head
	for i := range uint32(30) {
		es := make([]journal.Entry, 1+i%5)
		for j := range es {
			es[j] = storetest.Request(1, 8, 2+i*10+uint32(j), 0, 0)
		}
		storetest.Append(t, s, es...)
		h, err := s.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		sizes[h.Size] = true
		known = h
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(path + "-wal")
	if err != nil || len(wal) < 10_000 {
		t.Fatalf("WAL: have %d bytes, %v, want some more", len(wal), err)
	}
	found := map[uint64]bool{}
	for try := range 40 * *storetest.Large {
		at := rand.IntN(len(wal))
		torn := append([]byte(nil), wal[:at]...)
		if try%2 == 1 {
			for range len(wal) - at {
				torn = append(torn, byte(rand.Uint32()))
			}
		}
		again := filepath.Join(t.TempDir(), "journal.db")
		if err := errors.Join(os.WriteFile(again, file, 0o600), os.WriteFile(again+"-wal", torn, 0o600)); err != nil {
			t.Fatal(err)
		}
		r, err := Open(ctx, again, options())
		if err != nil {
			// Even the tables may have been in the WAL alone.
			if at < 100_000 && strings.Contains(err.Error(), "journal") {
				continue
			}
			t.Fatalf("WAL torn at %d of %d: %v", at, len(wal), err)
		}
		h, err := r.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if h.Size != 0 && !sizes[h.Size] {
			t.Errorf("WAL torn at %d of %d: have %d entries, which no append left", at, len(wal), h.Size)
		}
		found[h.Size] = true
		storetest.Verify(t, r)
		if _, err := journal.Verify(ctx, r, storetest.Verifiers(), known); (err == nil) != (h.Size == known.Size) {
			t.Errorf("WAL torn at %d of %d, %d of %d entries: with the last head: have %v", at, len(wal), h.Size, known.Size, err)
		}
		if h.Size > 0 {
			storetest.Append(t, r, storetest.Entry(journal.KindBackup))
			storetest.Verify(t, r)
		}
		r.Close()
	}
	if len(found) < 5 {
		t.Errorf("have %d different states, want more: the test tests little", len(found))
	}
}

func TestCancelled(t *testing.T) {
	s, _ := newJournal(t)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	_, err1 := s.Append(gone, nil, []journal.Entry{storetest.Entry(journal.KindBackup)}, storetest.Signer())
	_, err2 := s.Facts(gone, journal.Wanted{})
	_, err3 := journal.Verify(gone, s, storetest.Verifiers())
	var err4 error
	for _, err4 = range s.Entries(gone, journal.Query{}) {
	}
	for i, err := range []error{err1, err2, err3, err4} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d: have %v, want the cancellation", i+1, err)
		}
	}
	if r := storetest.Verify(t, s); r.Entries != 3 {
		t.Errorf("have %d entries, want 3", r.Entries)
	}
	s.Close()
	if _, err := s.Facts(ctx, journal.Wanted{}); err == nil {
		t.Error("facts of a closed store: have no error")
	}
	if _, err := s.Append(ctx, nil, []journal.Entry{storetest.Entry(journal.KindBackup)}, storetest.Signer()); err == nil {
		t.Error("append to a closed store: have no error")
	}
}
