package postgres

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal/postgres/pgtest"
	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
	"github.com/manual-activator/manual-activator/internal/storetest"
)

var update = flag.Bool("update", false, "write schema.txt anew")

var ctx = context.Background()

func options() Options { return Options{Origin: storetest.Origin, Verifiers: storetest.Verifiers()} }

// address reads where the journal of a folder is.
func address(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "address"))
	return string(text), err
}

// databases are those that tests made, by their folders: those whose folder is gone are dropped, so that the server
// does not fill up.
type databases struct {
	sync.Mutex
	server *pgtest.Server
	byDir  map[string]string
}

func (d *databases) add(dir, name string) error {
	d.Lock()
	defer d.Unlock()
	for old, name := range d.byDir {
		if _, err := os.Stat(old); errors.Is(err, os.ErrNotExist) {
			d.server.Drop(name)
			delete(d.byDir, old)
		}
	}
	d.byDir[dir] = name
	return os.WriteFile(filepath.Join(dir, "address"), []byte(d.server.URL(name)), 0o600)
}

func (d *databases) name(dir string) string {
	d.Lock()
	defer d.Unlock()
	return d.byDir[dir]
}

func reopen(dir string) (storetest.Store, error) {
	a, err := address(dir)
	if err != nil {
		return nil, err
	}
	return Open(ctx, a, options())
}

func factory(t testing.TB) storetest.Factory {
	s := pgtest.Shared(t)
	all := &databases{server: s, byDir: map[string]string{}}
	return storetest.Factory{
		SlowCopy: true,
		Create: func(dir string, keys note.Verifiers) (storetest.Store, error) {
			name, err := s.Database()
			if err != nil {
				return nil, err
			}
			if err := all.add(dir, name); err != nil {
				return nil, err
			}
			o := options()
			if keys != nil {
				o.Verifiers = keys
			}
			return Create(ctx, s.URL(name), o)
		},
		Open: reopen,
		Raw:  func(dir string) (storetest.Raw, error) { return openRaw(s.URL(all.name(dir))) },
		Copy: func(from, to string) error {
			name, err := s.Copy(all.name(from))
			if err != nil {
				return err
			}
			return all.add(to, name)
		},
		Child: func(t testing.TB, dir string) []string { return []string{os.Args[0]} },
	}
}

func TestMain(m *testing.M) {
	if dir := os.Getenv(storetest.ChildDir); dir != "" {
		fmt.Fprintln(os.Stderr, storetest.Child(storetest.Factory{Open: reopen}, dir))
		os.Exit(1)
	}
	flag.Parse()
	if checks := flag.Lookup("rapid.checks"); os.Getenv("ACTIVATOR_LONG_TESTS") == "" && checks.Value.String() == checks.DefValue {
		checks.Value.Set("15") // each makes a database
	}
	code := m.Run()
	pgtest.Stop()
	os.Exit(code)
}

// raw is the database in the hands of the server's administrator.
type raw struct {
	conn    *pgx.Conn
	restore []string
}

func openRaw(address string) (storetest.Raw, error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return nil, err
	}
	r := &raw{conn: conn}
	if _, err := conn.Exec(ctx, "SET session_replication_role = replica"); err != nil { // no triggers, no foreign keys
		return nil, err
	}
	rows, err := conn.Query(ctx, `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
		WHERE contype = 'c' AND connamespace = 'public'::regnamespace`)
	if err != nil {
		return nil, err
	}
	var table, name, text string
	var drop []string
	_, err = pgx.ForEachRow(rows, []any{&table, &name, &text}, func() error {
		drop = append(drop, fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT %s", table, name))
		r.restore = append(r.restore, fmt.Sprintf("ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID", table, name, text))
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, text := range drop {
		if _, err := conn.Exec(ctx, text); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *raw) Exec(query string, args ...any) (int64, error) {
	tag, err := r.conn.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

func (r *raw) Count(table string) (n int, err error) {
	err = r.conn.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	return n, err
}

func (r *raw) Bytes(hex string) string         { return `'\x` + hex + `'::bytea` }
func (r *raw) Joined(expression string) string { return expression }
func (r *raw) Replaced(column, from, to string) string {
	return fmt.Sprintf("convert_to(replace(convert_from(%s, 'UTF8'), '%s', '%s'), 'UTF8')", column, from, to)
}

// Close puts the column rules back, as if they had always been there.
func (r *raw) Close() error {
	for _, text := range append(r.restore, "UPDATE pg_constraint SET convalidated = true WHERE contype = 'c'") {
		if _, err := r.conn.Exec(ctx, text); err != nil {
			return err
		}
	}
	return r.conn.Close(ctx)
}

func TestStore(t *testing.T) { storetest.Run(t, factory(t)) }

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, factory(b)) }

// newJournal makes a journal with a license and an answer, and returns its address.
func newJournal(t *testing.T) (*Store, string) {
	t.Helper()
	server := pgtest.Shared(t)
	name, err := server.Database()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Drop(name) })
	s, err := Create(ctx, server.URL(name), options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	storetest.Append(t, s, storetest.First()...)
	return s, server.URL(name)
}

// TestSchemaText compares schema.txt with what the migrations make.
func TestSchemaText(t *testing.T) {
	server := pgtest.Shared(t)
	name, err := server.Database()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Drop(name)
	c, err := parse(server.URL(name))
	if err != nil {
		t.Fatal(err)
	}
	db := connect(c, false)
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db); err != nil {
		t.Fatal(err)
	}
	have, err := describe(ctx, db, "public")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.txt", []byte(have.text()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have.text() != schemaText {
		t.Errorf("schema.txt: have another schema, want that of the migrations (go test -run SchemaText -update): %q", sqlstore.SchemaDiffers(have, written()))
	}
	// A server that words it otherwise is compared with what it makes itself.
	otherwise := schema{"table journal": "worded otherwise"}
	if differ, err := schemaDiffers(ctx, db, otherwise); err != nil || len(differ) != 0 {
		t.Errorf("another wording: have %q, %v, want no difference", differ, err)
	}
	if _, err := db.ExecContext(ctx, "DROP INDEX journal_intent"); err != nil {
		t.Fatal(err)
	}
	if differ, err := schemaDiffers(ctx, db, otherwise); err != nil || len(differ) != 1 || differ[0] != "index journal_intent is missing" {
		t.Errorf("another wording, an index missing: have %q, %v, want the index named", differ, err)
	}
	var leftover sql.NullString
	if err := db.QueryRowContext(ctx, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'activator%'").Scan(&leftover); err == nil {
		t.Errorf("have the schema %q left over, want none", leftover.String)
	}
}
