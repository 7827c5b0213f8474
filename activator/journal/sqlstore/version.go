package sqlstore

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// BringUpToDate compares the newest migration that a database has, as goose notes it, with the newest of files, and has
// update run those that are missing; update is nil where nothing may be written. It is asked at each opening, where
// goose itself would take too long.
func BringUpToDate(ctx context.Context, q Querier, files fs.FS, update func() error) error {
	have, err := schemaVersion(ctx, q)
	if err != nil {
		return err
	}
	want, err := newestVersion(files)
	switch {
	case err != nil || have == want:
		return err
	case have > want:
		return fmt.Errorf("is a journal of version %d, made by a newer version of this program, which reads up to %d", have, want)
	case update == nil:
		return fmt.Errorf("is a journal of version %d, want %d: open it once for writing, which brings it up to date", have, want)
	}
	if err := update(); err != nil {
		return fmt.Errorf("bringing it from version %d to %d: %w", have, want, err)
	}
	return nil
}

func schemaVersion(ctx context.Context, q Querier) (version int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("the version of its schema: %w", err)
	}
	return version, nil
}

// newestVersion returns the highest number among migration files, NUMBER_NAME.sql in a folder "migrations".
func newestVersion(files fs.FS) (version int64, err error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %q: want a name that begins with a number: %w", name, err)
		}
		version = max(version, n)
	}
	return version, nil
}
