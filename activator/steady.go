package activator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// steadyPauses are the waits before a lost connection is tried again, about 15 seconds in all: as long as a server
// needs to start again, and as an agent can keep a caller waiting.
var steadyPauses = []time.Duration{
	50 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond,
	1500 * time.Millisecond, 3 * time.Second, 4 * time.Second, 5 * time.Second,
}

// steady is a store that gets over a lost connection. A read is done again. So is an append: if the first one was done
// after all, even one that was still on its way, the store refuses the second one, since no intent comes twice. Entries
// that are there with these intents are this append's own, so it was done.
type steady struct {
	store
	pauses []time.Duration
}

// again runs f, and runs it again after a lost connection, until the pauses are used up.
func (s steady) again(ctx context.Context, f func() error) error {
	err := f()
	for _, pause := range s.pauses {
		if !errors.As(err, new(*journal.LostError)) {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
		err = f()
	}
	return err
}

// Append implements [journal.Store].
func (s steady) Append(ctx context.Context, seen *journal.Facts, es []journal.Entry, sign journal.Signer) (ids []journal.EntryID, err error) {
	lost := false // an earlier try may have been done
	err = s.again(ctx, func() (err error) {
		ids, err = s.store.Append(ctx, seen, es, sign)
		if errors.As(err, new(*journal.LostError)) {
			lost = true
		} else if lost && err != nil { // their intents, if nothing else, are taken: by whom?
			if found, err2 := s.own(ctx, es); err2 != nil || found != nil {
				ids, err = found, err2
			}
		}
		return err
	})
	if errors.As(err, new(*journal.LostError)) {
		return nil, fmt.Errorf("it is not known whether this was recorded: look for it with `activator journal list` once the database is back, or do the same again, a confirmation with the same reference: nothing counts twice (%w)", err)
	}
	return ids, err
}

// own returns the ids of entries that an append of theirs wrote, nil if it did not.
func (s steady) own(ctx context.Context, es []journal.Entry) (ids []journal.EntryID, err error) {
	if es[0].Intent == [16]byte{} {
		return nil, nil
	}
	for e, err := range s.store.Entries(ctx, journal.Query{Intent: es[0].Intent, Batch: es[0].Batch}) {
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(e.Leaf(nil), es[0].Leaf(nil)) {
			return nil, nil // another run of the same batch
		}
		for i := range es { // all or none, one behind the other
			ids = append(ids, e.ID+journal.EntryID(i))
		}
	}
	return ids, nil
}

// Facts implements [journal.Store].
func (s steady) Facts(ctx context.Context, w journal.Wanted) (f *journal.Facts, err error) {
	err = s.again(ctx, func() error {
		f, err = s.store.Facts(ctx, w)
		return err
	})
	return f, err
}

// Entry implements [journal.Store].
func (s steady) Entry(ctx context.Context, id journal.EntryID) (e journal.Entry, err error) {
	err = s.again(ctx, func() error {
		e, err = s.store.Entry(ctx, id)
		return err
	})
	return e, err
}

// Head implements [journal.Store].
func (s steady) Head(ctx context.Context) (h journal.Head, err error) {
	err = s.again(ctx, func() error {
		h, err = s.store.Head(ctx)
		return err
	})
	return h, err
}

// Known implements [journal.Store].
func (s steady) Known(ctx context.Context, numbers []codes.LicenseNumber) (known []bool, err error) {
	err = s.again(ctx, func() error {
		known, err = s.store.Known(ctx, numbers)
		return err
	})
	return known, err
}

// Free implements [journal.Store].
func (s steady) Free(ctx context.Context, numbers []codes.LicenseNumber) (free []bool, err error) {
	err = s.again(ctx, func() error {
		free, err = s.store.Free(ctx, numbers)
		return err
	})
	return free, err
}

// Extends implements [journal.Store].
func (s steady) Extends(ctx context.Context, known journal.Head) error {
	return s.again(ctx, func() error { return s.store.Extends(ctx, known) })
}

// Entries implements [journal.Store]. After a lost connection it goes on behind the last entry that was read.
func (s steady) Entries(ctx context.Context, q journal.Query) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		left, done := q.Limit, false
		err := s.again(ctx, func() error {
			for e, err := range s.store.Entries(ctx, q) {
				if err != nil {
					return err
				}
				if !yield(e, nil) {
					done = true
					return nil
				}
				q.After = &e.ID
				if left--; left == 0 {
					return nil
				}
				q.Limit = max(0, left)
			}
			return nil
		})
		if err != nil && !done {
			yield(journal.Entry{}, err)
		}
	}
}

// Licenses implements [journal.Store]. After a lost connection it goes on behind the last license that was read.
func (s steady) Licenses(ctx context.Context, q journal.LicenseQuery) iter.Seq2[journal.License, error] {
	return func(yield func(journal.License, error) bool) {
		left, done := q.Limit, false
		err := s.again(ctx, func() error {
			for l, err := range s.store.Licenses(ctx, q) {
				if err != nil {
					return err
				}
				if !yield(l, nil) {
					done = true
					return nil
				}
				q.After = l.Number
				if left--; left == 0 {
					return nil
				}
				q.Limit = max(0, left)
			}
			return nil
		})
		if err != nil && !done {
			yield(journal.License{}, err)
		}
	}
}
