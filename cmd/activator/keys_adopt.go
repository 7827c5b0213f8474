package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
)

func (a *app) keysAdoptCmd() *cobra.Command {
	return &cobra.Command{
		Use: "adopt OTHER", Short: "take over keys that were changed at another desk",
		Long: `adopt takes over the keys of OTHER, the vendor folder of another desk of this
vendor or a copy of it, where they were rotated or an epoch was revoked. It is
for desks that work apart, with a journal each (journal merge): this journal
records it, and is signed with the new key from then on. Both folders need the
same passphrase. Take the copy off the stick afterwards.

Desks that share one journal do not need it: copy keyring.age (docs/team.md).`,
		Args: args(1, 1, "the other desk's vendor folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
				done, err := s.AdoptKeys(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				if a.json {
					return a.putKeys(done)
				}
				e := done.Keys.Epochs[len(done.Keys.Epochs)-1]
				p := a.keysDone(done, fmt.Sprintf("The keys are those of the other desk: epoch %d is current", e.Number))
				p.blank()
				p.sentence(2, "Backups of before do not have the new keys: make a new one. Now bring in what the other desk recorded: activator journal merge.")
				return nil
			})
		},
	}
}

// sayApart names the desks that work apart and have the former keys still.
func (a *app) sayApart(ctx context.Context, p *printer, s *activator.Session) error {
	apart, err := s.DesksApart(ctx)
	if err != nil {
		return err
	}
	dir, err := a.folder()
	if err != nil {
		return err
	}
	for _, d := range apart {
		p.blank()
		p.sentence(2, fmt.Sprintf("Desk %s works apart (brought in last on %s), and has the former keys. Take this folder, or a copy, there, and let it take over the new ones:",
			safe(d.Desk), d.Merged.UTC().Format("2 January 2006")))
		p.line("  activator keys adopt ", safe(dir))
	}
	return nil
}
