package activator_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/internal/batchbench"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

// looks runs a batch to its end, rows that wait included. It returns what became of each row.
func looks(s *activator.Session, rows []activator.Row, o activator.BatchOptions, chosen func(int) bool) ([]activator.RowOutcome, error) {
	var outs []activator.RowOutcome
	var later []activator.Row
	o.PutAside = true
	for out, err := range s.Batch(context.Background(), rowsOf(rows), o) {
		if err != nil {
			return outs, err
		}
		if out.Later {
			later = append(later, *out.Row)
		} else {
			outs = append(outs, *out)
		}
		if chosen != nil && !chosen(len(outs)) {
			return outs, nil
		}
	}
	o.PutAside = false
	for out, err := range s.Batch(context.Background(), rowsOf(later), o) {
		if err != nil {
			return outs, err
		}
		outs = append(outs, *out)
	}
	slices.SortFunc(outs, func(a, b activator.RowOutcome) int { return a.Row.Line - b.Row.Line })
	return outs, nil
}

// TestBatchBesideDesks: whatever another desk does while a batch runs, and a second run of it,
// and a first one that was broken off, each row is answered as one desk would that did all of
// it in the order of the journal. Another desk acts around the batch's calls to the journal;
// goroutines make no two runs alike, but what is demanded holds for each.
func TestBatchBesideDesks(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("50"); err != nil { // each takes a tenth of a second
			t.Fatal(err)
		}
		defer checks.Value.Set(checks.DefValue)
	}
	w := newBesideWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		rows, acts := w.draw(rt)
		for i := range rows {
			rows[i].Line, rows[i].Sum = i+1, batchbench.Sum(i+1)
		}
		chunk := rapid.IntRange(1, 4).Draw(rt, "chunk")
		var when []int
		for range acts {
			when = append(when, rapid.IntRange(2, 2*(len(rows)/chunk+2)).Draw(rt, "when"))
		}
		pauses := rapid.SliceOfN(rapid.IntRange(0, 600), 1, 12).Draw(rt, "pauses")
		stop := rapid.SampledFrom([]int{0, 0, 1, 3, 8}).Draw(rt, "stop after")
		twice := rapid.IntRange(0, 3).Draw(rt, "twice") == 0

		office, plain := w.copyOf(), w.copyOf()
		defer office.desk.Close()
		defer plain.desk.Close()
		begin := office.entries()
		dry, err := looks(office.Session, rows, activator.BatchOptions{Name: "b", DryRun: true, Chunk: chunk, Books: &activator.DryBooks{}}, nil)
		if err != nil {
			rt.Fatal(err)
		}

		other := office.beside()
		defer other.desk.Close()
		var mu sync.Mutex
		calls, failure := 0, error(nil)
		deed := func(i int) {
			s := other.desk.Session(activator.Operator{Name: fmt.Sprint("act ", i)}, "other")
			if err := acts[i].do(s); err != nil {
				failure = errors.Join(failure, fmt.Errorf("%s: %w", acts[i].name, err))
			}
		}
		activator.Watch(office.Session, func(c activator.StoreCall) {
			mu.Lock()
			calls++
			for i := range acts {
				if when[i] == calls {
					deed(i)
				}
			}
			pause := time.Duration(pauses[calls%len(pauses)]) * time.Microsecond
			mu.Unlock()
			time.Sleep(pause)
		})
		var second []activator.RowOutcome
		var wg sync.WaitGroup
		if twice {
			third := office.beside()
			defer third.desk.Close()
			wg.Go(func() {
				var err error
				if second, err = looks(third.Session, rows, activator.BatchOptions{Name: "b", Chunk: chunk + 1}, nil); err != nil {
					mu.Lock()
					failure = errors.Join(failure, err)
					mu.Unlock()
				}
			})
		}
		o := activator.BatchOptions{Name: "b", Chunk: chunk}
		if stop > 0 {
			if _, err := looks(office.Session, rows, o, func(n int) bool { return n < stop }); err != nil {
				rt.Fatal(err)
			}
		}
		outs, err := looks(office.Session, rows, o, nil)
		wg.Wait()
		calls = 1 << 30 // nobody else does anything from now on
		if err = errors.Join(err, failure); err != nil {
			rt.Fatal(err)
		}
		for _, outs := range [][]activator.RowOutcome{outs, second} {
			if outs == nil {
				continue
			}
			totals := activator.BatchTotals{Sum: [32]byte{1}}
			for i := range outs {
				totals.Count(&outs[i])
			}
			if len(outs) != len(rows) {
				rt.Fatalf("have %d outcomes, want %d", len(outs), len(rows))
			}
			if err := office.EndBatch(context.Background(), "b", totals); err != nil {
				rt.Fatal(err)
			}
		}
		if second != nil {
			for i := range outs {
				if a, b := &outs[i], &second[i]; a.Entry.ID != b.Entry.ID || a.Verdict() != b.Verdict() || a.Entry.Answer != b.Entry.Answer || a.Reason() != b.Reason() {
					rt.Errorf("line %d: have %v %s %s and %v %s %s, want the same of both runs", i+1, a.Entry.ID, a.Verdict(), a.Reason(), b.Entry.ID, b.Verdict(), b.Reason())
				}
			}
		}

		replay(rt, office, plain, begin, rows, outs, acts, len(acts) == 0 && !twice)
		for _, l := range w.licenses {
			if have, want := books(rt, office, l), books(rt, plain, l); have != want {
				rt.Errorf("license %v: have\n%s\nwant\n%s", l.Number, have, want)
			}
		}
		if len(acts) == 0 && !twice {
			for i := range dry {
				if have, want := dry[i].Verdict(), outs[i].Verdict(); have != want {
					rt.Errorf("line %d dry: have %s (%s), want %s (%s)", i+1, have, dry[i].Reason(), want, outs[i].Reason())
				}
			}
		}
		if _, err := office.Verify(context.Background()); err != nil {
			rt.Error(err)
		}
	})
}

// replay has one desk do what was done, in the order of the journal, and compares what it
// says with what became of the rows.
func replay(rt *rapid.T, office, plain *office, begin int, rows []activator.Row, outs []activator.RowOutcome, acts []act, alone bool) {
	n, done := 0, map[string]bool{}
	for e, err := range office.Entries(context.Background(), journal.Query{}) {
		if err != nil {
			rt.Fatal(err)
		}
		if n++; n <= begin {
			continue
		}
		switch {
		case strings.HasPrefix(e.Operator, "act "):
			if done[e.Operator] {
				continue
			}
			done[e.Operator] = true
			var i int
			fmt.Sscanf(e.Operator, "act %d", &i)
			if err := acts[i].do(plain.desk.Session(activator.Operator{Name: e.Operator}, "other")); err != nil {
				rt.Fatal(err)
			}
		case e.Kind == journal.KindRefund, e.Kind == journal.KindBatch, e.Kind == journal.KindProduct:
		default:
			row, out := &rows[e.Line-1], &outs[e.Line-1]
			if out.Entry.ID != e.ID {
				rt.Fatalf("line %d: have entry %v, want %v", e.Line, out.Entry.ID, e.ID)
			}
			want, err := plain.Submit(context.Background(), row.Text, row.Decision)
			if err != nil {
				rt.Fatal(err)
			}
			compareRow(rt, alone, out, want)
		}
	}
}

// compareRow compares what became of a row with what a desk says to it.
// What a slip may have been depends on when it was looked for, unless the batch was alone.
func compareRow(t *rapid.T, alone bool, have *activator.RowOutcome, want *activator.Outcome) {
	line := have.Row.Line
	if h, w := have.Entry.Verdict, want.Verdict; h != w {
		t.Errorf("line %d: have %s (%s), want %s (%s)", line, h, have.Reason(), w, want.Reason)
	}
	if h, w := have.Answer(), want.Answer; h != w {
		t.Errorf("line %d: have the answer %v, want %v", line, h, w)
	}
	if h, w := fmt.Sprint(have.Proposals()), fmt.Sprint(want.Report().Proposals); h != w && alone {
		t.Errorf("line %d: have proposals %s, want %s", line, h, w)
	}
	if h, w := have.Reason(), want.Reason; !strings.HasPrefix(h, w) && want.Refund == nil && !slices.ContainsFunc(want.Checks, func(c activator.Check) bool { // another of those that no operator may pass
		return c.Result == activator.Failed && c.Detail == h
	}) {
		t.Errorf("line %d: have the reason %q, want %q", line, h, w)
	}
	if (have.Refund == nil) != (want.Refund == nil) || have.Refund != nil && have.Refund.Verdict != want.Refund.Verdict {
		t.Errorf("line %d: have refund %+v, want %+v", line, have.Refund, want.Refund)
	}
	checks := func(r activator.Report) (s string) {
		for _, c := range r.Checks {
			s += fmt.Sprintf("%s %s: %s\n", c.Result, c.Name, strings.SplitN(c.Detail, ": accepted for", 2)[0])
		}
		return s
	}
	if h, w := checks(have.Report()), checks(want.Report()); h != w && have.Entry.Verdict != journal.Refused && have.Entry.Kind != journal.KindUnreadable {
		t.Errorf("line %d: have\n%s\nwant\n%s", line, h, w)
	}
}

// books are what a journal holds of a license.
func books(t *rapid.T, o *office, l *activator.License) string {
	x, err := o.License(context.Background(), l.Number)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d of %d seats, grants %v\n", x.State, x.Taken, x.Seats, x.Grants)
	for e, err := range o.Entries(context.Background(), journal.Query{License: l.Number}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == journal.KindUnreadable {
			continue
		}
		fmt.Fprintf(&b, "%s %s %s %s", e.Kind, e.Verdict, e.State, e.Answer)
		for _, x := range e.Effects {
			switch x := x.(type) {
			case journal.Claim:
				fmt.Fprintf(&b, " claim %d %x", x.Scope, x.Key)
			default:
				fmt.Fprintf(&b, " %T%v", x, x)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
