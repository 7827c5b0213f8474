package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// Backup implements [journal.Store]. The copy is an SQLite file, which package sqlite opens: whoever has it needs no
// server to read and verify it.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("backup of the journal: %q exists already", path)
	}
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	to, err := sqlite.Create(ctx, path, sqlite.Options{Origin: head.Origin})
	if err != nil {
		return fmt.Errorf("backup of the journal: %w", err)
	}
	err = errors.Join(s.CopyTo(ctx, to.Store), to.Close())
	os.Remove(path + ".lock")
	if err != nil {
		os.Remove(path)
		return fmt.Errorf("backup of the journal to %q: %w", path, err)
	}
	return nil
}

// Fill copies a journal as it is into this one, which must have no entry yet.
func (s *Store) Fill(ctx context.Context, from *sqlstore.Store) error {
	if err := from.CopyTo(ctx, s.Store); err != nil {
		return err
	}
	return s.Transact(ctx, analyze)
}

// analyze has the server look at what is there, so that it finds the short ways at once.
func analyze(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "ANALYZE "+strings.Join(sqlstore.Tables, ", "))
	return err
}
