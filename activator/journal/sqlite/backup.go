package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Backup implements [journal.Store]. The copy is a journal file of its own, compact, readable by its owner alone; Open
// opens it. Others may write meanwhile: the copy is the state at its begin.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := touch(path); err != nil {
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("backup of the journal: %q exists already", path)
		}
		return fmt.Errorf("backup of the journal: %w", err)
	}
	err := s.copyTo(ctx, path)
	if err == nil {
		err = syncPath(path)
	}
	if err != nil {
		os.Remove(path)
		return fmt.Errorf("backup of the journal to %q: %w", path, explain(err))
	}
	_ = syncPath(filepath.Dir(path)) // not every system can
	return nil
}

func (s *Store) copyTo(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(s.path, "_pragma=busy_timeout(15000)&_defensive=1&mode=ro"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	return err
}
