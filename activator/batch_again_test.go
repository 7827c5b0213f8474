package activator_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// A confirmation that was accepted before is said to be, and for which case, wherever
// the first one is: in the journal, in the same chunk, or in one before it.
func TestBatchConfirmationForAnotherCase(t *testing.T) {
	for _, chunk := range []int{1, 100} {
		t.Run(fmt.Sprint("chunk ", chunk), func(t *testing.T) {
			o := newOffice(t)
			l := o.license(2)
			a, b := o.machine(l, 1), o.machine(l, 2)
			a.activate(1, activator.Decision{})
			b.activate(1, activator.Decision{})
			first, second := a.deactivate(2, 0).String(), b.deactivate(2, 0).String()
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
	o := newOffice(t)
	l := o.license(2)
	a, b := o.machine(l, 1), o.machine(l, 2)
	a.activate(1, activator.Decision{})
	b.activate(1, activator.Decision{})
	first, second := a.deactivate(2, 0).String(), b.deactivate(2, 0).String()
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
