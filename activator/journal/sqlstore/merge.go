package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Merge implements [journal.Store].
func (s *Store) Merge(ctx context.Context, parts []journal.LogPart, seen *journal.Facts, es []journal.Entry, sign journal.Signer) ([]journal.EntryID, error) {
	return s.appendAfter(ctx, 0, parts, seen, es, sign)
}

// bringIn writes the entries of a part, and the log's new end with the head that its own desk signed.
func (a *appender) bringIn(p journal.LogPart) error {
	var own, size uint64
	var log journal.LogID
	var frontier []byte
	conn := a.writes.conn
	err := conn.QueryRowContext(a.run, "SELECT id, own, size, frontier FROM logs WHERE origin = $1", p.Head.Origin).Scan(&log, &own, &size, &frontier)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if err := conn.QueryRowContext(a.run, "SELECT max(id) + 1 FROM logs").Scan(&log); err != nil {
			return err
		}
		_, err := conn.ExecContext(a.run, "INSERT INTO logs (id, origin, own, size, frontier, checkpoint) VALUES ($1, $2, 0, 0, $3, $3)", log, p.Head.Origin, []byte{})
		if err != nil {
			return err
		}
	case err != nil:
		return err
	case own != 0:
		return fmt.Errorf("log %q is this journal's own: nothing can be brought in to it", p.Head.Origin)
	}
	if size != p.First {
		return &journal.StaleError{Why: fmt.Sprintf("log %q has %d entries here, not %d", p.Head.Origin, size, p.First)}
	}
	tree, err := journal.ParseFrontier(size, frontier)
	if err != nil {
		return a.damaged(err.Error())
	}
	err = p.Entries(func(leaf []byte, texts []journal.PersonalRow) error {
		if tree.Size%64 == 0 && a.ctx.Err() != nil {
			return a.ctx.Err()
		}
		return a.foreign(journal.NewEntryID(log, tree.Size), &tree, leaf, texts)
	})
	if err != nil {
		return err
	}
	if tree.Size != p.Head.Size || tree.Root() != p.Head.Hash {
		return fmt.Errorf("log %q: its %d entries do not give the hash of its signed head, of %d: nothing was brought in", p.Head.Origin, tree.Size, p.Head.Size)
	}
	_, err = a.writes.setLog.ExecContext(a.run, tree.Size, tree.Bytes(), p.Head.Checkpoint, log)
	return err
}

// foreign writes one entry of another desk's log, without anything that follows from it.
func (a *appender) foreign(id journal.EntryID, tree *journal.Frontier, leaf []byte, texts []journal.PersonalRow) error {
	e, err := journal.ParseLeaf(leaf)
	if err != nil {
		return fmt.Errorf("entry %d: %w", tree.Size, err)
	}
	c := e.Columns()
	n, err := affected(a.writes.insert.ExecContext(a.run, int64(id), c.At, string(c.Kind), string(c.Verdict), c.Operator, c.State,
		bytesOrNull(c.Product), numberOrNull(int64(c.License), 0), numberOrNull(c.Fingerprint, -1), bytesOrNull(c.Intent),
		textOrNull(c.Batch), numberOrNull(c.Line, -1), leaf))
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("entry %d: its random mark, or its line of the batch %q, is that of an entry that is here already: nothing was brought in", tree.Size, e.Batch)
	}
	if root, full := tree.Add(leaf); full {
		if _, err := a.writes.subtree.ExecContext(a.run, id.Log(), tree.Size/journal.SubtreeLeaves-1, root[:]); err != nil {
			return err
		}
	}
	for _, t := range texts {
		if _, err := a.writes.private.ExecContext(a.run, int64(id), t.Field, t.Salt, t.Text); err != nil {
			return err
		}
	}
	return nil
}

// merged notes what an entry brought in.
func (a *appender) merged(id journal.EntryID, f journal.MergeLog) error {
	log, size, err := a.logOf(f.Origin)
	if err != nil {
		return err
	}
	if size != f.Size || log == a.log {
		return fmt.Errorf("journal: log %q has %d entries, want %d, and not the own log", f.Origin, size, f.Size)
	}
	_, err = a.writes.merge.ExecContext(a.run, log, f.First, f.Size, int64(id))
	return err
}

// restates notes which entry the present one takes over.
func (a *appender) restates(f journal.Restate) error {
	log, size, err := a.logOf(f.Origin)
	if err == nil && f.Index >= size {
		err = fmt.Errorf("journal: entry %d of log %q cannot be taken over: it is not there", f.Index, f.Origin)
	}
	if err == nil {
		a.source = journal.NewEntryID(log, f.Index)
	}
	return err
}

func (a *appender) logOf(origin string) (log journal.LogID, size uint64, err error) {
	err = a.writes.logBy.one(a.run, []any{origin}, &log, &size)
	if errors.Is(err, sql.ErrNoRows) {
		err = fmt.Errorf("journal: the log %q is not in this journal", origin)
	}
	return log, size, err
}
