package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Prove implements [journal.Store].
func (s *Store) Prove(ctx context.Context, id journal.EntryID) (p *journal.Proof, err error) {
	err = s.proving(ctx, "id = $1", int64(id.Log()), func(h journal.Head, rows treeRows) error {
		p, err = journal.Prove(h, id.Index(), rows)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("journal entry %v: %w", id, journal.ErrNoEntry)
	}
	return p, err
}

// ProveConsistency implements [journal.Store].
func (s *Store) ProveConsistency(ctx context.Context, known journal.Head) (c *journal.Consistency, err error) {
	if err := s.Extends(ctx, known); err != nil {
		return nil, err
	}
	err = s.proving(ctx, "origin = $1", known.Origin, func(h journal.Head, rows treeRows) error {
		c, err = journal.ProveConsistency(h, known.Size, rows)
		return err
	})
	return c, err
}

// proving reads the head of one log and lets prove read on, all of one moment.
func (s *Store) proving(ctx context.Context, which string, arg any, prove func(journal.Head, treeRows) error) error {
	v, err := s.view(ctx)
	if err != nil {
		return err
	}
	defer v.close()
	h := journal.Head{}
	err = v.conn.QueryRowContext(ctx, "SELECT id, origin, size, checkpoint FROM logs WHERE "+which, arg).Scan(&h.Log, &h.Origin, &h.Size, &h.Checkpoint)
	if err == nil && h.Size > 0 {
		h.Hash, err = journal.CheckpointHash(h.Checkpoint)
	}
	if err != nil {
		return s.fail(err)
	}
	return prove(h, treeRows{v, ctx, h.Log})
}

// treeRows are the rows of one log that proofs are made from.
type treeRows struct {
	v   *view
	ctx context.Context
	log journal.LogID
}

// Leaves implements [journal.TreeRows].
func (t treeRows) Leaves(from, to uint64, yield func([]byte) error) error {
	first := int64(journal.NewEntryID(t.log, 0))
	return t.each("SELECT leaf FROM journal WHERE id >= $1 AND id < $2 ORDER BY id", yield, first+int64(from), first+int64(to))
}

// Roots implements [journal.TreeRows].
func (t treeRows) Roots(from, to uint64, yield func([]byte) error) error {
	return t.each("SELECT hash FROM subtrees WHERE log = $1 AND n >= $2 AND n < $3 ORDER BY n", yield, int64(t.log), int64(from), int64(to))
}

func (t treeRows) each(query string, yield func([]byte) error, args ...any) error {
	var blob sql.RawBytes
	return t.v.rows(t.ctx, query, args, func(rows *sql.Rows) error {
		if err := rows.Scan(&blob); err != nil {
			return err
		}
		return yield(blob)
	})
}
