package activator_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// officeWithTwoBack is an office with the confirmations of two machines of one license.
func officeWithTwoBack(t *testing.T) (o *office, first, second string) {
	t.Helper()
	o = newOffice(t)
	l := o.license(2)
	a, b := o.machine(l, 1), o.machine(l, 2)
	a.activate(1, activator.Decision{})
	b.activate(1, activator.Decision{})
	return o, a.deactivate(2, 0).String(), b.deactivate(2, 0).String()
}

// A confirmation that was accepted before is said to be, and for which case, wherever
// the first one is: in the journal, in the same chunk, or in one before it.
func TestBatchConfirmationForAnotherCase(t *testing.T) {
	for _, chunk := range []int{1, 100} {
		t.Run(fmt.Sprint("chunk ", chunk), func(t *testing.T) {
			o, first, second := officeWithTwoBack(t)
			if _, err := o.Submit(context.Background(), first, activator.Decision{Reference: "case 1"}); err != nil {
				t.Fatal(err)
			}
			of := func(reference string) activator.Decision { return activator.Decision{Reference: reference} }
			rows := []activator.Row{
				{Text: "nothing"},
				{Text: second, Decision: of("case 2")},
				{Text: first, Decision: of("case 3")},
				{Text: second, Decision: of("case 4")},
				{Text: second, Decision: of("case 2")},
			}
			dry := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b", Chunk: chunk, DryRun: true})
			outs := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b", Chunk: chunk})
			for i, want := range []string{2: "case 1", 3: "case 2"} {
				if want != "" && (outs[i].Verdict() != journal.Refused || !strings.Contains(outs[i].Reason(), want)) {
					t.Errorf("row %d: have %s, %s; want it refused, as accepted for %s", i, outs[i].Verdict(), outs[i].Reason(), want)
				}
			}
			for i := range rows {
				if have, want := dry[i].Verdict(), outs[i].Verdict(); have != want {
					t.Errorf("row %d dry: have %s, want %s", i, have, want)
				}
			}
			if have, want := dry[2].Reason(), outs[2].Reason(); have != want {
				t.Errorf("row 2 dry: have %s, want %s", have, want)
			}
		})
	}
}

// While rows are tried out, another desk goes on. Its entries get the numbers that the dry
// run's would have had, and are not taken for those.
func TestDryRunBesideAnotherDesk(t *testing.T) {
	o, first, second := officeWithTwoBack(t)
	done := make(chan bool)
	rows := func(yield func(activator.Row, error) bool) {
		row := activator.Row{Line: 1, Text: second, Decision: activator.Decision{Reference: "case 1"}}
		if !yield(row, nil) {
			return
		}
		<-done
		if _, err := o.Submit(context.Background(), first, activator.Decision{Reference: "case 9"}); err != nil {
			t.Error(err)
		}
		row.Line, row.Decision.Reference = 2, "case 2"
		yield(row, nil)
		row.Line, row.Text = 3, first
		yield(row, nil)
	}
	var outs []activator.RowOutcome
	for out, err := range o.Session.Batch(context.Background(), rows, activator.BatchOptions{Name: "b", Chunk: 1, DryRun: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if outs = append(outs, *out); len(outs) == 1 {
			close(done)
		}
	}
	if len(outs) != 3 || outs[0].Verdict() != journal.OK || outs[1].Verdict() != journal.Refused || strings.Contains(outs[1].Reason(), "case 9") {
		t.Errorf("have %s, and %s: %s; want ok, and refused without the other desk's case", outs[0].Verdict(), outs[1].Verdict(), outs[1].Reason())
	}
	if len(outs) == 3 && !strings.Contains(outs[2].Reason(), "case 9") {
		t.Errorf("have %s, want it refused as accepted for case 9, which the other desk recorded", outs[2].Reason())
	}
}

// A dry run of a batch that was broken off, or is done, tells what a run would: rows that are
// recorded come back, and are not judged as what comes a second time.
func TestDryRunOfRecordedRows(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	a := o.machine(l, 1)
	a.activate(1, activator.Decision{})
	back := a.deactivate(2, 0).String()
	rows := []activator.Row{
		{Text: o.machine(l, 2).request(1).String()}, // waits for the seat
		{Text: back},
		{Text: back}, // without a reference it counts once
		{Text: o.machine(l, 3).request(1).String()},
	}
	source := [32]byte{1}
	ctx := context.Background()
	broken := errors.New("broken off")
	begun := func(yield func(activator.Row, error) bool) {
		for r, err := range rowsOf(rows[:2]) {
			if !yield(r, err) {
				return
			}
		}
		yield(activator.Row{}, broken)
	}
	options := activator.BatchOptions{Name: "b", Source: source, PutAside: true}
	for _, err := range o.Session.Batch(ctx, begun, options) {
		if err != nil && !errors.Is(err, broken) {
			t.Fatal(err)
		}
	}
	said := func(o activator.RowOutcome) string {
		return fmt.Sprint(o.Row.Line, o.Later, o.Before, o.Verdict(), o.Reason())
	}
	both := func(when string) {
		t.Helper()
		options.DryRun = true
		dry := mustBatch(t, o.Session, rows, options)
		options.DryRun = false
		outs := mustBatch(t, o.Session, rows, options)
		for i := range rows {
			if have, want := said(dry[i]), said(outs[i]); have != want {
				t.Errorf("%s, row %d: have %s, want %s", when, i, have, want)
			}
			if dry[i].Entry.Answer != "" {
				t.Errorf("%s, row %d: have the answer %s in a dry run", when, i, dry[i].Entry.Answer)
			}
		}
	}
	both("broken off")
	if err := o.Session.EndBatch(ctx, "b", activator.BatchTotals{}); err != nil {
		t.Fatal(err)
	}
	both("done")
	options.Source, options.DryRun = [32]byte{2}, true // another file, which a run refuses
	if outs := mustBatch(t, o.Session, rows, options); outs[1].Before || outs[1].Verdict() != journal.Refused {
		t.Errorf("another file: have %s, want nothing taken from the batch of its name", said(outs[1]))
	}
}
