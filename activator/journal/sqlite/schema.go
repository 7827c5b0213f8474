package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// The schema is made by goose out of the files of migrations, in the order of their numbers. A change of the schema is
// one more file there, and one in the other dialects' folders: a file that was released is not touched any more. They
// have no way down.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// applicationID stands at offset 68 of the file; the first migration sets it.
const applicationID = 0x4d414a31 // "MAJ1"

// migrate brings the schema of an open file up to date.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// made returns the schema as SQLite itself keeps it after all migrations: name of each table, index and trigger, with
// its text.
var made = sync.OnceValues(func() (map[string]string, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	versions, err := database.NewStore(goose.DialectSQLite3, goose.DefaultTablename)
	if err != nil {
		return nil, err
	}
	if err := versions.CreateVersionTable(ctx, db); err != nil {
		return nil, err
	}
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names { // goose itself takes its time
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if _, err := db.Exec(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return readSchema(ctx, db)
})

func readSchema(ctx context.Context, q sqlstore.Querier) (map[string]string, error) {
	return sqlstore.ReadSchema(ctx, q, "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'")
}

// schemaDiffers lists what is not as it was made.
func schemaDiffers(ctx context.Context, q sqlstore.Querier) ([]string, error) {
	want, err := made()
	if err != nil {
		return nil, err
	}
	have, err := readSchema(ctx, q)
	if err != nil {
		return nil, err
	}
	return sqlstore.SchemaDiffers(have, want), nil
}

// checkVersion says whether the file is a journal that this version reads, and brings an older one up to date, if it
// may be written.
func checkVersion(ctx context.Context, r, w *sql.DB, lock *lockedfile.Mutex) error {
	var id int
	if err := r.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if id != applicationID {
		return fmt.Errorf("is a database of another program")
	}
	var update func() error
	if w != nil {
		update = func() error {
			unlock, err := lock.Lock()
			if err != nil {
				return fmt.Errorf("its lock file cannot be used: %w", err)
			}
			defer unlock()
			return migrate(ctx, w)
		}
	}
	if err := sqlstore.BringUpToDate(ctx, r, migrationFiles, update); err != nil {
		return err
	}
	differ, err := schemaDiffers(ctx, r)
	if err == nil && len(differ) > 0 {
		err = fmt.Errorf("its schema is not this program's: %s (%d in all): use a backup", differ[0], len(differ))
	}
	return err
}

// form lists what is wrong with the file itself: the schema, and what SQLite's own check of pages, keys, indexes and
// column rules finds.
func form(ctx context.Context, q sqlstore.Querier) ([]string, error) {
	wrong, err := schemaDiffers(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := q.QueryContext(context.WithoutCancel(ctx), "PRAGMA integrity_check(20)")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, err
		}
		if line != "ok" {
			wrong = append(wrong, "SQLite's integrity check: "+line)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return wrong, rows.Err()
}
