package storetest

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// OtherOrigin is the name of the log of another desk.
const OtherOrigin = "storetest.example/other"

// otherLog is the log of another desk, in memory.
type otherLog struct {
	es   []journal.Entry
	sign journal.Signer
}

func newOtherLog(sign journal.Signer, es ...journal.Entry) *otherLog { return &otherLog{es, sign} }

// head is the signed head over the first entries.
func (o *otherLog) head(size int) journal.Head {
	var tree journal.Frontier
	for i := range size {
		tree.Add(o.es[i].Leaf(nil))
	}
	h, err := journal.SignHead(0, OtherOrigin, uint64(size), tree.Root(), o.sign)
	if err != nil {
		panic("storetest: " + err.Error())
	}
	return h
}

// part is the entries from first up to size.
func (o *otherLog) part(first, size int) journal.LogPart {
	return journal.LogPart{Head: o.head(size), First: uint64(first), Entries: func(yield func([]byte, []journal.PersonalRow) error) error {
		for i := range o.es[first:size] {
			e := &o.es[first+i]
			var texts []journal.PersonalRow
			for _, p := range e.Personal {
				texts = append(texts, journal.PersonalRow{Field: p.Field, Salt: p.Salt[:], Text: p.Text})
			}
			if err := yield(e.Leaf(nil), texts); err != nil {
				return err
			}
		}
		return nil
	}}
}

// takenOver returns the own entries that bring in a part and take over what nothing stands in the way of.
func (o *otherLog) takenOver(first, size int) []journal.Entry {
	h := o.head(size)
	m := Entry(journal.KindMerge)
	m.Effects = []journal.Effect{journal.MergeLog{Origin: OtherOrigin, First: uint64(first), Size: uint64(size), Hash: h.Hash}}
	es := []journal.Entry{m}
	for i := first; i < size; i++ {
		if e := o.es[i]; e.Owes() {
			e.Via, e.Intent, e.Batch, e.Line = "merge", [16]byte{}, "", 0
			e.Effects = append([]journal.Effect{journal.Restate{Origin: OtherOrigin, Index: uint64(i)}}, e.Effects...)
			es = append(es, e)
		}
	}
	return es
}

func merge(t *testing.T, f Factory) {
	s, _ := create(t, f)
	Append(t, s, Register(1, 2, "PO-1", "Ada"), Request(1, 5, 5, 1, 2))
	line := Entry(journal.KindUnreadable)
	line.Batch, line.Line, line.Intent = "letters", 7, [16]byte{9}
	Append(t, s, line)
	draw := Entry(journal.KindPool)
	draw.Effects = []journal.Effect{journal.AddPool{Product: UID, Numbers: []codes.LicenseNumber{1<<24 + 1, 1<<28 + 2}}}
	other := newOtherLog(Signer(), Entry(journal.KindLog), Register(2, 1, "PO-2", "Bea"), Request(2, 6, 6, 1, 1), draw, Confirm(2, 6, 9, "RMA 1"))
	line.Intent = [16]byte{8}
	other.es[3].Batch, other.es[3].Line = line.Batch, line.Line // the same batch at both desks
	head := mustHead(t, s)

	// Nothing is brought in that is not whole, or is here already.
	refused := func(name, want string, parts []journal.LogPart, es []journal.Entry) {
		t.Helper()
		if _, err := s.Merge(ctx, parts, nil, es, Signer()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: have %v, want %q in an error", name, err, want)
		}
		if have := mustHead(t, s); have.Size != head.Size || have.Hash != head.Hash {
			t.Errorf("%s: have a head of %d entries, want %d as before", name, have.Size, head.Size)
		}
	}
	changed := other.part(0, 3)
	changed.Head.Hash[0] ^= 1
	refused("another hash", "do not give the hash", []journal.LogPart{changed}, other.takenOver(0, 3))
	short := other.part(0, 2)
	short.Head = other.head(3)
	refused("an entry less", "do not give the hash", []journal.LogPart{short}, other.takenOver(0, 3))
	own := other.part(0, 3)
	own.Head.Origin = Origin
	refused("its own log", "own", []journal.LogPart{own}, other.takenOver(0, 3))
	refused("without its entries", "is not in this journal", nil, other.takenOver(0, 3))

	if _, err := s.Merge(ctx, []journal.LogPart{other.part(0, 3)}, nil, other.takenOver(0, 3), Signer()); err != nil {
		t.Fatal(err)
	}
	var stale *journal.StaleError
	if _, err := s.Merge(ctx, []journal.LogPart{other.part(0, 3)}, nil, other.takenOver(0, 3), Signer()); !errors.As(err, &stale) {
		t.Errorf("merged again: have %v, want *StaleError", err)
	}
	if _, err := s.Merge(ctx, []journal.LogPart{other.part(3, 5)}, nil, other.takenOver(3, 5), Signer()); err != nil {
		t.Fatal(err)
	}
	facts, err := s.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{2}, Orders: []journal.OrderRef{{Product: UID, Order: "PO-2"}},
		Pool: &journal.PoolWanted{Product: UID, Count: 5}})
	if err != nil {
		t.Fatal(err)
	}
	l := facts.Licenses[2]
	if !l.Known || l.License.Customer != "Bea" || len(l.Seats) != 0 || len(l.Claims) != 2 || facts.Orders[journal.OrderRef{Product: UID, Order: "PO-2"}] != 2 {
		t.Errorf("license of the other desk: have %+v, orders %v, want it with its customer and claims", l, facts.Orders)
	}
	if len(facts.Pool) != 0 || facts.PoolSize != 0 {
		t.Errorf("numbers that the other desk drew: have %v to hand out, want none", facts.Pool)
	}
	if free, err := s.Free(ctx, []codes.LicenseNumber{1<<24 + 1}); err != nil || free[0] {
		t.Errorf("a number that the other desk drew: have free %v, %v, want taken", free, err)
	}

	// Facts of a license age by the own log's entries, not by those that stood in another log all the time.
	Append(t, s, Entry(journal.KindBackup))
	seen := facts
	seen.Pool = nil
	e := Request(2, 8, 8, 1, 1)
	if _, err := s.Append(ctx, seen, []journal.Entry{e}, Signer()); err != nil {
		t.Errorf("append on facts that are fresh: have %v, want no error", err)
	}

	// A batch that another desk began goes on here, until one of its name is begun here.
	row := func(line int, mark byte) journal.Entry {
		e := Entry(journal.KindUnreadable)
		e.Batch, e.Line, e.Intent = "letters", line, [16]byte{mark}
		return e
	}
	other.es = append(other.es, row(0, 20), row(8, 21))
	if _, err := s.Merge(ctx, []journal.LogPart{other.part(5, 7)}, nil, other.takenOver(5, 7), Signer()); err != nil {
		t.Fatal(err)
	}
	wantLines := func(when string, last int, want map[int]byte) {
		t.Helper()
		f, err := s.Facts(ctx, journal.Wanted{Lines: &journal.LinesWanted{Batch: "letters", Lines: []int{0, 7, 8, 9}, UpTo: 99}})
		if err != nil {
			t.Fatal(err)
		}
		have := map[int]byte{}
		for line, e := range f.Lines {
			have[line] = e.Intent[0]
		}
		if f.LastLine != last || !maps.Equal(have, want) {
			t.Errorf("%s: have lines %v up to %d, want %v up to %d", when, have, f.LastLine, want, last)
		}
	}
	wantLines("begun by the other desk", 8, map[int]byte{0: 20, 7: 9, 8: 21})
	Append(t, s, row(9, 31))
	wantLines("gone on with here", 9, map[int]byte{0: 20, 7: 9, 8: 21, 9: 31})
	Append(t, s, row(0, 30))
	wantLines("begun here too", 9, map[int]byte{0: 30, 7: 9, 9: 31})
	Verify(t, s, mustHead(t, s), other.head(3), other.head(5), other.head(7))
}
