package activator

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// erasing collects what an erasure takes away.
type erasing struct {
	origins map[journal.LogID]string
	runs    map[erasingKey][]journal.Run
	chain   map[journal.LogID]journal.Run // entries without a gap that were looked at, up to the last one
	out     *Erased
}

type erasingKey struct {
	log   journal.LogID
	field string
}

func (s *Session) planErasure(ctx context.Context, e Erasure, p *erasing) error {
	snap, err := s.desk.store.Snapshot(ctx)
	if err != nil {
		return err
	}
	err = snap.Logs(func(row journal.LogRow) error {
		p.origins[row.ID] = row.Origin
		return nil
	})
	if err := errors.Join(err, snap.Close()); err != nil {
		return err
	}
	switch {
	case e.Entry != nil:
		one, err := s.desk.store.Entry(ctx, *e.Entry)
		if err != nil {
			return err
		}
		all, err := s.copies(ctx, &one, p.origins)
		for i := range all {
			p.add(&all[i])
		}
		return err
	case !e.Before.IsZero():
		return s.eachEntry(ctx, journal.Query{To: e.Before}, p.add)
	case e.License != 0:
		if _, err := s.License(ctx, e.License); err != nil {
			return err
		}
		p.out.Licenses = []codes.LicenseNumber{e.License}
	default:
		if p.out.Licenses, err = s.licensesOf(ctx, e.Customer); err != nil {
			return err
		}
	}
	for _, l := range p.out.Licenses {
		err := s.eachEntry(ctx, journal.Query{License: l}, func(e *journal.Entry) {
			if e.Kind != journal.KindRedact { // else erasing again would find the reason of the first time
				p.add(e)
			}
		})
		if err != nil {
			return err
		}
		clear(p.chain)
	}
	return nil
}

func (s *Session) eachEntry(ctx context.Context, q journal.Query, do func(*journal.Entry)) error {
	for e, err := range s.desk.store.Entries(ctx, q) {
		if err != nil {
			return err
		}
		do(&e)
	}
	return nil
}

// licensesOf finds the licenses that a customer has or had, by the name in any of their entries.
func (s *Session) licensesOf(ctx context.Context, customer string) ([]codes.LicenseNumber, error) {
	found := map[codes.LicenseNumber]bool{}
	customer = strings.TrimSpace(customer)
	err := s.eachEntry(ctx, journal.Query{Kinds: []journal.Kind{journal.KindLicense, journal.KindChange}}, func(e *journal.Entry) {
		for _, p := range e.Personal {
			if p.Field == journal.FieldCustomer && !p.Redacted && strings.EqualFold(strings.TrimSpace(p.Text), customer) {
				found[e.License] = true
			}
		}
	})
	return slices.Sorted(maps.Keys(found)), err
}

// add takes the texts of an entry. Entries come in the order of their numbers.
func (p *erasing) add(e *journal.Entry) {
	log, index := e.ID.Log(), e.ID.Index()
	if c, ok := p.chain[log]; ok && c.Last+1 == index {
		p.chain[log] = journal.Run{First: c.First, Last: index}
	} else {
		p.chain[log] = journal.Run{First: index, Last: index}
	}
	has := false
	for _, x := range e.Personal {
		if x.Redacted {
			continue
		}
		has = true
		p.out.Texts++
		p.out.Fields[x.Field]++
		k := erasingKey{log, x.Field}
		runs := p.runs[k]
		if n := len(runs); n > 0 && runs[n-1].Last+1 >= p.chain[log].First { // all between were looked at and are meant
			runs[n-1].Last = index
			continue
		}
		p.runs[k] = append(runs, journal.Run{First: index, Last: index})
	}
	if has {
		p.out.Of++
	}
}

// close makes the effects, in an order that is always the same.
func (p *erasing) close() {
	keys := slices.SortedFunc(maps.Keys(p.runs), func(a, b erasingKey) int {
		if a.log != b.log {
			return int(a.log) - int(b.log)
		}
		return strings.Compare(a.field, b.field)
	})
	for _, k := range keys {
		for part := range slices.Chunk(joined(p.runs[k]), journal.MaxRuns) {
			p.out.effects = append(p.out.effects, journal.Erase{Field: k.field, Origin: p.origins[k.log], Runs: part})
		}
	}
}

// joined sorts runs, which may come license by license, and makes one of those that touch.
func joined(runs []journal.Run) []journal.Run {
	slices.SortFunc(runs, func(a, b journal.Run) int {
		if a.First < b.First {
			return -1
		}
		return 1
	})
	out := runs[:1]
	for _, r := range runs[1:] {
		if last := &out[len(out)-1]; r.First <= last.Last+1 {
			last.Last = max(last.Last, r.Last)
		} else {
			out = append(out, r)
		}
	}
	return out
}
