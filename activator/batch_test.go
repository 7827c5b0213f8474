package activator_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/batchbench"
)

var batchDay = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// rowsOf numbers rows and gives each the hash that stands for its place.
func rowsOf(rows []activator.Row) iter.Seq2[activator.Row, error] {
	return func(yield func(activator.Row, error) bool) {
		for i, r := range rows {
			if r.Line == 0 {
				r.Line = i + 1
			}
			if r.Sum == [32]byte{} {
				r.Sum = batchbench.Sum(r.Line)
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func mustBatch(t *testing.T, s *activator.Session, rows []activator.Row, o activator.BatchOptions) []activator.RowOutcome {
	t.Helper()
	var outs []activator.RowOutcome
	for out, err := range s.Batch(context.Background(), rowsOf(rows), o) {
		if err != nil {
			t.Fatal(err)
		}
		outs = append(outs, *out)
	}
	if len(outs) != len(rows) {
		t.Fatalf("have %d outcomes, want %d", len(outs), len(rows))
	}
	return outs
}

func batchOffice(t *testing.T, licenses int) *batchbench.Office {
	t.Helper()
	o, err := batchbench.NewOffice(filepath.Join(t.TempDir(), "vendor"), licenses, 1, batchDay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o
}

func batchRows(o *batchbench.Office, n int, seed uint64) []activator.Row {
	var rows []activator.Row
	o.Rows(n, seed, func(i int, r batchbench.Row) bool {
		row := activator.Row{Text: r.Text}
		if r.Kind == batchbench.GiveBack && i%2 == 0 {
			row.Decision.Reference = fmt.Sprint("case ", i)
		}
		rows = append(rows, row)
		return true
	})
	return rows
}

// A batch decides as the desk does, row after row, whatever its chunks are.
func TestBatchAsTheDesk(t *testing.T) {
	ctx := context.Background()
	desk := batchOffice(t, 120)
	rows := batchRows(desk, 300, 3)
	var want []*activator.Outcome
	for _, chunk := range []int{1, 7, 100, 1000} {
		o, err := desk.Copy(filepath.Join(t.TempDir(), "vendor"))
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		if want == nil {
			plain, err := desk.Copy(filepath.Join(t.TempDir(), "vendor"))
			if err != nil {
				t.Fatal(err)
			}
			defer plain.Close()
			for _, r := range rows {
				out, err := plain.Session.Submit(ctx, r.Text, r.Decision)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, out)
			}
		}
		t.Run(fmt.Sprint("chunk ", chunk), func(t *testing.T) {
			dry := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "orders", DryRun: true, Chunk: chunk})
			outs := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "orders", Chunk: chunk})
			counts := map[journal.Verdict]int{}
			for i, out := range outs {
				counts[out.Verdict()]++
				if have, want := out.Verdict(), want[i].Verdict; have != want {
					t.Errorf("row %d: have %s (%s), want %s", i, have, out.Reason(), want)
				}
				if have, want := out.Reason(), want[i].Reason; have != want {
					t.Errorf("row %d: have the reason %q, want %q", i, have, want)
				}
				if have, want := out.Answer(), want[i].Answer; have != want {
					t.Errorf("row %d: have the answer %v, want %v", i, have, want)
				}
				if have, want := fmt.Sprint(out.Proposals()), fmt.Sprint(want[i].Report().Proposals); have != want {
					t.Errorf("row %d: have proposals %s, want %s", i, have, want)
				}
				if e := out.Entry; e.Batch != "orders" || e.Line != i+1 || e.Operator != "anna" {
					t.Errorf("row %d: have line %d of batch %q by %q, want line %d of orders by anna", i, e.Line, e.Batch, e.Operator, i+1)
				}
				if have, want := dry[i].Verdict(), out.Verdict(); have != want || !dry[i].Answer().IsZero() {
					t.Errorf("row %d dry: have %s with %v, want %s without an answer", i, have, dry[i].Answer(), want)
				}
				if have, want := fmt.Sprintf("%s %+v", dry[i].Reason(), dry[i].Entry.Checks), fmt.Sprintf("%s %+v", out.Reason(), out.Entry.Checks); have != want {
					t.Errorf("row %d dry: have %s, want %s", i, have, want)
				}
			}
			if counts["ok"] < 100 || counts["refused"] < 10 || counts["repeat"] < 5 {
				t.Errorf("have %v, want some of each", counts)
			}
			for i, again := range mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "orders"}) {
				if !again.Before || again.Entry.ID != outs[i].Entry.ID || again.Reason() != outs[i].Reason() || again.Verdict() != outs[i].Verdict() {
					t.Errorf("row %d again: have %v %s, want %v %s", i, again.Entry.ID, again.Reason(), outs[i].Entry.ID, outs[i].Reason())
				}
			}
			if _, err := o.Session.Verify(ctx); err != nil {
				t.Error(err)
			}
		})
	}
}

// What a batch was made of cannot be exchanged under it.
func TestBatchChangedInput(t *testing.T) {
	o := batchOffice(t, 20)
	rows := batchRows(o, 20, 1)
	mustBatch(t, o.Session, rows[:10], activator.BatchOptions{Name: "orders"})
	rows[4].Text = rows[5].Text
	rows[4].Sum[0] = 9
	var changed *activator.ChangedInputError
	n := 0
	for _, err := range o.Session.Batch(context.Background(), rowsOf(rows), activator.BatchOptions{Name: "orders"}) {
		if err != nil {
			if !errors.As(err, &changed) || changed.Line != 5 {
				t.Fatalf("changed line 5: have %v, want an error about line 5", err)
			}
			break
		}
		n++
	}
	if changed == nil {
		t.Fatalf("changed line 5: have %d outcomes, want an error", n)
	}
	for _, err := range o.Session.Batch(context.Background(), rowsOf(rows[10:]), activator.BatchOptions{Name: "orders", Source: [32]byte{1}}) {
		if err != nil {
			t.Fatalf("the input's hash was not known when it began: have %v, want it taken", err)
		}
	}
}

// Rows that were decided in a chunk that cannot be recorded do not come out.
func TestBatchNothingUnrecorded(t *testing.T) {
	o := batchOffice(t, 20)
	rows := batchRows(o, 10, 1)
	for i := range rows {
		rows[i].Line = i + 1
	}
	mustBatch(t, o.Session, rows[4:], activator.BatchOptions{Name: "orders"})
	rows[4].Sum = batchbench.Sum(99)
	for out, err := range o.Session.Batch(context.Background(), rowsOf(rows), activator.BatchOptions{Name: "orders"}) {
		var changed *activator.ChangedInputError
		switch {
		case err == nil:
			t.Errorf("line %d: have it come out with entry %v, want nothing of a chunk that was not recorded", out.Row.Line, out.Entry.ID)
		case !errors.As(err, &changed) || changed.Line != 5:
			t.Errorf("have %v, want an error about line 5", err)
		}
	}
}

// Two runs of one batch and a desk at the same time: each row is recorded once, and
// both runs tell the same.
func TestBatchTwice(t *testing.T) {
	o := batchOffice(t, 200)
	rows := batchRows(o, 400, 5)
	ctx := context.Background()
	var wg sync.WaitGroup
	outs := make([][]activator.RowOutcome, 3)
	for i := range outs {
		wg.Go(func() {
			if i == 2 { // the desk, in the other direction
				for n := len(rows) - 1; n >= 0; n -= 3 {
					if _, err := o.Session.Submit(ctx, rows[n].Text, activator.Decision{}); err != nil {
						t.Error(err)
					}
				}
				return
			}
			for out, err := range o.Session.Batch(ctx, rowsOf(rows), activator.BatchOptions{Name: "orders", Chunk: 9 + i}) {
				if err != nil {
					t.Error(err)
					return
				}
				outs[i] = append(outs[i], *out)
			}
		})
	}
	wg.Wait()
	if len(outs[0]) != len(rows) || len(outs[1]) != len(rows) {
		t.Fatalf("have %d and %d outcomes, want %d", len(outs[0]), len(outs[1]), len(rows))
	}
	for i := range rows {
		a, b := &outs[0][i], &outs[1][i]
		if a.Entry.ID != b.Entry.ID || a.Verdict() != b.Verdict() || a.Entry.Answer != b.Entry.Answer {
			t.Errorf("row %d: have entries %v %s and %v %s, want the same", i, a.Entry.ID, a.Verdict(), b.Entry.ID, b.Verdict())
		}
	}
	if _, err := o.Session.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// A seat that a later row gives back is there at the second look.
func TestBatchSecondLook(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	old, fresh, third := o.machine(l, 1), o.machine(l, 2), o.machine(l, 3)
	old.activate(1, activator.Decision{})
	rows := []activator.Row{
		{Text: fresh.request(1).String()},
		{Text: third.request(1).String()},
		{Text: old.deactivate(2, 0).String(), Decision: activator.Decision{Reference: "case 1"}},
	}
	first := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b", PutAside: true})
	if !first[0].Later || !first[1].Later || first[2].Later || first[2].Verdict() != journal.OK {
		t.Fatalf("first look: have %v %v %v, want the requests put aside", first[0].Later, first[1].Later, first[2].Later)
	}
	// A run that is killed now, and one after it, put the same rows aside.
	if again := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b", PutAside: true}); !again[0].Later || !again[1].Later || !again[2].Before {
		t.Fatalf("first look again: have %v %v, want the same rows put aside", again[0].Later, again[1].Later)
	}
	rows[0].Line, rows[1].Line = 1, 2
	second := mustBatch(t, o.Session, rows[:2], activator.BatchOptions{Name: "b"})
	if second[0].Verdict() != journal.OK || second[1].Verdict() != journal.Refused {
		t.Fatalf("second look: have %s and %s, want ok and refused: one seat came free", second[0].Verdict(), second[1].Verdict())
	}
	for i, again := range mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b", PutAside: true}) {
		if !again.Before || again.Later {
			t.Errorf("row %d once all is done: have it decided again, want the first outcome", i)
		}
	}
}

// A row may ask for the refund; it is recorded with the confirmation, or refused by
// itself.
func TestBatchRefund(t *testing.T) {
	o := newOffice(t)
	l, two := o.license(1), o.license(2)
	m := o.machine(l, 1)
	m.activate(1, activator.Decision{})
	a, b := o.machine(two, 1), o.machine(two, 2)
	a.activate(1, activator.Decision{})
	b.activate(1, activator.Decision{})
	rows := []activator.Row{
		{Text: m.deactivate(2, 0).String(), Decision: activator.Decision{Refund: "credit 7"}},
		{Text: a.deactivate(2, 0).String(), Decision: activator.Decision{Refund: "credit 8"}},
	}
	for run := range 2 {
		outs := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "refunds"})
		if outs[0].Verdict() != journal.OK || outs[0].Refund == nil {
			t.Errorf("run %d: have %s (%s), want the refund recorded", run, outs[0].Verdict(), outs[0].Reason())
		}
		if outs[1].Entry.Verdict != journal.OK || outs[1].Verdict() != journal.Refused {
			t.Errorf("run %d: have %s, %s (%s), want it confirmed and not refunded", run, outs[1].Entry.Verdict, outs[1].Verdict(), outs[1].Reason())
		}
		if r := outs[1].Report(); r.Refund == nil || r.Refund.Verdict != journal.Refused || r.Refund.Entry == "" {
			t.Errorf("run %d: have the report %+v, want a refused refund in it", run, r.Refund)
		}
	}
	got, err := o.License(context.Background(), l.Number)
	if err != nil || got.State != journal.Refunded {
		t.Errorf("license: have %v, %v, want it refunded", got, err)
	}
}

// The mailbox came before the refunds team's list: its rows are refused, since a code counts
// once, and say what is left to do.
func TestBatchRefundAfterwards(t *testing.T) {
	o := newOffice(t)
	m := o.machine(o.license(1), 1)
	m.activate(1, activator.Decision{})
	d := m.deactivate(2, 0).String()
	mustBatch(t, o.Session, []activator.Row{{Text: d}}, activator.BatchOptions{Name: "mails"})
	outs := mustBatch(t, o.Session, []activator.Row{{Text: d, Decision: activator.Decision{Refund: "credit 7"}}, {Text: d, Decision: activator.Decision{Reference: "case 1"}}}, activator.BatchOptions{Name: "refunds"})
	for i, want := range []bool{true, false} {
		if have := strings.Contains(outs[i].Reason(), "without a reference; if its refund is still to be recorded"); outs[i].Verdict() != journal.Refused || have != want {
			t.Errorf("row %d: have %s (%s), want it refused, with what to do about the refund: %v", i, outs[i].Verdict(), outs[i].Reason(), want)
		}
	}
}

// A request is not answered by a row that closes its license.
func TestBatchRefundOfRequest(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	rows := []activator.Row{{Text: o.machine(l, 1).request(1).String(), Decision: activator.Decision{Refund: "credit 7"}}}
	out := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b"})[0]
	if out.Verdict() != journal.Refused || out.Refund != nil || out.Report().ActivationCode != "" || !strings.Contains(out.Reason(), "column refund") {
		t.Errorf("have %s (%s), %+v, want it refused and no code given", out.Verdict(), out.Reason(), out.Report())
	}
	if got, err := o.License(context.Background(), l.Number); err != nil || got.State != journal.Live {
		t.Errorf("license: have %v, %v, want it live", got, err)
	}
}

// A mistake of a row is refused and recorded, with its code, and quotes nothing.
func TestBatchMistakes(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	seven := uint32(7)
	rows := []activator.Row{
		{Text: o.machine(l, 1).request(1).String(), Mistake: "the column definition does not hold a number", Quoted: `"John"`},
		{Text: "", Mistake: "the row has 2 fields, want 3"},
		{Text: o.machine(l, 2).request(1).String(), Decision: activator.Decision{Parameter: &seven}},
		{Text: o.machine(l, 3).request(1).String(), Decision: activator.Decision{Reference: "a\nb"}},
		{Text: l.Serial.String()},
		{Text: "nothing\x00 \xff at all"},
	}
	outs := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b"})
	for i, want := range []journal.Verdict{"refused", "unreadable", "refused", "refused", "refused", "unreadable"} {
		if outs[i].Verdict() != want || outs[i].Reason() == "" {
			t.Errorf("row %d: have %s (%s), want %s with a reason", i, outs[i].Verdict(), outs[i].Reason(), want)
		}
	}
	if have, want := outs[0].Reason(), `the column definition does not hold a number: "John"`; have != want {
		t.Errorf("reason: have %q, want %q", have, want)
	}
	for e, err := range o.Entries(context.Background(), journal.Query{Batch: "b"}) {
		if err != nil {
			t.Fatal(err)
		}
		if leaf := string(e.Leaf(nil)); strings.Contains(leaf, "John") || strings.Contains(leaf, "\x00") || strings.Contains(leaf, l.Serial.String()) {
			t.Errorf("entry %v: have %s, want nothing of the row's words in it", e.ID, leaf)
		}
	}
	st, err := o.BatchState(context.Background(), "b")
	if err != nil || st.LastLine != 6 || st.Done {
		t.Errorf("state: have %+v, %v, want 6 lines and no end", st, err)
	}
}

// The totals of a batch are recorded once, and hold.
func TestBatchEnd(t *testing.T) {
	o := batchOffice(t, 10)
	ctx := context.Background()
	if _, err := o.Session.BatchState(ctx, "b"); !errors.Is(err, activator.ErrNoBatch) {
		t.Fatalf("no batch yet: have %v, want %v", err, activator.ErrNoBatch)
	}
	rows := batchRows(o, 12, 1)
	var totals activator.BatchTotals
	for _, out := range mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b", Source: [32]byte{5}}) {
		totals.Count(&out)
	}
	for range 2 {
		if err := o.Session.EndBatch(ctx, "b", totals); err != nil {
			t.Fatal(err)
		}
	}
	st, err := o.Session.BatchState(ctx, "b")
	if err != nil || !st.Done || st.Totals != totals || st.Source != [32]byte{5} || st.Operator != "anna" {
		t.Fatalf("state: have %+v, %v, want it done with %+v", st, err, totals)
	}
	totals.OK++
	if err := o.Session.EndBatch(ctx, "b", totals); err == nil {
		t.Error("other totals: have them taken, want an error")
	}
	for _, err := range o.Session.Batch(ctx, rowsOf(append(rows, rows...)), activator.BatchOptions{Name: "b"}) {
		if err != nil {
			return
		}
	}
	t.Error("more rows after the end: have them taken, want an error")
}

// Texts with slips are looked at by several clerks at once, each after all other rows: none
// looks at what becomes of another one (which the race detector tells).
func TestBatchManySlips(t *testing.T) {
	o := batchOffice(t, 200)
	rows := batchRows(o, 200, 9)
	slips := 0
	for i := 0; i < len(rows); i += 3 {
		text := []byte(rows[i].Text)
		text[2], text[3] = text[3], text[2]
		if _, err := codes.Parse(string(text)); err != nil {
			rows[i].Text = string(text)
			slips++
		}
	}
	unreadable, proposed := 0, 0
	for _, out := range mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "slips"}) {
		if out.Verdict() == journal.Unreadable {
			unreadable++
		}
		if len(out.Proposals()) > 0 {
			proposed++
		}
	}
	if unreadable < slips || proposed < slips/2 {
		t.Errorf("have %d rows unreadable, and proposals for %d, want %d slips, and proposals for most", unreadable, proposed, slips)
	}
}
