package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"
	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite" // the driver

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// Options are those of Create and Open.
type Options struct {
	// Origin names the store's own log, unique in the world. Create needs it; Open refuses a file whose own log has
	// another one, unless it is empty.
	Origin string

	// Verifiers are the keys that heads may be signed with. Append needs them, and takes only their signers; reading
	// does not.
	Verifiers note.Verifiers

	// ReadOnly opens a file that nobody writes to, a backup say, without touching it or its folder.
	ReadOnly bool
}

// Store is a journal in an SQLite file.
type Store struct {
	*sqlstore.Store
	path string
}

var _ journal.Store = (*Store)(nil)

// Create makes a new journal with one empty log. It refuses to overwrite. The file is there whole or not at all, and
// only its owner may read it.
func Create(ctx context.Context, path string, o Options) (*Store, error) {
	if err := journal.ValidOrigin(o.Origin); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("create journal: %q exists already", path)
	}
	draft := path + ".new"
	for _, name := range []string{draft, draft + "-wal", draft + "-shm"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("create journal: %w", err)
		}
	}
	if err := fill(ctx, draft, o.Origin); err != nil {
		os.Remove(draft)
		return nil, fmt.Errorf("create journal %q: %w", path, explain(err))
	}
	if err := publish(draft, path); err != nil {
		os.Remove(draft)
		return nil, fmt.Errorf("create journal: %w", err)
	}
	return Open(ctx, path, o)
}

// fill makes the tables in a file that does not exist yet.
func fill(ctx context.Context, path, origin string) error {
	if err := touch(path); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn(path, "_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)"))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO logs (id, origin, own, size, frontier, checkpoint) VALUES (0, ?, 1, 0, x'', x'')", origin); err != nil {
		return err
	}
	return db.Close()
}

// touch makes an empty file that only its owner may read.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// publish gives a finished file its name, unless something has it.
func publish(draft, path string) error {
	if err := syncPath(draft); err != nil {
		return err
	}
	if err := os.Link(draft, path); err == nil {
		os.Remove(draft)
	} else if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%q exists already", path)
	} else if err := os.Rename(draft, path); err != nil { // a file system without links
		return err
	}
	_ = syncPath(filepath.Dir(path)) // not every system can; the file itself is on the disk
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// Open opens a journal that Create made.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	s, err := open(ctx, path, o)
	if err != nil {
		return nil, fmt.Errorf("open journal %q: %w", path, explain(err))
	}
	return s, nil
}

// Options of connections, in the order that SQLite needs.
const (
	forReading = "_pragma=busy_timeout(15000)&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&_defensive=1&_dqs=0&_pragma=query_only(1)"
	forWriting = "_pragma=busy_timeout(15000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=cache_size(-8000)&_pragma=wal_autocheckpoint(4000)&_pragma=secure_delete(1)&_pragma=trusted_schema(0)&_txlock=immediate&_defensive=1&_dqs=0&mode=rw"
)

func open(ctx context.Context, path string, o Options) (_ *Store, err error) {
	if err := looksLikeJournal(path); err != nil {
		return nil, err
	}
	var r, w *sql.DB
	opened := false
	defer func() {
		for _, db := range []*sql.DB{r, w} {
			if db != nil && !opened {
				db.Close()
			}
		}
	}()
	reading := forReading
	if o.ReadOnly {
		if _, err := os.Stat(path + "-wal"); errors.Is(err, os.ErrNotExist) {
			reading += "&immutable=1"
		}
		reading += "&mode=ro"
	} else {
		if w, err = sql.Open("sqlite", dsn(path, forWriting)); err != nil {
			return nil, err
		}
		w.SetMaxOpenConns(1)
		_ = touch(path + ".lock") // so that only the owner may read it; where it cannot be made, Append says so
		if err := checkSettings(ctx, w); err != nil {
			return nil, err
		}
	}
	if r, err = sql.Open("sqlite", dsn(path, reading)); err != nil {
		return nil, err
	}
	lock := lockedfile.MutexAt(path + ".lock")
	if err := checkVersion(ctx, r, w, lock); err != nil {
		return nil, err
	}
	opened = true // New closes them when it fails
	s, err := sqlstore.New(ctx, sqlstore.Config{Name: path, Read: r, Write: w, Origin: o.Origin, Verifiers: o.Verifiers, Dialect: dialect(lock)})
	if err != nil {
		return nil, err
	}
	return &Store{Store: s, path: path}, nil
}

// dialect is SQLite's.
func dialect(lock *lockedfile.Mutex) sqlstore.Dialect {
	return sqlstore.Dialect{
		BeginRead:   "BEGIN",
		BeginWrite:  []string{"BEGIN IMMEDIATE"},
		Contains:    "instr(leaf, %s) > 0",
		Uncancelled: true,
		Lock:        lock.Lock,
		Fault:       fault,
		Explain:     explain,
		Form:        form,
		Clean:       clean,
	}
}

// checkSettings reads back what the guarantees rest on: SQLite ignores a setting that it does not understand.
func checkSettings(ctx context.Context, db *sql.DB) error {
	for _, p := range []struct{ name, want string }{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"secure_delete", "1"}, {"busy_timeout", "15000"},
	} {
		var have string
		if err := db.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&have); err != nil {
			return err
		}
		if have != p.want {
			return fmt.Errorf("setting %s is %q, want %q: is it on a network disk?", p.name, have, p.want)
		}
	}
	return nil
}

// looksLikeJournal reads the file's header before SQLite does, for a clear sentence.
func looksLikeJournal(path string) error {
	f, err := os.Open(path)
	if err != nil {
		if p := (*os.PathError)(nil); errors.As(err, &p) {
			err = p.Err
		}
		return err
	}
	defer f.Close()
	head := make([]byte, 100)
	n, err := io.ReadFull(f, head)
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		return errors.New("the file is empty: it is not a journal, or was cut off; use a backup")
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case !bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return errors.New("the file is not a journal, or its beginning is damaged; use a backup")
	case n < len(head):
		return errors.New("the file was cut off; use a backup")
	}
	return nil
}

// dsn is the driver's name for a file with options.
func dsn(path, options string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/...
		path = "/" + path
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?" + options
}

// Path returns the name of the file.
func (s *Store) Path() string { return s.path }
