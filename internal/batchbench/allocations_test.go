package batchbench

import (
	"bytes"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/batch"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/codes"
)

// mostAllocations is how often memory may be made for a row, what the database takes for
// its look-ups and its entries left out.
const mostAllocations = 10

const allocationRows = 6000

// allocations is how often memory was made while f ran, by row.
func allocations(f func()) float64 {
	runtime.GC() // so that no goroutine of it runs beside f
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / allocationRows
}

// allocationOffice is an office with a table for it.
func allocationOffice(t *testing.T) (*Office, []byte) {
	t.Helper()
	o, err := NewOffice(filepath.Join(t.TempDir(), "vendor"), allocationRows, 1, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	var table bytes.Buffer
	if err := o.WriteCSV(&table, allocationRows, 1); err != nil {
		t.Fatal(err)
	}
	return o, table.Bytes()
}

// answer runs a table through; no row waits, so each is looked up once. It returns for how
// many of them the entry is looked up that accepted the same code.
func answer(t *testing.T, s *activator.Session, table []byte, dry bool) (again int) {
	t.Helper()
	in, err := batch.Open(bytes.NewReader(table), batch.CSV)
	if err != nil {
		t.Fatal(err)
	}
	each := func(o *activator.RowOutcome) {
		if o.Entry.Kind == journal.KindConfirmation && o.Entry.Verdict == journal.Refused {
			again++
		}
	}
	if _, err := batch.Run(t.Context(), s, batch.Job{Input: in, Name: "orders", DryRun: dry, Output: io.Discard, Format: batch.CSV, Each: each}); err != nil {
		t.Fatal(err)
	}
	return again
}

// lookUps is how often memory is made while the office's rows are looked up, as many at
// once as in a batch, and entries of so many licenses, each by itself.
func lookUps(t *testing.T, o *Office, entries int) float64 {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(o.Dir, "journal.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var numbers []codes.LicenseNumber
	o.Rows(allocationRows, 1, func(_ int, r Row) bool {
		if c, err := codes.Parse(r.Text); err == nil {
			numbers = append(numbers, c.Statement().License)
		}
		return true
	})
	all := func() {
		for some := range slices.Chunk(numbers, 600) {
			if _, err := s.Facts(t.Context(), journal.Wanted{Licenses: some, Since: o.Now.Add(-24 * time.Hour), Nameless: true}); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range numbers[:entries] {
			f, err := s.Facts(t.Context(), journal.Wanted{Licenses: []codes.LicenseNumber{n}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Entry(t.Context(), f.Licenses[n].License.Entry); err != nil {
				t.Fatal(err)
			}
		}
	}
	all() // which prepares the statements
	return allocations(all)
}

func wantFew(t *testing.T, all, database float64) {
	t.Helper()
	t.Logf("a row: %.1f in all, %.1f of them the database's", all, database)
	if have := all - database; have > mostAllocations {
		t.Errorf("have %.1f allocations a row, want at most %d", have, mostAllocations)
	}
}

func TestAllocationsOfDryRun(t *testing.T) {
	o, table := allocationOffice(t)
	answer(t, o.Session, table, true)
	all := allocations(func() { answer(t, o.Session, table, true) })
	wantFew(t, all, lookUps(t, o, 0))
}

func TestAllocationsOfRecordedRun(t *testing.T) {
	o, table := allocationOffice(t)
	before, err := o.Session.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again := answer(t, o.Session, table, true)
	lookedUp := lookUps(t, o, again)
	all := allocations(func() { answer(t, o.Session, table, false) })
	old, es := entriesAround(t, o.Session, before)
	var leaves journal.Encoder
	for i := range es { // as a batch makes them, beside the store
		if err := leaves.Encode(&es[i]); err != nil {
			t.Fatal(err)
		}
	}
	s, signer := newStore(t, "bare")
	defer s.Close()
	appendAll(t, s, old, signer, 600)
	wantFew(t, all, lookedUp+allocations(func() { appendAll(t, s, es, signer, 600) }))
}
