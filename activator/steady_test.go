package activator

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// shaky is a store whose connection is lost now and then.
type shaky struct {
	store
	before, after, reads int    // how many of the next appends fail before, and after they were done; how many reads fail
	late                 func() // runs once, when an append that was lost is looked for in vain
	onWay                bool   // the next append that is lost is done only while it is looked for
	appends              int
}

var errGone = &journal.LostError{Err: errors.New("the line is dead")}

func (s *shaky) Append(ctx context.Context, seen *journal.Facts, es []journal.Entry, sign journal.Signer) ([]journal.EntryID, error) {
	s.appends++
	if s.before > 0 {
		s.before--
		return nil, errGone
	}
	if s.onWay {
		s.onWay = false
		s.late = func() {
			if _, err := s.store.Append(ctx, seen, es, sign); err != nil {
				panic(err)
			}
		}
		return nil, errGone
	}
	if s.late != nil {
		s.late()
		s.late = nil
	}
	ids, err := s.store.Append(ctx, seen, es, sign)
	if err == nil && s.after > 0 {
		s.after--
		return nil, errGone
	}
	return ids, err
}

// Entries loses the connection after every second entry, while there are reads to fail.
func (s *shaky) Entries(ctx context.Context, q journal.Query) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		n := 0
		for e, err := range s.store.Entries(ctx, q) {
			if n++; n > 2 && s.reads > 0 {
				s.reads--
				yield(journal.Entry{}, errGone)
				return
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

func (s *shaky) Facts(ctx context.Context, w journal.Wanted) (*journal.Facts, error) {
	if s.reads > 0 {
		s.reads--
		return nil, errGone
	}
	return s.store.Facts(ctx, w)
}

// shakyDesk is a desk on such a store, with a license.
func shakyDesk(t *testing.T) (*Session, *shaky, License) {
	t.Helper()
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "vendor")
	pass := []byte("a passphrase for tests")
	now := func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }
	if err := Init(ctx, Setup{Dir: dir, Vendor: "V", Desk: "front", Operator: "anna", WorkFactor: 10, Passphrase: pass, Now: now, Rand: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	d, err := Open(ctx, Config{Dir: dir, Unlock: func() ([]byte, error) { return bytes.Clone(pass), nil }, Now: now, Rand: rand.Reader, Heads: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := d.Session(Operator{Name: "anna"}, "test").Verify(ctx); err != nil {
			t.Errorf("verify: have %v, want nothing", err)
		}
		d.Close()
	})
	s := &shaky{store: d.store.store}
	d.store = steady{s, []time.Duration{time.Microsecond, time.Microsecond, time.Microsecond}}
	session := d.Session(Operator{Name: "anna"}, "test")
	ls, err := session.Register(ctx, Order{Product: "press-studio", Customer: "Print Shop", Order: "4711", Seats: 1})
	if err != nil {
		t.Fatal(err)
	}
	return session, s, ls[0]
}

// losses are the ways in which an append's connection is lost.
var losses = map[string]func(*shaky){
	"before":             func(s *shaky) { s.before = 1 },
	"after":              func(s *shaky) { s.after = 1 },
	"before and after":   func(s *shaky) { s.before, s.after = 1, 1 },
	"before, twice":      func(s *shaky) { s.before = 2 },
	"still on its way":   func(s *shaky) { s.onWay = true },
	"while it is read":   func(s *shaky) { s.reads = 2 },
	"everything at once": func(s *shaky) { s.reads, s.before, s.after = 1, 1, 1 },
}

func entriesOf(t *testing.T, s *Session, k journal.Kind) (es []journal.Entry) {
	t.Helper()
	for e, err := range s.Entries(context.Background(), journal.Query{Kinds: []journal.Kind{k}}) {
		if err != nil {
			t.Fatal(err)
		}
		es = append(es, e)
	}
	return es
}

// TestLostConnection: what is submitted once is done once, and is no repeat of itself.
func TestLostConnection(t *testing.T) {
	ctx := context.Background()
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			s, store, l := shakyDesk(t)
			key, err := s.desk.licenseKey(l.Product, l.Number)
			if err != nil {
				t.Fatal(err)
			}
			p := s.desk.catalog.Products()[0]
			request := codes.Statement{Kind: codes.KindRequest, Random: 7, Fingerprint: 99, License: l.Number, Definition: 1}
			request.Tag = key.StatementTag(l.Product, p.Release, uint8(product.Release), request)
			lose(store)
			o, err := s.Submit(ctx, request.Code().String(), Decision{})
			if err != nil || o.Verdict != journal.OK {
				t.Fatalf("submit: have %+v, %v, want it done", o, err)
			}
			es := entriesOf(t, s, journal.KindRequest)
			if len(es) != 1 || es[0].ID != o.Entry || es[0].Answer != o.Answer.String() {
				t.Errorf("requests in the journal: have %+v, want one, entry %v with answer %v", es, o.Entry, o.Answer)
			}

			lose(store)
			seats := 3
			c, err := s.Change(ctx, Change{License: l.Number, Kind: AmendLicense, Seats: &seats, Reason: "two more bought"})
			if err != nil || c.Verdict != journal.OK {
				t.Fatalf("change: have %+v, %v, want it done", c, err)
			}
			if es := entriesOf(t, s, journal.KindChange); len(es) != 1 || es[0].ID != c.Entry {
				t.Errorf("changes in the journal: have %+v, want one, entry %v", es, c.Entry)
			}

			lose(store)
			more, err := s.Register(ctx, Order{Product: "press-studio", Customer: "A", Order: "1", Seats: 1}, Order{Product: "press-studio", Customer: "B", Order: "2", Seats: 1})
			if err != nil || len(more) != 2 || more[0].Existing || more[1].Existing {
				t.Fatalf("register: have %+v, %v, want two new licenses", more, err)
			}
			es = entriesOf(t, s, journal.KindLicense)
			if len(es) != 3 || es[1].ID != more[0].Entry || es[2].ID != more[1].Entry {
				t.Errorf("licenses in the journal: have %d entries, want three, the last two %v and %v", len(es), more[0].Entry, more[1].Entry)
			}
		})
	}
}

// TestLostWhileReading: a list that is cut off goes on where it was, in both directions and up to its limit.
func TestLostWhileReading(t *testing.T) {
	s, store, _ := shakyDesk(t)
	for range 4 {
		if _, err := s.Submit(context.Background(), "no code", Decision{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range []journal.Query{{}, {Newest: true}, {Limit: 5}, {Newest: true, Limit: 3}, {Kinds: []journal.Kind{journal.KindUnreadable}}} {
		var lists [2]string
		for i := range lists {
			store.reads = 3 * i
			for e, err := range s.Entries(context.Background(), q) {
				if err != nil {
					t.Fatal(err)
				}
				lists[i] += e.ID.String() + " "
			}
		}
		if lists[0] != lists[1] || lists[0] == "" || store.reads == 3 {
			t.Errorf("%+v: have %s, want %s", q, lists[1], lists[0])
		}
	}
	store.reads = 0
}

// TestLostForGood: when the connection does not come back, nothing is shown, and what to do is said.
func TestLostForGood(t *testing.T) {
	s, store, l := shakyDesk(t)
	store.before = 100
	_, err := s.Change(context.Background(), Change{License: l.Number, Kind: RevokeLicense, Reason: "stolen"})
	if err == nil || !strings.Contains(err.Error(), "not known whether this was recorded") || !strings.Contains(err.Error(), "the line is dead") {
		t.Errorf("have %v, want an error that says what to do", err)
	}
	store.before = 0
	if es := entriesOf(t, s, journal.KindChange); len(es) != 0 {
		t.Errorf("have %d entries, want none", len(es))
	}
	again, cancel := context.WithCancel(context.Background())
	cancel()
	store.reads, store.appends = 100, 0
	s.desk.store = steady{store, []time.Duration{time.Hour}}
	if _, err := s.Change(again, Change{License: l.Number, Kind: RevokeLicense, Reason: "stolen"}); err == nil || store.appends != 0 {
		t.Errorf("interrupted while it waits: have %v and %d appends, want an error and none", err, store.appends)
	}
}
