package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/storetest"
	"github.com/manual-activator/manual-activator/internal/unprivileged"
)

// newJournal makes a journal with a license and an answer, and returns its file.
func newJournal(t *testing.T) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a folder? with #signs% & ümlauts", "journal.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := Create(ctx, path, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	storetest.Append(t, s, storetest.First()...)
	return s, path
}

func TestCreate(t *testing.T) {
	s, path := newJournal(t)
	if runtime.GOOS != "windows" {
		files, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(files) < 4 {
			t.Errorf("have %d files, %v, want the journal, its WAL, its index and its lock", len(files), err)
		}
		for _, f := range files {
			if info, err := f.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s: have mode %v, %v, want it readable by its owner alone", f.Name(), info.Mode(), err)
			}
		}
	}
	_, err := Create(ctx, path, options())
	storetest.WantError(t, err, "exists already")
	_, err = Create(ctx, filepath.Join(path, "x"), options())
	storetest.WantError(t, err, "create journal")
	_, err = Create(ctx, path+"2", Options{Origin: "two\nlines"})
	storetest.WantError(t, err, "log origin")
	if _, err := os.Stat(path + "2"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("refused create: have a file, %v", err)
	}
	storetest.Verify(t, s)
	// What an interrupted Create left is no obstacle.
	if err := os.WriteFile(path+"3.new", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	third, err := Create(ctx, path+"3", options())
	if err != nil {
		t.Fatal(err)
	}
	third.Close()
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	put := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	run := func(path, script string) {
		db, err := sql.Open("sqlite", dsn(path, "_pragma=journal_mode(DELETE)"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(script); err != nil {
			t.Fatal(err)
		}
	}
	s, good := newJournal(t)
	s.Close()
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	copied := func(name, script string) string {
		path := put(name, string(content))
		run(path, script)
		return path
	}
	foreign := filepath.Join(dir, "foreign")
	run(foreign, "CREATE TABLE x (y)")
	damaged := slices.Clone(content)
	for i := 100; i < 4096; i++ {
		damaged[i] = 0xff
	}
	for path, words := range map[string][]string{
		filepath.Join(dir, "none"): {"none", "no such file"},
		dir:                        {"is a directory"},
		put("empty", ""):           {"is empty", "backup"},
		put("text", strings.Repeat("hello world ", 20)): {"not a journal"},
		put("short", string(content[:50])):              {"was cut off"},
		put("half", string(content[:len(content)/2])):   {"half"},
		put("damaged", string(damaged)):                 {"damaged"},
		foreign:                                         {"another program"},
		copied("newer", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (7, 1)"): {"version 7", "newer version of this program"},
		copied("index", "DROP INDEX journal_intent"):                                           {"index journal_intent is missing"},
		copied("trigger", "DROP TRIGGER journal_update"):                                       {"trigger journal_update is missing"},
		copied("table", "CREATE TABLE more (x)"):                                               {"table more was added"},
		copied("own", "UPDATE logs SET own = 0"):                                               {"its own log"},
		copied("origin", "UPDATE logs SET origin = 'elsewhere'"):                               {`log "elsewhere"`},
	} {
		s, err := Open(ctx, path, options())
		if err == nil {
			if _, err = journal.Verify(ctx, s, storetest.Verifiers()); err == nil {
				t.Errorf("%s: opened and verified", path)
			}
			s.Close()
		}
		storetest.WantError(t, err, words...)
	}
}

// run runs a script on the connection that writes.
func run(s *Store, script string) error {
	return s.Transact(ctx, func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, script)
		return err
	})
}

// TestGuards tries what the triggers and keys must refuse, also to this program's own mistakes.
func TestGuards(t *testing.T) {
	s, path := newJournal(t)
	for _, q := range []string{
		"UPDATE journal SET operator = 'x'", "DELETE FROM journal", "DELETE FROM claims", "UPDATE claims SET value = x'00'", "DELETE FROM licenses",
		"UPDATE personal SET value = 'x'", "DELETE FROM logs", "INSERT INTO seats VALUES (1, 9, 3, 2, NULL, 1)", "UPDATE licenses SET seats = 0",
		"INSERT INTO seats VALUES (1, 9, 2, 3, NULL, 1)", "INSERT INTO seats VALUES (1, 9, 1, 2, NULL, 1)", "DROP TABLE sqlite_schema",
		"INSERT INTO subtrees VALUES (0, 0, x'00')", "INSERT INTO pool VALUES (0, zeroblob(16), 1, 1)",
	} {
		if err := run(s, q); err == nil {
			t.Errorf("%s: was done", q)
		}
	}
	storetest.Verify(t, s)
	reads, err := sql.Open("sqlite", dsn(path, forReading))
	if err != nil {
		t.Fatal(err)
	}
	defer reads.Close()
	if _, err := reads.ExecContext(ctx, "INSERT INTO words VALUES ('x', 1)"); err == nil {
		t.Error("a connection for reading wrote")
	}
}

func TestDiskFull(t *testing.T) {
	s, _ := newJournal(t)
	before := storetest.Verify(t, s)
	var pages int
	err := s.Transact(ctx, func(ctx context.Context, conn *sql.Conn) error {
		return conn.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := run(s, fmt.Sprintf("PRAGMA max_page_count = %d", pages+2)); err != nil {
		t.Fatal(err)
	}
	done := uint64(0)
	for i := uint32(2); err == nil && i < 10_000; i++ {
		if _, err = s.Append(ctx, nil, []journal.Entry{storetest.Request(1, 8, i, 0, 0), storetest.Request(1, 9, i, 0, 0)}, storetest.Signer()); err == nil {
			done += 2
		}
	}
	storetest.WantError(t, err, "disk is full", "nothing was written")
	if after := storetest.Verify(t, s); after.Entries != before.Entries+done {
		t.Errorf("have %d entries, want %d", after.Entries, before.Entries+done)
	}
	if err := run(s, "PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	storetest.Append(t, s, storetest.Request(1, 10, 1, 2, 2))
	storetest.Verify(t, s)
}

// TestUnwritable needs a user whom permissions bind.
func TestUnwritable(t *testing.T) {
	if !unprivileged.Bound() {
		unprivileged.Run(t, "TestUnwritable")
		return
	}
	s, path := newJournal(t)
	s.Close()
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Dir(path), 0o700)
	again, err := Open(ctx, path, options())
	if err == nil {
		defer again.Close()
		_, err = again.Append(ctx, nil, []journal.Entry{storetest.Entry(journal.KindBackup)}, storetest.Signer())
	}
	storetest.WantError(t, err, path)
}

// TestWaiting cancels an append that waits for another program's lock.
func TestWaiting(t *testing.T) {
	s, path := newJournal(t)
	other, err := Open(ctx, path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	has, release := make(chan bool), make(chan bool)
	go other.Transact(ctx, func(context.Context, *sql.Conn) error {
		has <- true
		<-release
		return nil
	})
	<-has
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	for range 2 { // the second waits for this process's own turn
		if _, err := s.Append(short, nil, []journal.Entry{storetest.Entry(journal.KindBackup)}, storetest.Signer()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("have %v, want the deadline", err)
		}
	}
	if _, err := s.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{1}}); err != nil {
		t.Errorf("reading while another writes: %v", err)
	}
	release <- true
	storetest.Append(t, s, storetest.Entry(journal.KindBackup))
	storetest.Verify(t, s)
}

func TestSigner(t *testing.T) {
	s, path := newJournal(t)
	s.Close()
	again, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.Entry(ctx, 2); err != nil {
		t.Errorf("reading without keys: %v", err)
	}
	_, err = again.Append(ctx, nil, []journal.Entry{storetest.Entry(journal.KindBackup)}, storetest.Signer())
	storetest.WantError(t, err, "keys that verify")
}
