package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/manual-activator/manual-activator/activator/journal"
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
	syncPath(filepath.Dir(path)) // not every system can
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

// OpenLog closes the store's own log and opens another one: a restored backup must not go on with the old one, whose
// later entries were lost, else two different entries could have one number. The next Append begins it with an entry
// of kind journal.KindLog. It changes nothing if the own log is empty and has this origin.
func (s *Store) OpenLog(ctx context.Context, origin string) error {
	if err := journal.ValidOrigin(origin); err != nil {
		return err
	}
	return s.write(ctx, func() error {
		conn := s.writes.conn
		var size uint64
		var have string
		if err := conn.QueryRowContext(background, "SELECT size, origin FROM logs WHERE own = 1").Scan(&size, &have); err != nil {
			return err
		}
		if size == 0 && have == origin {
			return nil
		}
		if _, err := conn.ExecContext(background, "UPDATE logs SET own = 0 WHERE own = 1"); err != nil {
			return err
		}
		_, err := conn.ExecContext(background, `INSERT INTO logs (id, origin, own, size, frontier, checkpoint)
			SELECT max(id) + 1, ?, 1, 0, x'', x'' FROM logs`, origin)
		if resultCode(err) == codeUnique {
			return fmt.Errorf("journal: a log %q is there already: take another origin", origin)
		}
		return err
	})
}
