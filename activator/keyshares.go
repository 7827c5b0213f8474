package activator

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/activator/recovery"
	"github.com/manual-activator/manual-activator/internal/regular"
)

// KeyShares are the secrets of the keyring, split into pages to print.
type KeyShares struct {
	Entry       journal.EntryID
	Set         recovery.Set
	Need, Count int
	Pages       []string // one for each share: secrets
}

// BackupKeys splits the secrets of all epochs into shares, any need of which bring them
// back. That they were made is journaled before they are given out; before that, ready
// makes sure that there is a place for them.
func (s *Session) BackupKeys(ctx context.Context, need, count int, ready func(*KeyShares) error) (*KeyShares, error) {
	if err := s.may(ActKeys); err != nil {
		return nil, err
	}
	d := s.desk
	k, err := d.keys()
	if err != nil {
		return nil, err
	}
	if k.Outdated() {
		return nil, errOutdated
	}
	secrets, err := k.Secrets()
	if err != nil {
		return nil, err
	}
	defer clear(secrets)
	all, err := recovery.Split(d.rand, secrets, need, count)
	if err != nil {
		return nil, usage(err.Error())
	}
	out := &KeyShares{Set: all[0].Set, Need: need, Count: count}
	info := recovery.Info{Vendor: k.Vendor(), Made: d.now(), By: s.op.Name, Desk: d.name}
	for _, e := range k.List().Epochs {
		info.Epochs = append(info.Epochs, e.Number)
	}
	for _, one := range all {
		out.Pages = append(out.Pages, one.Page(info))
	}
	if err := ready(out); err != nil {
		return nil, err
	}
	detail := fmt.Sprintf("%s %v %d %d %s\n", keysBackup, out.Set, need, count, epochsOf(k.List()))
	out.Entry, err = s.append(ctx, nil, nil, s.stamp(journal.Entry{At: d.now(), Kind: journal.KindKey, Verdict: journal.OK, Detail: detail}, d.salt()))
	if err != nil {
		return nil, err
	}
	return out, nil
}

// epochsOf lists the epochs of a keyring: "0,1".
func epochsOf(l keyring.Listing) string {
	var all []string
	for _, e := range l.Epochs {
		all = append(all, fmt.Sprint(e.Number))
	}
	return strings.Join(all, ",")
}

// KeyBackups says when the keys were last taken to safety, as the journal knows it.
type KeyBackups struct {
	Shares  *SharesMade `json:"shares"`  // nil: never
	Missing []int       `json:"missing"` // epochs that those shares do not have
	Folder  *time.Time  `json:"backup"`  // the last backup of the vendor folder; nil: never
	Stale   bool        `json:"stale"`   // that backup has not all epochs
}

// SharesMade is a set of shares as the journal knows it.
type SharesMade struct {
	At    time.Time `json:"at"`
	Set   string    `json:"set"`
	Need  int       `json:"need"`
	Count int       `json:"count"`
}

// KeyBackups reads the journal for the newest backups.
func (s *Session) KeyBackups(ctx context.Context) (*KeyBackups, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	l, err := s.desk.Keys()
	if err != nil {
		return nil, err
	}
	out := &KeyBackups{Missing: []int{}}
	have := map[string]bool{}
	rotated := false // since the folder's backup, reading backwards
	for e, err := range s.desk.store.Entries(ctx, journal.Query{Newest: true, Kinds: []journal.Kind{journal.KindKey, journal.KindBackup}}) {
		if err != nil {
			return nil, err
		}
		words := strings.Fields(e.Detail)
		switch {
		case e.Kind == journal.KindBackup:
			if out.Folder == nil {
				at := e.At
				out.Folder, out.Stale = &at, rotated
			}
		case len(words) == 5 && words[0] == keysBackup && out.Shares == nil:
			need, _ := strconv.Atoi(words[2])
			count, _ := strconv.Atoi(words[3])
			out.Shares = &SharesMade{At: e.At, Set: words[1], Need: need, Count: count}
			for n := range strings.SplitSeq(words[4], ",") {
				have[n] = true
			}
		case len(words) > 0 && words[0] == keysRotated:
			rotated = true
		}
		if out.Shares != nil && out.Folder != nil {
			break
		}
	}
	for _, e := range l.Epochs {
		if !have[fmt.Sprint(e.Number)] {
			out.Missing = append(out.Missing, int(e.Number))
		}
	}
	return out, nil
}

// RestoreKeys makes a vendor folder of the secrets that shares brought back, under a new
// passphrase, in a folder that is empty or absent. With the path of a backup, journal,
// products and settings come from it, as [Restore] takes them; without one the journal
// begins anew, and the product files have to be put into the folder.
func RestoreKeys(ctx context.Context, secrets []byte, backup string, s Setup) (out *Restored, err error) {
	k, err := keyring.FromSecrets(secrets)
	if err != nil {
		return nil, err
	}
	defer k.Wipe()
	if backup == "" {
		if err := validDesk(s.Desk); err != nil {
			return nil, err
		}
		if err := s.build(func(draft Setup) error { return draft.fillFromKeys(ctx, secrets) }); err != nil {
			return nil, err
		}
		return &Restored{Keys: k.List()}, nil
	}
	f, err := regular.Open(backup)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := openBackup(backup, f, nil, k)
	if err != nil {
		return nil, err
	}
	err = s.build(func(draft Setup) error {
		if err := unpack(r, draft.Dir, keyring.Files()); err != nil {
			return fmt.Errorf("%s: %w", backup, err)
		}
		if err := draft.journalHere(); err != nil {
			return fmt.Errorf("%s: %w", backup, err)
		}
		made, err := keyring.Restore(draft.Dir, secrets, s.Passphrase, s.WorkFactor)
		if err != nil {
			return err
		}
		made.Wipe()
		if out, err = draft.reopen(ctx, fromShares); err != nil {
			return fmt.Errorf("%s: %w", backup, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

const fromShares = " with keys from shares"

// fillFromKeys writes what a vendor folder holds whose journal is lost.
func (s Setup) fillFromKeys(ctx context.Context, secrets []byte) error {
	k, err := keyring.Restore(s.Dir, secrets, s.Passphrase, s.WorkFactor)
	if err != nil {
		return err
	}
	defer k.Wipe()
	if err := writeNew(filepath.Join(s.Dir, settingsFile), strings.NewReader(settings{Desk: s.Desk, Journal: s.Journal}.text())); err != nil {
		return err
	}
	return s.openLog(ctx, k, "restore", fromShares)
}
