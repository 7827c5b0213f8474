package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/batch"
	"github.com/manual-activator/manual-activator/tui"
)

// deskFiles answers files of codes for the desk on a terminal, as the command batch
// does, with names that an operator chooses on the screen.
type deskFiles struct{ s *activator.Session }

// mostNames bounds how many names complete a path.
const mostNames = 500

// List completes a path. Hidden names show only when their dot was typed.
func (f deskFiles) List(_ context.Context, path string) ([]string, error) {
	dir, begins := filepath.Split(home(path))
	shown, _ := filepath.Split(path) // as it was typed
	in := dir
	if in == "" {
		in = "."
	}
	entries, err := os.ReadDir(in)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, begins) || begins == "" && strings.HasPrefix(name, ".") {
			continue
		}
		if len(names) == mostNames {
			break
		}
		name = shown + name
		if st, err := os.Stat(filepath.Join(in, e.Name())); err == nil && st.IsDir() {
			name += string(filepath.Separator)
		}
		names = append(names, name)
	}
	return names, nil
}

// home puts the operator's own folder in place of a ~ at the beginning.
func home(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator)); ok {
		if dir, err := os.UserHomeDir(); err == nil {
			return dir + string(filepath.Separator) + rest
		}
	}
	return path
}

// Run answers a file, or tries it out.
func (f deskFiles) Run(ctx context.Context, r tui.FileRun) (done tui.FileDone, err error) {
	in, out := home(r.In), home(r.Out)
	st, err := os.Stat(in)
	switch {
	case err != nil:
		return done, err
	case !st.Mode().IsRegular(): // a pipe can be read once only
		return done, fmt.Errorf("%s: expected a file of codes, found something else", r.In)
	}
	src, err := openFile(in)
	if err != nil {
		return done, err
	}
	defer src.close()
	input, err := batch.Open(src, formOf(in))
	if err != nil {
		return done, fmt.Errorf("%s: %w", src.name, err)
	}
	done.Aside = input.Near()
	j := batch.Job{Input: input, Name: src.name, Source: src.sum, DryRun: r.Dry, Format: (&batchOptions{out: out}).outputFormat(input.Format, false)}
	j.Each = func(o *activator.RowOutcome) { r.Each(o, func() []tui.Cell { return cellsOf(input, o) }) }
	var answers *output
	if r.Dry { // what would be in the way of a run is said by the run
		if name, before, err := batch.FindName(ctx, f.s, src.name, src.sum); err == nil {
			j.Name, done.Again = name, before != nil && before.Done
		}
	} else {
		var before *activator.BatchState
		if j.Name, before, err = batch.FindName(ctx, f.s, src.name, src.sum); err != nil {
			return done, err
		}
		done.Again = before != nil && before.Done
		if answers, err = begin(out, 0o600, false); err != nil {
			return done, notThere(err, r.Out)
		}
		defer answers.drop()
		j.Output = answers.tmp
	}
	// A dry run has rows wait too, beside the input where nothing is written.
	j.Scratch = func() (batch.Scratch, error) {
		if r.Dry {
			return scratch(filepath.Join(os.TempDir(), src.name))
		}
		return scratch(out)
	}
	told := func(p batch.Progress) tui.FileProgress {
		return tui.FileProgress{BatchTotals: p.BatchTotals, Before: p.Before, Waiting: p.Waiting, Read: src.read.Load(), Size: src.size}
	}
	j.Progress = func(p batch.Progress) { r.Progress(told(p)) }
	sum, err := batch.Run(ctx, f.s, j)
	done.FileProgress, done.Batch, done.CodeLess = told(sum.Progress), j.Name, input.Mails().CodeLess
	if err == nil && answers != nil {
		if err = answers.finish(nil); err == nil {
			done.Out = r.Out
		}
	}
	if errors.As(err, new(*activator.BatchNameError)) {
		err = fmt.Errorf("%w; a batch is named after its file: give the file another name", err)
	}
	return done, notThere(err, r.Out)
}

// cellsOf is what an input says of a row.
func cellsOf(in *batch.Input, o *activator.RowOutcome) []tui.Cell {
	var cells []tui.Cell
	for _, c := range in.Carried(o.Row) {
		cells = append(cells, tui.Cell{Column: c.Column, Text: c.Text, Code: c.Code})
	}
	return cells
}

// notThere leaves out of an error what only the command line has.
func notThere(err error, out string) error {
	if _, e := os.Lstat(home(out)); err != nil && out != "" && e == nil && strings.Contains(err.Error(), "--force") {
		return errors.New(out + " is there already: give the answers another name")
	}
	return err
}
