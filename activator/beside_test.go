package activator_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/internal/batchbench"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

// A besideWorld is an office as it was before a batch, and what its customers may send.
type besideWorld struct {
	*office
	licenses []*activator.License
	stories  [][]string // codes of one machine each, in the order in which it makes them
}

// The machines of each license: the first is activated before the batch.
const besideMachines = 3

func newBesideWorld(t *testing.T) *besideWorld {
	w := &besideWorld{office: newOffice(t)}
	var machines []*machine
	for _, seats := range []int{1, 2} {
		l := w.license(seats)
		w.licenses = append(w.licenses, l)
		for n := range besideMachines {
			m := w.machine(l, codes.Fingerprint(n+1))
			if n == 0 {
				m.activate(defRelease, activator.Decision{})
			}
			machines = append(machines, m)
		}
	}
	told := w.copied() // what the machines are answered, whoever does it and when
	for i, m := range machines {
		m.o = told
		w.stories = append(w.stories, m.story(i%besideMachines == 0))
	}
	f, err := os.OpenFile(filepath.Join(w.dir, "products", "press-studio.toml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("\n# changed\n"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), w.desk.Close()); err != nil {
		t.Fatal(err)
	}
	return w
}

// story is what a machine sends in its life.
func (m *machine) story(active bool) (texts []string) {
	ask := func(definition uint8) {
		r := m.request(definition)
		texts = append(texts, r.String())
		out := m.o.submit(r, activator.Decision{Override: "to know what it is told"})
		m.o.want(out, "ok", "")
		m.enter(r, out.Answer, definition)
	}
	back := func(definition uint8) {
		c := m.deactivate
		if definition == defCheckIn {
			c = func(d, _ uint8) codes.Code { return m.checkIn(d) }
		}
		d := c(definition, 0)
		texts = append(texts, d.String())
		m.o.want(m.o.submit(d, activator.Decision{Override: "to know it"}), "ok", "")
	}
	if !active {
		ask(defRelease)
	}
	stranger := m.copied()
	stranger.key = m.lk.Deactivated(m.uid, m.statement(codes.KindConfirmation, 2, 0))
	again := m.copied()
	again.key = m.lk
	ask(defFeature)
	back(defCheckIn)
	back(2)
	ask(3)
	texts = append(texts, stranger.request(defFeature).String(), again.request(defRelease).String())
	back(2)
	return texts
}

// copied is another office with the same folder, as it is now.
func (o *office) copied() *office {
	o.t.Helper()
	if err := o.desk.Close(); err != nil {
		o.t.Fatal(err)
	}
	c := o.copyOf()
	o.open()
	return c
}

// copyOf is another office with a copy of the folder, which nobody has open.
func (o *office) copyOf() *office {
	c := &office{t: o.t, dir: filepath.Join(o.t.TempDir(), "vendor"), heads: o.t.TempDir(), now: o.now}
	if err := os.CopyFS(c.dir, os.DirFS(o.dir)); err != nil {
		o.t.Fatal(err)
	}
	for _, secret := range []string{"identity.age", "keyring.age"} { // copied as anybody's to read
		if err := os.Chmod(filepath.Join(c.dir, secret), 0o600); err != nil {
			o.t.Fatal(err)
		}
	}
	c.open()
	return c
}

// beside is a second desk on the same folder.
func (o *office) beside() *office {
	c := &office{t: o.t, dir: o.dir, heads: o.t.TempDir(), now: o.now}
	c.open()
	return c
}

// An act is what another desk does, in the name of an operator of its own.
type act struct {
	name string
	do   func(s *activator.Session) error
}

// submits is another desk's answer to a code.
func submits(text string, d activator.Decision) act {
	return act{fmt.Sprintf("submits %s %+v", text, d), func(s *activator.Session) error {
		_, err := s.Submit(context.Background(), text, d)
		return err
	}}
}

func changes(c activator.Change) act {
	return act{fmt.Sprintf("changes %+v", c), func(s *activator.Session) error {
		_, err := s.Change(context.Background(), c)
		return err
	}}
}

// draw draws what customers send, and what another desk does meanwhile.
func (w *besideWorld) draw(t *rapid.T) (rows []activator.Row, acts []act) {
	at := make([]int, len(w.stories))
	text := func() string {
		n := rapid.IntRange(0, len(w.stories)-1).Draw(t, "machine")
		story := w.stories[n]
		switch rapid.IntRange(0, 9).Draw(t, "which") {
		case 0: // again
			return story[rapid.IntRange(0, len(story)-1).Draw(t, "step")]
		case 1: // a slip
			return strings.Replace(story[min(at[n], len(story)-1)], "-", "-x", 1)
		}
		s := story[min(at[n], len(story)-1)]
		at[n]++
		return s
	}
	reference := func() string { return rapid.SampledFrom([]string{"", "", "case 1", "case 2"}).Draw(t, "reference") }
	refund := func(text string) string {
		if c, err := codes.Parse(text); err != nil || c.Kind() != codes.KindConfirmation {
			return ""
		}
		return rapid.SampledFrom([]string{"", "", "", "case 1"}).Draw(t, "refund")
	}
	for range rapid.IntRange(4, 12).Draw(t, "rows") {
		text := text()
		rows = append(rows, activator.Row{Text: text, Decision: activator.Decision{Reference: reference(), Refund: refund(text)}})
	}
	for range rapid.IntRange(0, 4).Draw(t, "acts") {
		l := w.licenses[rapid.IntRange(0, len(w.licenses)-1).Draw(t, "license")].Number
		fp := codes.Fingerprint(rapid.IntRange(1, besideMachines).Draw(t, "machine"))
		seats := rapid.IntRange(1, 3).Draw(t, "seats")
		acts = append(acts, rapid.SampledFrom([]func() act{
			func() act {
				text := text()
				return submits(text, activator.Decision{Reference: reference(), Refund: refund(text)})
			},
			func() act { return submits(text(), activator.Decision{Reference: reference()}) },
			func() act { return submits(text(), activator.Decision{Override: "he insists"}) },
			func() act { return changes(activator.Change{Kind: activator.RevokeLicense, License: l, Reason: "r"}) },
			func() act { return changes(activator.Change{Kind: activator.RestoreLicense, License: l, Reason: "r"}) },
			func() act {
				return changes(activator.Change{Kind: activator.RefundLicense, License: l, Reference: "R", Override: "o"})
			},
			func() act {
				return changes(activator.Change{Kind: activator.AmendLicense, License: l, Seats: &seats, Reason: "r"})
			},
			func() act {
				return changes(activator.Change{Kind: activator.AmendLicense, License: l, Grants: &product.Grants{Definitions: []uint8{defRelease}}, Reason: "r"})
			},
			func() act {
				return changes(activator.Change{Kind: activator.MachineGone, License: l, Fingerprint: &fp, Reason: "r", Override: "o"})
			},
		}).Draw(t, "act")())
	}
	return rows, acts
}

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

// TestBatchBesideDesks: whatever another desk does while a batch runs, each row is answered
// as one desk would that did all of it in the order of the journal.
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

		// The same at one desk, in the order of the journal.
		n, done, products := 0, map[string]bool{}, 0
		for e, err := range office.Entries(context.Background(), journal.Query{}) {
			if err != nil {
				rt.Fatal(err)
			}
			if n++; n <= begin {
				continue
			}
			if e.Kind == journal.KindProduct {
				products++
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
				compareRow(rt, len(acts) == 0 && !twice, out, want)
			}
		}
		if products > 1 && len(acts) == 0 && !twice {
			rt.Errorf("have %d entries about the product's file, want one", products)
		}
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

// compareRow compares what became of a row with what a desk says to it.
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
