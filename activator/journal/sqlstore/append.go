package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Append implements [journal.Store].
func (s *Store) Append(ctx context.Context, seen *journal.Facts, es []journal.Entry, sign journal.Signer) ([]journal.EntryID, error) {
	if len(es) == 0 {
		return nil, nil
	}
	return s.appendAfter(ctx, s.dialect.Patience, nil, seen, es, sign)
}

// appendAfter appends entries in a transaction that brings in parts of other logs before.
func (s *Store) appendAfter(ctx context.Context, patience time.Duration, parts []journal.LogPart, seen *journal.Facts, es []journal.Entry, sign journal.Signer) (ids []journal.EntryID, err error) {
	leaves, err := encode(es)
	if err != nil {
		return nil, err
	}
	if err := s.maySign(sign); err != nil {
		return nil, err
	}
	err = s.writeWithin(ctx, patience, func(run context.Context) error {
		a := &appender{Store: s, ctx: ctx, run: run, seen: seen, es: es, leaves: leaves}
		for _, p := range parts {
			if err := a.bringIn(p); err != nil {
				return err
			}
		}
		if err := a.append(sign); err != nil {
			return err
		}
		ids = a.ids
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ids, nil
}

// encode returns the leaves of valid entries.
func encode(es []journal.Entry) ([][]byte, error) {
	leaves := make([][]byte, len(es))
	var w journal.Encoder
	for i := range es {
		e := &es[i]
		if leaves[i] = e.Encoded(); leaves[i] != nil {
			continue
		}
		c := *e
		if err := w.Encode(&c); err != nil {
			return nil, err
		}
		leaves[i] = c.Encoded()
	}
	return leaves, nil
}

func (s *Store) maySign(sign journal.Signer) error {
	switch {
	case s.w == nil:
		return fmt.Errorf("journal %q was opened for reading only", s.name)
	case s.verifiers == nil || sign == nil:
		return errors.New("journal: appending needs the key that signs heads and the keys that verify them")
	}
	if _, err := s.verifiers.Verifier(sign.Name(), sign.KeyHash()); err != nil {
		return fmt.Errorf("journal: the signing key is not among those that verify heads: %w", err)
	}
	return nil
}

// appender is one run of Append, within its transaction.
type appender struct {
	*Store
	ctx    context.Context
	run    context.Context // for statements
	seen   *journal.Facts
	es     []journal.Entry
	leaves [][]byte

	log    journal.LogID
	origin string
	tree   journal.Frontier
	base   uint64 // size before
	moved  bool   // entries were appended since seen, or nothing was seen
	ids    []journal.EntryID
	queue  *[]Queued       // statements to be run at once; nil: each is run by itself
	source journal.EntryID // the entry of another log that the present one takes over; 0 for none
}

func (a *appender) append(sign journal.Signer) error {
	if err := a.openHead(); err != nil {
		return err
	}
	if err := a.checkFresh(); err != nil {
		return err
	}
	if a.dialect.Pipeline != nil && plain(a.es) {
		if done, err := a.atOnce(sign); err != nil || done {
			return err
		}
	}
	return a.oneByOne(sign)
}

// oneByOne writes the entries and the new head.
func (a *appender) oneByOne(sign journal.Signer) error {
	a.ids = make([]journal.EntryID, len(a.es))
	for i := range a.es {
		if i%64 == 0 && a.ctx.Err() != nil {
			return a.ctx.Err()
		}
		if err := a.entry(i); err != nil {
			return err
		}
	}
	head, err := journal.SignHead(a.log, a.origin, a.tree.Size, a.tree.Root(), sign)
	if err != nil {
		return err
	}
	if _, err := a.do(&a.writes.setLog, 1, a.tree.Size, a.tree.Bytes(), head.Checkpoint, a.log); err != nil {
		return err
	}
	a.setTrusted(head) // if the commit fails, the database has another one, which is verified anew
	return nil
}

// openHead reads the log's end, and makes sure that it is what was signed: else this signature would cover up what
// somebody without the key changed.
func (a *appender) openHead() error {
	var frontier, checkpoint []byte
	err := a.writes.ownLog.one(a.run, nil, &a.log, &a.origin, &a.base, &frontier, &checkpoint)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("journal %q: %w", a.name, errClosed)
	}
	if err != nil {
		return err
	}
	tree, err := journal.ParseFrontier(a.base, frontier)
	if err != nil {
		return a.damaged(err.Error())
	}
	a.tree = tree
	var last int64
	first := int64(journal.NewEntryID(a.log, 0))
	if err := a.writes.lastEntry.one(a.run, []any{first, first + journal.MaxIndex}, &last); err != nil {
		return err
	}
	if last != first+int64(a.base)-1 && (a.base > 0 || last >= 0) {
		return a.damaged("its last entry is not the one that the head names")
	}
	if a.base == 0 && len(checkpoint) == 0 {
		return nil
	}
	return a.verifyHead(checkpoint, tree.Root())
}

func (s *Store) verifyHead(checkpoint []byte, root tlog.Hash) error {
	s.mu.Lock()
	trusted := s.trusted.Hash == root && bytes.Equal(s.trusted.Checkpoint, checkpoint)
	s.mu.Unlock()
	if trusted {
		return nil
	}
	head, err := journal.ParseCheckpoint(checkpoint, s.verifiers)
	if err != nil {
		return s.damaged(err.Error())
	}
	if head.Hash != root {
		return s.damaged("its head does not fit its stored hashes")
	}
	return nil
}

func (s *Store) damaged(why string) error {
	return fmt.Errorf("journal %q: %s: somebody changed it; nothing was appended; verify it and use a backup", s.name, why)
}

// entry writes entry i with all that follows from it.
func (a *appender) entry(i int) error {
	e := &a.es[i]
	id := journal.NewEntryID(a.log, a.tree.Size)
	if (a.tree.Size == 0) != (e.Kind == journal.KindLog) {
		return fmt.Errorf("journal: entry %v is of kind %q; the first entry of a log, and only that, is of kind %q", id, e.Kind, journal.KindLog)
	}
	c := e.Columns()
	n, err := a.do(&a.writes.insert, 1, int64(id), c.At, string(c.Kind), string(c.Verdict), c.Operator, c.State,
		bytesOrNull(c.Product), numberOrNull(int64(c.License), 0), numberOrNull(c.Fingerprint, -1), bytesOrNull(c.Intent),
		textOrNull(c.Batch), numberOrNull(c.Line, -1), a.leaves[i])
	if err != nil {
		return err
	}
	if n == 0 {
		return a.entryTaken(i, e)
	}
	a.ids[i] = id
	if root, full := a.tree.Add(a.leaves[i]); full {
		if _, err := a.do(&a.writes.subtree, 1, a.log, a.tree.Size/journal.SubtreeLeaves-1, root[:]); err != nil {
			return err
		}
	}
	return a.follow(i, e, id)
}

func (a *appender) entryTaken(i int, e *journal.Entry) error {
	if e.Intent != [16]byte{} && e.Batch == "" {
		if id, err := a.oneID(&a.writes.byIntent, e.Intent[:]); err != nil || id >= 0 {
			return a.taken(journal.TakenError{What: journal.TakenIntent, License: e.License}, i, id, err)
		}
	}
	first := int64(journal.NewEntryID(a.log, 0))
	id, err := a.oneID(&a.writes.byLine, e.Batch, e.Line, first, first+journal.MaxIndex)
	return a.taken(journal.TakenError{What: journal.TakenLine, License: e.License}, i, id, err)
}

// taken completes a *TakenError with the entry that holds what entry i wants.
func (a *appender) taken(t journal.TakenError, i int, holder int64, err error) error {
	if err != nil {
		return err
	}
	if holder < 0 {
		return fmt.Errorf("journal %q: %s of entry %d is taken, and nobody has it: the journal is damaged", a.name, t.What, i+1)
	}
	t.Index, t.Entry, t.Within = i, journal.EntryID(holder), -1
	if t.Entry.Log() == a.log && t.Entry.Index() >= a.base {
		t.Within, t.Entry = int(t.Entry.Index()-a.base), 0
	}
	return &t
}

// oneID returns an entry's id, -1 where there is none.
func (a *appender) oneID(st *stmt, args ...any) (int64, error) {
	var id int64
	err := st.one(a.run, args, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return -1, nil
	}
	return id, err
}

func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func bytesOrNull(b [16]byte) any {
	if b == [16]byte{} {
		return nil
	}
	return b[:]
}

func numberOrNull(n, null int64) any {
	if n == null {
		return nil
	}
	return n
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
