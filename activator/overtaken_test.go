package activator

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// An overtaken is a store where somebody else is quicker, once: just before the facts are asked for so many times, or just
// before what was decided on them is recorded.
type overtaken struct {
	store
	meanwhile func()
	atFacts   int // which of the next questions for facts; 0: it is the append or the merge
}

func (o *overtaken) happens() {
	if f := o.meanwhile; f != nil {
		o.meanwhile = nil
		f()
	}
}

func (o *overtaken) Facts(ctx context.Context, w journal.Wanted) (*journal.Facts, error) {
	if o.atFacts > 0 {
		if o.atFacts--; o.atFacts == 0 {
			o.happens()
		}
	}
	return o.store.Facts(ctx, w)
}

func (o *overtaken) Append(ctx context.Context, seen *journal.Facts, es []journal.Entry, sign journal.Signer) ([]journal.EntryID, error) {
	if o.atFacts == 0 {
		o.happens()
	}
	return o.store.Append(ctx, seen, es, sign)
}

func (o *overtaken) Merge(ctx context.Context, parts []journal.LogPart, seen *journal.Facts, es []journal.Entry, sign journal.Signer) ([]journal.EntryID, error) {
	o.happens()
	return o.store.Merge(ctx, parts, seen, es, sign)
}

// TestOvertaken: what an operator decides while another one works on the same license is decided again, on what is there
// then; neither of them undoes the other.
func TestOvertaken(t *testing.T) {
	ctx := context.Background()
	two, name := 2, "Wilma"
	revoke := func(t *testing.T, s *Session, l License) {
		t.Helper()
		if out, err := s.Change(ctx, Change{License: l.Number, Kind: RevokeLicense, Reason: "not paid"}); err != nil || out.Verdict != journal.OK {
			t.Fatalf("revoke: have %+v, %v, want ok", out, err)
		}
	}
	for what, test := range map[string]struct {
		atFacts   int
		meanwhile func(t *testing.T, s *Session, l License)
		do        func(t *testing.T, s *Session, l License)
		state     string // of the license in the end
	}{
		"change after revocation": {0, revoke, func(t *testing.T, s *Session, l License) {
			if _, err := s.Change(ctx, Change{License: l.Number, Kind: AmendLicense, Seats: &two, Customer: &name, Reason: "bought"}); err != nil {
				t.Error(err)
			}
		}, journal.Revoked},
		"reissue after revocation":     {0, revoke, wantNoReissue, journal.Revoked},
		"revocation between two looks": {2, revoke, wantNoReissue, journal.Revoked},
		"reissue after reissue": {0, func(t *testing.T, s *Session, l License) {
			if _, err := s.Reissue(ctx, l.Number, "lost"); err != nil {
				t.Error(err)
			}
		}, wantNoReissue, journal.Revoked},
	} {
		t.Run(what, func(t *testing.T) {
			s, shaky, l := shakyDesk(t)
			o := &overtaken{store: shaky.store, atFacts: test.atFacts}
			s.desk.store.store = o
			o.meanwhile = func() { test.meanwhile(t, s, l) }
			test.do(t, s, l)
			if o.meanwhile != nil {
				t.Fatal("nothing happened meanwhile")
			}
			if have, err := s.License(ctx, l.Number); err != nil || have.State != test.state {
				t.Errorf("have %+v, %v, want it %s", have, err, test.state)
			}
		})
	}
}

func wantNoReissue(t *testing.T, s *Session, l License) {
	t.Helper()
	var refused *StandingError
	if fresh, err := s.Reissue(context.Background(), l.Number, "stolen"); !errors.As(err, &refused) {
		t.Errorf("reissue: have %+v, %v, want a StandingError", fresh, err)
	}
}

// TestOvertakenRecovery: one license that two register again at once is one, and the second one hears so.
func TestOvertakenRecovery(t *testing.T) {
	ctx := context.Background()
	s, shaky, l := shakyDesk(t)
	lost, err := s.desk.drawNumbers(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := s.desk.serial(l.Product, lost[0])
	if err != nil {
		t.Fatal(err)
	}
	o := &overtaken{store: shaky.store}
	s.desk.store.store = o
	order := Order{Customer: "Print Shop", Seats: 1}
	o.meanwhile = func() {
		if first, err := s.Recover(ctx, serial, order); err != nil || first.Existing {
			t.Errorf("the first: have %+v, %v, want it registered", first, err)
		}
	}
	if second, err := s.Recover(ctx, serial, order); err != nil || !second.Existing {
		t.Errorf("the second: have %+v, %v, want what is there", second, err)
	}
	if n := len(entriesOf(t, s, journal.KindLicense)); n != 2 {
		t.Errorf("have %d licenses registered, want 2", n)
	}
}

// TestOvertakenMerge: a license that is changed while another desk's journal is brought in, which changed it too, collides.
func TestOvertakenMerge(t *testing.T) {
	ctx := context.Background()
	two := 2
	s, shaky, l := shakyDesk(t)
	dir, pass := filepath.Join(t.TempDir(), "laptop"), []byte("a passphrase for tests")
	if err := Join(ctx, Setup{Dir: dir, Desk: "laptop", Operator: "bert", Registry: 1, Apart: true, Passphrase: bytes.Clone(pass), Now: s.desk.now, Rand: rand.Reader}, s.desk.dir); err != nil {
		t.Fatal(err)
	}
	d, err := Open(ctx, Config{Dir: dir, Unlock: func() ([]byte, error) { return bytes.Clone(pass), nil }, Now: s.desk.now, Rand: rand.Reader, Heads: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	laptop := d.Session(Operator{Name: "bert"}, "test")
	if _, err := laptop.Merge(ctx, s.desk.dir); err != nil {
		t.Fatal(err)
	}
	if out, err := laptop.Change(ctx, Change{License: l.Number, Kind: RevokeLicense, Reason: "not paid"}); err != nil || out.Verdict != journal.OK {
		t.Fatalf("revoke: have %+v, %v, want ok", out, err)
	}
	o := &overtaken{store: shaky.store}
	s.desk.store.store = o
	o.meanwhile = func() {
		if _, err := s.Change(ctx, Change{License: l.Number, Kind: AmendLicense, Seats: &two, Reason: "bought"}); err != nil {
			t.Error(err)
		}
	}
	if m, err := s.Merge(ctx, dir); err != nil || len(m.Collisions) != 1 || m.Collisions[0].Kind != "change" {
		t.Errorf("have %+v, %v, want it told that both changed the license", m, err)
	}
	if have, err := s.License(ctx, l.Number); err != nil || have.Seats != two || have.State != journal.Revoked {
		t.Errorf("have %+v, %v, want it revoked, with 2 seats", have, err)
	}
}
