package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/storetest"
)

// TestErasedIsGone looks for erased texts in the bytes of the store's files, after many were written and split pages.
func TestErasedIsGone(t *testing.T) {
	s, path := newJournal(t)
	const secret = "Zaphod Beeblebrox"
	for i := range 400 {
		l := codes.LicenseNumber(100 + i)
		storetest.Append(t, s, storetest.Register(l, 1, fmt.Sprint("P-", i), fmt.Sprint(secret, " ", i)), storetest.Confirm(l, 5, uint32(i), fmt.Sprint(secret, " case ", i)))
	}
	inFiles := func() (found []string) {
		for _, name := range []string{path, path + "-wal", path + "-shm", path + "-journal", path + ".lock"} {
			b, err := os.ReadFile(name)
			if err == nil && (bytes.Contains(b, []byte("Zaphod")) || bytes.Contains(b, []byte("zaphod")) || bytes.Contains(b, []byte("beeblebrox"))) {
				found = append(found, name)
			}
		}
		return found
	}
	if len(inFiles()) == 0 {
		t.Fatal("the text is in no file before it is erased")
	}
	h, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	e := storetest.Entry(journal.KindRedact)
	runs := []journal.Run{{First: 3, Last: h.Size - 1}}
	e.Effects = []journal.Effect{journal.Erase{Field: journal.FieldCustomer, Origin: h.Origin, Runs: runs}, journal.Erase{Field: "reference", Origin: h.Origin, Runs: runs}}
	storetest.Append(t, s, e)
	if err := s.Clean(ctx); err != nil {
		t.Fatal(err)
	}
	if found := inFiles(); len(found) > 0 {
		t.Errorf("after erasing: the text is in %q", found)
	}
	storetest.Verify(t, s)
	storetest.Append(t, s, storetest.Request(1, 9, 9, 2, 2)) // it goes on working
	storetest.Verify(t, s)
}

// TestCleanBusy: while another program reads, the file cannot be made clean, and that must be said.
func TestCleanBusy(t *testing.T) {
	s, path := newJournal(t)
	other, err := Open(ctx, path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	snap, err := other.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := snap.Logs(func(journal.LogRow) error { return nil }); err != nil { // it sees this moment from now on
		t.Fatal(err)
	}
	if err := run(s, "PRAGMA busy_timeout=100"); err != nil {
		t.Fatal(err)
	}
	if err := s.Clean(ctx); err == nil || !strings.Contains(err.Error(), "another program is reading it") {
		t.Errorf("have %v, want an error that says who is in the way", err)
	}
	snap.Close()
	if err := s.Clean(ctx); err != nil {
		t.Error(err)
	}
}
