package activator

import (
	"context"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// A StoreCall is a call that a desk makes to its journal.
type StoreCall struct {
	Append bool // it records; else it asks for facts
	Again  bool // it asks for the facts of a batch's rows that others may have recorded meanwhile
	After  bool // it came back
}

// Watch has f called around what a session's desk reads of the journal for decisions, and
// what it appends.
func Watch(s *Session, f func(StoreCall)) {
	s.desk.store.store = watched{s.desk.store.store, f}
}

type watched struct {
	store
	call func(StoreCall)
}

func (w watched) Facts(ctx context.Context, wanted journal.Wanted) (*journal.Facts, error) {
	again := wanted.Lines != nil && slices.Contains(wanted.Lines.Lines, firstLine) && !slices.Contains(wanted.Lines.Lines, endLine)
	w.call(StoreCall{Again: again})
	defer w.call(StoreCall{Again: again, After: true})
	return w.store.Facts(ctx, wanted)
}

func (w watched) Append(ctx context.Context, seen *journal.Facts, es []journal.Entry, sign journal.Signer) ([]journal.EntryID, error) {
	w.call(StoreCall{Append: true})
	defer w.call(StoreCall{Append: true, After: true})
	return w.store.Append(ctx, seen, es, sign)
}
