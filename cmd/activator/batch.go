package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/batch"
)

// batchOptions are the flags of batch.
type batchOptions struct {
	in, out, format, name string
	dry, resume, force    bool
}

func (a *app) batchCmd() *cobra.Command {
	var o batchOptions
	c := &cobra.Command{
		Use:   "batch IN",
		Short: "answer a file of codes",
		Long: `batch answers requests and confirmations from a file, one per row, and writes
each row's answer beside it. Every row is in the journal, as if it was typed.

The file is a table (CSV; the first row names the columns, one of them code),
lines of JSON objects, or with --format text mails or any text, whose codes are
found. Columns that mean something: code, reference, refund, definition, choose,
parameter, shelf_life. All others are carried through.

The answers appear whole when all rows are done. When a run was interrupted,
give the same command again: rows that are recorded come back with their first
answer.

Exit status: 0 all rows are answered; 3 some are refused or could not be read,
and the output is complete all the same; 1 could not.`,
		Args: args(1, 1, "the file of codes, or - for standard input"),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&o.out, "output", "o", "-", "the `file` for the answers, or - for standard output")
	f.StringVar(&o.format, "format", "", "csv or jsonl: the form of the answers (default: by the name of the output, else as the input's); text: the input is mails or a text with codes in it")
	f.BoolVar(&o.dry, "dry-run", false, "decide and record nothing: no answers are given")
	f.BoolVar(&o.resume, "resume", false, "go on with a run that was interrupted")
	f.StringVar(&o.name, "name", "", "the batch's `name` in the journal (default: the file's)")
	f.BoolVar(&o.force, "force", false, "replace the output if it is there")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		o.in = args[0]
		if err := notEmpty(cmd, "name", "output"); err != nil {
			return err
		}
		switch batch.Format(o.format) {
		case batch.Auto, batch.CSV, batch.JSONL, batch.Text:
		default:
			return &usageError{text: fmt.Sprintf("--format: have %q, want csv, jsonl or text", o.format), cmd: cmd}
		}
		if o.resume && o.dry {
			return &usageError{text: "--dry-run records nothing, so there is nothing that --resume could go on with: give one of them", cmd: cmd}
		}
		if o.in != "-" && o.out != "-" && sameFile(o.in, o.out) {
			return &usageError{text: "the output is the input: name another file with -o", cmd: cmd}
		}
		return a.batch(cmd.Context(), o)
	}
	return c
}

func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// What Go may do with memory.
const (
	// While a batch is recorded it has somewhat more than the rows in hand need. SQLite's
	// caches come on top.
	recordMemory = 28 << 20

	// A dry run keeps something of every row, so no limit is right for it. It may make
	// four times as much garbage as it keeps before that is collected, which makes it a
	// fifth faster; and as much as it keeps, the usual measure, once rows are many.
	dryGarbage       = 400 // percent
	dryManyRows      = 100_000
	dryGarbageOfMany = 100
)

func (a *app) batch(ctx context.Context, o batchOptions) error {
	src, err := a.openSource(o.in)
	if err != nil {
		return err
	}
	defer src.close()
	form := batch.Auto
	switch o.format {
	case string(batch.Text):
		form = batch.Text
	case "":
		form = formOf(o.in)
	}
	in, err := batch.Open(src, form)
	if err != nil {
		return fmt.Errorf("%s: %w", src.name, err)
	}
	if near := in.Near(); len(near) > 0 {
		a.say("carried through, and not acted on: %s; what the columns are named that mean something, `activator help batch` lists", batch.Listed(near))
	}
	j := batch.Job{Input: in, Source: src.sum, DryRun: o.dry, Format: o.outputFormat(in.Format, a.json)}
	var out *output
	if o.out == "-" {
		signal.Ignore(syscall.SIGPIPE) // a reader that goes away is an error, which says how to go on
		j.Output = a.out
		if src.size > 0 { // a file has all its rows, whatever is answered: so they may wait
			j.Scratch = func() (batch.Scratch, error) { return scratch(filepath.Join(os.TempDir(), "activator")) }
		}
	} else {
		if out, err = begin(o.out, 0o600, o.force || o.resume); err != nil {
			return err
		}
		defer out.drop()
		j.Output = out.tmp
		j.Scratch = func() (batch.Scratch, error) { return scratch(o.out) }
	}
	return a.with(ctx, func(d *activator.Desk, s *activator.Session) error {
		if err := d.Unlock(); err != nil {
			return err
		}
		if err := a.nameBatch(ctx, s, &j, o, src); err != nil {
			return err
		}
		meter := a.newMeter(src)
		j.Progress = meter.show
		if o.dry {
			debug.SetGCPercent(dryGarbage)
			many := sync.OnceFunc(func() { debug.SetGCPercent(dryGarbageOfMany) })
			j.Progress = func(p batch.Progress) {
				if p.Rows > dryManyRows {
					many()
				}
				meter.show(p)
			}
		} else {
			debug.SetMemoryLimit(recordMemory)
		}
		sum, err := batch.Run(ctx, s, j)
		meter.end()
		if err == nil && out != nil {
			err = out.finish(nil)
		}
		if o.name == "" && errors.As(err, new(*activator.BatchNameError)) {
			return fmt.Errorf("%w; a batch is named after its file: give this one a name with --name", err)
		}
		if err != nil {
			return a.batchStopped(err, o, &j, sum)
		}
		return a.batchDone(o, &j, sum, meter)
	})
}

// nameBatch finds the name of the batch, and says what is there of it.
func (a *app) nameBatch(ctx context.Context, s *activator.Session, j *batch.Job, o batchOptions, src *source) error {
	j.Name = o.name
	var st *activator.BatchState
	var err error
	switch {
	case o.dry:
		if j.Name == "" {
			j.Name = src.name
			if name, _, err := batch.FindName(ctx, s, src.name, src.sum); err == nil { // else a run says what is in its way
				j.Name = name
			}
		}
		return nil
	case o.name != "":
		if st, err = s.BatchState(ctx, o.name); errors.Is(err, activator.ErrNoBatch) {
			return nil
		}
	case src.sum == [32]byte{}:
		j.Name = fmt.Sprintf("%s %s", src.name, a.now().UTC().Format("2006-01-02 15:04:05.000000"))
		a.say("the batch is %q: give that with --name to go on with it after an interruption", j.Name)
		return nil
	default:
		if j.Name, st, err = batch.FindName(ctx, s, src.name, src.sum); err == nil && o.resume && st == nil && j.Name != src.name {
			return fmt.Errorf("the batch %q came to its end, with another file: to run this one as a new batch, leave --resume out", src.name)
		}
	}
	if err != nil || st == nil {
		return err
	}
	unknown := [32]byte{}
	switch {
	case st.Source != src.sum && st.Source != unknown && src.sum != unknown: // the run says it
	case st.Done:
		a.say("the batch %q was done before, on %s by %s: its answers are written again, nothing new is recorded", j.Name, st.Began.UTC().Format("2 January 2006"), st.Operator)
	default:
		a.say("going on with the batch %q behind line %d", j.Name, st.LastLine)
	}
	return nil
}

// outputFormat is the form of the answers.
func (o *batchOptions) outputFormat(input batch.Format, json bool) batch.Format {
	switch ext := strings.ToLower(filepath.Ext(o.out)); {
	case o.format == string(batch.CSV), o.format == string(batch.JSONL):
		return batch.Format(o.format)
	case json && o.out == "-", ext == ".jsonl", ext == ".ndjson":
		return batch.JSONL
	case ext == ".csv", input == batch.Text:
		return batch.CSV
	}
	return input
}

// formOf is the form that a file has by its name: mails have their own endings, and a text
// may be a table, which spreadsheets save with that ending too.
func formOf(name string) batch.Format {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".eml", ".emlx", ".mbox":
		return batch.Text
	case ".txt":
		return batch.TextOrTable
	}
	return batch.Auto
}

// source is an input file that counts what was read of it.
type source struct {
	io.Reader
	file io.Closer // nil where it is not ours to close
	name string
	size int64        // 0 where it is not known
	sum  [32]byte     // SHA-256 of the whole; zero where it cannot be read twice
	seen hash.Hash    // of what was read; nil without a sum
	read atomic.Int64 // rows are read ahead, in another goroutine
}

// Read implements [io.Reader]. A file that is not what it was when its hash was taken does
// not come to an end: what is missing of it would pass for done. Nothing is read of what was
// put behind it meanwhile: that would be recorded as part of it.
func (s *source) Read(b []byte) (int, error) {
	if s.seen == nil {
		n, err := s.Reader.Read(b)
		s.read.Add(int64(n))
		return n, err
	}
	left := s.size - s.read.Load()
	n, err := s.Reader.Read(b[:min(int64(len(b)), max(left, 1))])
	if left == 0 && n > 0 {
		return 0, s.changed()
	}
	s.read.Add(int64(n))
	s.seen.Write(b[:n])
	if errors.Is(err, io.EOF) && [32]byte(s.seen.Sum(nil)) != s.sum {
		err = s.changed()
	}
	return n, err
}

// changed is the end of a file that is not what it was.
func (s *source) changed() error {
	return fmt.Errorf("%s was changed while it was read: put it back as it was and go on, or give it a name of its own with --name", s.name)
}

// close gives the file back: it was only read.
func (s *source) close() {
	if s.file != nil {
		_ = s.file.Close()
	}
}

// openSource opens an input. A file is read once before, for its hash; a pipe cannot be.
func (a *app) openSource(path string) (*source, error) {
	if path == "-" {
		return &source{Reader: a.input(), name: "standard input"}, nil
	}
	f, err := a.open(path)
	if err != nil {
		return nil, err
	}
	s, err := newSource(path, f)
	if err == nil && s.seen == nil {
		s.Reader = &interruptible{ctx: a.ctx, r: f}
	}
	return s, err
}

// openFile opens an input that is a file.
func openFile(path string) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return newSource(path, f)
}

// newSource makes an input of an open file, which it closes where that fails.
func newSource(path string, f *os.File) (*source, error) {
	s := &source{Reader: f, file: f, name: filepath.Base(path)}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a folder: expected a file of codes", path)
		if _, none := os.Stat(filepath.Join(path, "mbox")); none == nil {
			err = fmt.Errorf("%w; the mails that Apple Mail has exported are the file mbox in it", err)
		}
	case info.Mode()&fs.ModeType == 0:
		h := sha256.New()
		if s.size, err = io.Copy(h, f); err == nil {
			h.Sum(s.sum[:0])
			s.seen = sha256.New()
			_, err = f.Seek(0, io.SeekStart)
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

// scratch makes a file beside the output that goes away by itself where the system can.
func scratch(out string) (batch.Scratch, error) {
	f, err := os.CreateTemp(filepath.Dir(out), "."+filepath.Base(out)+".part-*")
	if err != nil {
		return nil, err
	}
	if os.Remove(f.Name()) == nil {
		return f, nil
	}
	return removed{f}, nil
}

// removed is a file that is removed when it is closed.
type removed struct{ *os.File }

// Close closes the file and removes it.
func (f removed) Close() error { return errors.Join(f.File.Close(), os.Remove(f.Name())) }
