package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

func (a *app) journalCmd() *cobra.Command {
	return group("journal", "the journal: list, show, verify, export",
		a.journalListCmd(), a.journalShowCmd(), a.journalVerifyCmd(), a.journalExportCmd())
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
	c.Flags().IntVar(&limit, "limit", 50, "at most so `many`; 0 for all")
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
		a.say("activator: these are the newest %d that fit; --limit 0 shows all", q.Limit)
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
						return a.showEntry(&e, productNames(s))
					}
				}
				return &refusal{exitRefused, fmt.Sprintf("there is no entry %v", id)}
			})
		},
	}
}

func (a *app) showEntry(e *journal.Entry, names map[codes.UID]string) error {
	j := newEntryJSON(e, names)
	if a.json {
		return a.put(j)
	}
	p := a.printer()
	p.title("Entry " + j.Entry + ": " + what(e))
	p.blank()
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
			p.field(x.Field, "(erased)")
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
	return nil
}

func (a *app) journalVerifyCmd() *cobra.Command {
	var kept []string
	c := &cobra.Command{
		Use: "verify", Short: "recompute the whole journal and compare",
		Long: `verify reads every entry, recomputes the Merkle tree and the signed head, rebuilds
licenses, seats and claims from the entries, and compares. Exit status 3 and the
first entry that differs tell of a journal that is not as it was written.

That entries were cut off at the end shows only against a head kept elsewhere:
journal verify --keep FILE writes the head, --head FILE compares with it later.`,
		Args: args(0, 0, ""),
	}
	var keep string
	c.Flags().StringArrayVar(&kept, "head", nil, "compare with the head in this `file` too")
	c.Flags().StringVar(&keep, "keep", "", "write the head to this `file`")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return a.with(cmd.Context(), func(d *activator.Desk, s *activator.Session) error {
			known, err := heads(d, kept)
			if err != nil {
				return err
			}
			return a.verify(cmd.Context(), s, keep, known)
		})
	}
	return c
}

// heads reads heads that were kept elsewhere.
func heads(d *activator.Desk, files []string) ([]journal.Head, error) {
	if len(files) == 0 {
		return nil, nil
	}
	k, err := d.Keyring()
	if err != nil {
		return nil, err
	}
	var ours []note.Verifier
	for _, e := range k.List().Epochs {
		v, err := note.NewVerifier(e.JournalVerifier)
		if err != nil {
			return nil, err
		}
		ours = append(ours, v)
	}
	var known []journal.Head
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		h, err := journal.ParseCheckpoint(b, note.VerifierList(ours...))
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
	Found       int              `json:"found"` // how many differences, at least
	Head        string           `json:"head,omitempty"`
}

type differenceJSON struct {
	Entry string `json:"entry,omitempty"`
	Where string `json:"where"`
	What  string `json:"what"`
}

func (a *app) verify(ctx context.Context, s *activator.Session, keep string, known []journal.Head) error {
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
			j.Head = string(r.Heads[0].Checkpoint)
		}
	}
	if tampered != nil {
		j.Verdict = journal.Refused
		j.First = tampered.First.String()
	}
	if keep != "" && tampered == nil && j.Head != "" {
		out, err := begin(keep, 0o644, true)
		if err != nil {
			return err
		}
		if err := out.finish([]byte(j.Head)); err != nil {
			return err
		}
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

func (a *app) journalExportCmd() *cobra.Command {
	var filters journalFilters
	var format, file string
	var force bool
	c := &cobra.Command{Use: "export", Short: "write entries to a file, the oldest first", Args: args(0, 0, "")}
	filters.flags(c)
	f := c.Flags()
	f.StringVar(&format, "format", "jsonl", "jsonl or csv")
	f.StringVarP(&file, "output", "o", "-", "the `file`, or - for standard output")
	f.BoolVar(&force, "force", false, "replace the file if it is there")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if format != "jsonl" && format != "csv" {
			return &usageError{text: fmt.Sprintf("--format: have %q, want jsonl or csv", format), cmd: cmd}
		}
		return a.with(cmd.Context(), func(d *activator.Desk, s *activator.Session) error {
			q, err := filters.query(d)
			if err != nil {
				return err
			}
			if file == "-" {
				_, err := export(cmd.Context(), a.out, s, q, format)
				return err
			}
			return a.exportTo(cmd.Context(), file, force, s, q, format)
		})
	}
	return c
}

func (a *app) exportTo(ctx context.Context, file string, force bool, s *activator.Session, q journal.Query, format string) error {
	out, err := begin(file, 0o600, force)
	if err != nil {
		return err
	}
	defer out.drop()
	n, err := export(ctx, out.tmp, s, q, format)
	if err != nil {
		return err
	}
	if err := out.finish(nil); err != nil {
		return err
	}
	if a.json {
		return a.put(map[string]any{"entries": n, "file": file})
	}
	a.printer().line(fmt.Sprintf("%d entries written to %s", n, safe(filepath.Clean(file))))
	return nil
}

// exportColumns are the columns of a journal in CSV.
var exportColumns = []string{
	"entry", "at", "kind", "verdict", "operator", "desk", "via", "product", "license", "definition",
	"fingerprint", "random", "state", "code", "activation_code", "customer", "reference", "reason",
}

// export writes entries and returns how many.
func export(ctx context.Context, w io.Writer, s *activator.Session, q journal.Query, format string) (int, error) {
	names := productNames(s)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	table := csv.NewWriter(w)
	if format == "csv" {
		if err := table.Write(exportColumns); err != nil {
			return 0, err
		}
	}
	n := 0
	for e, err := range s.Entries(ctx, q) {
		if err != nil {
			return n, err
		}
		n++
		j := newEntryJSON(&e, names)
		if format == "jsonl" {
			err = enc.Encode(j)
		} else {
			err = table.Write(row(j))
		}
		if err != nil {
			return n, err
		}
	}
	table.Flush()
	return n, table.Error()
}

func row(j entryJSON) []string {
	definition := ""
	if j.Definition != 0 {
		definition = fmt.Sprint(j.Definition)
	}
	return []string{
		j.Entry, j.At, string(j.Kind), string(j.Verdict), j.Operator, j.Desk, j.Via, j.Product, j.License, definition,
		j.Fingerprint, j.Random, j.State, j.Code, j.Answer, j.Personal["customer"], j.Personal["reference"], j.Personal["reason"],
	}
}
