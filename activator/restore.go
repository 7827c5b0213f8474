package activator

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/internal/regular"
)

// Restored says what a restored backup holds.
type Restored struct {
	Products []string  // the files of the catalogue
	Entries  uint64    // of the log that the backup was made of
	Last     time.Time // when its last entry was decided; what happened later is not in it
	Head     journal.Head
	Origin   string          // of the new log that the desk writes from now on
	Keys     keyring.Listing // what is there of them now
}

// What the first entry of a restored journal's new log says of the log before it.
const (
	restoredAfter = " after a backup of "
	restoredWith  = " was restored, which ended with "
)

// Restore makes a vendor folder of a backup, in a folder that is empty or absent.
// The journal is verified before anything is put there. What happened after the
// backup was made is lost, so the folder opens a new log: two entries must never
// have one number. Licenses that were drawn ahead before are not handed out any
// more, since the lost end may have sold them.
func Restore(ctx context.Context, path string, s Setup) (out *Restored, err error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := openBackup(path, f, s.Passphrase, nil)
	if err != nil {
		return nil, err
	}
	err = s.build(func(draft Setup) error {
		if err := unpack(r, draft.Dir, nil); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := draft.journalHere(); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if out, err = draft.reopen(ctx, ""); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// journalHere has an unpacked vendor folder use the journal that came with it: the database that the settings name has
// another one by now, or none.
func (s Setup) journalHere() error {
	path := filepath.Join(s.Dir, settingsFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return replaceFile(path, []byte(withJournal(string(text), "")))
}

// reopen verifies an unpacked vendor folder and opens its new log, with a note on where
// the keys came from.
func (s Setup) reopen(ctx context.Context, from string) (out *Restored, err error) {
	d, err := Open(ctx, Config{Dir: s.Dir, Unlock: func() ([]byte, error) { return slices.Clone(s.Passphrase), nil }, Now: s.Now, Rand: s.Rand})
	if err != nil {
		return nil, err
	}
	d.restoring = true
	defer func() { err = errors.Join(err, d.Close()) }()
	session := d.Session(Operator{Name: s.Operator}, "restore")
	if _, err := session.Verify(ctx); err != nil {
		return nil, err
	}
	if err := d.revokeAgain(ctx); err != nil {
		return nil, err
	}
	out = &Restored{}
	if out.Keys, err = d.Keys(); err != nil {
		return nil, err
	}
	if out.Head, err = d.store.Head(ctx); err != nil {
		return nil, err
	}
	out.Entries = out.Head.Size
	last, err := d.store.Entry(ctx, journal.NewEntryID(out.Head.Log, max(out.Entries, 1)-1))
	if err != nil {
		return nil, err
	}
	out.Last = last.At
	for _, p := range d.catalog.Products() {
		out.Products = append(out.Products, p.ID)
	}
	id := d.salt()
	out.Origin = logOrigin(id)
	if err := d.store.OpenLog(ctx, out.Origin); err != nil {
		return nil, err
	}
	k, err := d.keys()
	if err != nil {
		return nil, err
	}
	_, err = session.append(ctx, nil, nil, session.stamp(journal.Entry{
		At: d.now(), Kind: journal.KindLog, Verdict: journal.OK,
		Detail: fmt.Sprintf("%s%s%s%s%s%d entries%s", journal.OpenedWith, k.JournalVerifier(), restoredAfter, out.Head.Origin, restoredWith, out.Head.Size, from),
	}, d.salt()))
	return out, err
}

// unpack writes the files of a decrypted backup into an empty folder, but for those that
// are left out.
func unpack(r io.Reader, dir string, without []string) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the backup is damaged: %w", err)
		}
		if h.Typeflag != tar.TypeReg || !backupName.MatchString(h.Name) {
			return fmt.Errorf("the backup holds %q, which no backup of this program does", h.Name)
		}
		if slices.Contains(without, h.Name) {
			continue
		}
		if err := writeNew(filepath.Join(dir, filepath.FromSlash(h.Name)), t); err != nil {
			return err
		}
	}
}
