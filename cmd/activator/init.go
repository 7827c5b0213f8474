package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/keyring"
)

func (a *app) initCmd() *cobra.Command {
	var registry uint8
	var desk, vendor, join string
	var factor int
	c := &cobra.Command{
		Use: "init", Short: "make a vendor folder: keyring, journal, a sample product",
		Long: `init makes a vendor folder with a keyring under a passphrase, an empty
journal, and the commented sample product press-studio. The passphrase cannot
be had back: without it, and without a backup, no license can be answered
again.

With --journal the journal is made in an empty PostgreSQL database, for several
desks. One more desk joins them with --join FOLDER, the vendor folder of one
that is there already, or a copy of it: keyring and product files are taken from
it, the passphrase is the same, and so is the journal. With --registry N as
well, the new desk works apart, without a server: it has a journal of its own,
draws license numbers that no other desk draws, and journal merge brings the
journals together.`,
		Args: args(0, 0, ""),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&vendor, "vendor", "Vendor", "your company's `name`: it stands in what you sign")
	f.StringVar(&desk, "desk", "", "the `name` of this desk in the journal (default: this computer's name)")
	f.Uint8Var(&registry, "registry", 0, "`number` 0 to 15, for desks that register licenses apart")
	f.StringVar(&join, "join", "", "be one more desk of the team whose vendor `folder` this is")
	f.IntVar(&factor, "work-factor", 0, "cost of the passphrase, `log2`; default: about 0.3 s to unlock")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		dir, op, err := a.here()
		if err != nil {
			return err
		}
		switch {
		case registry > 15:
			return &usageError{text: "--registry: want 0 to 15", cmd: cmd}
		case f.Changed("work-factor") && (factor < 10 || factor > 20):
			return &usageError{text: "--work-factor: want 10 (for tests) to 20 (some seconds)", cmd: cmd}
		}
		if desk == "" {
			desk = hostname()
		}
		if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
			// Init says it too; here it comes before anybody makes up a passphrase.
			return &occupied{dir, entries[0].Name()}
		}
		pass, err := a.passphrase(join == "")
		if err != nil {
			return err
		}
		if weak := keyring.Weak(pass); weak != "" && join == "" {
			a.say("activator: warning: %s", weak)
		}
		setup := activator.Setup{
			Dir: dir, Vendor: vendor, Desk: desk, Operator: op.Name, Registry: registry, WorkFactor: factor, Journal: a.journal,
			Passphrase: pass, Now: a.now, Rand: a.rand,
		}
		if join != "" {
			return a.join(cmd, setup, join)
		}
		if err := activator.Init(cmd.Context(), setup); err != nil {
			return err
		}
		d, err := activator.Open(cmd.Context(), activator.Config{
			Dir: dir, Now: a.now, Rand: a.rand, Unlock: func() ([]byte, error) { return pass, nil },
		})
		if err != nil {
			return err
		}
		k, err := d.Keys()
		if e := d.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
		anchor, verifier := k.Epochs[0].Anchor, k.Epochs[0].JournalVerifier
		if a.json {
			return a.put(map[string]any{
				"dir": dir, "vendor": k.Vendor, "desk": d.Name(), "registry": k.Registry,
				"anchor": anchor, "journal_verifier": verifier, "products": []string{"press-studio"},
			})
		}
		p := a.printer()
		p.title("Vendor folder made")
		p.blank()
		p.field("folder", dir)
		p.field("vendor", k.Vendor)
		p.field("desk", d.Name())
		p.field("product", "press-studio, a sample with comments: products/press-studio.toml")
		p.blank()
		p.line("  Trust anchor, to build into your program:")
		p.line("  ", p.in(bold, safe(anchor)))
		p.blank()
		p.line("What to do next:")
		p.blank()
		p.line("  activator product export press-studio -o press-studio.profile")
		p.line("  activator license add --product press-studio --customer \"Acme\" --order 1")
		p.line("  activator backup vendor.backup")
		if !f.Changed("vendor") {
			a.say("activator: hint: --vendor puts your company's name into what you sign; it cannot be changed later, so begin anew now if you want it")
		}
		return nil
	}
	return c
}

// join makes the vendor folder of one more desk.
func (a *app) join(cmd *cobra.Command, s activator.Setup, from string) error {
	s.Apart = cmd.Flags().Changed("registry")
	for _, f := range []string{"vendor", "work-factor"} {
		if cmd.Flags().Changed(f) {
			return &usageError{text: "--" + f + " does not go with --join: it is what the team has", cmd: cmd}
		}
	}
	if err := activator.Join(cmd.Context(), s, from); err != nil {
		return err
	}
	if a.json {
		return a.put(map[string]any{"dir": s.Dir, "desk": s.Desk, "joined": from})
	}
	p := a.printer()
	p.title("Joined")
	p.blank()
	p.field("folder", s.Dir)
	p.field("desk", s.Desk)
	p.blank()
	if s.Apart {
		p.line("Same keys, a journal of its own. Bring in what the other desk has:")
		p.blank()
		p.line("  activator journal merge ", safe(from))
		return nil
	}
	p.line("Same keys, same journal: what one desk records, the others see at once.")
	return nil
}

// occupied says that init was given a folder that holds something.
type occupied struct{ dir, found string }

func (e *occupied) Error() string {
	return e.dir + ": expected an empty or absent folder, found \"" + e.found + "\" in it; nothing was changed"
}

// hostname is this computer's name as a desk's name.
func hostname() string {
	h, err := os.Hostname()
	h, _, _ = strings.Cut(h, ".")
	if err != nil || h == "" || len(h) > 64 || safe(h) != h {
		return "desk"
	}
	return h
}
