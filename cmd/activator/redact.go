package main

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

func (a *app) journalRedactCmd() *cobra.Command {
	var e activator.Erasure
	var license, before string
	var yes bool
	c := &cobra.Command{
		Use: "redact [N] --reason R", Short: "erase personal texts for ever",
		Long: `redact erases personal texts from the journal: customers' names, references,
reasons, names of machines, typed texts that were no code. Entries stay, with
salted hashes in their place, so everything that was proven still is. What was
erased is an entry itself: how many texts and where, never the text.

It takes those of one entry N (and of its copies, where desks were merged), of
all entries of a license, of all licenses that a customer has or had (the whole
name; capitals do not count), or of all entries before a day (UTC).

It cannot be undone. Backups, exports, receipts and mails made before are not
reached: do away with them yourself. Close other desks meanwhile, so that the
file can be cleaned. Given again, it cleans again.`,
		Args: args(0, 1, ""),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&license, "license", "", "of this license `number`")
	f.StringVar(&e.Customer, "customer", "", "of this customer: the whole `name`")
	f.StringVar(&before, "before", "", "of all entries before this `day`, as 2026-11-22 (UTC)")
	f.StringVar(&e.Reason, "reason", "", "the `reason`, which the journal keeps; required")
	f.BoolVar(&yes, "yes", false, "do not ask")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := notEmpty(cmd, "license", "customer", "before", "reason"); err != nil {
			return err
		}
		var err error
		if license != "" {
			if e.License, err = codes.ParseLicenseNumber(license); err != nil {
				return &usageError{text: "--license: " + err.Error(), cmd: cmd}
			}
		}
		if before != "" {
			if e.Before, err = time.Parse(time.DateOnly, before); err != nil {
				return &usageError{text: fmt.Sprintf("--before: have %q, want a day like 2026-11-22", before), cmd: cmd}
			}
		}
		if len(args) == 1 {
			id, err := journal.ParseEntryID(args[0])
			if err != nil {
				return &usageError{text: err.Error(), cmd: cmd}
			}
			e.Entry = &id
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			return a.redact(cmd, s, e, yes)
		})
	}
	return c
}

func (a *app) redact(cmd *cobra.Command, s *activator.Session, e activator.Erasure, yes bool) error {
	plan, err := s.PlanErasure(cmd.Context(), e)
	if err != nil {
		if e.Entry != nil {
			err = noEntry(err, *e.Entry)
		}
		return err
	}
	if plan.Texts > 0 && !yes {
		if err := a.agreed(cmd, plan); err != nil {
			return err
		}
	}
	done, err := s.Erase(cmd.Context(), e)
	if done == nil {
		return err
	}
	if e := a.showErased(done); e != nil {
		return e
	}
	if err != nil && len(done.Entries) > 0 {
		return fmt.Errorf("the texts are erased from the journal's tables, and recorded, but not from the file: %w", err)
	}
	return err
}

// agreed asks before something that cannot be undone.
func (a *app) agreed(cmd *cobra.Command, plan *activator.Erased) error {
	said, terminal := a.saysYes(fmt.Sprintf("This erases %s for ever. It cannot be undone.", saysErased(plan)))
	switch {
	case !terminal:
		return &usageError{text: fmt.Sprintf("this erases %s for ever: say --yes", saysErased(plan)), cmd: cmd}
	case !said:
		return errors.New("nothing was erased")
	}
	return nil
}

// saysYes asks a person at a terminal whether to go on. It reports whether they said yes,
// and whether there is a terminal at all.
func (a *app) saysYes(what string) (said, terminal bool) {
	in, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return false, false
	}
	a.say("%s", what)
	fmt.Fprint(a.err, "Go on? Type yes: ")
	line, err := bufio.NewReader(in).ReadString('\n')
	return err == nil && strings.EqualFold(strings.TrimSpace(line), "yes"), true
}

// saysErased counts: "3 personal texts of 2 entries (customer 1, reference 2)".
func saysErased(e *activator.Erased) string {
	var fields []string
	for _, f := range slices.Sorted(maps.Keys(e.Fields)) {
		fields = append(fields, fmt.Sprintf("%s %d", safe(f), e.Fields[f]))
	}
	return fmt.Sprintf("%s of %s (%s)", plural(e.Texts, "personal text"), entries(uint64(e.Of)), strings.Join(fields, ", "))
}

func (a *app) showErased(e *activator.Erased) error {
	recorded := []string{}
	for _, id := range e.Entries {
		recorded = append(recorded, id.String())
	}
	if a.json {
		return a.put(map[string]any{"verdict": journal.OK, "texts": e.Texts, "entries": e.Of, "fields": e.Fields, "recorded": recorded})
	}
	p := a.printer()
	if e.Texts == 0 {
		p.line("There is nothing to erase.")
		return nil
	}
	p.title("Erased: " + saysErased(e))
	p.blank()
	p.field("journal", "entry "+strings.Join(recorded, ", "))
	p.blank()
	p.sentence(2, "Backups, exports, receipts and mails that were made before still have the texts: do away with them yourself.")
	return nil
}
