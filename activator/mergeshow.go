package activator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Collided are what two desks did though it may be done once, as an entry has it that takes over another desk's: a
// sentence for each, as [Collision] has it, by whom and when, the first one first. Most entries have none.
func Collided(e *journal.Entry) (sentences []string) {
	if _, taken := e.Restates(); !taken {
		return nil
	}
	for _, c := range e.Checks {
		if c.Name == checkMerge && c.Result == journal.Failed {
			sentences = append(sentences, c.Detail)
		}
	}
	return sentences
}

// Life is the history of a license for people: what happened, at whichever desk, by time. Entries that only take over
// another desk's are left out. collisions are what two desks did though it may be done once, each sentence once.
func Life(history []journal.Entry) (happened []journal.Entry, collisions []string) {
	several := false
	for i := range history {
		e := &history[i]
		several = several || e.ID.Log() != history[0].ID.Log()
		if _, taken := e.Restates(); !taken {
			happened = append(happened, *e)
			continue
		}
		for _, c := range Collided(e) {
			if !slices.Contains(collisions, c) {
				collisions = append(collisions, c)
			}
		}
	}
	if several {
		slices.SortStableFunc(happened, func(a, b journal.Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	}
	return happened, collisions
}

// Collisions are the entries that tell what two desks did though it may be done once (see [Collided]): those of one merge,
// by its entry, or of all, where merge is 0, the newest merge first. What is told twice, by both desks, comes once.
func (s *Session) Collisions(ctx context.Context, merge journal.EntryID) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		if err := s.may(ActRead); err != nil {
			yield(journal.Entry{}, err)
			return
		}
		told := map[string]bool{}
		merges := s.desk.store.Entries(ctx, journal.Query{Kinds: []journal.Kind{journal.KindMerge}, Newest: true})
		if merge != 0 {
			merges = func(yield func(journal.Entry, error) bool) { yield(s.desk.store.Entry(ctx, merge)) }
		}
		for m, err := range merges {
			if err != nil {
				yield(journal.Entry{}, err)
				return
			}
			for e, err := range s.collisionsOf(ctx, &m) {
				if err == nil && !slices.ContainsFunc(Collided(&e), func(c string) bool { return !told[c] }) {
					continue
				}
				for _, c := range Collided(&e) {
					told[c] = true
				}
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	}
}

// collisionsOf are those of one merge. Its entry says how many there are, and those that took over follow it.
func (s *Session) collisionsOf(ctx context.Context, m *journal.Entry) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		left := collisionsIn(m.Detail)
		if left == 0 {
			return
		}
		for e, err := range s.desk.store.Entries(ctx, journal.Query{After: &m.ID}) {
			if err != nil {
				yield(e, err)
				return
			}
			if _, taken := e.Restates(); !taken || left <= 0 {
				return
			}
			if found := len(Collided(&e)); found > 0 {
				left -= found
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// A DeskApart is a desk that works apart, as far as is known here.
type DeskApart struct {
	Desk   string
	Merged time.Time // when its journal was brought in last
}

// DesksApart are the desks whose journals were brought in here, by name.
func (s *Session) DesksApart(ctx context.Context) ([]DeskApart, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	snap, err := s.desk.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	newest := map[journal.LogID]journal.EntryID{} // merge of a log
	err = snap.Merges(func(row journal.MergeRow) error {
		newest[row.Log] = max(newest[row.Log], row.Entry)
		return nil
	})
	if err := errors.Join(err, snap.Close()); err != nil {
		return nil, err
	}
	merged := map[string]time.Time{}
	for log, by := range newest {
		first, err := s.desk.store.Entry(ctx, journal.NewEntryID(log, 0))
		if err != nil {
			return nil, err
		}
		e, err := s.desk.store.Entry(ctx, by)
		if err != nil {
			return nil, err
		}
		if e.At.After(merged[first.Desk]) {
			merged[first.Desk] = e.At
		}
	}
	delete(merged, s.desk.name) // its own lost end that came back
	var all []DeskApart
	for _, desk := range slices.Sorted(maps.Keys(merged)) {
		all = append(all, DeskApart{desk, merged[desk]})
	}
	return all, nil
}

// mergeDetail is the detail of a merge's entry.
func mergeDetail(entries uint64, logs, collisions int) string {
	return fmt.Sprintf("%s of %s, %s", countEntries(entries), count(logs, "log"), count(collisions, "collision"))
}

// collisionsIn reads from it how many collisions the merge found.
func collisionsIn(detail string) int {
	last := detail[strings.LastIndex(detail, ", ")+1:]
	n, _, _ := strings.Cut(strings.TrimSpace(last), " ")
	found, err := strconv.Atoi(n)
	if err != nil {
		return 0
	}
	return found
}
