package postgres

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// The schema is made by goose out of the files of migrations, in the order of their numbers. A change of the schema is
// one more file there, and one in the other dialects' folders: a file that was released is not touched any more. They
// have no way down.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

//go:embed schema.sql
var describeSQL string

// schemaText is the schema as describe finds it after all migrations; the package's test writes it anew (-update).
//
//go:embed schema.txt
var schemaText string

// migrate brings the schema up to date, one program at a time.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(2) // goose keeps its lock on one
	defer db.SetMaxOpenConns(1)
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// schema is what a schema is made of, by name: tables, columns, constraints, indexes, triggers, rules, functions.
type schema map[string]string

// describe reads the schema of a name.
func describe(ctx context.Context, q sqlstore.Querier, name string) (schema, error) {
	return sqlstore.ReadSchema(ctx, q, describeSQL, name)
}

// text writes a schema as schema.txt has it, one line each.
func (s schema) text() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s)) {
		fmt.Fprintf(&b, "%s: %s\n", name, s[name])
	}
	return b.String()
}

var written = sync.OnceValue(func() schema {
	s := schema{}
	for line := range strings.Lines(schemaText) {
		if name, text, found := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); found {
			s[name] = text
		}
	}
	return s
})

// schemaDiffers lists what is not as it was made. A server of another version may word the same schema otherwise than
// schema.txt: then the schema is made once more beside it, to compare, and thrown away.
func schemaDiffers(ctx context.Context, db *sql.DB, want schema) ([]string, error) {
	var name string
	if err := db.QueryRowContext(ctx, "SELECT current_schema()").Scan(&name); err != nil {
		return nil, err
	}
	have, err := describe(ctx, db, name)
	if err != nil {
		return nil, err
	}
	differ := sqlstore.SchemaDiffers(have, want)
	if len(differ) == 0 {
		return nil, nil
	}
	again, err := made(ctx, db)
	if err != nil { // this user may not
		return differ, nil
	}
	return sqlstore.SchemaDiffers(have, again), nil
}

// made makes the schema beside the one that is there, describes it, and throws it away.
func made(ctx context.Context, db *sql.DB) (schema, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	const scratch = "activator_compare"
	exec := func(text string) error {
		_, err := tx.ExecContext(ctx, text, pgx.QueryExecModeSimpleProtocol)
		return err
	}
	if err := exec("SET TRANSACTION READ WRITE; CREATE SCHEMA " + scratch + "; SET LOCAL search_path TO " + scratch); err != nil {
		return nil, err
	}
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := exec(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return describe(ctx, tx, scratch)
}

// checkVersion says whether the database holds a journal that this version reads, and brings an older one up to date,
// if it may be written.
func checkVersion(ctx context.Context, r, w *sql.DB) error {
	var there bool
	if err := r.QueryRowContext(ctx, "SELECT to_regclass('goose_db_version') IS NOT NULL AND to_regclass('logs') IS NOT NULL").Scan(&there); err != nil {
		return err
	}
	if !there {
		return fmt.Errorf("there is no journal in this database: make one with `activator init --journal`, or bring one there with `activator journal migrate`")
	}
	var update func() error
	if w != nil {
		update = func() error { return migrate(ctx, w) }
	}
	if err := sqlstore.BringUpToDate(ctx, r, migrationFiles, update); err != nil {
		return err
	}
	differ, err := schemaDiffers(ctx, r, written())
	if err != nil || len(differ) == 0 {
		return err
	}
	return fmt.Errorf("its schema is not this program's: %s (%d in all): use a backup", differ[0], len(differ))
}

// form lists what is wrong with the database itself. Damaged pages are the server's to find: its own tools (pg_amcheck,
// checksums) look at files, not at meaning.
func form(r *sql.DB) func(context.Context, sqlstore.Querier) ([]string, error) {
	return func(ctx context.Context, _ sqlstore.Querier) ([]string, error) {
		return schemaDiffers(ctx, r, written())
	}
}
