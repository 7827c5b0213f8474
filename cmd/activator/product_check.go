package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes/product"
)

func (a *app) productCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE", Short: "check a product file: every mistake with line and remedy",
		Long: `check reads a product file and prints every mistake at once, with its line and
what to do. Within a vendor folder the file is also compared with what was
exported of the product before. FILE may be the name of a product there. Exit
status 3 tells of mistakes; notes are no mistakes.`,
		Args: args(1, 1, "a product file"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd, args[0]) },
	}
}

func (a *app) check(cmd *cobra.Command, path string) error {
	dir, dirErr := a.folder()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && dirErr == nil && product.CheckID(path) == nil {
		path = filepath.Join(dir, "products", path+".toml")
	}
	x, err := catalog.LoadFile(path)
	if err == nil && dirErr == nil {
		err = a.with(cmd.Context(), func(d *activator.Desk, _ *activator.Session) error {
			return d.CheckProduct(cmd.Context(), x)
		})
		if errors.Is(err, activator.ErrNoFolder) { // a file on its own
			err = nil
		}
	}
	var wrong *catalog.MistakesError
	if err != nil && !errors.As(err, &wrong) {
		return err
	}
	if a.json {
		j := productJSON{}
		if x != nil {
			j = newProductJSON(x)
		}
		if wrong != nil {
			j = brokenJSON(wrong)
		}
		if err := a.put(j); err != nil {
			return err
		}
		return answered(statusOf(j.Verdict))
	}
	p := a.printer()
	if wrong != nil {
		for l := range bytes.Lines([]byte(wrong.Drawn())) {
			p.line(safe(string(bytes.TrimRight(l, "\r\n"))))
		}
		p.verdict(journal.Refused, plural(len(wrong.Mistakes), "mistake")+".")
		return answered(exitRefused)
	}
	p.line(fmt.Sprintf("%s: no mistakes, %s.", safe(path), plural(len(x.Definitions), "definition")))
	for _, n := range x.Notes {
		text := n.Problem
		if n.Remedy != "" {
			text += ": " + n.Remedy
		}
		p.hang("  "+p.in(faint, pad(fmt.Sprintf("– line %d", n.Line), 12)), 14, text)
	}
	return nil
}
