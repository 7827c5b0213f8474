package batch

import (
	"bufio"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/manual-activator/manual-activator/activator"
)

// Scratch is a file for what cannot be written yet.
type Scratch interface {
	io.Reader
	io.Writer
	io.Seeker
	io.Closer
}

// A Job is one run of a batch.
type Job struct {
	Input  *Input
	Name   string   // of the batch
	Source [32]byte // SHA-256 of the whole input file where it is known
	DryRun bool

	// Output takes the answers, in the order of the input, nil for nowhere. Format is
	// its form, CSV or JSONL.
	Output io.Writer
	Format Format
	// Scratch makes a file for rows that wait for their second look, and for the answers
	// behind the first of them. Without it no row waits: each is written as soon as it is
	// answered, as it must be where the next row depends on it.
	Scratch func() (Scratch, error)

	// Progress is called now and then, by the goroutine that called Run.
	Progress func(Progress)
	// Each is called for every row when it is done, in the order in which they are.
	Each func(*activator.RowOutcome)
}

// Progress is how far a run is.
type Progress struct {
	activator.BatchTotals     // rows that are done
	Before                int // of them, recorded by a run before
	Waiting               int // rows that wait for their second look
	Second                bool
}

// Summary is what a run came to. It holds for the rows that were done, also where the
// run ended early.
type Summary struct {
	Progress
	Done bool // all rows of the input are done
}

// Run answers an input. Where ctx ends, the error is ctx's, and everything that was
// recorded comes back when the same input is run under the same name.
func Run(ctx context.Context, s *activator.Session, j Job) (Summary, error) {
	r := &run{ctx: ctx, s: s, j: j}
	err := r.all()
	r.drop()
	sum := Summary{Progress: r.p, Done: err == nil}
	return sum, err
}

type run struct {
	ctx  context.Context
	s    *activator.Session
	j    Job
	p    Progress
	last time.Time // of progress

	out     *writer // the output, or the scratch file of answers behind the first row that waits
	answers Scratch
	waiting Scratch
	put     *gob.Encoder // into waiting
	buffer  *bufio.Writer
	sum     [32]byte
	line    int // of the last row
}

// waits is a row that waits for its second look, and where its answer belongs.
type waits struct {
	At      int64 // of the scratch file of answers
	Line    int
	Fields  []string
	Raw     string
	Mistake string
	Quoted  string
	Sum     [32]byte
}

func (r *run) all() error {
	if r.j.Output != nil {
		r.out = newWriter(r.j.Output, r.j.Input, r.j.Format)
		r.out.head()
	}
	options := activator.BatchOptions{Name: r.j.Name, Source: r.j.Source, DryRun: r.j.DryRun, PutAside: r.j.Scratch != nil}
	if r.j.DryRun {
		options.Books = &activator.DryBooks{} // the second look knows what the first would have recorded
	}
	if err := r.pass(r.rows(), options); err != nil {
		return err
	}
	if r.waiting != nil {
		if err := r.second(options); err != nil {
			return err
		}
	} else if err := r.flush(); err != nil {
		return err
	}
	r.progress(true)
	if r.j.DryRun || r.p.Rows == 0 {
		return nil
	}
	before, err := r.s.BatchState(r.ctx, r.j.Name)
	if err != nil {
		return err
	}
	if before.LastLine > r.line {
		return fmt.Errorf("the input ends with line %d, but line %d of the batch %q is recorded: the input was cut off; give all of it", r.line, before.LastLine, r.j.Name)
	}
	totals := r.p.BatchTotals
	totals.Sum = r.sum
	return r.s.EndBatch(r.ctx, r.j.Name, totals)
}

// rows are the rows of the input.
func (r *run) rows() iter.Seq2[activator.Row, error] {
	in := r.j.Input
	return func(yield func(activator.Row, error) bool) {
		for {
			rec, sum, err := in.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(activator.Row{}, fmt.Errorf("the input ended early: %w", err))
				return
			}
			row := in.row(rec)
			row.Sum = sum
			if !yield(row, nil) {
				return
			}
		}
	}
}

// pass goes once through rows.
func (r *run) pass(rows iter.Seq2[activator.Row, error], o activator.BatchOptions) error {
	for out, err := range r.s.Batch(r.ctx, rows, o) {
		if err != nil {
			return errors.Join(err, r.flush())
		}
		if !r.p.Second {
			r.sum, r.line = out.Row.Sum, out.Row.Line
		}
		if err := r.outcome(out); err != nil {
			return err
		}
		r.progress(false)
	}
	return r.flush()
}

// outcome takes what became of a row.
func (r *run) outcome(o *activator.RowOutcome) error {
	if o.Later {
		r.p.Waiting++
		return r.wait(o)
	}
	r.p.Count(o)
	if o.Before {
		r.p.Before++
	}
	if r.j.Each != nil {
		r.j.Each(o)
	}
	if r.out == nil {
		return nil
	}
	r.out.row(o)
	if o.Last && r.answers == nil { // somebody may read row by row
		r.out.flush()
	}
	if r.out.err != nil {
		return fmt.Errorf("the output cannot be written: %w", r.out.err)
	}
	return nil
}

func (r *run) flush() error {
	if r.out == nil {
		return nil
	}
	if r.out.flush(); r.out.err != nil {
		return fmt.Errorf("the output cannot be written: %w", r.out.err)
	}
	return nil
}

// wait puts a row aside until all others are done.
func (r *run) wait(o *activator.RowOutcome) (err error) {
	if r.waiting == nil {
		if r.waiting, err = r.j.Scratch(); err != nil {
			return err
		}
		r.buffer = bufio.NewWriterSize(r.waiting, 64<<10)
		r.put = gob.NewEncoder(r.buffer)
		if r.out != nil {
			if r.answers, err = r.j.Scratch(); err != nil {
				return err
			}
			if err := r.flush(); err != nil {
				return err
			}
			r.out = newWriter(r.answers, r.j.Input, r.j.Format)
		}
	}
	rec := o.Row.Carry.(*record)
	w := waits{Line: o.Row.Line, Fields: rec.fields, Raw: rec.raw, Mistake: rec.mistake, Quoted: rec.quoted, Sum: o.Row.Sum}
	if r.out != nil {
		w.At = r.out.size + int64(len(r.out.buf))
	}
	if err := r.put.Encode(w); err != nil {
		return fmt.Errorf("the rows that wait cannot be kept: %w", err)
	}
	return nil
}

// second gives the rows that waited their second look, and brings the answers in
// order.
func (r *run) second(o activator.BatchOptions) error {
	if err := r.buffer.Flush(); err != nil {
		return fmt.Errorf("the rows that wait cannot be kept: %w", err)
	}
	for _, f := range []Scratch{r.waiting, r.answers} {
		if f != nil {
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				return err
			}
		}
	}
	r.p.Second, o.PutAside = true, false
	merged := r.out
	if merged != nil {
		merged = newWriter(r.j.Output, r.j.Input, r.j.Format)
	}
	answers := bufio.NewReaderSize(r.answers, 64<<10)
	var at int64
	copyTo := func(end int64) error {
		if merged == nil {
			return nil
		}
		merged.flush()
		n, err := io.CopyN(merged.w, answers, end-at)
		at += n
		return err
	}
	places := make(chan int64, 8*1024) // of the rows that are being decided, in their order
	total := int64(0)
	if r.out != nil {
		total = r.out.size
	}
	r.out = merged
	get := gob.NewDecoder(bufio.NewReaderSize(r.waiting, 64<<10))
	rows := func(yield func(activator.Row, error) bool) {
		for {
			var w waits
			err := get.Decode(&w)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(activator.Row{}, fmt.Errorf("the rows that wait cannot be read again: %w", err))
				return
			}
			row := r.j.Input.row(&record{line: w.Line, fields: w.Fields, raw: w.Raw, mistake: w.Mistake, quoted: w.Quoted})
			row.Sum = w.Sum
			places <- w.At
			if !yield(row, nil) {
				return
			}
		}
	}
	for out, err := range r.s.Batch(r.ctx, rows, o) {
		if err != nil {
			return err
		}
		r.p.Waiting--
		if err := copyTo(<-places); err != nil {
			return fmt.Errorf("the output cannot be written: %w", err)
		}
		if err := r.outcome(out); err != nil {
			return err
		}
		r.progress(false)
	}
	if err := copyTo(total); err != nil {
		return fmt.Errorf("the output cannot be written: %w", err)
	}
	return r.flush()
}

const progressEvery = 100 * time.Millisecond

func (r *run) progress(now bool) {
	if r.j.Progress == nil || r.p.Rows%64 != 0 && !now {
		return
	}
	if t := time.Now(); now || t.Sub(r.last) >= progressEvery {
		r.last = t
		r.j.Progress(r.p)
	}
}

// drop gives the scratch files back.
func (r *run) drop() {
	for _, f := range []Scratch{r.waiting, r.answers} {
		if f != nil {
			_ = f.Close() // nothing that it holds is needed any more
		}
	}
}
