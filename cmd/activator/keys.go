package main

import (
	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
)

func (a *app) keysCmd() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Short: "list the keys of the keyring, without a secret", Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(d *activator.Desk, _ *activator.Session) error {
				l, err := d.Keys()
				if err != nil {
					return err
				}
				if a.json {
					return a.put(l)
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
				p.sentence(2, "Publish the journal key where others find it without you: with it they check proofs (journal check-proof). None of these is secret.")
				return nil
			})
		},
	}
	return group("keys", "the keyring", list,
		later("rotate", "begin a new epoch of keys"),
		later("backup", "write the root secret for a safe"),
	)
}
