package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/internal/storetest"
)

var ctx = context.Background()

func options() Options { return Options{Origin: storetest.Origin, Verifiers: storetest.Verifiers()} }

func file(dir string) string { return filepath.Join(dir, "journal.db") }

var factory = storetest.Factory{
	Create: func(dir string, keys note.Verifiers) (storetest.Store, error) {
		o := options()
		if keys != nil {
			o.Verifiers = keys
		}
		return Create(ctx, file(dir), o)
	},
	Open: func(dir string) (storetest.Store, error) { return Open(ctx, file(dir), options()) },
	Raw:  openRaw,
	Copy: func(from, to string) error {
		data, err := os.ReadFile(file(from))
		if err != nil {
			return err
		}
		return os.WriteFile(file(to), data, 0o600)
	},
	Child: func(t testing.TB, dir string) []string { return []string{os.Args[0]} },
}

func TestMain(m *testing.M) {
	if dir := os.Getenv(storetest.ChildDir); dir != "" {
		fmt.Fprintln(os.Stderr, storetest.Child(factory, dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// raw is the file in the hands of somebody with SQLite's own tools.
type raw struct {
	db      *sql.DB
	restore []string // triggers to put back
}

func openRaw(dir string) (storetest.Raw, error) {
	db, err := sql.Open("sqlite", dsn(file(dir), "_pragma=foreign_keys(0)&_pragma=ignore_check_constraints(1)&_pragma=synchronous(0)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	schema, err := readSchema(ctx, db)
	if err != nil {
		return nil, err
	}
	r := &raw{db: db}
	for name, text := range schema {
		if trigger, ok := strings.CutPrefix(name, "trigger "); ok {
			r.restore = append(r.restore, text)
			if _, err := db.Exec("DROP TRIGGER " + trigger); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

func (r *raw) Exec(query string, args ...any) (int64, error) {
	res, err := r.db.Exec(query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (r *raw) Bytes(hex string) string         { return "x'" + hex + "'" }
func (r *raw) Joined(expression string) string { return "CAST(" + expression + " AS BLOB)" }
func (r *raw) Replaced(column, from, to string) string {
	return fmt.Sprintf("CAST(replace(CAST(%s AS TEXT), '%s', '%s') AS BLOB)", column, from, to)
}

func (r *raw) Count(table string) (n int, err error) {
	err = r.db.QueryRow("SELECT count(*) FROM " + table).Scan(&n)
	return n, err
}

func (r *raw) Close() error {
	for _, text := range r.restore {
		if _, err := r.db.Exec(text); err != nil {
			return err
		}
	}
	return r.db.Close()
}

// TestTamperKnowsAll compares the tables and columns that the tamper test changes with those of the file. Of
// goose's own table nothing follows: the schema itself is compared.
func TestTamperKnowsAll(t *testing.T) {
	_, path := newJournal(t)
	db, err := sql.Open("sqlite", dsn(path, "mode=ro"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	have := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		have[table] = append(have[table], column)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	want := storetest.Tampered()
	for _, all := range []map[string][]string{have, want} {
		for _, columns := range all {
			slices.Sort(columns)
		}
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("have the tables %v\nwant those that the tamper test knows: %v", have, want)
	}
}

func TestStore(t *testing.T) { storetest.Run(t, factory) }

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, factory) }
