package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// Options are those of Create and Open.
type Options struct {
	// Origin names the store's own log, unique in the world. Create needs it; Open refuses a journal whose own log has
	// another one.
	Origin string

	// Verifiers are the keys that heads may be signed with. Append needs them, and takes only their signers; reading
	// does not.
	Verifiers note.Verifiers

	// ReadOnly opens a journal without writing to it.
	ReadOnly bool
}

// Store is a journal in a PostgreSQL database.
type Store struct {
	*sqlstore.Store
	name string
}

var _ journal.Store = (*Store)(nil)

// Name returns the journal's address, without a password.
func (s *Store) Name() string { return s.name }

// Create makes a new journal with one empty log in a database that has no tables yet.
func Create(ctx context.Context, address string, o Options) (*Store, error) {
	if err := journal.ValidOrigin(o.Origin); err != nil {
		return nil, err
	}
	c, err := parse(address)
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, c, o.Origin); err != nil {
		return nil, fmt.Errorf("create journal %q: %w", Name(address), explain(err))
	}
	return Open(ctx, address, o)
}

// errNotEmpty says that a database is in use.
var errNotEmpty = errors.New("expected an empty database")

// fill makes the tables and the first log. Two programs that do so at once are told apart by the first log's key.
func fill(ctx context.Context, c *pgx.ConnConfig, origin string) error {
	db := connect(c, false)
	defer db.Close()
	var table string
	err := db.QueryRowContext(ctx, `SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v', 'm', 'f', 'p')
		ORDER BY relname = 'journal' DESC, relname LIMIT 1`).Scan(&table)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case table == "journal":
		return fmt.Errorf("%w, found a journal in it: a second desk joins it with `activator init --join`", errNotEmpty)
	default:
		return fmt.Errorf("%w, found the table %q: make one for the journal alone (createdb)", errNotEmpty, table)
	}
	if err := migrate(ctx, db); err != nil {
		return err
	}
	res, err := db.ExecContext(ctx, "INSERT INTO logs (id, origin, own, size, frontier, checkpoint) VALUES (0, $1, 1, 0, $2, $2) ON CONFLICT DO NOTHING", origin, []byte{})
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("%w, found that another program made a journal in it just now", errNotEmpty)
	}
	return nil
}

// Open opens a journal that Create made.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	c, err := parse(address)
	if err != nil {
		return nil, err
	}
	name := Name(address)
	s, err := open(ctx, c, name, o)
	if err != nil {
		say := fmt.Errorf("open journal %q: %w", name, explain(err))
		if fault(err) == sqlstore.Lost {
			say = &journal.LostError{Err: say}
		}
		return nil, say
	}
	return &Store{Store: s, name: name}, nil
}

func open(ctx context.Context, c *pgx.ConnConfig, name string, o Options) (*sqlstore.Store, error) {
	r := connect(c, true)
	var w *sql.DB
	if !o.ReadOnly {
		w = connect(c, false)
		w.SetMaxOpenConns(1)
	}
	if err := checkVersion(ctx, r, w); err != nil {
		r.Close()
		if w != nil {
			w.Close()
		}
		return nil, err
	}
	return sqlstore.New(ctx, sqlstore.Config{Name: name, Read: r, Write: w, Origin: o.Origin, Verifiers: o.Verifiers, Dialect: dialect(r)})
}

// appendLock is the number of the advisory lock that writers take: "MAJ1" and "appe" in ASCII.
const appendLock = "5566812190355255397"

// dialect is that of a database, r.
func dialect(r *sql.DB) sqlstore.Dialect {
	return sqlstore.Dialect{
		BeginRead:   "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		ShareMoment: "SELECT pg_export_snapshot()",
		SeeMoment:   "SET TRANSACTION SNAPSHOT '%s'",
		BeginWrite:  []string{"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", "SELECT pg_advisory_xact_lock(" + appendLock + ")"},
		Contains:    "position(%s::bytea in leaf) > 0",
		Unhurried:   "SET LOCAL idle_in_transaction_session_timeout = 0",
		Pipeline:    pipeline,
		Savepoints:  true,
		Patience:    patience,
		Fault:       fault,
		Explain:     explain,
		Form:        form(r),
		Clean:       clean,
	}
}
