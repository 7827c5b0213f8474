package batchbench

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/batch"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/codes"
)

// What is made of memory for a row of a dry run, look-ups left out, is made at most ten
// times.
func TestAllocations(t *testing.T) {
	const rows, most = 6000, 10
	o, err := NewOffice(filepath.Join(t.TempDir(), "vendor"), rows, 1, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	var table bytes.Buffer
	if err := o.WriteCSV(&table, rows, 1); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(o.Dir, "journal.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var numbers []codes.LicenseNumber
	o.Rows(rows, 1, func(_ int, r Row) bool {
		if c, err := codes.Parse(r.Text); err == nil {
			numbers = append(numbers, c.Statement().License)
		}
		return true
	})
	whole := func() { // no row waits, so each is looked up once

		in, err := batch.Open(bytes.NewReader(table.Bytes()), batch.CSV)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := batch.Run(t.Context(), o.Session, batch.Job{Input: in, Name: "orders", DryRun: true, Output: io.Discard, Format: batch.CSV}); err != nil {
			t.Fatal(err)
		}
	}
	lookups := func() {
		for some := range slices.Chunk(numbers, 600) {
			if _, err := s.Facts(t.Context(), journal.Wanted{Licenses: some, Since: o.Now.Add(-24 * time.Hour)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	all, lookedUp := testing.AllocsPerRun(2, whole)/rows, testing.AllocsPerRun(2, lookups)/rows
	t.Logf("a row: %.1f in all, %.1f to look it up", all, lookedUp)
	if have := all - lookedUp; have > most {
		t.Errorf("have %.1f allocations a row, want at most %d", have, most)
	}
}

// A small world goes through all of it.
func TestWorld(t *testing.T) {
	o, err := NewOffice(filepath.Join(t.TempDir(), "vendor"), 100, 1, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	want := map[Kind]journal.Verdict{First: journal.OK, Second: journal.Refused, Strange: journal.Refused, Foreign: journal.Refused, Slip: journal.Unreadable}
	var kinds []Kind
	var rows []activator.Row
	o.Rows(120, 7, func(i int, r Row) bool {
		kinds = append(kinds, r.Kind)
		rows = append(rows, activator.Row{Line: i + 1, Text: r.Text, Sum: Sum(i)})
		return true
	})
	i := 0
	for out, err := range o.Session.Batch(context.Background(), func(yield func(activator.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}, activator.BatchOptions{Name: "orders"}) {
		if err != nil {
			t.Fatal(err)
		}
		if v, fixed := want[kinds[i]]; fixed && out.Verdict() != v {
			t.Errorf("row %d of kind %d: have %s (%s), want %s", i, kinds[i], out.Verdict(), out.Reason(), v)
		}
		i++
	}
}
