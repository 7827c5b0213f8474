package activator

import (
	"context"
	"maps"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// store is what the desk needs of a journal's store: to work, and to be verified.
type store interface {
	journal.Store
	journal.Snapshotter
	// OpenLog closes the store's own log and opens another one, for a restored backup.
	OpenLog(ctx context.Context, origin string) error
}

// Checkpoint reads a head of the journal that was kept elsewhere, if one of the
// keyring's keys signed it.
func (d *Desk) Checkpoint(text []byte) (journal.Head, error) {
	if err := d.Unlock(); err != nil {
		return journal.Head{}, err
	}
	return journal.ParseCheckpoint(text, headVerifiers{d})
}

// Head is the signed head of the journal's own log, the checkpoint: keep it elsewhere, and
// [Session.Verify] tells later whether anything before it was changed or cut off.
func (s *Session) Head(ctx context.Context) (journal.Head, error) {
	if err := s.may(ActRead); err != nil {
		return journal.Head{}, err
	}
	return s.desk.store.Head(ctx)
}

// Verify recomputes the whole journal: every entry, the Merkle tree, the signed
// head, and the tables of licenses, seats and claims that follow from the
// entries. known are heads kept elsewhere; the last one that this computer saw is one
// of them. What differs comes as
// [*journal.TamperedError], with the report.
func (s *Session) Verify(ctx context.Context, known ...journal.Head) (*journal.Report, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	if err := s.desk.Unlock(); err != nil {
		return nil, err
	}
	heads, err := s.desk.lastHeads(ctx)
	if err != nil {
		return nil, err
	}
	known = slices.AppendSeq(slices.Clone(known), maps.Values(heads))
	return journal.Verify(ctx, s.desk.store, headVerifiers{s.desk}, known...)
}
