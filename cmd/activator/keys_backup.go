package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/recovery"
)

func (a *app) keysBackupCmd() *cobra.Command {
	var count, need int
	var dir string
	c := &cobra.Command{
		Use: "backup --shares N --need M", Short: "split the keys into shares for paper",
		Long: `backup splits the secrets of the keyring into N shares, a page of text each.
Any M of them bring the keys back, fewer tell nothing. 1 of 1 is a paper key:
whoever has the page has the keys.

The pages go to standard output, for a printer (activator keys backup ... |
lpr), or with -o into a folder, a file each that nobody else can read. They
hold the keys of the epochs there are: after keys rotate make new ones. The
journal is not in them: make backups of it too (activator backup).`,
		Args: args(0, 0, ""),
	}
	f := c.Flags()
	f.SortFlags = false
	f.IntVar(&count, "shares", 0, "`how many` shares, 1 to 16; required")
	f.IntVar(&need, "need", 0, "`how many` of them bring the keys back; required")
	f.StringVarP(&dir, "output", "o", "", "write the pages into this `folder`")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if count == 0 || need == 0 {
			return &usageError{text: "--shares and --need are missing: 3 shares of which 2 are needed is a good choice", cmd: cmd}
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			var files []*output
			defer func() {
				for _, o := range files {
					o.drop()
				}
			}()
			made, err := s.BackupKeys(cmd.Context(), need, count, func(k *activator.KeyShares) (err error) {
				if dir != "" {
					files, err = pageFiles(dir, k)
				}
				return err
			})
			if err != nil {
				return err
			}
			for i, o := range files {
				if err := o.finish([]byte(made.Pages[i])); err != nil {
					return fmt.Errorf("%w; make the shares again: those of set %v are not complete", err, made.Set)
				}
			}
			return a.pages(made, files)
		})
	}
	return c
}

// pageFiles begins a file for each page.
func pageFiles(dir string, k *activator.KeyShares) (files []*output, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for i := range k.Pages {
		name := filepath.Join(dir, fmt.Sprintf("share-%v-%d-of-%d.txt", k.Set, i+1, k.Count))
		o, err := begin(name, 0o600, false)
		if err != nil {
			return files, err
		}
		files = append(files, o)
	}
	return files, nil
}

// pages prints the pages, or where they are.
func (a *app) pages(made *activator.KeyShares, files []*output) error {
	var names []string
	for _, o := range files {
		names = append(names, o.path)
	}
	switch {
	case a.json:
		j := map[string]any{"entry": made.Entry.String(), "set": made.Set.String(), "need": made.Need, "shares": made.Count}
		if files == nil {
			j["pages"] = made.Pages
		} else {
			j["files"] = names
		}
		return a.put(j)
	case files == nil:
		_, err := io.WriteString(a.out, strings.Join(made.Pages, "\f"))
		a.say("activator: these pages are secret: print them, and clear the screen")
		return err
	}
	p := a.printer()
	p.title(fmt.Sprintf("%s made, any %d bring the keys back", plural(made.Count, "share"), made.Need))
	p.blank()
	p.field("set", made.Set.String())
	p.field("journal", "entry "+made.Entry.String())
	for i, name := range names {
		p.field(fmt.Sprintf("share %d", i+1), name)
	}
	p.blank()
	p.sentence(2, "Print each, give them to different people or places, and remove the files.")
	return nil
}

func (a *app) keysRestoreCmd() *cobra.Command {
	var files []string
	var backup, desk string
	var factor int
	c := &cobra.Command{
		Use: "restore", Short: "make a vendor folder from shares of the keys",
		Long: `restore brings the keys back from shares and makes a vendor folder of them,
which must be empty or absent. Shares are asked for line by line, or read from
files with --share, once for each; - is standard input. It asks for a new
passphrase, as init.

With --backup the journal and the products come from that backup, whose
passphrase is not needed. What happened after it is lost: see docs/keys.md,
the drill. Without it the journal begins anew: put the product files into the
folder products, then register what was sold again, by its serial numbers
(activator license recover).`,
		Args: args(0, 0, ""),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringArrayVar(&files, "share", nil, "`file` of a share; give it once for each")
	f.StringVar(&backup, "backup", "", "`file` with journal and products, made by activator backup")
	f.StringVar(&desk, "desk", "", "the `name` of this desk, without --backup (default: this computer's name)")
	f.IntVar(&factor, "work-factor", 0, "cost of the passphrase, `log2`; default: about 0.3 s to unlock")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		dir, op, err := a.here()
		if err != nil {
			return err
		}
		switch entries, err := os.ReadDir(dir); {
		case f.Changed("work-factor") && (factor < 10 || factor > 20):
			return &usageError{text: "--work-factor: want 10 (for tests) to 20 (some seconds)", cmd: cmd}
		case err == nil && len(entries) > 0:
			return &occupied{dir, entries[0].Name()}
		}
		all, err := a.readShares(files)
		if err != nil {
			return err
		}
		secrets, err := recovery.Combine(all...)
		if err != nil {
			return &refusal{exitRefused, err.Error()}
		}
		defer clear(secrets)
		pass, err := a.passphrase(true)
		if err != nil {
			return err
		}
		if desk == "" {
			desk = hostname()
		}
		r, err := activator.RestoreKeys(cmd.Context(), secrets, backup, activator.Setup{
			Dir: dir, Desk: desk, Operator: op.Name, WorkFactor: factor, Passphrase: pass, Now: a.now, Rand: a.rand,
		})
		if err != nil {
			return err
		}
		return a.keysRestored(dir, backup, r)
	}
	return c
}

// keysRestored says what holds again, and what does not.
func (a *app) keysRestored(dir, backup string, r *activator.Restored) error {
	if a.json {
		j := map[string]any{"dir": dir, "keys": r.Keys}
		if backup != "" {
			j["entries"], j["last"], j["products"], j["origin"] = r.Entries, stamp(r.Last), r.Products, r.Origin
		}
		return a.put(j)
	}
	p := a.printer()
	p.title("Keys of " + r.Keys.Vendor + " restored")
	p.blank()
	p.field("folder", dir)
	for _, e := range r.Keys.Epochs {
		p.field("epoch", numberAnd(int(e.Number), string(e.State)))
	}
	if backup == "" {
		p.blank()
		p.sentence(2, "The journal begins anew: this desk knows no license, no activation and no give-back. Put the product files into the folder products, and register what was sold again: activator license recover SERIAL --customer C.")
		return nil
	}
	p.field("journal", fmt.Sprintf("%d entries, verified; the last of %s", r.Entries, r.Last.UTC().Format("2 January 2006, 15:04 UTC")))
	p.blank()
	p.sentence(2, "What was done after that is not in it: licenses sold since are registered again by their serial numbers (activator license recover); activations given since are unknown, so codes of those machines are not genuine here; give-backs since then could count again. docs/keys.md says what to do. Export the product profiles again, and ship them.")
	return nil
}

// readShares collects shares from files, or from whoever types them.
func (a *app) readShares(files []string) ([]*recovery.Share, error) {
	var r recovery.Reader
	for _, name := range files {
		var b []byte
		var err error
		if name == "-" {
			b, err = io.ReadAll(io.LimitReader(a.input(), maxShares))
		} else {
			b, err = os.ReadFile(name)
		}
		if err != nil {
			return nil, fmt.Errorf("share: %w", err)
		}
		if err := r.Page(string(b)); err != nil {
			return nil, &refusal{exitUnreadable, fmt.Sprintf("%s: %v", name, err)}
		}
	}
	if len(files) > 0 {
		return r.Shares(), nil
	}
	return a.typedShares(&r)
}

const maxShares = 1 << 20 // bytes of a text with shares in it

// typedShares asks for shares line by line. Where a person types, a line with a slip is
// asked for again; where a file comes in, it ends the command.
func (a *app) typedShares(r *recovery.Reader) ([]*recovery.Share, error) {
	_, watched := terminal(a.in)
	lines := bufio.NewScanner(io.LimitReader(a.in, maxShares))
	if watched {
		a.say("Type the lines of the shares as they stand on paper, one share after the other.")
	}
	for r.Missing() != 0 {
		if watched {
			fmt.Fprintf(a.err, "%-4s ", r.Next())
		}
		if !lines.Scan() {
			break
		}
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		var err error
		if watched {
			before := len(r.Shares())
			if err = r.Typed(text); err == nil && len(r.Shares()) > before {
				a.say("Share %d is right; missing: %d.", r.Shares()[before].Number, r.Missing())
			}
		} else if err = r.Line(text); errors.Is(err, recovery.ErrNoLine) {
			err = nil // another line of a page
		}
		switch {
		case err != nil && watched:
			a.say("activator: %v; type it again", err)
		case err != nil:
			return nil, &refusal{exitUnreadable, err.Error()}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if err := r.Incomplete(); err != nil {
		return nil, &refusal{exitUnreadable, err.Error()}
	}
	return r.Shares(), nil
}
