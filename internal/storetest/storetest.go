// Package storetest is the suite that every journal.Store must pass: the rules, uniqueness, staleness, races,
// reopening, a model that predicts every answer, tampering, and processes killed in the middle of appends.
package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Large makes the tests that can be made longer so many times longer.
var Large = flag.Int("journal.large", 1, "how many times longer the journal's random, race and kill tests are")

// Seed is what the random changes of the tamper test are drawn from: the same ones in every run, so that a run says of the
// code alone, unless another seed is given to look for more.
var Seed = flag.Uint64("journal.seed", 20261122, "what the journal's random changes are drawn from; 0 draws a seed")

// Origin is the name of the own log of every store that Factory.Create makes.
const Origin = "storetest.example/journal"

// Store is what is tested.
type Store interface {
	journal.Store
	journal.Snapshotter
}

// Factory opens stores of the kind that is tested.
type Factory struct {
	// Create makes a new store in an empty folder, with Origin, and keys or, for nil, Verifiers.
	Create func(dir string, keys note.Verifiers) (Store, error)

	// Open opens it again, with Verifiers.
	Open func(dir string) (Store, error)

	// Copy copies a closed store to an empty folder, and Raw opens the tables of a closed one, past all guards. Where
	// they are nil, the tamper test is skipped.
	Copy func(from, to string) error
	Raw  func(dir string) (Raw, error)

	// SlowCopy says that Copy takes long: then there are fewer random changes.
	SlowCopy bool

	// Child is the command line of a process that calls the function Child; nil for a store that is not to be killed.
	Child func(t testing.TB, dir string) []string
}

// Raw changes the tables of a store as somebody with the file in hand can. No constraint or trigger stands in its
// way, and after Close everything of the kind is as before.
type Raw interface {
	Exec(query string, args ...any) (changed int64, err error)
	Count(table string) (int, error)
	Close() error

	// Bytes writes a constant of bytes, given in hexadecimal digits; Joined has bytes joined by || be bytes; Replaced
	// replaces a text within a column of bytes.
	Bytes(hex string) string
	Joined(expression string) string
	Replaced(column, from, to string) string
}

var signer, verifier = func() (note.Signer, note.Verifier) {
	// A fixed key: child processes need the same.
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), "storetest.example/key")
	if err != nil {
		panic(err)
	}
	s, err1 := note.NewSigner(skey)
	v, err2 := note.NewVerifier(vkey)
	if err1 != nil || err2 != nil {
		panic(fmt.Sprint("storetest: key: ", err1, err2))
	}
	return s, v
}()

// Signer returns the key that heads are signed with.
func Signer() journal.Signer { return signer }

// Verifiers returns the key that heads are verified with.
func Verifiers() note.Verifiers { return note.VerifierList(verifier) }

// Run runs the whole suite.
func Run(t *testing.T, f Factory) {
	t.Run("rules", func(t *testing.T) { rules(t, f) })
	t.Run("facts", func(t *testing.T) { facts(t, f) })
	t.Run("foreseen", func(t *testing.T) { foreseen(t, f) })
	t.Run("lines", func(t *testing.T) { lines(t, f) })
	t.Run("stale", func(t *testing.T) { stale(t, f) })
	t.Run("queries", func(t *testing.T) { queries(t, f) })
	t.Run("heads", func(t *testing.T) { heads(t, f) })
	t.Run("signers", func(t *testing.T) { signers(t, f) })
	t.Run("merge", func(t *testing.T) { merge(t, f) })
	t.Run("races", func(t *testing.T) { races(t, f) })
	t.Run("backup", func(t *testing.T) { backup(t, f) })
	t.Run("proofs", func(t *testing.T) { proofs(t, f) })
	t.Run("erasing", func(t *testing.T) { erasing(t, f) })
	t.Run("model", func(t *testing.T) { model(t, f) })
	t.Run("tamper", func(t *testing.T) { tamper(t, f) })
	t.Run("kills", func(t *testing.T) { kills(t, f) })
}

var ctx = context.Background()

// create opens a new store with its first entry, and verifies it when the test ends.
func create(t testing.TB, f Factory) (Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := f.Create(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if again, err := f.Open(dir); err != nil {
			t.Error(err)
		} else {
			Verify(t, again)
			again.Close()
		}
	})
	Append(t, s, Entry(journal.KindLog))
	return s, dir
}

// UID is the product of the test's licenses.
var UID = codes.UID{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// Entry returns an entry without effects.
func Entry(k journal.Kind) journal.Entry {
	return journal.Entry{At: start, Kind: k, Verdict: journal.OK, Operator: "anna", Desk: "front", Via: "test"}
}

// Register returns an entry that registers a license.
func Register(l codes.LicenseNumber, seats int, order, customer string) journal.Entry {
	e := Entry(journal.KindLicense)
	e.License, e.Product = l, UID
	e.Effects = []journal.Effect{journal.SetLicense{New: true, Number: l, Product: UID, Seats: seats, State: journal.Live,
		Order: order, Grants: "1,2", Release: 3}}
	if customer != "" {
		e.Personal = []journal.Personal{{Field: journal.FieldCustomer, Salt: [16]byte{1, byte(l)}, Text: customer}}
	}
	return e
}

// Request returns an entry that answers a request and takes a seat, as a desk writes them.
func Request(l codes.LicenseNumber, fp codes.Fingerprint, random uint32, slot, limit int) journal.Entry {
	s := codes.Statement{Kind: codes.KindRequest, Random: max(1, random), Fingerprint: fp, License: l, Definition: 1, Tag: uint64(random)}
	answer := codes.Answer{Day: 1100, Parameter: 1, Tag: uint64(random) << 20}.Code().String()
	e := Entry(journal.KindRequest)
	e.Product, e.License, e.Definition = UID, l, 1
	e.Machine, e.Fingerprint, e.Random = true, fp, random
	e.State, e.Code, e.Answer = "license only", s.Code().String(), answer
	e.Checks = []journal.Check{
		{Name: "genuine", Result: journal.Passed, Detail: "under the serial number's key"},
		{Name: "seats", Result: journal.Passed, Detail: fmt.Sprintf("seat %d of %d", slot, limit)},
		{Name: "limits", Result: journal.NotApplicable},
	}
	e.Effects = []journal.Effect{journal.Claim{License: l, Scope: journal.ScopeAnswer, Key: journal.AnswerKey(fp, random, 1), Value: []byte(answer)}}
	if slot > 0 {
		e.Effects = append(e.Effects, journal.TakeSeat{License: l, Fingerprint: fp, Slot: slot, Limit: limit})
	}
	return e
}

// Confirm returns an entry that accepts a deactivation confirmation code and frees the machine's seat.
func Confirm(l codes.LicenseNumber, fp codes.Fingerprint, random uint32, reference string) journal.Entry {
	s := codes.Statement{Kind: codes.KindConfirmation, Random: max(1, random), Fingerprint: fp, License: l, Definition: 2, Tag: uint64(random)}
	e := Entry(journal.KindConfirmation)
	e.Product, e.License, e.Definition = UID, l, 2
	e.Machine, e.Fingerprint, e.Random = true, fp, random
	e.State, e.Code = "current", s.Code().String()
	var salt [16]byte
	binary.BigEndian.PutUint32(salt[:], random)
	e.Personal = []journal.Personal{{Field: "reference", Salt: salt, Text: reference}}
	e.Effects = []journal.Effect{
		journal.Claim{License: l, Scope: journal.ScopeConfirmation, Key: journal.ConfirmationKey(fp, random)},
		journal.FreeSeat{License: l, Fingerprint: fp},
	}
	return e
}

// random returns what a test draws from, and logs its seed.
func random(t *testing.T) *rand.Rand {
	seed := *Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

func intent(r *rand.Rand) (b [16]byte) {
	binary.BigEndian.PutUint64(b[:], r.Uint64())
	binary.BigEndian.PutUint64(b[8:], r.Uint64()|1)
	return b
}
