package activator

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/postgres"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/activator/journal/sqlstore"
)

// Moved says what a journal that was moved holds.
type Moved struct {
	From, To string // without passwords
	Report   *journal.Report
}

// MoveJournal moves the journal to an empty PostgreSQL database, or, with an empty address, from one to the file in the
// vendor folder, which must not be there. Entries, logs, signed heads, personal texts and so every proof stay as they
// are. The copy is verified and compared with the old one before the old one is closed: whoever has it open still, or
// opens it later, cannot append to it. Then the vendor folder's settings name the new place.
//
// Nobody can append meanwhile. When it fails, the old journal is as before, and what was made in the new place is to be
// thrown away.
func (s *Session) MoveJournal(ctx context.Context, address string) (out *Moved, err error) {
	if err := s.may(ActExport); err != nil {
		return nil, err
	}
	d := s.desk
	if d.readOnly != nil {
		return nil, fmt.Errorf("the journal cannot be moved, since nothing can be recorded: %w", d.readOnly)
	}
	if err := d.Unlock(); err != nil {
		return nil, err
	}
	if err := d.trusted(ctx); err != nil {
		return nil, err
	}
	to := place{d.place.file, address}
	if to.name() == d.place.name() {
		return nil, usagef("the journal is at %s already", to.name())
	}
	out = &Moved{From: d.place.name(), To: to.name()}
	from := core(d.store.store)
	err = from.Transact(ctx, func(ctx context.Context, conn *sql.Conn) error { // so that nobody appends
		if out.Report, err = d.copyJournal(ctx, from, to); err != nil {
			return err
		}
		_, err := conn.ExecContext(ctx, "UPDATE logs SET own = 0 WHERE own = 1")
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := d.setJournal(address); err != nil {
		return out, fmt.Errorf("the journal is at %s now, and the old one is closed, but the settings could not be changed: write the line %s into %s (%w)",
			to.name(), journalLine(to.name()), filepath.Join(d.dir, settingsFile), err)
	}
	return out, nil
}

// core is what all stores have in common.
func core(s store) *sqlstore.Store {
	switch s := s.(type) {
	case *sqlite.Store:
		return s.Store
	case *postgres.Store:
		return s.Store
	}
	panic(fmt.Sprintf("activator: a store of an unknown kind %T", s))
}

// copyJournal copies the journal, and compares the copy with it.
func (d *Desk) copyJournal(ctx context.Context, from *sqlstore.Store, to place) (_ *journal.Report, err error) {
	want, err := journal.Verify(ctx, from, headVerifiers{d})
	if err != nil {
		return nil, fmt.Errorf("the journal is not moved, since it does not verify: %w", err)
	}
	head, err := from.Head(ctx)
	if err != nil {
		return nil, err
	}
	copied, err := to.create(ctx, head.Origin, ownVerifiers{d})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	if server, ok := copied.(*postgres.Store); ok {
		err = server.Fill(ctx, from)
	} else {
		err = from.CopyTo(ctx, core(copied))
	}
	if err != nil {
		return nil, fmt.Errorf("copying the journal to %s: %w", to.name(), err)
	}
	have, err := journal.Verify(ctx, copied, headVerifiers{d}, want.Heads...)
	if err != nil {
		return nil, fmt.Errorf("the copy at %s does not verify, so the old journal stays: %w", to.name(), err)
	}
	if !reflect.DeepEqual(have, want) {
		return nil, fmt.Errorf("the copy at %s is not the same (have %d entries and %d personal texts, want %d and %d), so the old journal stays",
			to.name(), have.Entries, have.Personal, want.Entries, want.Personal)
	}
	return have, nil
}

// journalLine is the settings' line for a journal's address.
func journalLine(address string) string { return "journal = " + strconv.Quote(address) }

// setJournal changes where the settings say that the journal is, and nothing else in them.
func (d *Desk) setJournal(address string) error {
	path := filepath.Join(d.dir, settingsFile)
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return replaceFile(path, []byte(withJournal(string(old), address)))
}

// withJournal puts an address into a settings file's text, in the place of the one that is there, or takes it out.
func withJournal(text, address string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if name, _, found := strings.Cut(line, "="); !found || strings.TrimSpace(name) != "journal" {
			out.WriteString(line)
		}
	}
	text = out.String()
	if address == "" {
		return text
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text + journalLine(address) + "\n"
}

// replaceFile writes a file anew, durably, so that the old or the new one is there.
func replaceFile(path string, content []byte) error {
	draft := path + ".new"
	os.Remove(draft)
	if err := writeNew(draft, strings.NewReader(string(content))); err != nil {
		return err
	}
	return os.Rename(draft, path)
}
