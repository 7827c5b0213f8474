package activator

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/regular"
)

// Merged says what was brought in of another desk's journal.
type Merged struct {
	Entry      journal.EntryID // that records it; 0 where there was nothing new
	Logs       []MergedLog
	TakenOver  int // entries of the own log that say what those mean here
	Collisions []Collision
}

// MergedLog is one log of which entries were brought in.
type MergedLog struct {
	Origin string
	Desk   string // whose log it is, by its first entry
	First  uint64 // index of the first new entry
	Size   uint64 // entries that are here now
}

// A Collision is what two desks that did not know of each other did both, though it may be done once. Nothing of what
// either of them told a customer is taken back: somebody must look at it.
type Collision struct {
	Kind     string // "confirmation", "refund", "answer", "give-back", "seat", "machine", "license", "order", "change" or "numbers"
	License  codes.LicenseNumber
	Machine  *codes.Fingerprint
	First    Event // the earlier one, by the desks' clocks
	Second   Event
	Sentence string // what collided, by whom and when, and what became of it; as the journal keeps it
}

// An Event is one side of a collision.
type Event struct {
	Operator, Desk string
	Entry          journal.Entry // as its desk recorded it; its ID is of this journal, and 0 where it came with this merge
}

// A ForkError says that a log is not the same here and there.
type ForkError struct{ Text string }

// Error names the log, the first entry that differs, and what to do.
func (e *ForkError) Error() string { return e.Text }

// Merge brings in the journal of another desk that worked apart, with the same keyring: path is its vendor folder, its
// journal file, or a backup. It is verified first. Its entries come in as they are, with its own signed heads, in
// logs of their own; what follows from them here is recorded by entries of this desk's log. What both did though it may
// be done once is reported, the earlier one first. Done again, it brings in what is new. Where texts were erased with it, the
// store's files are cleaned, as by [Session.Erase]; an error of that comes beside the result.
func (s *Session) Merge(ctx context.Context, path string) (*Merged, error) {
	if err := s.may(ActMerge); err != nil {
		return nil, err
	}
	if err := s.desk.readOnly; err != nil {
		return nil, fmt.Errorf("nothing can be recorded, so nothing was done: %w", err)
	}
	if err := s.desk.Unlock(); err != nil {
		return nil, err
	}
	if err := s.desk.trusted(ctx); err != nil {
		return nil, err
	}
	other, done, err := s.desk.openOther(ctx, path)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := s.desk.ourKeys(ctx, path, other); err != nil {
		return nil, err
	}
	if _, err := journal.Verify(ctx, other, headVerifiers{s.desk}); err != nil {
		return nil, fmt.Errorf("%s: nothing was brought in: %w", path, err)
	}
	for range attempts {
		out, err := s.merge(ctx, path, other)
		if isRace(err) {
			continue
		}
		return out, err
	}
	return nil, fmt.Errorf("other desks changed the same licenses %d times meanwhile: try again", attempts)
}

func (s *Session) merge(ctx context.Context, path string, other store) (*Merged, error) {
	d := s.desk
	here, err := logRows(ctx, d.store)
	if err != nil {
		return nil, err
	}
	r := &otherBook{path: path, store: other, here: here}
	if err := r.compare(ctx, d.store); err != nil {
		return nil, err
	}
	if len(r.parts) == 0 {
		return &Merged{}, nil
	}
	if err := r.read(ctx); err != nil {
		return nil, err
	}
	m, err := s.newMerger(ctx, r)
	if err != nil {
		return nil, err
	}
	es, err := m.run(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := d.underKey(func(signer note.Signer) ([]journal.EntryID, error) {
		return d.store.Merge(ctx, r.logParts(), m.facts, es, signer)
	})
	if err != nil {
		return nil, err
	}
	d.keepHead(ctx)
	slices.SortStableFunc(m.collisions, func(a, b Collision) int {
		return cmp.Or(a.First.Entry.At.Compare(b.First.Entry.At), a.Second.Entry.At.Compare(b.Second.Entry.At))
	})
	out := &Merged{Entry: ids[0], TakenOver: m.takenOver, Collisions: m.collisions}
	for _, p := range r.parts {
		out.Logs = append(out.Logs, MergedLog{Origin: p.row.Origin, Desk: r.desks[p.row.Origin], First: p.first, Size: p.row.Size})
	}
	if m.erases {
		return out, d.store.Clean(ctx)
	}
	return out, nil
}

// openOther opens another desk's journal for reading: of a vendor folder, a file, or a backup.
func (d *Desk) openOther(ctx context.Context, path string) (_ store, done func(), err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	at := place{file: path}
	var tmp string
	switch {
	case info.IsDir():
		set, err := readSettings(path)
		if err != nil {
			return nil, nil, err
		}
		at = set.place(path, "")
	case regular.Check(path) != nil:
		return nil, nil, usagef("%s is neither a vendor folder nor a file: name another desk's vendor folder, its journal.db or a backup", path)
	case !isJournalFile(path):
		if tmp, err = d.unpackOther(path); err != nil {
			return nil, nil, err
		}
		at = place{file: filepath.Join(tmp, journalFile)}
	}
	clean := func() {
		if tmp != "" {
			os.RemoveAll(tmp)
		}
	}
	if at.same(d.place) {
		clean()
		return nil, nil, usagef("%s is this desk's own journal: name that of another desk", path)
	}
	if err := regular.Check(at.file); at.address == "" && err != nil {
		clean()
		return nil, nil, err
	}
	var s store
	if tmp == "" {
		s, err = at.open(ctx, headVerifiers{d}, true)
	} else { // ours to bring up to date
		s, err = orNil(sqlite.Open(ctx, at.file, sqlite.Options{Verifiers: headVerifiers{d}}))
	}
	if err != nil {
		clean()
		return nil, nil, err
	}
	return s, func() { _ = s.Close(); clean() }, nil
}

// same reports whether two places are one.
func (p place) same(o place) bool {
	if p.address != "" || o.address != "" {
		return p.address == o.address
	}
	a, err1 := os.Stat(p.file)
	b, err2 := os.Stat(o.file)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// isJournalFile tells a journal from a backup.
func isJournalFile(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, 16)
	n, _ := f.Read(b)
	return bytes.Equal(b[:n], []byte("SQLite format 3\x00"))
}

// unpackOther unpacks a backup that was made with the same keyring.
func (d *Desk) unpackOther(path string) (dir string, err error) {
	k, err := d.keys()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	r, err := openBackup(path, f, nil, k)
	if err != nil {
		return "", err
	}
	if dir, err = os.MkdirTemp(d.dir, "merge-"); err != nil {
		return "", err
	}
	if err := unpack(r, dir, []string{"identity.age", "keyring.age"}); err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return dir, nil
}

// ourKeys refuses a journal that is signed with other keys, and new entries that are signed with a key that was given up:
// whoever stole it could have made them.
func (d *Desk) ourKeys(ctx context.Context, path string, other store) error {
	rows, err := logRows(ctx, other)
	if err != nil {
		return err
	}
	here, err := logRows(ctx, d.store)
	if err != nil {
		return err
	}
	k, err := d.keys()
	if err != nil {
		return err
	}
	valid := validVerifiers(k)
	for _, row := range rows {
		if row.Size == 0 {
			continue
		}
		if _, err := journal.ParseCheckpoint(row.Checkpoint, headVerifiers{d}); err != nil {
			return fmt.Errorf("%s: its log %s is not signed with a key of this desk's keyring, so nothing was brought in: desks that merge share one keyring (`activator init --join FOLDER --registry N` makes one more); "+
				"where the keys were rotated at the other one, take them over first: `activator keys adopt %s` (%w)", path, row.Origin, path, err)
		}
		if _, err := journal.ParseCheckpoint(row.Checkpoint, valid); err != nil && row.Size > here[row.Origin].Size {
			return fmt.Errorf("%s: its log %s has new entries that are signed with a key of a revoked epoch, so nothing was brought in: whoever stole that key could have made them. "+
				"If you know the desk, record again by hand what it did", path, row.Origin)
		}
	}
	return nil
}

// logRows are the logs of a journal by origin.
func logRows(ctx context.Context, s journal.Snapshotter) (map[string]journal.LogRow, error) {
	snap, err := s.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	rows := map[string]journal.LogRow{}
	err = snap.Logs(func(row journal.LogRow) error {
		rows[row.Origin] = row
		return nil
	})
	return rows, errors.Join(err, snap.Close())
}
