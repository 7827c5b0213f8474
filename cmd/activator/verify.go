package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

func (a *app) journalVerifyCmd() *cobra.Command {
	var kept []string
	c := &cobra.Command{
		Use: "verify", Short: "recompute the whole journal and compare",
		Long: `verify reads every entry, recomputes the Merkle tree and the signed head,
rebuilds licenses, seats and claims from the entries, and compares. Exit
status 3 and the first entry that differs tell of a journal that is not as it
was written.

That entries were cut off at the end, or that a former journal was put back,
shows only against a checkpoint kept elsewhere: journal checkpoint writes one,
verify --checkpoint FILE compares with it later. The last one that this computer
saw is compared with always.`,
		Args: args(0, 0, ""),
	}
	c.Flags().StringArrayVar(&kept, "checkpoint", nil, "compare with the checkpoint in this `file` too; may be given again")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return a.with(cmd.Context(), func(d *activator.Desk, s *activator.Session) error {
			known, err := heads(d, kept)
			if err != nil {
				return err
			}
			return a.verify(cmd.Context(), s, known)
		})
	}
	return c
}

func (a *app) journalCheckpointCmd() *cobra.Command {
	var file string
	var force bool
	c := &cobra.Command{
		Use: "checkpoint", Short: "print the newest signed head, for the safe",
		Long: `checkpoint prints the signed head of the journal: how many entries there are,
and a hash of them all. It holds nothing secret. Keep it where nobody who works
with the journal can change it: in a safe, in a mail to an auditor. journal
verify --checkpoint FILE tells later whether anything before it was changed or
cut off; journal prove --since FILE proves to others that nothing was.`,
		Args: args(0, 0, ""),
	}
	outputFlags(c, &file, &force)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			h, err := s.Head(cmd.Context())
			if err != nil {
				return err
			}
			if a.json && file == "-" {
				return a.put(map[string]any{"entries": h.Size, "origin": h.Origin, "checkpoint": string(h.Checkpoint)})
			}
			return a.emit(file, force, h.Checkpoint, fmt.Sprintf("Checkpoint of %d entries", h.Size))
		})
	}
	return c
}

// heads reads checkpoints that were kept elsewhere.
func heads(d *activator.Desk, files []string) ([]journal.Head, error) {
	var known []journal.Head
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		h, err := d.Checkpoint(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		known = append(known, h)
	}
	return known, nil
}

// verifyJSON is what a verification found, for programs.
type verifyJSON struct {
	Verdict     journal.Verdict  `json:"verdict"` // ok, or refused when something differs
	Entries     uint64           `json:"entries"`
	Licenses    int              `json:"licenses"`
	Seats       int              `json:"seats"`
	Claims      int              `json:"claims"`
	Pool        int              `json:"pool"`
	Erased      int              `json:"erased"` // personal texts
	First       string           `json:"first,omitempty"`
	Differences []differenceJSON `json:"differences"`
	Found       int              `json:"found"`                // how many differences, at least
	Checkpoint  string           `json:"checkpoint,omitempty"` // of the journal's own log, if it is as it was signed
}

type differenceJSON struct {
	Entry string `json:"entry,omitempty"`
	Where string `json:"where"`
	What  string `json:"what"`
}

func (a *app) verify(ctx context.Context, s *activator.Session, known []journal.Head) error {
	r, err := s.Verify(ctx, known...)
	var tampered *journal.TamperedError
	if err != nil && !errors.As(err, &tampered) {
		return err
	}
	j := verifyJSON{Verdict: journal.OK, Differences: []differenceJSON{}}
	if r != nil {
		j.Entries, j.Licenses, j.Seats, j.Claims, j.Pool, j.Erased = r.Entries, r.Licenses, r.Seats, r.Claims, r.Pool, r.Redacted
		j.Found = r.Found
		for _, x := range r.Differences {
			d := differenceJSON{Where: x.Where, What: x.What}
			if x.Known {
				d.Entry = x.Entry.String()
			}
			j.Differences = append(j.Differences, d)
		}
		if len(r.Heads) > 0 {
			j.Checkpoint = string(r.Heads[len(r.Heads)-1].Checkpoint)
		}
	}
	if tampered != nil {
		j.Verdict = journal.Refused
		j.First = tampered.First.String()
	}
	if a.json {
		if err := a.put(j); err != nil {
			return err
		}
		return answered(statusOf(j.Verdict))
	}
	p := a.printer()
	if tampered == nil {
		p.title("The journal is as it was written")
	} else {
		p.title("The journal was changed")
	}
	p.blank()
	p.field("entries", fmt.Sprint(j.Entries))
	p.field("licenses", fmt.Sprint(j.Licenses))
	p.field("seats taken", fmt.Sprint(j.Seats))
	p.field("counted once", fmt.Sprint(j.Claims))
	if j.Erased > 0 {
		p.field("texts erased", fmt.Sprint(j.Erased))
	}
	if n := len(known); n > 0 && tampered == nil {
		p.field("continues", plural(n, "checkpoint")+" kept elsewhere")
	}
	if tampered != nil {
		p.field("differences", fmt.Sprintf("%d or more", j.Found))
		p.blank()
		const most = 10
		for i, d := range j.Differences {
			if i == most {
				p.sentence(2, fmt.Sprintf("and %d more; --json lists them", j.Found-most))
				break
			}
			p.hang("  "+p.in(red, "✗")+" ", 4, d.Where+": "+d.What)
		}
	}
	return answered(statusOf(j.Verdict))
}
