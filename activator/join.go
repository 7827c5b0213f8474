package activator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/activator/keyring"
)

// Join makes the vendor folder of one more desk of a team: from is the vendor folder of a desk whose journal is in a
// database, or a copy of one. Keyring, identity, product files and replies are copied, and the passphrase stays the
// same; the desk has a name of its own. That keyring and journal belong together is checked before the folder is there.
//
// With Apart the desk works without a server: it has a journal file and a registry number of its own, and [Session.Merge]
// brings the journals together.
func Join(ctx context.Context, s Setup, from string) error {
	if err := validDesk(s.Desk); err != nil {
		return err
	}
	there, err := readSettings(from)
	if err != nil {
		return err
	}
	if s.Journal == "" && !s.Apart {
		s.Journal = there.Journal
	}
	if s.Journal == "" && !s.Apart {
		return fmt.Errorf("%s: its journal is a file, which one desk has for itself: give --registry N for a desk that works apart, with a journal of its own (`activator journal merge` brings them together), or move it to a database first (`activator journal migrate --to postgres://...`)", from)
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
		if err := writeNew(filepath.Join(draft.Dir, settingsFile), strings.NewReader(s.settings().text())); err != nil {
			return err
		}
		if s.Apart {
			if err := draft.openApart(ctx, there); err != nil {
				return renamed(err, draft.Dir, from)
			}
		}
		return aboutSource(draft.fits(ctx), draft.Dir, from)
	})
}

// aboutSource has an error about what was copied name the folder that it was copied from, and
// say what to join in place of a copy that is too old.
func aboutSource(err error, draft, from string) error {
	var strangers *strangersError
	if errors.As(err, &strangers) {
		return fmt.Errorf("the keyring of %s does not belong to the journal (%w): this is a copy from before the keys were changed, or of another vendor's; join the vendor folder that the other desk works with now", from, strangers.err)
	}
	return renamed(err, draft, from)
}

// settings are those of the new folder.
func (s Setup) settings() settings {
	set := settings{Desk: s.Desk, Journal: s.Journal}
	if s.Apart {
		set.Registry = &s.Registry
	}
	return set
}

// openApart makes the journal of a desk that works apart from the one whose keyring it has.
func (s Setup) openApart(ctx context.Context, there settings) error {
	k, err := keyring.Open(s.Dir, s.Passphrase)
	if err != nil {
		return err
	}
	defer k.Wipe()
	theirs := k.Registry()
	if there.Registry != nil {
		theirs = *there.Registry
	}
	if s.Registry == theirs || s.Registry == k.Registry() {
		return usagef("registry: have %d, which another desk of this keyring has: want one that no other desk draws license numbers in", s.Registry)
	}
	return s.openLog(ctx, k, "join", "")
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
