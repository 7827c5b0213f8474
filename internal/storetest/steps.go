package storetest

import (
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// What nearly every test of a store does.

// First returns the entries that a journal begins with in a test: license 1 has two seats, and machine 7 has the
// answer of one of them, which is entry 2.
func First() []journal.Entry {
	return []journal.Entry{Entry(journal.KindLog), Register(1, 2, "PO-1", "Ada"), Request(1, 7, 1, 1, 2)}
}

// Append appends entries, whatever the journal has by now, and returns their numbers.
func Append(t testing.TB, s Store, es ...journal.Entry) []journal.EntryID {
	t.Helper()
	ids, err := s.Append(ctx, nil, es, Signer())
	if err != nil {
		t.Fatalf("append: have %v, want no error", err)
	}
	if len(ids) != len(es) {
		t.Fatalf("append: have %d ids, want %d", len(ids), len(es))
	}
	return ids
}

// Verify demands that a whole journal is as its entries and these heads say, and returns the report.
func Verify(t testing.TB, s Store, known ...journal.Head) *journal.Report {
	t.Helper()
	r, err := journal.Verify(ctx, s, Verifiers(), known...)
	if r != nil {
		for _, d := range r.Differences {
			t.Log(d)
		}
	}
	if err != nil {
		t.Fatalf("verify: have %v, want nothing", err)
	}
	return r
}

// WantError demands an error that has all these words in it.
func WantError(t testing.TB, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("have error %v, want one with %q", err, w)
		}
	}
}
