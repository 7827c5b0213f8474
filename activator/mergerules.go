package activator

import (
	"context"
	"fmt"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// excessMerged is why a seat is above its license's limit: another desk gave it, which did not know.
const excessMerged = "merge"

// merger says what the entries of another desk's logs come to here, one after another. What this journal has stays; what
// the other desk did is added, where nothing stands in the way.
type merger struct {
	s     *Session
	book  *otherBook
	facts *journal.Facts

	next    journal.EntryID             // of the own entry that is made
	entries map[journal.EntryID]*origin // where entries of the own log come from, as far as known
	local   map[stateName]ref           // answers that have another name here
	drawn   map[codes.LicenseNumber]bool

	takenOver  int
	erases     bool // texts that are here
	collisions []Collision
	found      []Collision // of the present entry
}

// origin is what an entry of this journal takes over, or that it is this desk's own.
type origin struct {
	log   string
	index uint64
	entry *journal.Entry
}

func (s *Session) newMerger(ctx context.Context, b *otherBook) (*merger, error) {
	m := &merger{s: s, book: b, entries: map[journal.EntryID]*origin{}, local: map[stateName]ref{}, drawn: map[codes.LicenseNumber]bool{}}
	var w journal.Wanted
	seen := map[codes.LicenseNumber]bool{}
	for _, st := range b.steps {
		e := b.entry(st)
		if e == nil {
			return nil, fmt.Errorf("%s: entry %d of log %s is taken over there, and is not in it", b.path, st.index, st.origin)
		}
		for _, f := range e.Effects {
			switch f := f.(type) {
			case journal.SetLicense:
				if f.Order != "" {
					w.Orders = append(w.Orders, journal.OrderRef{Product: f.Product, Order: f.Order})
				}
			case journal.AddPool:
				free, err := s.desk.store.Free(ctx, f.Numbers)
				if err != nil {
					return nil, err
				}
				for i, n := range f.Numbers {
					m.drawn[n] = !free[i]
				}
			}
		}
		if e.License != 0 && !seen[e.License] {
			seen[e.License] = true
			w.Licenses = append(w.Licenses, e.License)
		}
	}
	var err error
	if m.facts, err = s.desk.store.Facts(ctx, w); err != nil {
		return nil, err
	}
	for _, l := range w.Licenses {
		if err := m.remember(ctx, l); err != nil {
			return nil, err
		}
	}
	m.next = journal.NewEntryID(m.facts.Head.Log, m.facts.Head.Size)
	return m, nil
}

// remember looks up which entries of a license took over what, in earlier merges.
func (m *merger) remember(ctx context.Context, l codes.LicenseNumber) error {
	sources := map[string]*journal.Entry{}
	var taken []*origin
	for e, err := range m.s.desk.store.Entries(ctx, journal.Query{License: l}) {
		if err != nil {
			return err
		}
		row, ok := m.logOf(e.ID.Log())
		if !ok {
			continue
		}
		r, restates := e.Restates()
		if !restates {
			m.entries[e.ID] = &origin{row.Origin, e.ID.Index(), &e}
			sources[fmt.Sprint(row.Origin, " ", e.ID.Index())] = &e
			continue
		}
		m.entries[e.ID] = &origin{r.Origin, r.Index, &e}
		taken = append(taken, m.entries[e.ID])
	}
	for _, o := range taken {
		if source := sources[fmt.Sprint(o.log, " ", o.index)]; source != nil {
			if was, is, ok := renamedAnswer(source, o.entry); ok {
				m.local[stateName{o.log, l, was}] = is
			}
		}
	}
	return nil
}

func (m *merger) logOf(id journal.LogID) (journal.LogRow, bool) {
	for _, row := range m.book.here {
		if row.ID == id {
			return row, true
		}
	}
	return journal.LogRow{}, false
}

// run makes the own entries: the one that brings in, then those that take over.
func (m *merger) run(ctx context.Context) ([]journal.Entry, error) {
	d := m.s.desk
	head := journal.Entry{At: d.now(), Kind: journal.KindMerge, Verdict: journal.OK}
	entries := uint64(0)
	for _, p := range m.book.parts {
		h := p.head()
		head.Effects = append(head.Effects, journal.MergeLog{Origin: h.Origin, First: p.first, Size: h.Size, Hash: h.Hash})
		entries += h.Size - p.first
	}
	es := []journal.Entry{{}}
	m.next++
	for _, st := range m.book.steps {
		e, err := m.restate(ctx, st)
		if err != nil {
			return nil, err
		}
		m.collisions = append(m.collisions, m.found...)
		es = append(es, *e)
		m.next++
	}
	erasing, err := m.eraseCopies(ctx, es)
	if err != nil {
		return nil, err
	}
	m.takenOver = len(es) - 1
	es = append(es, erasing...)
	head.Detail = mergeDetail(entries, len(m.book.parts), len(m.collisions))
	es[0] = m.s.stamp(head, d.salt())
	return es, nil
}

// restate makes the entry that takes over one of the other desk's.
func (m *merger) restate(ctx context.Context, st otherStep) (*journal.Entry, error) {
	from := m.book.entry(st)
	out := *from
	out.ID, out.Via, out.Intent, out.Batch, out.Line = 0, "merge", m.s.desk.salt(), "", 0
	out.Effects = []journal.Effect{journal.Restate{Origin: st.origin, Index: st.index}}
	out.Personal = nil
	for _, p := range from.Personal {
		if !p.Redacted { // what was erased there is not mentioned here
			out.Personal = append(out.Personal, p)
		}
	}
	m.entries[m.next] = &origin{st.origin, st.index, from}
	m.found = nil
	f := m.facts.Licenses[from.License]
	for _, x := range from.Effects {
		add, err := m.effect(ctx, st, from, f, x)
		if err != nil {
			return nil, err
		}
		for _, a := range add {
			out.Effects = append(out.Effects, a)
			m.follow(f, &out, a)
		}
	}
	if take := m.seatMissed(st, from, f); take != nil {
		out.Effects = append(out.Effects, *take)
		m.follow(f, &out, *take)
	}
	if f != nil {
		f.Apply(&journal.Entry{At: from.At, Operator: from.Operator, State: from.State, Personal: out.Personal}, m.next)
	}
	out.Checks = slices.Clone(out.Checks)
	for _, c := range m.found {
		out.Checks = append(out.Checks, journal.Check{Name: checkMerge, Result: journal.Failed, Detail: c.Sentence})
	}
	return &out, nil
}

// follow applies one effect to the facts, for the entries that come after.
func (m *merger) follow(f *journal.LicenseFacts, e *journal.Entry, x journal.Effect) {
	switch set, ok := x.(journal.SetLicense); {
	case ok && set.New:
		f.Known = true
		f.License = journal.License{Number: set.Number, Product: set.Product, Seats: set.Seats, State: set.State, Order: set.Order,
			Grants: set.Grants, Release: set.Release, Registered: e.At, Entry: m.next}
	case f != nil:
		f.Apply(&journal.Entry{At: e.At, Operator: e.Operator, Effects: []journal.Effect{x}}, m.next)
	}
	if set, ok := x.(journal.SetLicense); ok && set.Order != "" {
		r := journal.OrderRef{Product: set.Product, Order: set.Order}
		m.facts.Orders[r] = set.Number
		delete(m.facts.Free, r)
	}
}

// effect says what one effect of the other desk's entry comes to here.
func (m *merger) effect(ctx context.Context, st otherStep, e *journal.Entry, f *journal.LicenseFacts, x journal.Effect) ([]journal.Effect, error) {
	if f != nil && f.Known && e.Product != f.License.Product && e.Product != (codes.UID{}) {
		m.collide(ctx, "license", e, f.License.Entry, sayTwoProducts(e.License))
		return nil, nil
	}
	switch x := x.(type) {
	case journal.Claim:
		return m.claim(ctx, st, e, f, x)
	case journal.Mark:
		x.Key = m.stateKey(st.origin, x.License, x.Scope, x.Key)
		return []journal.Effect{x}, nil
	case journal.TakeSeat:
		return m.take(ctx, e, f, x), nil
	case journal.FreeSeat:
		if c := m.answeredLater(st, e, f, x.Fingerprint); c != nil {
			m.collide(ctx, "machine", e, c.Entry, sayBackAndAnswered(x.Fingerprint))
			return nil, nil
		}
		return []journal.Effect{x}, nil
	case journal.SetLicense:
		if x.New {
			return m.register(ctx, e, f, x), nil
		}
		return m.amend(ctx, st, e, f, x), nil
	case journal.AddPool:
		return m.pool(e, x), nil
	case journal.Erase:
		return []journal.Effect{x}, nil
	}
	return nil, nil
}
