package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

func (a *app) journalCmd() *cobra.Command {
	return group("journal", "the journal: list, verify, prove, export, redact, migrate, merge",
		a.journalListCmd(), a.journalShowCmd(), a.journalVerifyCmd(), a.journalCheckpointCmd(), a.journalProveCmd(), a.journalCheckProofCmd(),
		a.journalReceiptCmd(), a.journalExportCmd(), a.journalRedactCmd(), a.journalMigrateCmd(), a.journalMergeCmd())
}

// journalFilters are the flags that select entries.
type journalFilters struct {
	kinds, verdicts           []string
	product, license, machine string
	from, to                  string
	q                         journal.Query
}

func (j *journalFilters) flags(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false
	f.StringSliceVar(&j.kinds, "kind", nil, "only these `kinds`: request, confirmation, license, change, ...")
	f.StringSliceVar(&j.verdicts, "verdict", nil, "only these `verdicts`: ok, repeat, refused, unreadable")
	f.StringVar(&j.q.Operator, "by", "", "only by this operator `name`")
	f.StringVar(&j.product, "product", "", "only of this `product`")
	f.StringVar(&j.license, "license", "", "only of this license `number`")
	f.StringVar(&j.machine, "machine", "", "only of the machine with this `fingerprint`")
	f.StringVar(&j.from, "from", "", "only from this `day` on, as 2026-11-22 (UTC)")
	f.StringVar(&j.to, "to", "", "only up to this `day`, included")
	f.StringVar(&j.q.Text, "text", "", "only with this `part` of a code in it")
}

// query turns the flags into a query.
func (j *journalFilters) query(d *activator.Desk) (journal.Query, error) {
	q := j.q
	for _, k := range j.kinds {
		q.Kinds = append(q.Kinds, journal.Kind(k))
	}
	verdicts := []journal.Verdict{journal.OK, journal.Repeat, journal.Refused, journal.Unreadable}
	for _, v := range j.verdicts {
		if !slices.Contains(verdicts, journal.Verdict(v)) {
			return q, &usageError{text: fmt.Sprintf("--verdict: have %q, want ok, repeat, refused or unreadable", v)}
		}
		q.Verdicts = append(q.Verdicts, journal.Verdict(v))
	}
	if j.product != "" {
		p, err := d.Product(j.product)
		if err != nil {
			return q, err
		}
		q.Product = p.UID
	}
	if j.license != "" {
		n, err := codes.ParseLicenseNumber(j.license)
		if err != nil {
			return q, &usageError{text: "--license: " + err.Error()}
		}
		q.License = n
	}
	if j.machine != "" {
		fp, err := codes.ParseFingerprint(j.machine)
		if err != nil {
			return q, &usageError{text: "--machine: " + err.Error()}
		}
		q.Fingerprint = &fp
	}
	var err error
	if j.from != "" {
		if q.From, err = time.Parse(time.DateOnly, j.from); err != nil {
			return q, &usageError{text: fmt.Sprintf("--from: have %q, want a day like 2026-11-22", j.from)}
		}
	}
	if j.to != "" {
		if q.To, err = time.Parse(time.DateOnly, j.to); err != nil {
			return q, &usageError{text: fmt.Sprintf("--to: have %q, want a day like 2026-11-22", j.to)}
		}
		q.To = q.To.AddDate(0, 0, 1)
	}
	return q, nil
}

func (a *app) journalListCmd() *cobra.Command {
	var filters journalFilters
	var limit int
	var oldest bool
	c := &cobra.Command{Use: "list", Short: "list entries, the newest first", Args: args(0, 0, "")}
	filters.flags(c)
	c.Flags().IntVar(&limit, "limit", 50, "at most so `many`; 0 for all, as with --json")
	c.Flags().BoolVar(&oldest, "oldest", false, "the oldest first")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if limit < 0 {
			return &usageError{text: fmt.Sprintf("--limit: have %d, want 0 or more", limit), cmd: cmd}
		}
		return a.with(cmd.Context(), func(d *activator.Desk, s *activator.Session) error {
			q, err := filters.query(d)
			if err != nil {
				return err
			}
			q.Newest, q.Limit = !oldest, limit
			if a.json && !cmd.Flags().Changed("limit") {
				q.Limit = 0
			}
			return a.entries(cmd.Context(), s, q)
		})
	}
	return c
}

// entries lists entries: one line, or one JSON value, each.
func (a *app) entries(ctx context.Context, s *activator.Session, q journal.Query) error {
	names := productNames(s)
	var rows [][]string
	for e, err := range s.Entries(ctx, q) {
		if err != nil {
			return err
		}
		if a.json {
			if err := a.put(newEntryJSON(&e, names)); err != nil {
				return err
			}
			continue
		}
		number, machine := "", ""
		if e.License != 0 {
			number = e.License.String()
		}
		if e.Machine {
			machine = e.Fingerprint.String()
		}
		rows = append(rows, []string{
			e.ID.String(), e.At.UTC().Format("2006-01-02 15:04"), short(safe(string(e.Kind)), 12), string(e.Verdict),
			number, machine, short(safe(e.Operator), 12),
		})
	}
	if a.json {
		return nil
	}
	p := a.printer()
	if len(rows) == 0 {
		p.line("No entries found.")
		return nil
	}
	p.table([]string{"no.", "time (UTC)", "kind", "verdict", "license", "machine", "by"}, rows)
	if q.Limit > 0 && len(rows) == q.Limit {
		a.say("activator: these are the first %d that fit; --limit 0 shows all", q.Limit)
	}
	return nil
}

func (a *app) journalShowCmd() *cobra.Command {
	return &cobra.Command{
		Use: "show N", Short: "show one entry", Args: args(1, 1, "the number of an entry"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := journal.ParseEntryID(args[0])
			if err != nil {
				return &usageError{text: err.Error(), cmd: cmd}
			}
			return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
				q := journal.Query{Limit: 1}
				if id > 0 {
					before := id - 1
					q.After = &before
				}
				for e, err := range s.Entries(cmd.Context(), q) {
					if err != nil {
						return err
					}
					if e.ID == id {
						return a.showEntry(cmd.Context(), s, &e)
					}
				}
				return &refusal{exitRefused, fmt.Sprintf("there is no entry %v", id)}
			})
		},
	}
}

func (a *app) showEntry(ctx context.Context, s *activator.Session, e *journal.Entry) error {
	j := newEntryJSON(e, productNames(s))
	var b *activator.Brought
	if e.Kind == journal.KindMerge {
		var err error
		if b, err = s.Brought(ctx, e); err != nil {
			return err
		}
		j.Brought = newBroughtJSON(b)
	}
	if a.json {
		return a.put(j)
	}
	p := a.printer()
	p.title("Entry " + j.Entry + ": " + what(e))
	p.blank()
	p.entryFields(e, j, "(erased)")
	if b != nil {
		p.brought(b)
	}
	return nil
}

// entryFields writes what an entry says. absent stands for personal texts that are not there.
func (p *printer) entryFields(e *journal.Entry, j entryJSON, absent string) {
	p.field("time", e.At.UTC().Format("2006-01-02 15:04:05 UTC"))
	p.field("by", fmt.Sprintf("%s at desk %s, through %s", j.Operator, j.Desk, j.Via))
	p.field("verdict", string(j.Verdict))
	p.field("product", j.Product)
	p.field("license", j.License)
	if e.Definition != 0 {
		p.field("definition", fmt.Sprint(e.Definition))
	}
	p.field("machine", j.Fingerprint)
	p.field("random", j.Random)
	p.field("state", j.State)
	p.field("code", j.Code)
	p.field("activation code", j.Answer)
	for _, x := range e.Personal {
		if x.Redacted {
			p.field(x.Field, absent)
		} else {
			p.field(x.Field, x.Text)
		}
	}
	for i, l := range strings.Split(strings.TrimRight(e.Detail, "\n"), "\n") {
		name := "detail"
		if i > 0 {
			name = " "
		}
		p.field(name, l)
	}
	name := "follows"
	for _, f := range j.Effects {
		p.field(name, f)
		name = " "
	}
	p.checks(j.Checks)
}
