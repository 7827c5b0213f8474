package activator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// A journal that was cut back to a former head is a valid journal. It is found only
// against a head that was kept elsewhere, so each operator's computer keeps the last
// one it saw, away from the vendor folder, one file a log.

// headFile is where the last head of the journal's own log is kept; empty for nowhere.
func (d *Desk) headFile(origin string) string {
	if d.heads == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(origin))
	return filepath.Join(d.heads, hex.EncodeToString(sum[:8])+".head")
}

// lastHeads are the last heads that this computer saw of the journal's logs, by the
// file that keeps each: of its own, and of those before it whose backup was restored.
func (d *Desk) lastHeads(ctx context.Context) (map[string]journal.Head, error) {
	if d.heads == "" {
		return nil, nil
	}
	snap, err := d.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	brought := map[journal.LogID]bool{}
	if err := snap.Merges(func(row journal.MergeRow) error {
		brought[row.Log] = true
		return nil
	}); err != nil {
		return nil, err
	}
	heads := map[string]journal.Head{}
	return heads, snap.Logs(func(row journal.LogRow) error {
		path := d.headFile(row.Origin)
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		h, err := journal.ParseCheckpoint(text, headVerifiers{d})
		if err != nil {
			return fmt.Errorf("%s, the last head of the journal that this computer saw, cannot be read (%w): if you know why, remove the file", path, err)
		}
		if brought[row.ID] && h.Size > row.Size {
			return nil // another desk's log, which that desk went on with on this computer
		}
		heads[path] = h
		return nil
	})
}

// A FormerJournalError refuses a journal that is not a continuation of what this
// computer saw of it. Its words are for whoever sits at the desk; File and Err are for
// whoever keeps the vendor folder.
type FormerJournalError struct {
	Entries uint64 // that the journal had when this computer saw it last
	File    string // keeps the head of then: without it the journal is taken as it is
	Err     error  // what does not fit
}

func (e *FormerJournalError) Error() string {
	return fmt.Sprintf("this is not the journal that this computer saw last, with %d entries: a former copy was put back, a backup was restored, or it was changed. "+
		"What was decided since then is not in it, and confirmations could count again: so nothing is answered or recorded. "+
		"Give no codes, and call whoever keeps the vendor folder: the same on the command line says what to do", e.Entries)
}

func (e *FormerJournalError) Unwrap() error { return e.Err }

// grown refuses a journal that is not what this computer saw last, with later entries.
func (d *Desk) grown(ctx context.Context) error {
	heads, err := d.lastHeads(ctx)
	if err != nil {
		return err
	}
	for path, h := range heads {
		if err := d.store.Extends(ctx, h); err != nil {
			return &FormerJournalError{Entries: h.Size, File: path, Err: err}
		}
	}
	return nil
}

// keepHead keeps the head after an append. A head that cannot be kept stops nothing:
// the journal is durable, and the next one is kept again.
func (d *Desk) keepHead(ctx context.Context) {
	d.recordedAny.Store(true)
	h, err := d.store.Head(ctx)
	if err != nil {
		return
	}
	path := d.headFile(h.Origin)
	if path == "" || os.MkdirAll(d.heads, 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(d.heads, ".head-")
	if err != nil {
		return
	}
	_, err = f.Write(h.Checkpoint)
	if errors.Join(err, f.Close()) != nil || os.Rename(f.Name(), path) != nil {
		os.Remove(f.Name())
	}
}
