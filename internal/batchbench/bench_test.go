package batchbench

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/batch"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/codes"
)

// rowsEnv is how many rows the benchmarks have; each benchmark is one run over all of
// them, so give -benchtime 1x.
const rowsEnv = "ACTIVATOR_BATCH_ROWS"

var rowCount = func() int {
	if n, err := strconv.Atoi(os.Getenv(rowsEnv)); err == nil {
		return n
	}
	return 20_000
}()

var dropWorld = func() {}

// world is an office with a table of rows for it, made once.
var world = sync.OnceValues(func() (w struct {
	office *Office
	table  []byte
	rows   []string
}, err error) {
	dir, err := os.MkdirTemp("", "batchbench")
	if err != nil {
		return w, err
	}
	dropWorld = func() {
		if w.office != nil {
			w.office.Close()
		}
		os.RemoveAll(dir)
	}
	if w.office, err = NewOffice(filepath.Join(dir, "vendor"), rowCount, 1, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)); err != nil {
		return w, err
	}
	w.office.Rows(rowCount, 1, func(_ int, r Row) bool {
		w.rows = append(w.rows, r.Text)
		return true
	})
	var b bytes.Buffer
	err = w.office.WriteCSV(&b, rowCount, 1)
	w.table = b.Bytes()
	return w, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	dropWorld()
	os.Exit(code)
}

// perRow reports a benchmark by rows. cpu-ns/row holds on a machine that others use
// too; the clock does not.
func perRow(b *testing.B, rows int, cpu time.Duration) {
	b.ReportMetric(float64(cpu.Nanoseconds())/float64(b.N*rows), "cpu-ns/row")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
	b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLoop decodes each row, derives its key, checks its tag, makes an answer and
// spells it: one goroutine, nothing else.
func BenchmarkLoop(b *testing.B) {
	w, err := world()
	if err != nil {
		b.Fatal(err)
	}
	master := codes.NewMaster(make([]byte, 32))
	uid := w.office.uid
	out := 0
	b.ReportAllocs()
	b.ResetTimer()
	start := spent()
	for range b.N {
		for _, text := range w.rows {
			c, err := codes.Parse(text)
			if err != nil {
				continue // a slip
			}
			s := c.Statement()
			t := master.LicenseKey(uid, s.License).Stretch(uid, s.License).Tagger()
			if t.StatementTag(uid, w.office.release, 1, s) == s.Tag {
				b.Fatal("a tag of another vendor fits")
			}
			tag := t.AnswerTag(codes.Terms{UID: uid, License: s.License, Release: w.office.release, Definition: 1, Fingerprint: s.Fingerprint, Random: s.Random})
			out += len(codes.Answer{Day: 1000, Tag: tag}.Code().String())
		}
	}
	perRow(b, len(w.rows), spent()-start)
}

// BenchmarkLookups reads license, seats and claims of each row, a thousand at once, with
// the customer's name, as a desk does. (A batch leaves the name out.)
func BenchmarkLookups(b *testing.B) { lookups(b, 1000) }

func lookups(b *testing.B, atOnce int) {
	w, err := world()
	if err != nil {
		b.Fatal(err)
	}
	s, err := sqlite.Open(context.Background(), filepath.Join(w.office.Dir, "journal.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var numbers []codes.LicenseNumber
	for _, text := range w.rows {
		if c, err := codes.Parse(text); err == nil {
			numbers = append(numbers, c.Statement().License)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	start := spent()
	for range b.N {
		for i := 0; i < len(numbers); i += atOnce {
			want := journal.Wanted{Licenses: numbers[i:min(i+atOnce, len(numbers))], Since: w.office.Now.Add(-24 * time.Hour)}
			if _, err := s.Facts(context.Background(), want); err != nil {
				b.Fatal(err)
			}
		}
	}
	perRow(b, len(w.rows), spent()-start)
}

// BenchmarkLookupsSingly reads the same, one row after the other, as a desk does that
// answers code by code.
func BenchmarkLookupsSingly(b *testing.B) { lookups(b, 1) }

// BenchmarkCSV reads the table.
func BenchmarkCSV(b *testing.B) {
	w, err := world()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	start := spent()
	for range b.N {
		n, err := batch.CountRows(bytes.NewReader(w.table))
		if err != nil || n != len(w.rows) {
			b.Fatalf("have %d rows, %v, want %d", n, err, len(w.rows))
		}
	}
	perRow(b, len(w.rows), spent()-start)
}

// run answers the table in a copy of the office.
func run(b *testing.B, dry bool, after func(*Office)) {
	w, err := world()
	if err != nil {
		b.Fatal(err)
	}
	if dry { // as the command does
		defer debug.SetGCPercent(debug.SetGCPercent(400))
	}
	b.ReportAllocs()
	b.ResetTimer()
	var cpu time.Duration
	for i := range b.N {
		b.StopTimer()
		o := w.office
		if !dry {
			if o, err = w.office.Copy(filepath.Join(b.TempDir(), fmt.Sprint("vendor", i))); err != nil {
				b.Fatal(err)
			}
		}
		if err := o.Desk.Unlock(); err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		start := spent()
		b.StartTimer()
		in, err := batch.Open(bytes.NewReader(w.table), batch.CSV)
		if err != nil {
			b.Fatal(err)
		}
		sum, err := batch.Run(context.Background(), o.Session, batch.Job{
			Input: in, Name: "orders", DryRun: dry, Output: io.Discard, Format: batch.CSV,
			Scratch: func() (batch.Scratch, error) { return os.CreateTemp(b.TempDir(), "scratch") },
		})
		b.StopTimer()
		cpu += spent() - start
		if err != nil || sum.Rows != len(w.rows) {
			b.Fatalf("have %d rows, %v, want %d", sum.Rows, err, len(w.rows))
		}
		if i == 0 {
			b.Logf("%+v", sum.Progress)
		}
		if !dry {
			if after != nil {
				after(o)
			}
			o.Close()
		}
		b.StartTimer()
	}
	perRow(b, len(w.rows), cpu)
}

// BenchmarkDryRun decides on the whole table and records nothing.
func BenchmarkDryRun(b *testing.B) { run(b, true, nil) }

// BenchmarkJournaled answers the whole table.
func BenchmarkJournaled(b *testing.B) { run(b, false, nil) }

// BenchmarkDeskBeside answers codes at a desk of its own while the table is answered,
// and reports how long an answer takes.
func BenchmarkDeskBeside(b *testing.B) {
	w, err := world()
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for i := range b.N {
		b.StopTimer()
		o, err := w.office.Copy(filepath.Join(b.TempDir(), fmt.Sprint("vendor", i)))
		if err != nil {
			b.Fatal(err)
		}
		desk := *o
		if err := desk.Reopen(); err != nil {
			b.Fatal(err)
		}
		in, err := batch.Open(bytes.NewReader(w.table), batch.CSV)
		if err != nil {
			b.Fatal(err)
		}
		done := make(chan error, 1)
		b.StartTimer()
		go func() {
			_, err := batch.Run(context.Background(), o.Session, batch.Job{Input: in, Name: "orders", Output: io.Discard, Format: batch.CSV})
			done <- err
		}()
		for n, running := len(w.rows)-1, true; running; n-- {
			start := time.Now()
			if _, err := desk.Session.Submit(context.Background(), w.rows[n], activator.Decision{}); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
			select {
			case err := <-done:
				if err != nil {
					b.Fatal(err)
				}
				running = false
			case <-time.After(20 * time.Millisecond):
			}
		}
		b.StopTimer()
		desk.Close()
		o.Close()
	}
	slices.Sort(took)
	for name, share := range map[string]float64{"p50-ms": 0.5, "p95-ms": 0.95, "p99-ms": 0.99, "max-ms": 1} {
		b.ReportMetric(float64(took[min(len(took)-1, int(share*float64(len(took))))].Microseconds())/1000, name)
	}
	b.ReportMetric(float64(len(took)), "answers")
}

// BenchmarkStore appends the entries that a journaled run makes, a thousand at once,
// to a journal that has the same licenses.
func BenchmarkStore(b *testing.B) {
	ctx := context.Background()
	w, err := world()
	if err != nil {
		b.Fatal(err)
	}
	o, err := w.office.Copy(filepath.Join(b.TempDir(), "vendor"))
	if err != nil {
		b.Fatal(err)
	}
	defer o.Close()
	in, err := batch.Open(bytes.NewReader(w.table), batch.CSV)
	if err != nil {
		b.Fatal(err)
	}
	before, err := o.Session.Head(ctx)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := batch.Run(ctx, o.Session, batch.Job{Input: in, Name: "orders"}); err != nil {
		b.Fatal(err)
	}
	old, es := entriesAround(b, o.Session, before)
	b.ReportAllocs()
	b.ResetTimer()
	var cpu time.Duration
	for i := range b.N {
		b.StopTimer()
		s, signer := newStore(b, fmt.Sprint("journal", i))
		appendAll(b, s, old, signer, 1000)
		runtime.GC()
		start := spent()
		b.StartTimer()
		appendAll(b, s, es, signer, 1000)
		b.StopTimer()
		cpu += spent() - start
		s.Close()
		b.StartTimer()
	}
	perRow(b, len(w.rows), cpu)
}

// entriesAround are the entries of a journal before and after a head that it had.
func entriesAround(t testing.TB, s *activator.Session, head journal.Head) (before, after []journal.Entry) {
	t.Helper()
	for e, err := range s.Entries(context.Background(), journal.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.ID.Index() < head.Size {
			before = append(before, e)
		} else {
			after = append(after, e)
		}
	}
	return before, after
}

// newStore makes an empty journal, and the key that signs its heads.
func newStore(t testing.TB, name string) (*sqlite.Store, note.Signer) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "bench.example/key")
	if err != nil {
		t.Fatal(err)
	}
	signer, err1 := note.NewSigner(skey)
	verifier, err2 := note.NewVerifier(vkey)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	o := sqlite.Options{Origin: "bench.example/journal", Verifiers: note.VerifierList(verifier)}
	s, err := sqlite.Create(context.Background(), filepath.Join(t.TempDir(), name), o)
	if err != nil {
		t.Fatal(err)
	}
	return s, signer
}

// appendAll appends entries, so many at once.
func appendAll(t testing.TB, s journal.Store, es []journal.Entry, sign journal.Signer, atOnce int) {
	t.Helper()
	for some := range slices.Chunk(es, atOnce) {
		if _, err := s.Append(context.Background(), nil, some, sign); err != nil {
			t.Fatal(err)
		}
	}
}
