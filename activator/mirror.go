package activator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/journal/sqlite"
)

// mirrorJournal copies the journal into the folder that the settings name, in the place of the copy before. A desk does it
// when it closes, if it recorded something: the whole file, by the store's own copy, while others go on. Keys and
// products are not in it; backups have them.
//
// A copy that has entries which this journal lacks is never replaced: after a restore it is the only one of the lost
// days, and Merge brings it in. So a restore itself leaves the mirror alone.
func (d *Desk) mirrorJournal(ctx context.Context) (err error) {
	if d.mirror == "" || d.restoring || !d.recordedAny.Load() {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("what was done is recorded, but the mirror of the journal in %q is not up to date: %w", d.mirror, err)
		}
	}()
	tmp, err := os.MkdirTemp(d.mirror, ".mirror-") // the folder must be there: a stick that is missing is told
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	fresh := filepath.Join(tmp, journalFile)
	if err := d.store.Backup(ctx, fresh); err != nil {
		return err
	}
	copied := filepath.Join(d.mirror, journalFile)
	if err := d.hasAllOf(ctx, copied); err != nil {
		return err
	}
	return os.Rename(fresh, copied)
}

// hasAllOf reports what a copy of a journal has that this desk's journal does not continue. No copy at all is fine.
func (d *Desk) hasAllOf(ctx context.Context, copied string) error {
	if _, err := os.Lstat(copied); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	keys := headVerifiers{d}
	s, err := sqlite.Open(ctx, copied, sqlite.Options{Verifiers: keys, ReadOnly: true})
	if err != nil { // of an older version, perhaps: it is ours to bring up to date
		s, err = sqlite.Open(ctx, copied, sqlite.Options{Verifiers: keys})
	}
	if err != nil {
		return fmt.Errorf("what is there already is not replaced, since it cannot be read: %w; look at it, then move it away", err)
	}
	rows, err := logRows(ctx, s)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	for _, row := range rows {
		if row.Size == 0 {
			continue
		}
		hash, err := journal.CheckpointHash(row.Checkpoint)
		if err != nil {
			return fmt.Errorf("%s: its log %s: %w", copied, row.Origin, err)
		}
		if err := d.store.Extends(ctx, journal.Head{Origin: row.Origin, Size: row.Size, Hash: hash}); err != nil {
			if !errors.As(err, new(*journal.TamperedError)) {
				return err
			}
			return fmt.Errorf("the copy that is there is not replaced, since it has entries that this journal has not: bring them in by `activator journal merge %s`, or name a folder of its own for each desk", copied)
		}
	}
	return nil
}
