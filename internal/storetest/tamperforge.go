package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// forge rewrites the journal with every hash computed anew, as somebody who lacks the key.
func forge(t *testing.T, r *rand.Rand, f Factory, known journal.Head) {
	skey, _, err := note.GenerateKey(nil, Signer().Name())
	if err != nil {
		t.Fatal(err)
	}
	other, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change
		alter func([]journal.Entry)
	}{
		{change{name: "an entry changed, signed by another key", want: "head of log"}, func(es []journal.Entry) { es[100].Operator = "ben" }},
		{change{name: "an entry changed, old head kept", query: "UPDATE logs SET checkpoint = $1 WHERE own = 1", args: []any{known.Checkpoint},
			want: "entries 0 to 645: do not give the tree hash"}, func(es []journal.Entry) { es[100].Operator = "ben" }},
	} {
		dir := t.TempDir()
		victim(t, f, dir, other, note.VerifierList(anyKey{other}), c.alter)
		if c.query != "" {
			raw, err := f.Raw(dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := raw.Exec(c.query, c.args...); err != nil {
				t.Fatal(err)
			}
			raw.Close()
		}
		wantFound(t, f, dir, c.change)
		c.want = "" // whatever comes first
		wantFound(t, f, dir, c.change, known)
		s, err := f.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Append(ctx, nil, []journal.Entry{Entry(journal.KindBackup)}, Signer()); err == nil {
			t.Errorf("%s: append went on with the forged log", c.name)
		}
		s.Close()
	}
	forgeRandomly(t, r, f, other, known)
	formerState(t, f)
}

// victimEntries is how many entries a victim has before others are brought in.
const victimEntries = 643

// alterations are what somebody who lacks the key may want to have been otherwise.
var alterations = []func(e *journal.Entry){
	func(e *journal.Entry) { e.Operator += "x" },
	func(e *journal.Entry) { e.At = e.At.Add(-1e9) },
	func(e *journal.Entry) { e.Verdict = journal.Refused },
	func(e *journal.Entry) { e.State = "earlier" },
	func(e *journal.Entry) { e.Code += "2" },
	func(e *journal.Entry) { e.Detail = "x" },
	func(e *journal.Entry) { e.Checks = append(e.Checks, journal.Check{Name: "x", Result: journal.Passed}) },
	func(e *journal.Entry) { e.Personal = append(e.Personal, journal.Personal{Field: "reason", Text: "x"}) },
	func(e *journal.Entry) { e.Personal = nil },
	func(e *journal.Entry) { e.Effects = nil },
}

// forgeRandomly rewrites the whole journal with one entry otherwise and all hashes computed anew: by a key of its own,
// with the true head put back, and with a former true head.
func forgeRandomly(t *testing.T, r *rand.Rand, f Factory, other note.Signer, known journal.Head) {
	for range 20 * *Large {
		which, how := r.IntN(victimEntries-1)+1, r.IntN(len(alterations))
		dir := t.TempDir()
		changed := false
		_, err := makeVictim(f, dir, other, note.VerifierList(anyKey{other}), func(es []journal.Entry) {
			before := string(es[which].Leaf(nil))
			alterations[how](&es[which])
			changed = es[which].Valid() == nil && string(es[which].Leaf(nil)) != before
		})
		if err != nil || !changed {
			continue // no desk would have let it through, or it changes nothing
		}
		c := change{name: fmt.Sprintf("entry %d forged (%d), all computed anew", which, how), want: "head of log"}
		wantFound(t, f, dir, c)
		wantFound(t, f, dir, change{name: c.name + ", compared with a head kept elsewhere"}, known)
		raw, err := f.Raw(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := raw.Exec("UPDATE logs SET checkpoint = $1 WHERE own = 1", known.Checkpoint); err != nil {
			t.Fatal(err)
		}
		raw.Close()
		at := uint64(which)
		wantFound(t, f, dir, change{name: c.name + ", the true head put back", want: "entries 0 to", entry: &at})
	}
}

// formerState puts back a true former state: its signature is good, and only the head kept elsewhere tells.
func formerState(t *testing.T, f Factory) {
	dir := t.TempDir()
	s, err := f.Create(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	Append(t, s, Entry(journal.KindLog), Register(1, 1, "", ""))
	s.Close()
	old := t.TempDir()
	if err := f.Copy(dir, old); err != nil {
		t.Fatal(err)
	}
	if s, err = f.Open(dir); err != nil {
		t.Fatal(err)
	}
	Append(t, s, Request(1, 5, 5, 1, 1))
	newest := mustHead(t, s)
	s.Close()
	if s, err = f.Open(old); err != nil {
		t.Fatal(err)
	}
	Verify(t, s)
	s.Close()
	wantFound(t, f, old, change{name: "former state put back", want: "entry 2: missing: the head kept elsewhere has 3 entries, this log 2"}, newest)
	if s, err = f.Open(old); err != nil {
		t.Fatal(err)
	}
	if err := s.Extends(ctx, newest); !errors.As(err, new(*journal.TamperedError)) {
		t.Errorf("former state put back: quick look: have %v, want *TamperedError", err)
	}
	Append(t, s, Entry(journal.KindBackup), Entry(journal.KindBackup))
	if err := s.Extends(ctx, newest); !errors.As(err, new(*journal.TamperedError)) {
		t.Errorf("former state put back and gone on with: quick look: have %v, want *TamperedError", err)
	}
	s.Close()
	wantFound(t, f, old, change{name: "former state put back and gone on with", want: "do not give the tree hash of the head kept elsewhere"}, newest)
}

// anyKey verifies nothing: it stands for a thief's own program.
type anyKey struct{ note.Signer }

func (anyKey) Verify(msg, sig []byte) bool { return true }
