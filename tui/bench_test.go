package tui

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/codes"
)

func orderOf(customer string) activator.Order {
	return activator.Order{Product: "press-studio", Customer: customer, Seats: 1}
}

// entriesInBench is how large the journal of the benchmark is; TUI_BENCH_ENTRIES
// makes it smaller for a quick look.
func entriesInBench(b *testing.B) int {
	n := 1_000_000
	if s := os.Getenv("TUI_BENCH_ENTRIES"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			b.Fatal(err)
		}
	}
	return n
}

// fill writes entries past the desk, in bulk: refused requests of many licenses.
func fill(b *testing.B, d *drive, n int) {
	b.Helper()
	ctx := context.Background()
	var licenses []codes.LicenseNumber
	for at := range 10 {
		var orders []activator.Order
		for i := range 1000 {
			orders = append(orders, activator.Order{Product: "press-studio", Customer: fmt.Sprintf("Customer %c%d Press", 'A'+i%26, at*1000+i), Order: fmt.Sprint("PO-", at*1000+i), Seats: 3})
		}
		ls, err := d.office.Register(ctx, orders...)
		must(b, err)
		for _, l := range ls {
			licenses = append(licenses, l.Number)
		}
	}
	dir := filepath.Join(d.dir, "vendor")
	k, err := keyring.Open(dir, []byte(passphrase))
	must(b, err)
	v, err := note.NewVerifier(k.JournalVerifier())
	must(b, err)
	s, err := sqlite.Open(ctx, filepath.Join(dir, "journal.db"), sqlite.Options{Verifiers: note.VerifierList(v)})
	must(b, err)
	defer s.Close()
	uid := d.product().UID
	r := rand.New(rand.NewPCG(1, 1))
	operators := []string{"anna", "ben", "carla"}
	const bulk = 20_000
	for at := len(licenses); at < n; at += bulk {
		es := make([]journal.Entry, 0, bulk)
		for i := range min(bulk, n-at) {
			st := codes.Statement{Kind: codes.KindRequest, Random: r.Uint32() | 1, Fingerprint: codes.Fingerprint(r.Uint32N(1 << 20)), License: licenses[r.IntN(len(licenses))], Definition: 1}
			e := journal.Entry{
				At: d.now.Add(time.Duration(at+i-n) * 10 * time.Second), Kind: journal.KindRequest, Verdict: journal.Refused, Operator: operators[r.IntN(3)],
				Desk: "front", Via: "terminal", Product: uid, License: st.License, Definition: 1, Machine: true, Fingerprint: st.Fingerprint, Random: st.Random,
				Code: st.Code().String(), State: "current",
				Checks: []journal.Check{{Name: "seat", Result: journal.Failed, Detail: "all 3 seats are taken"}},
			}
			es = append(es, e)
		}
		_, err := s.Append(ctx, nil, es, k.JournalSigner())
		must(b, err)
	}
}

// BenchmarkLargeJournal makes a journal of 1,000,000 entries, once. "keys" presses
// the keys of a working day and measures each: Update and View, the program's own
// work for a frame. The others measure what the journal needs for what the screens
// ask of it, outside of the frame.
func BenchmarkLargeJournal(b *testing.B) {
	d := opened(b)
	n := entriesInBench(b)
	fill(b, d, n)
	b.Run("keys", func(b *testing.B) {
		day := &workday{d: d, b: b}
		_, day.c = d.license(fmt.Sprint("Print Shop Miller ", b.N), 3)
		d.size(160, 50)
		for b.Loop() {
			day.play()
		}
		day.report()
		b.ReportMetric(float64(n), "entries")
	})
	ctx := context.Background()
	j := newJournalRoom(d.m.shared)
	for _, x := range []struct {
		name string
		do   func()
	}{
		{"first page", func() { j.reload()() }},
		{"page of an operator", func() { j.filter = filter{operator: "ben"}; j.reload()() }},
		{"page of a rare kind", func() { j.filter = filter{kind: journal.KindRefund}; j.reload()() }},
		{"slice of a text search", func() { j.filter = filter{}; j.find.set("nowhere"); j.reload()() }},
		{"licenses by a word", func() { _, _, _ = findLicenses(ctx, d.office, "press customer") }},
		{"license by its order", func() { _, _, _ = findLicenses(ctx, d.office, "PO-77") }},
	} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				x.do()
			}
		})
	}
}

// workday presses keys and keeps how long each took.
type workday struct {
	d    *drive
	b    *testing.B
	c    *Customer
	took []time.Duration
}

func (w *workday) press(names ...string) {
	for _, name := range names {
		k := keyNamed(name)
		start := time.Now()
		_, cmd := w.d.m.Update(k)
		_ = w.d.m.View()
		w.took = append(w.took, time.Since(start))
		w.d.do(cmd)
	}
}

func (w *workday) write(text string) {
	for _, r := range text {
		w.press(string(r))
	}
}

// play is a call, a look into the journal, and one into the licenses.
func (w *workday) play() {
	w.press("esc", "f2")
	w.write(w.c.asks(w.b, 1).String())
	w.press("down", "down", "enter", "ctrl+d", "ctrl+d", "ctrl+r", "right", "right", "esc", "f4")
	for range 30 {
		w.press("pgdown")
	}
	w.press("end", "up", "enter", "esc", "home", "ctrl+f", "right", "esc", "f3")
	w.write("customerb")
	w.d.wait(time.Second)
	w.press("down", "pgdown", "enter", "down", "esc", "esc", "f6", "down", "f5", "down", "f2")
	w.d.wait(time.Second)
}

func (w *workday) report() {
	slices.Sort(w.took)
	ms := func(x time.Duration) float64 { return float64(x.Microseconds()) / 1000 }
	w.b.ReportMetric(ms(w.took[len(w.took)/2]), "ms/key-median")
	w.b.ReportMetric(ms(w.took[len(w.took)*99/100]), "ms/key-p99")
	w.b.ReportMetric(ms(w.took[len(w.took)-1]), "ms/key-worst")
}
