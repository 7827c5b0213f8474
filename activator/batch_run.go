package activator

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// A batch is a line of workers, each with a chunk of rows of its own:
//
//	rows are gathered and parsed | facts are read, rules decide | entries are appended | outcomes go to the caller
//
// A chunk is decided while those before it are still being appended. What they will
// change is known, since effects are all that an entry does, so it is applied to the
// facts that were read; if an append then comes out otherwise, because another desk
// was quicker, everything that was decided on it is decided again.

const (
	batchChunk = 600     // rows: more are a little faster, and need more memory
	batchBusy  = 250     // rows, while others write too
	batchBytes = 4 << 20 // of a chunk's texts
	batchWait  = 20 * time.Millisecond
	batchPause = 300 * time.Microsecond // between appends: who waits for the journal gets in
	headsEvery = time.Second
)

// Batch decides on many codes: the same rules, the same journal, the same uniqueness
// as [Session.Submit] has. Each row is one entry with the batch's name and the row's
// line. What comes out is in the journal, in the order of the rows; an error ends the
// sequence, and what came out before it holds. A row that a run before this one
// recorded comes back as it was recorded, if its Sum is the same, else the error is a
// [*ChangedInputError]. A row that a batch which came to its end does not have is an
// [*EndedBatchError].
//
// When ctx ends, the chunk that is being recorded still comes out, then ctx's error.
// Rows are read ahead in another goroutine; it may still wait for the next row when
// Batch has ended, and takes no more then.
func (s *Session) Batch(ctx context.Context, rows iter.Seq2[Row, error], o BatchOptions) iter.Seq2[*RowOutcome, error] {
	return func(yield func(*RowOutcome, error) bool) {
		b, err := s.newBatch(ctx, o)
		if err != nil {
			yield(nil, err)
			return
		}
		inner, stop := context.WithCancel(ctx)
		chunks := b.gather(inner, rows)
		decide := b.decideAll
		if o.DryRun {
			decide = b.decideDry
		}
		decided := decide(inner, chunks)
		done := b.recordAll(inner, decided)
		defer func() {
			stop()
			for range done { // until the workers have ended
			}
			b.keepHead(true)
		}()
		for c := range done {
			for i := range c.outs {
				c.outs[i].Last = i == len(c.outs)-1
				if !yield(&c.outs[i], nil) {
					return
				}
			}
			if c.err != nil {
				yield(nil, c.err)
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// batch is one run of a batch.
type batch struct {
	s     *Session
	o     BatchOptions
	state *BatchState // what was recorded before; nil where nothing was
	names *batchNames
	books map[codes.UID]*batchProduct
	mu    sync.Mutex  // of books
	busy  atomic.Bool // others write too
	kept  time.Time   // when the head was kept last
	tail  uint64      // index after the last entry of this run
	begun bool        // the entry that begins the batch is in the journal; the recorder's
	dry   *DryBooks
	idle  sync.Pool // of *clerk
}

// newBatch looks at the batch before anything is read.
func (s *Session) newBatch(ctx context.Context, o BatchOptions) (*batch, error) {
	for _, a := range []Action{ActIssue, ActConfirm} {
		if err := s.may(a); err != nil {
			return nil, err
		}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	b := &batch{s: s, o: o, names: newBatchNames(s), books: map[codes.UID]*batchProduct{}}
	if b.o.Chunk == 0 {
		b.o.Chunk = batchChunk
	}
	if err := s.desk.trusted(ctx); err != nil {
		return nil, err
	}
	var err error
	if o.DryRun {
		if b.dry = o.Books; b.dry == nil {
			b.dry = &DryBooks{}
		}
		err = s.desk.Unlock()
	} else if err = s.desk.readOnly; err != nil {
		err = fmt.Errorf("nothing can be recorded, so nothing was done: %w", err)
	} else {
		_, err = s.desk.signer()
	}
	if err != nil {
		return nil, err
	}
	switch b.state, err = s.BatchState(ctx, o.Name); {
	case errors.Is(err, ErrNoBatch):
		b.state = nil
		return b, nil
	case err != nil:
		return nil, err
	}
	b.begun = true
	if was := b.state.Source; was != o.Source && was != [32]byte{} && o.Source != [32]byte{} {
		if o.DryRun { // what its rows are worth can be told all the same
			b.state = nil
			return b, nil
		}
		return nil, fmt.Errorf("the batch %q was begun on %s with another input (SHA-256 %x, now %x): put that one back, or give this one a name of its own", o.Name, day(b.state.Began), was, o.Source)
	}
	return b, nil
}

// recorded reports whether a line may be in the journal already.
func (b *batch) recorded(line int) bool { return b.state != nil && line <= b.state.LastLine }

// A chunk is some rows, parsed.
type chunk struct {
	rows []batchRow
	size int // bytes
	err  error
}

type batchRow struct {
	Row
	code    codes.Code
	license codes.LicenseNumber // that the code names, or a hardware profile alone; 0 for none
	slip    error
}

// slipped reports whether the row's text is no code, and may have been one of any license.
func (r *batchRow) slipped() bool { return r.slip != nil && r.license == 0 }

// gather takes rows and parses them. A chunk goes on when it is full, or when no row
// came for a moment: somebody may be waiting for the answer at the other end of a pipe.
func (b *batch) gather(ctx context.Context, rows iter.Seq2[Row, error]) <-chan *chunk {
	out := make(chan *chunk, 1)
	var mu sync.Mutex
	cur := &chunk{}
	send := func() bool { // with mu held
		if len(cur.rows) == 0 && cur.err == nil {
			return true
		}
		c := cur
		cur = &chunk{rows: make([]batchRow, 0, len(c.rows))}
		select {
		case out <- c:
			return true
		case <-ctx.Done():
			return false
		}
	}
	timer := time.AfterFunc(time.Hour, func() {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() == nil {
			send()
		}
	})
	timer.Stop()
	last := 0
	take := func(r Row, err error) bool {
		if ctx.Err() != nil {
			return false
		}
		var code codes.Code
		var license codes.LicenseNumber
		var slip error
		if err == nil {
			if code, slip = codes.Parse(r.Text); slip == nil {
				license = code.License()
			} else if hw, _ := alongside(r.Text); hw != nil && len(codes.Find(r.Text)) == 0 {
				license = hw.License
			}
			if r.Line <= last || r.Line > MaxLine {
				err = fmt.Errorf("batch: line %d follows line %d: want ascending lines from 1 to %d", r.Line, last, MaxLine)
			}
			last = r.Line
		}
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			if timer.Stop(); send() { // the rows before it are done first
				cur.err = err
				send()
			}
			return false
		}
		if len(cur.rows) == 0 {
			timer.Reset(batchWait)
		}
		cur.rows = append(cur.rows, batchRow{Row: r, code: code, license: license, slip: slip})
		cur.size += len(r.Text) + len(r.Quoted)
		most := b.o.Chunk
		if b.busy.Load() {
			most = min(most, batchBusy)
		}
		if len(cur.rows) >= most || cur.size >= batchBytes {
			timer.Stop()
			return send()
		}
		return true
	}
	go func() {
		rows(take)
		timer.Stop()
		mu.Lock() // the timer's function has ended, or finds nothing to send
		defer mu.Unlock()
		send()
		cur = &chunk{}
		close(out)
	}()
	return out
}

// recordAll appends what was decided, chunk by chunk.
func (b *batch) recordAll(ctx context.Context, in <-chan *decided) <-chan *decided {
	out := make(chan *decided, 1)
	go func() {
		defer close(out)
		for d := range in {
			if ctx.Err() != nil {
				continue // not begun: the caller learns it from ctx
			}
			if d.aged() || d.err == nil && len(d.entries) > 0 && !b.o.DryRun {
				d = b.record(ctx, d)
			}
			d.on = nil // else each chunk would keep all before it in memory
			if d.err == nil {
				d.err = b.quote(ctx, d)
			}
			out <- d
			if d.err != nil {
				return
			}
		}
	}()
	return out
}

// record appends a chunk. It is decided again as often as others were quicker.
func (b *batch) record(ctx context.Context, d *decided) *decided {
	if d.aged() || !b.begun && !d.begins {
		d = b.again(ctx, d)
	}
	for range attempts {
		if d.err == nil && len(d.entries) == 0 {
			d.settle(d.facts.Head.Size)
		}
		if d.err != nil || len(d.entries) == 0 {
			return d
		}
		if b.tail == d.base { // nobody wrote since the facts were read, but this batch
			d.facts.Head.Size = d.base
		}
		// A chunk that was begun is finished, whatever happens to ctx.
		ids, err := b.s.desk.underKey(func(signer note.Signer) ([]journal.EntryID, error) {
			return b.s.desk.store.Append(context.WithoutCancel(ctx), d.facts, d.entries, signer)
		})
		switch {
		case isRace(err):
			d = b.again(ctx, d)
			continue
		case err != nil:
			d.err = err
			d.nothingNew()
			return d
		}
		first := ids[0].Index()
		b.busy.Store(b.tail != 0 && first != b.tail)
		b.tail = ids[len(ids)-1].Index() + 1
		d.recorded(ids)
		for _, p := range d.met {
			b.s.desk.productRecorded(p)
		}
		b.begun = true
		b.keepHead(false)
		time.Sleep(batchPause)
		return d
	}
	d.nothingNew()
	d.err = fmt.Errorf("lines %d to %d: tried %d times: other desks change these licenses all the time, or the journal's books do not agree with each other: run `activator journal verify`",
		d.rows[0].Line, d.rows[len(d.rows)-1].Line, attempts)
	return d
}

// again decides a chunk on what the journal has now.
func (b *batch) again(ctx context.Context, old *decided) *decided {
	d := b.decideAgain(context.WithoutCancel(ctx), old.rows)
	if d.first = old.first; d.first == nil {
		d.first = old
	}
	d.first.redone.Store(true)
	return d
}

// keepHead keeps the journal's head now and then, and at the end.
func (b *batch) keepHead(last bool) {
	if b.o.DryRun || b.tail == 0 || !last && time.Since(b.kept) < headsEvery {
		return
	}
	b.kept = time.Now()
	b.s.desk.keepHead(context.Background())
}

// quote adds what the journal does not keep: for which reference a confirmation that
// comes again was accepted.
func (b *batch) quote(ctx context.Context, d *decided) error {
	for i := range d.outs {
		o := &d.outs[i]
		if o.Later || o.Entry.Kind != journal.KindConfirmation || o.Entry.Verdict != journal.Refused || !failed(&o.Entry, checkUsed) {
			continue
		}
		if b.o.DryRun && o.used == 0 && !o.Before {
			continue // by a row of this run, which nobody recorded
		}
		said, err := b.s.acceptedFor(ctx, o)
		if err != nil {
			return err
		}
		if said != "" && o.Row.Decision.Refund != "" {
			said += sayRefundByItself
		}
		o.quoted = said
	}
	return nil
}

// failed reports whether an entry's check of this name failed.
func failed(e *journal.Entry, name string) bool {
	for i := range e.Checks {
		if e.Checks[i].Name == name && e.Checks[i].Result == journal.Failed {
			return true
		}
	}
	return false
}
