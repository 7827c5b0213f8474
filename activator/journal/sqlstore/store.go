package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Config is what a store is made of. The databases are open, and their schema is that of the dialect.
type Config struct {
	// Name is what errors call the journal: a file's path, an address without secrets.
	Name string

	// Read is where is read, Write where is written, nil to read only. The store closes both.
	Read, Write *sql.DB

	// Origin is the own log's name, which must be that; empty for any.
	Origin string

	// Verifiers are the keys that heads may be signed with. Append needs them, and takes only their signers.
	Verifiers note.Verifiers

	Dialect Dialect
}

// Store is a journal in a database. It is a [journal.Store] but for Backup, which each database has its own way to do,
// and a [journal.Snapshotter].
type Store struct {
	name      string
	verifiers note.Verifiers
	dialect   Dialect

	w    *sql.DB       // nil: read only
	r    *sql.DB       // connections that read
	turn chan struct{} // holds one token; who has it may write

	writes writeStatements
	pool   chan *reader // readers not in use; nil: one to be opened yet

	mu      sync.Mutex
	trusted journal.Head // last signed by this process
}

var _ journal.Snapshotter = (*Store)(nil)

// New makes a store of open databases. When it fails, it has closed them.
func New(ctx context.Context, c Config) (_ *Store, err error) {
	s := &Store{name: c.Name, verifiers: c.Verifiers, dialect: c.Dialect, r: c.Read, w: c.Write, turn: make(chan struct{}, 1), pool: make(chan *reader, readers)}
	s.turn <- struct{}{}
	defer func() {
		if err != nil {
			_ = s.Close() // err says more
		}
	}()
	var origin string
	err = s.r.QueryRowContext(ctx, "SELECT origin FROM logs WHERE own = 1").Scan(&origin)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errClosed
	}
	if err != nil {
		return nil, fmt.Errorf("its own log: %w", err)
	}
	if c.Origin != "" && origin != c.Origin {
		return nil, fmt.Errorf("is the log %q, want %q: the journal of another vendor folder?", origin, c.Origin)
	}
	for range readers {
		s.pool <- nil
	}
	return s, nil
}

// errClosed says that a journal has no log of its own any more.
var errClosed = errors.New("its own log is closed: the journal was moved to another database, and goes on there; open that one (`journal = ...` in the vendor folder's settings)")

// Close closes the databases. It must be the last call: others must have returned.
func (s *Store) Close() error {
	s.writes.close()
	for range len(s.pool) {
		if r := <-s.pool; r != nil {
			r.close()
		}
		s.pool <- nil // for a call too late, which then fails on the closed database
	}
	var errs []error
	for _, db := range []*sql.DB{s.r, s.w} { // the writer last: in SQLite it folds the WAL into the file
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// fail names the journal in an error of its database.
func (s *Store) fail(err error) error {
	say := fmt.Errorf("journal %q: %w", s.name, s.dialect.Explain(err))
	if s.dialect.Fault(err) == Lost {
		return &journal.LostError{Err: say}
	}
	return say
}

// running is the context for the statements of a transaction; a patience of 0 is for ever.
func (s *Store) running(ctx context.Context, patience time.Duration) (context.Context, context.CancelFunc) {
	if s.dialect.Uncancelled {
		ctx = context.WithoutCancel(ctx)
	}
	if patience == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, patience, errPatience)
}

var errPatience = errors.New("the database gives no answer")
