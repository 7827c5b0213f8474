package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
)

// toFile is what --to says for the file in the vendor folder.
const toFile = "file"

func (a *app) journalMigrateCmd() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use: "migrate --to ADDRESS", Short: "move the journal to a PostgreSQL database, for several desks",
		Long: `migrate moves the journal to an empty PostgreSQL database, and the vendor
folder's settings to it. Entries, signed heads, personal texts and proofs stay
as they are. The copy is verified before the old journal is closed; closed, it
takes no entries any more, and stays as an archive.

With --to file it moves the journal from a database to the vendor folder.`,
		Args: args(0, 0, ""),
	}
	c.Flags().StringVar(&to, "to", "", "the `address`, postgres://USER@HOST/DATABASE, or the word file")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if to == "" {
			return &usageError{text: "missing: --to ADDRESS", cmd: cmd}
		}
		where := to
		if to == toFile {
			where = ""
		}
		if err := address("--to", where); err != nil {
			return err
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			m, err := s.MoveJournal(cmd.Context(), where)
			if err != nil {
				return err
			}
			if a.json {
				return a.put(map[string]any{"from": m.From, "to": m.To, "entries": m.Report.Entries})
			}
			p := a.printer()
			p.title("Journal moved")
			p.blank()
			p.field("from", m.From)
			p.field("to", m.To)
			p.field("entries", fmt.Sprintf("%d, verified before and after", m.Report.Entries))
			p.blank()
			p.sentence(2, "The old journal is closed: it takes no entries any more. Keep it as an archive, or remove it.")
			return nil
		})
	}
	return c
}
