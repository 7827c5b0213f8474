package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/formula"
	"github.com/manual-activator/manual-activator/internal/jsonline"
)

func (a *app) journalExportCmd() *cobra.Command {
	var filters journalFilters
	var format, file string
	var force bool
	c := &cobra.Command{Use: "export", Short: "write entries to a file, the oldest first",
		Long: `export writes the entries that the filters of journal list select: as JSON, one
value on a line, or as CSV for a spreadsheet. In CSV, what would be a formula
has an apostrophe before it, and what does not print is written as \n or \u202e.`,
		Args: args(0, 0, "")}
	filters.flags(c)
	c.Flags().StringVar(&format, "format", "jsonl", "jsonl or csv")
	outputFlags(c, &file, &force)
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
				_, err := export(a.out, s.Entries(cmd.Context(), q), productNames(s), format)
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
	n, err := export(out.tmp, s.Entries(ctx, q), productNames(s), format)
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

// export writes entries as they come, and returns how many.
func export(to io.Writer, entries iter.Seq2[journal.Entry, error], names map[codes.UID]string, format string) (int, error) {
	w := bufio.NewWriterSize(to, 1<<16)
	enc := jsonline.NewEncoder(w, "")
	table := csv.NewWriter(w)
	if format == "csv" {
		if err := table.Write(exportColumns); err != nil {
			return 0, err
		}
	}
	n := 0
	for e, err := range entries {
		if err != nil {
			return n, err
		}
		n++
		j := newEntryJSON(&e, names)
		if format == "jsonl" {
			err = enc.Encode(j)
		} else {
			err = table.Write(noFormulas(visible(row(j)), ';'))
		}
		if err != nil {
			return n, err
		}
	}
	table.Flush()
	return n, errors.Join(table.Error(), w.Flush())
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

// visible writes what does not print as in a Go string: line feeds, escape sequences, characters that turn the reading
// direction around.
func visible(fields []string) []string {
	for i, f := range fields {
		fields[i] = safe(f)
	}
	return fields
}

// noFormulas keeps fields from being run by a spreadsheet: customers choose their names. split
// is what other spreadsheets may take for the end of a field: see [formula.Guard].
func noFormulas(fields []string, split byte) []string {
	for i, f := range fields {
		fields[i] = formula.Guard(f, split)
	}
	return fields
}
