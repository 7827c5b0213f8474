package sqlstore

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// SchemaVersion returns the number of the newest migration that a database has, as goose notes it. It is asked at each
// opening, where goose itself would take too long.
func SchemaVersion(ctx context.Context, q Querier) (version int64, err error) {
	err = q.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("the version of its schema: %w", err)
	}
	return version, nil
}

// NewestVersion returns the highest number among migration files, NUMBER_NAME.sql in a folder "migrations".
func NewestVersion(files fs.FS) (version int64, err error) {
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
