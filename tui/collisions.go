package tui

import (
	"context"
	"iter"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// manyCollisions is how many of them are shown at once; a merge of desks that work together finds a few.
const manyCollisions = 1000

// collect takes the first entries of many.
func collect(from iter.Seq2[journal.Entry, error], most int) (all []journal.Entry, err error) {
	for e, err := range from {
		if err != nil {
			return nil, err
		}
		if all = append(all, e); len(all) == most {
			break
		}
	}
	return all, nil
}

// entriesOf are the entries that a query finds. Those that tell of collisions come in one piece, the newest merge first.
func entriesOf(ctx context.Context, office Office, q journal.Query) iter.Seq2[journal.Entry, error] {
	if !slices.Contains(q.Kinds, collisions) {
		return office.Entries(ctx, q)
	}
	return func(yield func(journal.Entry, error) bool) {
		if q.After != nil {
			return // they came in one piece
		}
		all, err := collect(office.Collisions(ctx, 0), manyCollisions)
		if err != nil {
			yield(journal.Entry{}, err)
			return
		}
		for i := range all {
			if matches(q, &all[i]) && !yield(all[i], nil) {
				return
			}
		}
	}
}

// matches reports whether an entry is what a query asks for, its kind left out.
func matches(q journal.Query, e *journal.Entry) bool {
	switch {
	case len(q.Verdicts) > 0 && !slices.Contains(q.Verdicts, e.Verdict),
		q.Operator != "" && q.Operator != e.Operator,
		q.Product != [16]byte{} && q.Product != e.Product,
		q.License != 0 && q.License != e.License,
		q.Fingerprint != nil && !(e.Machine && *q.Fingerprint == e.Fingerprint),
		!q.From.IsZero() && e.At.Before(q.From),
		!q.To.IsZero() && !e.At.Before(q.To),
		q.Text != "" && q.Text != e.Code && q.Text != e.Answer:
		return false
	}
	return true
}
