package activator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// mirrorJournal copies the journal into the folder that the settings name, in the place of the copy before. A desk does it
// when it closes, if it recorded something: the whole file, by the store's own copy, while others go on. Keys and
// products are not in it; backups have them.
func (d *Desk) mirrorJournal(ctx context.Context) (err error) {
	if d.mirror == "" || !d.recordedAny.Load() {
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
	return os.Rename(fresh, filepath.Join(d.mirror, journalFile))
}
