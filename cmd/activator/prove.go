package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

func (a *app) journalProveCmd() *cobra.Command {
	var open []string
	var since, file string
	var force bool
	c := &cobra.Command{
		Use: "prove N", Short: "write the proof of one entry, for a third party",
		Long: `prove writes a text that shows to anybody who has your published key (activator
keys list) that entry N is in the journal and what it says. It shows no other
entry. Personal texts are in it only where you name them: --with reference.
journal check-proof checks it; docs/journal.md says how others can.

With --since FILE in place of N, it writes the proof that the journal continues
the checkpoint in the file: nothing before it was changed or taken out.`,
		Args: args(0, 1, ""),
	}
	c.Flags().StringSliceVar(&open, "with", nil, "open these personal `texts`: customer, reference, reason, ...")
	c.Flags().StringVar(&since, "since", "", "prove that the journal continues the checkpoint in this `file`")
	outputFlags(c, &file, &force)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if (len(args) == 1) == (since != "") {
			return &usageError{text: "prove needs the number of an entry, or --since and the file of a checkpoint, and not both", cmd: cmd}
		}
		if since != "" {
			if len(open) > 0 {
				return &usageError{text: "--with goes with the number of an entry: a proof of consistency has no texts", cmd: cmd}
			}
			return a.with(cmd.Context(), func(d *activator.Desk, s *activator.Session) error {
				return a.proveSince(cmd, d, s, since, file, force)
			})
		}
		id, err := journal.ParseEntryID(args[0])
		if err != nil {
			return &usageError{text: err.Error(), cmd: cmd}
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			p, err := s.Prove(cmd.Context(), id, open...)
			if err != nil {
				return noEntry(err, id)
			}
			if a.json && file == "-" {
				return a.put(map[string]any{"entry": id.String(), "proof": string(p.Text())})
			}
			return a.emit(file, force, p.Text(), fmt.Sprintf("Proof of entry %v", id))
		})
	}
	return c
}

func (a *app) proveSince(cmd *cobra.Command, d *activator.Desk, s *activator.Session, since, file string, force bool) error {
	known, err := heads(d, []string{since})
	if err != nil {
		return err
	}
	p, err := s.ProveConsistency(cmd.Context(), known[0])
	var tampered *journal.TamperedError
	if errors.As(err, &tampered) {
		return &refusal{exitRefused, "the journal does not continue this checkpoint: " + err.Error()}
	}
	if err != nil {
		return err
	}
	if a.json && file == "-" {
		return a.put(map[string]any{"old": known[0].Size, "proof": string(p.Text())})
	}
	return a.emit(file, force, p.Text(), fmt.Sprintf("Proof that the journal continues its first %s", entries(p.Old)))
}

// entries is "1 entry", "2 entries".
func entries(n uint64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// noEntry makes a refusal of the error that there is no such entry.
func noEntry(err error, id journal.EntryID) error {
	if errors.Is(err, journal.ErrNoEntry) {
		return &refusal{exitRefused, fmt.Sprintf("there is no entry %v", id)}
	}
	return err
}

func (a *app) journalReceiptCmd() *cobra.Command {
	var open []string
	var file string
	var force bool
	c := &cobra.Command{
		Use: "receipt N", Short: "write the receipt of a refund or a confirmation, with its proof",
		Long: `receipt writes what entry N decided, in words and with the proof: N is an
accepted deactivation confirmation or a refund. Words can be changed on the way;
what is proven is what journal check-proof FILE prints.`,
		Args: args(1, 1, "the number of an entry"),
	}
	c.Flags().StringSliceVar(&open, "with", nil, "open these personal `texts`; default: the reference, where there is one")
	outputFlags(c, &file, &force)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := journal.ParseEntryID(args[0])
		if err != nil {
			return &usageError{text: err.Error(), cmd: cmd}
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			r, err := a.receipt(cmd, s, id, open)
			if err != nil {
				return noEntry(err, id)
			}
			if a.json && file == "-" {
				return a.put(receiptJSON{newEntryJSON(&r.Entry, productNames(s)), r.Text, string(r.Proof.Text())})
			}
			const how = "\nThe proof follows, to be checked with the vendor's published key:\nactivator journal check-proof FILE --key KEY\n\n"
			return a.emit(file, force, append([]byte(r.Text+how), r.Proof.Text()...), fmt.Sprintf("Receipt of entry %v", r.Entry.ID))
		})
	}
	return c
}

// receiptJSON is a receipt for programs.
type receiptJSON struct {
	entryJSON
	Receipt string `json:"receipt"`
	Proof   string `json:"proof"`
}

// receipt makes a receipt. Where nothing is said about texts, it opens the reference.
func (a *app) receipt(cmd *cobra.Command, s *activator.Session, id journal.EntryID, open []string) (*activator.Receipt, error) {
	if cmd.Flags().Changed("with") {
		return s.Receipt(cmd.Context(), id, open...)
	}
	r, err := s.Receipt(cmd.Context(), id)
	if err != nil {
		return nil, err
	}
	for _, p := range r.Entry.Personal {
		if p.Field == "reference" && !p.Redacted {
			return s.Receipt(cmd.Context(), id, p.Field)
		}
	}
	return r, nil
}
