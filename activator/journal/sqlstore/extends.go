package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Extends implements [journal.Store].
func (s *Store) Extends(ctx context.Context, known journal.Head) error {
	if known.Size == 0 {
		return nil
	}
	v, err := s.view(ctx)
	if err != nil {
		return err
	}
	defer v.close()
	var log journal.LogID
	var size uint64
	var checkpoint []byte
	err = v.conn.QueryRowContext(ctx, "SELECT id, size, checkpoint FROM logs WHERE origin = $1", known.Origin).Scan(&log, &size, &checkpoint)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return journal.Absent(known)
	case err != nil:
		return s.fail(err)
	case size < known.Size:
		return journal.Cut(log, size, known)
	}
	var hash tlog.Hash
	if size == known.Size {
		hash, err = journal.CheckpointHash(checkpoint)
	} else {
		hash, err = v.hashAt(ctx, log, known.Size)
	}
	if err != nil {
		return s.fail(err)
	}
	if hash != known.Hash {
		return journal.Differs(log, known)
	}
	return nil
}

// hashAt returns the tree hash over a log's first entries, from the stored roots of full subtrees and the leaves
// behind them.
func (v *view) hashAt(ctx context.Context, log journal.LogID, size uint64) (tlog.Hash, error) {
	var roots, rest journal.Frontier
	full := size / journal.SubtreeLeaves
	var hash, leaf sql.RawBytes
	err := v.rows(ctx, "SELECT hash FROM subtrees WHERE log = $1 AND n < $2 ORDER BY n", []any{log, full}, func(rows *sql.Rows) error {
		if err := rows.Scan(&hash); err != nil {
			return err
		}
		if len(hash) != tlog.HashSize {
			return errors.New("a stored hash has a wrong length: verify the journal")
		}
		roots.AddHash(tlog.Hash(hash))
		return nil
	})
	if err != nil {
		return tlog.Hash{}, err
	}
	from := int64(journal.NewEntryID(log, 0))
	err = v.rows(ctx, "SELECT leaf FROM journal WHERE id >= $1 AND id < $2 ORDER BY id", []any{from + int64(full*journal.SubtreeLeaves), from + int64(size)},
		func(rows *sql.Rows) error {
			if err := rows.Scan(&leaf); err != nil {
				return err
			}
			rest.Add(leaf)
			return nil
		})
	return journal.RootOver(&roots, &rest), err
}

// rows runs a query that is not prepared.
func (v *view) rows(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := v.conn.QueryContext(ctx, query, args...)
	return eachRow(rows, err, scan)
}
