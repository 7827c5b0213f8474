package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

func TestNoFormulas(t *testing.T) {
	have := noFormulas([]string{"", "Miller", "=HYPERLINK(1)", "+1", "-2", "@x", "\tx", "4711", "a=b", "＝1", "a;=1", "a; \"@x", "a;b-c"}, ';')
	want := []string{"", "Miller", "'=HYPERLINK(1)", "'+1", "'-2", "'@x", "'\tx", "4711", "a=b", "'＝1", "a;'=1", "a; \"'@x", "a;b-c"}
	if !slices.Equal(have, want) {
		t.Errorf("have %q, want %q", have, want)
	}
}

// exported are n entries of a customer with a name of his own choice.
func exported(n int, name string) func(yield func(journal.Entry, error) bool) {
	return func(yield func(journal.Entry, error) bool) {
		for i := range n {
			e := journal.Entry{ID: journal.NewEntryID(0, uint64(i)), At: time.Unix(int64(i), 0), Kind: journal.KindLicense, Verdict: journal.OK,
				Operator: "anna", Desk: "front", Via: "command", License: 1, Personal: []journal.Personal{{Field: journal.FieldCustomer, Text: name}},
				Effects: []journal.Effect{journal.SetLicense{New: true, Number: 1, Product: codes.UID{1}, Seats: 1, State: journal.Live}}}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// TestExportHarmless exports a name with control characters, and one that is a formula in a second column for some.
func TestExportHarmless(t *testing.T) {
	const name = "=cmd\n\x1b[2J\u202e;=1+1,\r\"\x00\u0085"
	for _, format := range []string{"csv", "jsonl"} {
		var b bytes.Buffer
		if n, err := export(&b, exported(2, name), nil, format); err != nil || n != 2 {
			t.Fatalf("have %d entries, %v, want 2", n, err)
		}
		lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
		if want := map[string]int{"csv": 3, "jsonl": 2}[format]; len(lines) != want {
			t.Errorf("%s: have %d lines, want %d:\n%s", format, len(lines), want, b.String())
		}
		for _, r := range strings.ReplaceAll(b.String(), "\n", "") {
			if unicode.IsControl(r) {
				t.Errorf("%s: have the control character %U", format, r)
			}
		}
		if format == "jsonl" {
			continue
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if have, want := rows[1][15], `'=cmd\n\x1b[2J\u202e;'=1+1,\r"\x00\u0085`; have != want {
			t.Errorf("customer: have %q, want %q", have, want)
		}
	}
}

// counter counts what is written, and notes how much memory is in use at most.
type counter struct {
	bytes int
	peak  uint64
}

func (c *counter) Write(b []byte) (int, error) {
	if c.bytes += len(b); c.bytes>>20 != (c.bytes-len(b))>>20 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.peak = max(c.peak, m.HeapAlloc)
	}
	return len(b), nil
}

// TestExportFlat exports much more than may be in memory at once.
func TestExportFlat(t *testing.T) {
	for _, format := range []string{"csv", "jsonl"} {
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		var w counter
		if _, err := export(&w, exported(150_000, strings.Repeat("x", 500)), nil, format); err != nil {
			t.Fatal(err)
		}
		const most = 32 << 20
		if grown := int64(w.peak) - int64(before.HeapAlloc); w.bytes < 3*most/2 || grown > most {
			t.Errorf("%s: have %s of memory in use for %s, want at most %s", format, mib(grown), mib(int64(w.bytes)), mib(most))
		}
	}
}

func mib(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }
