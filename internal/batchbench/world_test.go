package batchbench

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

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
