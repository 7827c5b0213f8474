package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/postgres/pgtest"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
	"github.com/manual-activator/manual-activator/internal/storetest"
)

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		address         string
		is, has         bool
		name, complaint string
	}{
		{"journal.db", false, false, "", "cannot be read"},
		{"/folder/postgres", false, false, "", "cannot be read"},
		{"postgres://anna@db.example/journal", true, false, "postgres://anna@db.example:5432/journal", ""},
		{"PostgreSQL://anna@db.example:99/journal?sslmode=disable", true, false, "postgres://anna@db.example:99/journal", ""},
		{"postgres://anna@/journal?host=/run/pg", true, false, "postgres://anna@/journal?host=/run/pg", ""},
		{"postgres://anna:hunter2@db.example/journal", true, true, "postgres://anna@db.example:5432/journal", ""},
		{"postgres://anna@db.example/journal?password=hunter2", true, true, "postgres://anna@db.example:5432/journal", ""},
		{"postgres://anna:hunter2%@db.example/journal", true, true, "postgres://...", "cannot be read"},
		{"postgres://anna:hunter/2@db.example/journal", true, true, "postgres://...", "cannot be read"},
		{"postgres://anna@db.example:hunter2/journal", true, true, "postgres://...", "cannot be read"},
		{"postgres://anna:hunter2@db.example/journal?sslmode=hunter2", true, true, "postgres://...", "its option sslmode has a value that does not fit: want disable, allow,"},
		{"postgres://anna@db.example/journal?application_name=desk&connect_timeout=soon", true, false, "postgres://...", "its option connect_timeout has a value that does not fit: want a number"},
		{"postgres://anna@db.example/journal?sslmode=never", true, false, "postgres://...", "verify-full"},
	} {
		_, err := parse(c.address)
		if have := IsAddress(c.address); have != c.is {
			t.Errorf("%s: have address %v, want %v", c.address, have, c.is)
		}
		if have := c.is && HasPassword(c.address); have != c.has {
			t.Errorf("%s: have password %v, want %v", c.address, have, c.has)
		}
		if have := Name(c.address); c.name != "" && have != c.name {
			t.Errorf("%s: have name %q, want %q", c.address, have, c.name)
		}
		if (err == nil) != (c.complaint == "") || err != nil && (!strings.Contains(err.Error(), c.complaint) || strings.Contains(err.Error(), "hunter")) {
			t.Errorf("%s: have error %v, want one with %q and without the password", c.address, err, c.complaint)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	_, address := newJournal(t)
	_, err := Create(ctx, address, options())
	storetest.WantError(t, err, "expected an empty database", "found a journal")
	_, err = Create(ctx, address, Options{Origin: "two\nlines"})
	storetest.WantError(t, err, "log origin")

	server := pgtest.Shared(t)
	name, err := server.Database()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Drop(name)
	_, err = Open(ctx, server.URL(name), options())
	storetest.WantError(t, err, "no journal in this database", "init --journal")
	if err := server.Exec(name, "CREATE TABLE orders (x int)"); err != nil {
		t.Fatal(err)
	}
	_, err = Create(ctx, server.URL(name), options())
	storetest.WantError(t, err, `found the table "orders"`)
	_, err = Open(ctx, server.URL("nowhere"), options())
	storetest.WantError(t, err, "no such database")
	_, err = Open(ctx, "postgres://anna@/journal?host="+t.TempDir(), options())
	storetest.WantError(t, err, "cannot be reached")
	_, err = Open(ctx, "postgres://anna@127.0.0.1:1/journal", options()) // the driver tries it twice, with TLS and without
	storetest.WantError(t, err, "cannot be reached", "(failed to connect to `user=anna database=journal`: 127.0.0.1:1 ")
	if err == nil || strings.ContainsAny(err.Error(), "\n\t") || strings.Count(err.Error(), "connection refused") > 1 {
		t.Errorf("have %q, want one line that says it once", err)
	}
}

// TestOpenRefuses opens journals that were changed behind the program's back.
func TestOpenRefuses(t *testing.T) {
	server := pgtest.Shared(t)
	s, address := newJournal(t)
	s.Close()
	from := databaseOf(address)
	for script, words := range map[string][]string{
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (77, true)": {"version 77", "newer version of this program"},
		"DROP INDEX journal_intent":                          {"index journal_intent is missing"},
		"DROP TRIGGER journal_update ON journal":             {"trigger journal.journal_update is missing"},
		"ALTER TABLE journal DISABLE TRIGGER journal_update": {"trigger journal.journal_update was changed"},
		"ALTER TABLE seats DISABLE TRIGGER ALL":              {"guard seats of seats_license_seat_limit_fkey", "was changed"},
		"CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'": {"function refuse was changed"},
		"CREATE RULE nothing AS ON INSERT TO claims DO INSTEAD NOTHING":                                    {"rule claims.nothing was added"},
		"ALTER TABLE claims SET UNLOGGED":                                                                  {"table claims was changed"},
		"ALTER TABLE seats DROP CONSTRAINT seats_check":                                                    {"constraint seats.seats_check is missing"},
		"CREATE TABLE more (x int)":                                                                        {"more", "was added"},
		"ALTER TABLE words ALTER word TYPE text COLLATE \"default\"":                                       {"words", "was changed"},
		"UPDATE logs SET own = 0":                                                                          {"its own log"},
		"UPDATE logs SET origin = 'elsewhere'":                                                             {`log "elsewhere"`},
	} {
		name, err := server.Copy(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Exec(name, script); err != nil {
			t.Fatal(err)
		}
		s, err := Open(ctx, server.URL(name), options())
		if err == nil {
			t.Errorf("%s: opened", script)
			s.Close()
		}
		storetest.WantError(t, err, words...)
		server.Drop(name)
	}
}

func databaseOf(address string) string {
	c, err := parse(address)
	if err != nil {
		panic(err)
	}
	return c.Database
}

// TestSettings refuses servers and users that would lose entries.
func TestSettings(t *testing.T) {
	server := pgtest.Shared(t)
	s, address := newJournal(t)
	s.Close()
	name := databaseOf(address)
	for setting, words := range map[string][]string{
		"synchronous_commit = off":           {`synchronous_commit is "off"`, "ALTER ROLE"},
		"session_replication_role = replica": {"session_replication_role"},
	} {
		if err := server.Exec(name, "ALTER DATABASE "+name+" SET "+setting); err != nil {
			t.Fatal(err)
		}
		_, err := Open(ctx, address, options())
		storetest.WantError(t, err, append(words, "do not keep what is recorded")...)
		if err := server.Exec(name, "ALTER DATABASE "+name+" RESET ALL"); err != nil {
			t.Fatal(err)
		}
	}
	err := server.Exec("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Drop("latin")
	_, err = Create(ctx, server.URL("latin"), options())
	storetest.WantError(t, err, "encoding is LATIN1, want UTF8")
	if s, err = Open(ctx, address, options()); err != nil {
		t.Fatalf("settings as they were: have %v", err)
	}
	s.Close()
}

// TestPassword gives a wrong password, and none: neither is ever in what is said.
func TestPassword(t *testing.T) {
	server := pgtest.Shared(t)
	s, address := newJournal(t)
	s.Close()
	name := databaseOf(address)
	if err := server.Exec(name, "DROP ROLE IF EXISTS guarded", "CREATE ROLE guarded LOGIN PASSWORD 'right-one'",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guarded"); err != nil {
		t.Fatal(err)
	}
	guarded := server.URLOf("guarded", name)
	_, err := Open(ctx, strings.Replace(guarded, "guarded@", "guarded:wrong-one@", 1), options())
	storetest.WantError(t, err, "does not let this user in", "PGPASSFILE")
	if strings.Contains(err.Error(), "wrong-one") {
		t.Errorf("have %v, want no password in it", err)
	}
	t.Setenv("PGPASSWORD", "right-one")
	if s, err = Open(ctx, guarded, options()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	storetest.Append(t, s, storetest.Request(1, 8, 2, 2, 2)) // these rights are enough for a desk
	storetest.Verify(t, s)
	for _, q := range []string{"ALTER TABLE journal DISABLE TRIGGER ALL", "TRUNCATE journal", "DROP TABLE claims", "SET session_replication_role = replica"} {
		if err := run(s, q); err == nil {
			t.Errorf("%s: was done by a desk's user", q)
		}
	}
}

func run(s *Store, script string) error {
	return s.Transact(ctx, func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, script)
		return err
	})
}

// TestGuards tries what the triggers and keys must refuse, also to this program's own mistakes.
func TestGuards(t *testing.T) {
	s, address := newJournal(t)
	for _, q := range []string{
		"UPDATE journal SET operator = 'x'", "DELETE FROM journal", "DELETE FROM claims", "UPDATE claims SET value = ''", "DELETE FROM licenses",
		"UPDATE personal SET value = 'x'", "DELETE FROM logs", "INSERT INTO seats VALUES (1, 9, 3, 2, NULL, 1)", "UPDATE licenses SET seats = 0",
		"INSERT INTO seats VALUES (1, 9, 2, 3, NULL, 1)", "INSERT INTO seats VALUES (1, 9, 1, 2, NULL, 1)", "TRUNCATE journal", "TRUNCATE claims",
		"TRUNCATE personal", "TRUNCATE licenses CASCADE", "TRUNCATE logs", "TRUNCATE subtrees", "INSERT INTO subtrees VALUES (0, 0, '')",
	} {
		if err := run(s, q); err == nil {
			t.Errorf("%s: was done", q)
		}
	}
	storetest.Verify(t, s)
	r, err := Open(ctx, address, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = r.Append(ctx, nil, []journal.Entry{storetest.Entry(journal.KindBackup)}, storetest.Signer())
	storetest.WantError(t, err, "for reading only")
}

// TestTables has every table of the schema among those that a copy takes along.
func TestTables(t *testing.T) {
	var have []string
	for name := range written() {
		if table, ok := strings.CutPrefix(name, "table "); ok {
			have = append(have, table)
		}
	}
	slices.Sort(have)
	if want := slices.Sorted(slices.Values(sqlstore.Tables)); !slices.Equal(have, want) {
		t.Errorf("tables: have %q, want %q", have, want)
	}
}

// TestBackupIsSQLite opens a backup without a server, and fills another database with it.
func TestBackupIsSQLite(t *testing.T) {
	s, _ := newJournal(t)
	for i := range 3 {
		var es []journal.Entry
		for j := range 400 {
			es = append(es, storetest.Confirm(1, 7, uint32(i*400+j+1), fmt.Sprint("RMA ", j)))
		}
		storetest.Append(t, s, es...)
	}
	if err := s.OpenLog(ctx, "storetest.example/second"); err != nil {
		t.Fatal(err)
	}
	storetest.Append(t, s, storetest.Entry(journal.KindLog), storetest.Request(1, 9, 9, 2, 2))
	want := storetest.Verify(t, s)
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, path); err != nil {
		t.Fatal(err)
	}
	storetest.WantError(t, s.Backup(ctx, path), "exists already")
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("folder of the copy: have %v, %v, want one file", files, err)
	}
	copied, err := sqlite.Open(ctx, path, sqlite.Options{Origin: "storetest.example/second", Verifiers: storetest.Verifiers()})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	same := func(have *journal.Report) {
		t.Helper()
		if fmt.Sprintf("%+v", have) != fmt.Sprintf("%+v", want) {
			t.Errorf("report of a copy: have %+v, want %+v", have, want)
		}
	}
	same(storetest.Verify(t, copied, want.Heads...))

	server := pgtest.Shared(t)
	name, err := server.Database()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Drop(name)
	o := options()
	o.Origin = "storetest.example/second"
	back, err := Create(ctx, server.URL(name), o)
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if err := back.Fill(ctx, copied.Store); err != nil {
		t.Fatal(err)
	}
	same(storetest.Verify(t, back, want.Heads...))
	storetest.Append(t, back, storetest.Request(1, 10, 10, 0, 0))
	storetest.Verify(t, back, want.Heads...)
	if err := back.Fill(ctx, copied.Store); !errors.Is(err, sqlstore.ErrNotEmpty) {
		t.Errorf("filling a journal with entries: have %v, want %v", err, sqlstore.ErrNotEmpty)
	}
	_, err = back.Append(ctx, nil, []journal.Entry{storetest.Request(1, 9, 9, 2, 2)}, storetest.Signer())
	if !errors.As(err, new(*journal.TakenError)) {
		t.Errorf("an answer that was copied, again: have %v, want *TakenError", err)
	}
}
