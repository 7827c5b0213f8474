package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
)

func (a *app) backupCmd() *cobra.Command {
	var factor int
	c := &cobra.Command{
		Use: "backup FILE", Short: "write keyring, journal and products to one encrypted file",
		Long: `backup writes the whole vendor folder to one file, encrypted under the
passphrase, while the desk goes on working. It never overwrites. Keep it
elsewhere.`,
		Args: args(1, 1, "the file to write"),
	}
	c.Flags().IntVar(&factor, "work-factor", 0, "cost of the passphrase, `log2`; default: about a second")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("work-factor") && (factor < 10 || factor > 20) {
			return &usageError{text: "--work-factor: want 10 (for tests) to 20 (some seconds)", cmd: cmd}
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			if err := s.Backup(cmd.Context(), args[0], factor); err != nil {
				return err
			}
			if a.json {
				return a.put(map[string]string{"file": args[0]})
			}
			a.printer().line("Backup written to ", safe(args[0]), ".")
			return nil
		})
	}
	return c
}

func (a *app) restoreCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "restore FILE", Short: "make a vendor folder from a backup",
		Long: `restore makes a vendor folder from a backup. The folder must be empty or absent:
restore never writes over a desk. What was done after the backup is not in it.`,
		Args: args(1, 1, "the backup to read"),
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		dir, op, err := a.here()
		if err != nil {
			return err
		}
		pass, err := a.passphrase(false)
		if err != nil {
			return err
		}
		r, err := activator.Restore(cmd.Context(), args[0], activator.Setup{
			Dir: dir, Operator: op.Name, Passphrase: pass, Now: a.now, Rand: a.rand,
		})
		if err != nil {
			return err
		}
		if a.json {
			return a.put(map[string]any{
				"dir": dir, "entries": r.Entries, "last": stamp(r.Last), "products": r.Products, "origin": r.Origin,
			})
		}
		p := a.printer()
		p.title("Vendor folder restored")
		p.blank()
		p.field("folder", dir)
		p.field("journal", fmt.Sprintf("%d entries, verified; the last of %s", r.Entries, r.Last.UTC().Format("2 January 2006, 15:04 UTC")))
		p.blank()
		p.sentence(2, "What was done after the backup is not in it. Licenses that were drawn ahead are not handed out any more: export the product profiles again, and ship them.")
		return nil
	}
	return c
}
