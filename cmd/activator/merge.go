package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

func (a *app) journalMergeCmd() *cobra.Command {
	return &cobra.Command{
		Use: "merge OTHER", Short: "bring in the journal of a desk that worked apart",
		Long: `merge brings in what another desk recorded that worked apart, without a server:
OTHER is its vendor folder, its journal.db, or a backup of it. Both must have
the same keyring (activator init --join FOLDER --registry N).

The other journal is verified first. Its entries come in as they are, in their
own log with their own signed heads; its licenses, seats and confirmations count
here from then on. What both desks did though it may be done once is reported,
the earlier one first, and stands with the license (license show). Nothing that
was told to a customer is taken back. Merged again, only what is new comes in.`,
		Args: args(1, 1, "the other desk's vendor folder, journal or backup"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
				m, err := s.Merge(cmd.Context(), args[0])
				var tampered *journal.TamperedError
				var fork *activator.ForkError
				if errors.As(err, &tampered) || errors.As(err, &fork) {
					a.say("activator: %v", err)
					return answered(statusOf(journal.Refused))
				}
				if m == nil {
					return err
				}
				return errors.Join(a.showMerged(m), err)
			})
		},
	}
}

// capital is a sentence of the journal as it begins a line.
func capital(s string) string {
	if s == "" {
		return s
	}
	return safe(strings.ToUpper(s[:1]) + s[1:])
}

type mergedJSON struct {
	Entry      string          `json:"entry,omitempty"`
	Entries    uint64          `json:"entries"` // that are new here
	TakenOver  int             `json:"taken_over"`
	Logs       []mergedLogJSON `json:"logs"`
	Collisions []collisionJSON `json:"collisions"`
}

type mergedLogJSON struct {
	Origin string `json:"origin"`
	Desk   string `json:"desk"`
	First  uint64 `json:"first"`
	Size   uint64 `json:"size"`
}

type collisionJSON struct {
	Kind     string   `json:"kind"`
	License  string   `json:"license,omitempty"`
	Machine  string   `json:"machine,omitempty"`
	First    sideJSON `json:"first"`
	Second   sideJSON `json:"second"`
	Sentence string   `json:"sentence"`
}

type sideJSON struct {
	Operator string `json:"operator"`
	Desk     string `json:"desk"`
	At       string `json:"at"`
}

func newSideJSON(e activator.Event) sideJSON {
	return sideJSON{e.Operator, e.Desk, stamp(e.Entry.At)}
}

func (a *app) showMerged(m *activator.Merged) error {
	j := mergedJSON{TakenOver: m.TakenOver, Logs: []mergedLogJSON{}, Collisions: []collisionJSON{}}
	for _, l := range m.Logs {
		j.Entries += l.Size - l.First
		j.Logs = append(j.Logs, mergedLogJSON{l.Origin, l.Desk, l.First, l.Size})
	}
	for _, c := range m.Collisions {
		k := collisionJSON{Kind: c.Kind, First: newSideJSON(c.First), Second: newSideJSON(c.Second), Sentence: c.Sentence}
		if c.License != 0 {
			k.License = c.License.String()
		}
		if c.Machine != nil {
			k.Machine = c.Machine.String()
		}
		j.Collisions = append(j.Collisions, k)
	}
	if len(m.Logs) > 0 {
		j.Entry = m.Entry.String()
	}
	if a.json {
		return a.put(j)
	}
	p := a.printer()
	if len(m.Logs) == 0 {
		p.line("Nothing is new: everything of it is here already.")
		return nil
	}
	p.title("Brought in: " + entries(j.Entries))
	p.blank()
	for _, l := range m.Logs {
		p.field("desk", fmt.Sprintf("%s: %s, %d in all", safe(l.Desk), entries(l.Size-l.First), l.Size))
	}
	p.field("taken over", entries(uint64(m.TakenOver)))
	p.field("journal", "entry "+j.Entry)
	p.blank()
	if len(m.Collisions) == 0 {
		p.sentence(2, "Nothing collided.")
		return nil
	}
	p.line("Both desks did what may be done once. Look at each:")
	p.blank()
	for _, c := range j.Collisions {
		where := ""
		if c.License != "" {
			where = "license " + c.License + ": "
		}
		p.hang("  "+p.in(red, "✗")+" ", 4, where+capital(c.Sentence)+".")
	}
	return nil
}
