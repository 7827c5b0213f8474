package sqlite

import (
	"bytes"
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
	"github.com/manual-activator/manual-activator/activator/journal/storetest"
	"github.com/manual-activator/manual-activator/codes"
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
	add(t, s, storetest.Entry(journal.KindLog), storetest.Register(1, 2, "PO-1", "Ada"), storetest.Request(1, 7, 1, 1, 2))
	return s, path
}

func add(t *testing.T, s *Store, es ...journal.Entry) []journal.EntryID {
	t.Helper()
	ids, err := s.Append(ctx, nil, es, storetest.Signer())
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func verified(t *testing.T, s *Store, known ...journal.Head) *journal.Report {
	t.Helper()
	r, err := journal.Verify(ctx, s, storetest.Verifiers(), known...)
	if err != nil {
		t.Fatalf("verify: have %v, want nothing", err)
	}
	return r
}

func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("have error %v, want one with %q", err, w)
		}
	}
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
	wantError(t, err, "exists already")
	_, err = Create(ctx, filepath.Join(path, "x"), options())
	wantError(t, err, "create journal")
	_, err = Create(ctx, path+"2", Options{Origin: "two\nlines"})
	wantError(t, err, "log origin")
	if _, err := os.Stat(path + "2"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("refused create: have a file, %v", err)
	}
	verified(t, s)
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
		wantError(t, err, words...)
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
	verified(t, s)
	reads, err := sql.Open("sqlite", dsn(path, forReading))
	if err != nil {
		t.Fatal(err)
	}
	defer reads.Close()
	if _, err := reads.ExecContext(ctx, "INSERT INTO words VALUES ('x', 1)"); err == nil {
		t.Error("a connection for reading wrote")
	}
}

// TestErasedIsGone looks for erased texts in the bytes of the store's files, after many were written and split pages.
func TestErasedIsGone(t *testing.T) {
	s, path := newJournal(t)
	const secret = "Zaphod Beeblebrox"
	for i := range 400 {
		l := codes.LicenseNumber(100 + i)
		add(t, s, storetest.Register(l, 1, fmt.Sprint("P-", i), fmt.Sprint(secret, " ", i)), storetest.Confirm(l, 5, uint32(i), fmt.Sprint(secret, " case ", i)))
	}
	inFiles := func() (found []string) {
		for _, name := range []string{path, path + "-wal", path + "-shm", path + "-journal", path + ".lock"} {
			b, err := os.ReadFile(name)
			if err == nil && (bytes.Contains(b, []byte("Zaphod")) || bytes.Contains(b, []byte("zaphod")) || bytes.Contains(b, []byte("beeblebrox"))) {
				found = append(found, name)
			}
		}
		return found
	}
	if len(inFiles()) == 0 {
		t.Fatal("the text is in no file before it is erased")
	}
	h, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	e := storetest.Entry(journal.KindRedact)
	runs := []journal.Run{{First: 3, Last: h.Size - 1}}
	e.Effects = []journal.Effect{journal.Erase{Field: journal.FieldCustomer, Origin: h.Origin, Runs: runs}, journal.Erase{Field: "reference", Origin: h.Origin, Runs: runs}}
	add(t, s, e)
	if err := s.Clean(ctx); err != nil {
		t.Fatal(err)
	}
	if found := inFiles(); len(found) > 0 {
		t.Errorf("after erasing: the text is in %q", found)
	}
	verified(t, s)
	add(t, s, storetest.Request(1, 9, 9, 2, 2)) // it goes on working
	verified(t, s)
}

// TestCleanBusy: while another program reads, the file cannot be made clean, and that must be said.
func TestCleanBusy(t *testing.T) {
	s, path := newJournal(t)
	other, err := Open(ctx, path, options())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	snap, err := other.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := snap.Logs(func(journal.LogRow) error { return nil }); err != nil { // it sees this moment from now on
		t.Fatal(err)
	}
	if err := run(s, "PRAGMA busy_timeout=100"); err != nil {
		t.Fatal(err)
	}
	if err := s.Clean(ctx); err == nil || !strings.Contains(err.Error(), "another program is reading it") {
		t.Errorf("have %v, want an error that says who is in the way", err)
	}
	snap.Close()
	if err := s.Clean(ctx); err != nil {
		t.Error(err)
	}
}

func TestReadOnlyCopy(t *testing.T) {
	s, path := newJournal(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	add(t, s, storetest.Request(1, 8, 2, 2, 2))
	o := options()
	o.ReadOnly = true
	for file, size := range map[string]uint64{copied: 3, path: 4} { // the second is in use
		r, err := Open(ctx, file, o)
		if err != nil {
			t.Fatal(err)
		}
		if h, err := r.Head(ctx); err != nil || h.Size != size {
			t.Errorf("%s: have %d entries, %v, want %d", file, h.Size, err, size)
		}
		verified(t, r)
		_, err = r.Append(ctx, nil, []journal.Entry{storetest.Entry(journal.KindBackup)}, storetest.Signer())
		wantError(t, err, "for reading only")
		r.Close()
	}
	files, err := os.ReadDir(filepath.Dir(copied))
	if err != nil || len(files) != 1 {
		t.Errorf("folder of the copy: have %d files, %v, want 1", len(files), err)
	}
}

// TestRestoredBackup goes on from a copy with a log of its own; the lost entries' numbers are not used again.
func TestRestoredBackup(t *testing.T) {
	s, _ := newJournal(t)
	draw := storetest.Entry(journal.KindPool)
	draw.Effects = []journal.Effect{journal.AddPool{Product: storetest.UID, Numbers: []codes.LicenseNumber{90, 91}}}
	add(t, s, draw)
	pool := journal.Wanted{Pool: &journal.PoolWanted{Product: storetest.UID, Count: 9}, Licenses: []codes.LicenseNumber{1}}
	if seen, err := s.Facts(ctx, pool); err != nil || len(seen.Pool) != 2 {
		t.Errorf("pool: have %+v, %v, want 2 numbers", seen, err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	lost := add(t, s, storetest.Request(1, 8, 2, 2, 2))
	old, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(ctx, copied, options())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	before, err := r.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, r.OpenLog(ctx, storetest.Origin), "take another origin")
	seen, err := r.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{1}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time changes nothing
		if err := r.OpenLog(ctx, "storetest.example/restored"); err != nil {
			t.Fatal(err)
		}
	}
	_, err = r.Append(ctx, seen, []journal.Entry{storetest.Entry(journal.KindLog)}, storetest.Signer())
	if !errors.As(err, new(*journal.StaleError)) {
		t.Errorf("facts from before the new log: have %v, want *StaleError", err)
	}
	ids := add(t, r, storetest.Entry(journal.KindLog), storetest.Request(1, 9, 3, 2, 2))
	if seen, err := r.Facts(ctx, pool); err != nil || len(seen.Pool) != 0 || seen.PoolSize != 0 {
		t.Errorf("pool of the old log: have %+v, %v, want none to hand out: the lost entries may have", seen, err)
	}
	if ids[1] != journal.NewEntryID(1, 1) || ids[1] == lost[0] {
		t.Errorf("have entries %v, want them in log 1", ids)
	}
	_, err = r.Append(ctx, nil, []journal.Entry{storetest.Request(1, 7, 1, 1, 2)}, storetest.Signer())
	var taken *journal.TakenError
	if !errors.As(err, &taken) || taken.Entry != 2 {
		t.Errorf("an answer of the old log again: have %v, want it taken by entry 2", err)
	}
	report := verified(t, r, before)
	if len(report.Heads) != 2 || report.Entries != 6 {
		t.Errorf("report: have %d heads, %d entries, want 2, 6", len(report.Heads), report.Entries)
	}
	if _, err := journal.Verify(ctx, r, storetest.Verifiers(), old); err == nil {
		t.Error("the head of the lost entry: have no error, want the cut named")
	}
	var have []string
	for e, err := range r.Entries(ctx, journal.Query{Newest: true}) {
		if err != nil {
			t.Fatal(err)
		}
		have = append(have, e.ID.String())
	}
	if want := "1/1 1/0 3 2 1 0"; strings.Join(have, " ") != want {
		t.Errorf("newest first: have %v, want %v", have, want)
	}
}

func TestDiskFull(t *testing.T) {
	s, _ := newJournal(t)
	before := verified(t, s)
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
	wantError(t, err, "disk is full", "nothing was written")
	if after := verified(t, s); after.Entries != before.Entries+done {
		t.Errorf("have %d entries, want %d", after.Entries, before.Entries+done)
	}
	if err := run(s, "PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	add(t, s, storetest.Request(1, 10, 1, 2, 2))
	verified(t, s)
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
	wantError(t, err, path)
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
	add(t, s, storetest.Entry(journal.KindBackup))
	verified(t, s)
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
	wantError(t, err, "keys that verify")
}
