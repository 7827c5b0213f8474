package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/storetest"
)

func TestReadOnlyCopy(t *testing.T) {
	s, path := newJournal(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	storetest.Append(t, s, storetest.Request(1, 8, 2, 2, 2))
	o := options()
	o.ReadOnly = true
	for file, size := range map[string]uint64{copied: 3, path: 4} { // the second is in use
		r, err := Open(ctx, file, o)
		if err != nil {
			t.Fatal(err)
		}
		if h, err := r.Head(ctx); err != nil || h.Size != size {
			t.Errorf("%s: have %d entries, %v, want %d", file, h.Size, err, size)
		}
		storetest.Verify(t, r)
		_, err = r.Append(ctx, nil, []journal.Entry{storetest.Entry(journal.KindBackup)}, storetest.Signer())
		storetest.WantError(t, err, "for reading only")
		r.Close()
	}
	files, err := os.ReadDir(filepath.Dir(copied))
	if err != nil || len(files) != 1 {
		t.Errorf("folder of the copy: have %d files, %v, want 1", len(files), err)
	}
}

// TestRestoredBackup goes on from a copy with a log of its own; the lost entries' numbers are not used again.
func TestRestoredBackup(t *testing.T) {
	s, _ := newJournal(t)
	draw := storetest.Entry(journal.KindPool)
	draw.Effects = []journal.Effect{journal.AddPool{Product: storetest.UID, Numbers: []codes.LicenseNumber{90, 91}}}
	storetest.Append(t, s, draw)
	pool := journal.Wanted{Pool: &journal.PoolWanted{Product: storetest.UID, Count: 9}, Licenses: []codes.LicenseNumber{1}}
	if seen, err := s.Facts(ctx, pool); err != nil || len(seen.Pool) != 2 {
		t.Errorf("pool: have %+v, %v, want 2 numbers", seen, err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	lost := storetest.Append(t, s, storetest.Request(1, 8, 2, 2, 2))
	old, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(ctx, copied, options())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	before, err := r.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	storetest.WantError(t, r.OpenLog(ctx, storetest.Origin), "take another origin")
	seen, err := r.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{1}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if err := r.OpenLog(ctx, "storetest.example/restored"); err != nil {
			t.Fatal(err)
		}
	}
	_, err = r.Append(ctx, seen, []journal.Entry{storetest.Entry(journal.KindLog)}, storetest.Signer())
	if !errors.As(err, new(*journal.StaleError)) {
		t.Errorf("facts from before the new log: have %v, want *StaleError", err)
	}
	ids := storetest.Append(t, r, storetest.Entry(journal.KindLog), storetest.Request(1, 9, 3, 2, 2))
	if seen, err := r.Facts(ctx, pool); err != nil || len(seen.Pool) != 0 || seen.PoolSize != 0 {
		t.Errorf("pool of the old log: have %+v, %v, want none to hand out: the lost entries may have", seen, err)
	}
	if ids[1] != journal.NewEntryID(1, 1) || ids[1] == lost[0] {
		t.Errorf("have entries %v, want them in log 1", ids)
	}
	_, err = r.Append(ctx, nil, []journal.Entry{storetest.Request(1, 7, 1, 1, 2)}, storetest.Signer())
	var taken *journal.TakenError
	if !errors.As(err, &taken) || taken.Entry != 2 {
		t.Errorf("an answer of the old log again: have %v, want it taken by entry 2", err)
	}
	report := storetest.Verify(t, r, before)
	if len(report.Heads) != 2 || report.Entries != 6 {
		t.Errorf("report: have %d heads, %d entries, want 2, 6", len(report.Heads), report.Entries)
	}
	if _, err := journal.Verify(ctx, r, storetest.Verifiers(), old); err == nil {
		t.Error("the head of the lost entry: have no error, want the cut named")
	}
	var have []string
	for e, err := range r.Entries(ctx, journal.Query{Newest: true}) {
		if err != nil {
			t.Fatal(err)
		}
		have = append(have, e.ID.String())
	}
	if want := "1/1 1/0 3 2 1 0"; strings.Join(have, " ") != want {
		t.Errorf("newest first: have %v, want %v", have, want)
	}
}

// TestBackupWhileWriting copies while another goroutine appends.
func TestBackupWhileWriting(t *testing.T) {
	s, _ := newJournal(t)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for i := uint32(2); ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := s.Append(ctx, nil, []journal.Entry{storetest.Request(1, 8, i, 0, 0)}, storetest.Signer()); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range 5 {
		copied := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := s.Backup(ctx, copied); err != nil {
			t.Fatal(err)
		}
		r, err := Open(ctx, copied, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		storetest.Verify(t, r)
		r.Close()
	}
	close(stop)
	wg.Wait()
	storetest.Verify(t, s)
}
