package activator

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// A text that one desk erased is erased in every entry that has it: in the one that recorded it, and in those by which
// other desks took that one over. After a merge no copy of it is left, whichever way it came.

// textsOf are the texts of a field in the entries of a log.
type textsOf struct{ origin, field string }

// textSet is a set of texts, by the runs of entries that have them.
type textSet map[textsOf][]journal.Run

// add takes a text in. Those of a log come in the order of its entries, or are sorted before has is asked.
func (t textSet) add(origin, field string, index uint64) {
	k := textsOf{origin, field}
	if runs := t[k]; len(runs) > 0 && runs[len(runs)-1].Last+1 == index {
		runs[len(runs)-1].Last++
		return
	}
	t[k] = append(t[k], journal.Run{First: index, Last: index})
}

func (t textSet) sort() {
	for k, runs := range t {
		t[k] = joined(runs)
	}
}

func (t textSet) has(origin, field string, index uint64) bool {
	runs := t[textsOf{origin, field}]
	i, _ := slices.BinarySearchFunc(runs, index, func(r journal.Run, index uint64) int {
		if r.Last < index {
			return -1
		}
		return 1
	})
	return i < len(runs) && runs[i].First <= index
}

// effects are the erasures, in an order that is always the same.
func (t textSet) effects() []journal.Effect {
	var es []journal.Effect
	keys := slices.SortedFunc(maps.Keys(t), func(a, b textsOf) int {
		return strings.Compare(a.origin+"\n"+a.field, b.origin+"\n"+b.field)
	})
	for _, k := range keys {
		for part := range slices.Chunk(joined(t[k]), journal.MaxRuns) {
			es = append(es, journal.Erase{Field: k.field, Origin: k.origin, Runs: part})
		}
	}
	return es
}

// copies are the entries that say the same as e, which is one of them: those that took it over, and the one that they
// took over. They have its license, kind and time.
func (s *Session) copies(ctx context.Context, e *journal.Entry, origins map[journal.LogID]string) ([]journal.Entry, error) {
	source := func(e *journal.Entry) journal.Restate {
		if r, ok := e.Restates(); ok {
			return r
		}
		return journal.Restate{Origin: origins[e.ID.Log()], Index: e.ID.Index()}
	}
	var all []journal.Entry
	err := s.eachEntry(ctx, journal.Query{License: e.License, Kinds: []journal.Kind{e.Kind}, From: e.At, To: e.At.Add(time.Microsecond)}, func(o *journal.Entry) {
		if source(o) == source(e) {
			all = append(all, *o)
		}
	})
	return all, err
}

// eraseCopies makes the own entries that erase what is left of texts that were erased: here before, or at the other
// desk. es are the entries that take over.
func (m *merger) eraseCopies(ctx context.Context, es []journal.Entry) ([]journal.Entry, error) {
	erased, left := textSet{}, textSet{}
	for i := range es {
		for _, f := range es[i].Effects {
			if x, ok := f.(journal.Erase); ok {
				k := textsOf{x.Origin, x.Field}
				erased[k] = append(erased[k], x.Runs...)
			}
		}
	}
	erased.sort()
	if m.erases = len(erased) > 0; m.erases {
		for e, err := range m.s.desk.store.Entries(ctx, journal.Query{}) {
			if err != nil {
				return nil, err
			}
			r, ok := e.Restates()
			row, _ := m.logOf(e.ID.Log())
			for _, p := range e.Personal {
				if ok && !p.Redacted && erased.has(r.Origin, p.Field, r.Index) {
					left.add(row.Origin, p.Field, e.ID.Index())
				}
			}
		}
	}
	for _, p := range m.book.parts {
		for i := range p.new {
			e := &p.new[i]
			if r, ok := e.Restates(); ok && slices.ContainsFunc(e.Personal, func(t journal.Personal) bool { return !t.Redacted }) {
				if err := m.eraseCopy(ctx, p.row.Origin, e, r, left); err != nil {
					return nil, err
				}
			}
		}
	}
	var out []journal.Entry
	for _, x := range left.effects() {
		m.erases = true
		out = append(out, m.s.stamp(journal.Entry{At: m.s.desk.now(), Kind: journal.KindRedact, Verdict: journal.OK,
			Detail: sayErasedElsewhere, Effects: []journal.Effect{x}}, m.s.desk.salt()))
	}
	return out, nil
}

// eraseCopy looks at an entry that comes from a desk that does not know yet what was erased here.
func (m *merger) eraseCopy(ctx context.Context, origin string, e *journal.Entry, of journal.Restate, left textSet) error {
	source, err := m.source(ctx, of)
	if err != nil {
		return err
	}
	for _, t := range source.Personal {
		if t.Redacted && slices.ContainsFunc(e.Personal, func(o journal.Personal) bool { return o.Field == t.Field && !o.Redacted }) {
			left.add(origin, t.Field, e.ID.Index())
		}
	}
	return nil
}

// source is the entry that another one took over, here or among those that are brought in.
func (m *merger) source(ctx context.Context, r journal.Restate) (*journal.Entry, error) {
	if e := m.book.entry(otherStep{origin: r.Origin, index: r.Index}); e != nil {
		return e, nil
	}
	row, ok := m.book.here[r.Origin]
	if !ok || r.Index >= row.Size {
		return nil, fmt.Errorf("%s: entry %d of log %s is taken over there, and is not in it", m.book.path, r.Index, r.Origin)
	}
	e, err := m.s.desk.store.Entry(ctx, journal.NewEntryID(row.ID, r.Index))
	return &e, err
}
