package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/keyring"
)

func (a *app) keysCmd() *cobra.Command {
	return group("keys", "the keyring: its life, its shares on paper",
		a.keysListCmd(), a.keysRotateCmd(), a.keysRevokeCmd(), a.keysAdoptCmd(), a.keysPassphraseCmd(), a.keysBackupCmd(), a.keysRestoreCmd())
}

func (a *app) keysListCmd() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "list the keys of the keyring, without a secret", Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(d *activator.Desk, s *activator.Session) error {
				l, err := d.Keys()
				if err != nil {
					return err
				}
				b, err := s.KeyBackups(cmd.Context())
				if err != nil {
					return err
				}
				if a.json {
					return a.put(struct {
						keyring.Listing
						Backups *activator.KeyBackups `json:"backups"`
					}{l, b})
				}
				p := a.printer()
				p.title("Keyring of " + l.Vendor)
				for _, e := range l.Epochs {
					p.blank()
					p.field("epoch", numberAnd(int(e.Number), string(e.State)))
					p.field("created", e.Created.UTC().Format("2 January 2006"))
					p.field("trust anchor", e.Anchor)
					p.field("journal key", e.JournalVerifier)
				}
				p.blank()
				p.field("shares", sharesMade(b))
				p.field("backup", folderBackup(b))
				p.blank()
				p.sentence(2, "Publish the journal key where others find it without you: with it they check proofs (journal check-proof). None of these is secret.")
				return nil
			})
		},
	}
}

// sharesMade says which keys the newest shares bring back.
func sharesMade(b *activator.KeyBackups) string {
	if b.Shares == nil {
		return "never made: activator keys backup --shares 3 --need 2"
	}
	text := fmt.Sprintf("set %s of %s, any %d of %d", b.Shares.Set, b.Shares.At.UTC().Format("2 January 2006"), b.Shares.Need, b.Shares.Count)
	if len(b.Missing) == 0 {
		return text + ", all epochs"
	}
	return text + "; NOT in them: epoch " + strings.Trim(strings.ReplaceAll(fmt.Sprint(b.Missing), " ", ", "), "[]") + ": make new ones"
}

// folderBackup says when the last backup of the vendor folder was made.
func folderBackup(b *activator.KeyBackups) string {
	switch {
	case b.Folder == nil:
		return "never made: activator backup FILE"
	case b.Stale:
		return "of " + b.Folder.UTC().Format("2 January 2006") + ", from before the present keys: make a new one"
	}
	return "of " + b.Folder.UTC().Format("2 January 2006")
}

func (a *app) keysRotateCmd() *cobra.Command {
	var reason string
	var yes bool
	c := &cobra.Command{
		Use: "rotate --reason R", Short: "begin a new epoch of keys",
		Long: `rotate begins a new epoch of keys. Licenses that are registered from now on,
and all signatures, are made with new secrets. Nothing of before changes: the
codes of former licenses are answered, former signatures verify, and what is
exported carries the former keys' signatures too, for the programs in the
field.

There are 16 epochs in all. Afterwards: export the products again, build the
new trust anchor into new programs, and make new backups. It cannot be undone:
at a terminal it asks first.`,
		Args: args(0, 0, ""),
	}
	c.Flags().StringVar(&reason, "reason", "", "the `reason`, which the journal keeps; required")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if reason == "" {
			return &usageError{text: "a rotation needs a --reason, which the journal keeps", cmd: cmd}
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			if !yes {
				if said, terminal := a.saysYes("This begins a new epoch of keys, of 16 in all. It cannot be undone."); terminal && !said {
					return errors.New("no epoch was begun: the keys are as they were")
				}
			}
			done, err := s.RotateKeys(cmd.Context(), reason)
			if err != nil {
				return err
			}
			if a.json {
				return a.putKeys(done)
			}
			e := done.Keys.Epochs[len(done.Keys.Epochs)-1]
			p := a.keysDone(done, fmt.Sprintf("Key epoch %d has begun", e.Number))
			p.blank()
			p.line("  Trust anchor, to build into new programs:")
			p.line("  ", p.in(bold, safe(e.Anchor)))
			p.blank()
			p.line("What to do next:")
			p.blank()
			for _, d := range s.Products() {
				p.line("  activator product export ", safe(d.ID), " -o ", safe(d.ID), ".profile --force")
			}
			p.line("  activator backup vendor.backup")
			p.line("  activator keys backup --shares 3 --need 2      shares of before do not have the new keys")
			return a.sayApart(cmd.Context(), p, s)
		})
	}
	return c
}

func (a *app) keysRevokeCmd() *cobra.Command {
	var reason string
	var yes bool
	c := &cobra.Command{
		Use: "revoke EPOCH --reason R", Short: "give up a former epoch whose keys others may have",
		Long: `revoke gives up a former epoch of keys, for good. No code of its licenses is
answered any more, its keys sign nothing any more, and programs that get a
profile exported after it refuse all its licenses. A program that has nothing
but the revoked trust anchor cannot be told: it has to be replaced.

First give its customers new licenses: activator license reissue. It cannot be
undone: at a terminal it asks first.`,
		Args: args(1, 1, "the number of the epoch: activator keys list shows them"),
	}
	c.Flags().StringVar(&reason, "reason", "", "the `reason`, which the journal keeps; required")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		epoch, err := strconv.ParseUint(args[0], 10, 8)
		switch {
		case err != nil || epoch > 15:
			return &usageError{text: fmt.Sprintf("epoch: have %q, want a number from 0 to 15", args[0]), cmd: cmd}
		case reason == "":
			return &usageError{text: "a revocation needs a --reason, which the journal keeps", cmd: cmd}
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			if !yes {
				if said, terminal := a.saysYes(fmt.Sprintf("This gives up key epoch %d and all its licenses for good. It cannot be undone.", epoch)); terminal && !said {
					return errors.New("no epoch was revoked: the keys are as they were")
				}
			}
			done, err := s.RevokeEpoch(cmd.Context(), uint8(epoch), reason)
			if err != nil {
				return err
			}
			if a.json {
				return a.putKeys(done)
			}
			p := a.keysDone(done, fmt.Sprintf("Key epoch %d is revoked", epoch))
			p.blank()
			p.sentence(2, "Export the products again and ship them with programs that have the present trust anchor: only they refuse what the revoked keys made.")
			return a.sayApart(cmd.Context(), p, s)
		})
	}
	return c
}

func (a *app) keysPassphraseCmd() *cobra.Command {
	var file string
	var factor int
	c := &cobra.Command{
		Use: "passphrase", Short: "put the keyring under a new passphrase",
		Long: `passphrase asks for a new passphrase and puts the keyring under it. An old
copy of the files stays under the old one: if somebody else has both, rotate
the keys too. Backups of before are opened with the passphrase of then.

The new passphrase is asked for on the terminal, or comes from --new-file or
$ACTIVATOR_NEW_PASSPHRASE.`,
		Args: args(0, 0, ""),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&file, "new-file", "", "`file` whose first line is the new passphrase")
	f.IntVar(&factor, "work-factor", 0, "cost of the passphrase, `log2`; default: about 0.3 s to unlock")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if f.Changed("work-factor") && (factor < 10 || factor > 20) {
			return &usageError{text: "--work-factor: want 10 (for tests) to 20 (some seconds)", cmd: cmd}
		}
		return a.with(cmd.Context(), func(d *activator.Desk, s *activator.Session) error {
			if err := d.Unlock(); err != nil { // the present one first
				return err
			}
			fresh, err := a.newPassphrase(file)
			if err != nil {
				return err
			}
			defer clear(fresh)
			done, err := s.ChangePassphrase(cmd.Context(), fresh, factor)
			if err != nil {
				return err
			}
			if a.json {
				return a.putKeys(done)
			}
			a.keysDone(done, "The keyring is under the new passphrase")
			return nil
		})
	}
	return c
}

// newPassphrase finds a passphrase that replaces the present one.
func (a *app) newPassphrase(file string) ([]byte, error) {
	if file != "" {
		return a.passphraseFrom(file)
	}
	if p := a.env("ACTIVATOR_NEW_PASSPHRASE"); p != "" {
		return []byte(p), nil
	}
	return a.askTwice("a new passphrase is needed: name a file that holds it with --new-file, set $ACTIVATOR_NEW_PASSPHRASE, or run this on a terminal to be asked")
}

// keysDone prints what was done to the keyring.
func (a *app) keysDone(done *activator.KeyChange, what string) *printer {
	p := a.printer()
	p.title(what)
	p.blank()
	p.field("journal", "entry "+done.Entry.String())
	return p
}

// putKeys prints what was done to the keyring, for programs.
func (a *app) putKeys(done *activator.KeyChange) error {
	return a.put(map[string]any{"entry": done.Entry.String(), "keys": done.Keys})
}
