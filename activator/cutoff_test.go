package activator

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	mathrand "math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/postgres/pgtest"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

var cuts = flag.Int("activator.cuts", 8, "how often TestCutOff cuts the database off")

// shown is what a desk showed somebody.
type shown struct {
	entry   journal.EntryID
	kind    journal.Kind
	license codes.LicenseNumber
	verdict journal.Verdict
	text    string // the code that was answered, or the confirmation
	random  uint32
}

// TestCutOff has three desks of a team work while their database is cut off again and again: connections are killed,
// or the server is, as by a power cut. Everything that was shown is in the journal, nothing is there twice, no seat is
// above the limit, and the journal verifies.
func TestCutOff(t *testing.T) {
	ctx := context.Background()
	server := pgtest.New(t)
	name, err := server.Database()
	if err != nil {
		t.Fatal(err)
	}
	pass := []byte("a passphrase for tests")
	setup := Setup{Vendor: "V", Operator: "anna", WorkFactor: 10, Passphrase: pass, Now: time.Now, Rand: rand.Reader}
	front := setup
	front.Dir, front.Desk, front.Journal = filepath.Join(t.TempDir(), "front"), "front", server.URL(name)
	if err := Init(ctx, front); err != nil {
		t.Fatal(err)
	}
	heads := t.TempDir()
	open := func(dir string) *Desk {
		d, err := Open(ctx, Config{Dir: dir, Unlock: func() ([]byte, error) { return bytes.Clone(pass), nil }, Now: time.Now, Rand: rand.Reader, Heads: heads})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	desks := []*Desk{open(front.Dir)}
	for _, name := range []string{"back", "night"} {
		s := setup
		s.Dir, s.Desk = filepath.Join(t.TempDir(), name), name
		if err := Join(ctx, s, front.Dir); err != nil {
			t.Fatal(err)
		}
		desks = append(desks, open(s.Dir))
	}
	var orders []Order
	for i := range 300 {
		orders = append(orders, Order{Product: "press-studio", Customer: "Print Shop", Order: fmt.Sprint(i), Seats: 2})
	}
	licenses, err := desks[0].Session(Operator{Name: "anna"}, "test").Register(ctx, orders...)
	if err != nil {
		t.Fatal(err)
	}

	var all []shown
	var mu sync.Mutex
	var unsure atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i, d := range desks {
		wg.Go(func() {
			c := customer{t: t, desk: d, session: d.Session(Operator{Name: fmt.Sprint("op-", i)}, "test"), licenses: licenses}
			for {
				select {
				case <-stop:
					return
				default:
				}
				s, err := c.call(ctx)
				var forGood *journal.LostError
				switch {
				case errors.As(err, &forGood):
					unsure.Add(1)
				case err != nil:
					t.Errorf("desk %s: %v", d.Name(), err)
					return
				default:
					mu.Lock()
					all = append(all, s)
					mu.Unlock()
				}
			}
		})
	}
	for n := range *cuts {
		time.Sleep(time.Duration(50+mathrand.IntN(200)) * time.Millisecond)
		if n%4 < 3 {
			if err := server.Exec("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'"); err != nil {
				t.Fatal(err)
			}
			continue
		}
		server.Kill()
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
	}
	for done := map[journal.Kind]bool{}; len(done) < 2 && !t.Failed(); time.Sleep(10 * time.Millisecond) { // on a slow machine calls go through only now
		mu.Lock()
		for _, s := range all {
			if s.verdict == journal.OK {
				done[s.kind] = true
			}
		}
		mu.Unlock()
	}
	close(stop)
	wg.Wait()

	s := desks[0].Session(Operator{Name: "anna"}, "test")
	report, err := s.Verify(ctx)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	answers, confirmed := map[string]journal.EntryID{}, map[string]journal.EntryID{}
	inJournal := map[journal.EntryID]journal.Entry{}
	for e, err := range s.Entries(ctx, journal.Query{Kinds: []journal.Kind{journal.KindRequest, journal.KindConfirmation}}) {
		if err != nil {
			t.Fatal(err)
		}
		inJournal[e.ID] = e
		once := answers
		if e.Kind == journal.KindConfirmation {
			once = confirmed
		}
		if e.Verdict == journal.OK {
			if first, twice := once[e.Code]; twice {
				t.Errorf("entries %v and %v: %s %s counted twice", first, e.ID, e.Kind, e.Code)
			}
			once[e.Code] = e.ID
		}
	}
	byKind := map[string]int{}
	for _, s := range all {
		e, there := inJournal[s.entry]
		if !there || e.Verdict != s.verdict || e.License != s.license || e.Random != s.random || s.text != e.Answer && s.kind == journal.KindRequest {
			t.Errorf("shown %+v: have %+v in the journal, want just that", s, e)
		}
		byKind[fmt.Sprint(s.kind, " ", s.verdict)]++
	}
	if len(inJournal) > len(all)+int(unsure.Load()) {
		t.Errorf("have %d entries, want at most the %d that were shown and the %d that nobody was sure of", len(inJournal), len(all), unsure.Load())
	}
	for _, l := range licenses {
		f, err := s.License(ctx, l.Number)
		if err != nil {
			t.Fatal(err)
		}
		if f.Taken > 2 {
			t.Errorf("license %v: have %d seats taken, want at most 2", l.Number, f.Taken)
		}
	}
	if byKind["request ok"] == 0 || byKind["confirmation ok"] == 0 {
		t.Errorf("have %v, want answers and confirmations: the test tests nothing", byKind)
	}
	for _, d := range desks {
		d.Close()
	}
	t.Logf("%d cut-offs: %d calls were answered (%v), %d were left open, %d entries", *cuts, len(all), byKind, unsure.Load(), report.Entries)
}

// customer is somebody who calls a desk, with a machine that was activated by the last call or not.
type customer struct {
	t        *testing.T
	desk     *Desk
	session  *Session
	licenses []License
	key      codes.Key // of the machine that is active; zero: none
	license  License
	machine  codes.Fingerprint
}

// call is one call: a new machine asks, or the one that is active is given back.
func (c *customer) call(ctx context.Context) (shown, error) {
	p := c.desk.catalog.Products()[0]
	st := codes.Statement{Random: mathrand.Uint32() | 1}
	typ := uint8(product.Release)
	key := c.key
	if c.key.IsZero() {
		c.license, c.machine = c.licenses[mathrand.IntN(len(c.licenses))], codes.Fingerprint(mathrand.IntN(1<<26))
		lk, err := c.desk.licenseKey(c.license.Product, c.license.Number)
		if err != nil {
			return shown{}, err
		}
		key, st.Kind, st.Definition = lk, codes.KindRequest, 1
	} else {
		st.Kind, st.Definition, typ = codes.KindConfirmation, 2, uint8(product.Deactivate)
	}
	st.License, st.Fingerprint = c.license.Number, c.machine
	st.Tag = key.StatementTag(c.license.Product, p.Release, typ, st)
	o, err := c.session.Submit(ctx, st.Code().String(), Decision{Reference: fmt.Sprint("case-", st.Random)})
	if err != nil {
		c.key = codes.Key{}
		return shown{}, err
	}
	s := shown{entry: o.Entry, verdict: o.Verdict, license: st.License, random: st.Random, kind: journal.KindRequest, text: ""}
	if st.Kind == codes.KindConfirmation {
		s.kind = journal.KindConfirmation
		if o.Verdict != journal.OK {
			return s, fmt.Errorf("a confirmation that was never read before: have %s, %s, want it to count", o.Verdict, o.Reason)
		}
		c.key = codes.Key{}
		return s, nil
	}
	switch o.Verdict {
	case journal.OK:
		s.text = o.Answer.String()
		a := o.Answer.Answer()
		t := codes.Terms{
			UID: c.license.Product, License: st.License, Release: p.Release, Definition: 1, Type: uint8(product.Release),
			Fingerprint: st.Fingerprint, Random: st.Random, Day: a.Day, Parameter: a.Parameter,
		}
		c.key = key.After(t, a.Tag)
	case journal.Refused: // no seat is free
	default:
		return s, fmt.Errorf("a request that was never read before: have %s, want it answered or refused", o.Verdict)
	}
	return s, nil
}
