package activator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Join makes the vendor folder of one more desk of a team: from is the vendor folder of a desk whose journal is in a
// database, or a copy of one. Keyring, identity, product files and replies are copied, and the passphrase stays the
// same; the desk has a name of its own. That keyring and journal belong together is checked before the folder is there.
func Join(ctx context.Context, s Setup, from string) error {
	if err := validDesk(s.Desk); err != nil {
		return err
	}
	there, err := readSettings(from)
	if err != nil {
		return err
	}
	if s.Journal == "" {
		s.Journal = there.Journal
	}
	if s.Journal == "" {
		return fmt.Errorf("%s: its journal is a file, which one desk has for itself: move it to a database first (`activator journal migrate --to postgres://...`)", from)
	}
	if s.Desk == there.Desk {
		return usagef("desk: have %q, which is the name of the desk to be joined: give this one another, so that the journal tells them apart", s.Desk)
	}
	return s.build(func(draft Setup) error {
		files, err := filepath.Glob(filepath.Join(from, "*"))
		if err != nil {
			return err
		}
		for _, folder := range []string{productsDir, repliesDir} {
			more, err := filepath.Glob(filepath.Join(from, folder, "*"))
			if err != nil {
				return err
			}
			files = append(files, more...)
		}
		for _, path := range files {
			name, err := filepath.Rel(from, path)
			if err != nil {
				return err
			}
			if name = filepath.ToSlash(name); name == settingsFile || name == journalFile || !backupName.MatchString(name) {
				continue
			}
			if err := copyNew(filepath.Join(draft.Dir, filepath.FromSlash(name)), path); err != nil {
				return err
			}
		}
		if err := writeNew(filepath.Join(draft.Dir, settingsFile), strings.NewReader(settings{Desk: s.Desk, Journal: s.Journal}.text())); err != nil {
			return err
		}
		return draft.fits(ctx)
	})
}

// fits opens a vendor folder, which says whether passphrase, keyring and journal belong together.
func (s Setup) fits(ctx context.Context) error {
	d, err := Open(ctx, Config{Dir: s.Dir, Now: s.Now, Rand: s.Rand, Unlock: func() ([]byte, error) { return slices.Clone(s.Passphrase), nil }})
	if err != nil {
		return err
	}
	return errors.Join(d.Unlock(), d.Close())
}

func copyNew(path, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return writeNew(path, f)
}
