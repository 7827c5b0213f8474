package journal

import (
	"errors"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// parsed is an entry row after the part of the work that needs no order.
type parsed struct {
	row    EntryRow
	entry  Entry
	hash   tlog.Hash
	err    error  // the leaf cannot be read
	column string // how a column differs, or empty
}

// batch is a run of rows: read, then parsed by any worker, then applied in order. Then it is used again, with the memory
// that its rows have.
type batch struct {
	rows []parsed
	done chan struct{} // one token when all rows are parsed
}

const (
	batchRows = 512
	keptLeaf  = 64 << 10 // capacity above which a row's leaf is not kept to be used again
)

// add copies a row into the batch.
func (b *batch) add(row *EntryRow) {
	n := len(b.rows)
	b.rows = slices.Grow(b.rows, 1)[:n+1]
	p := &b.rows[n]
	leaf := p.row.Leaf[:0]
	if cap(leaf) > keptLeaf {
		leaf = nil
	}
	p.row = *row
	p.row.Leaf = append(leaf, row.Leaf...)
}

func (b *batch) parse() {
	for i := range b.rows {
		b.rows[i].parse()
	}
	b.done <- struct{}{}
}

// walk goes through all entries. One goroutine reads, some parse and hash, this one applies in order.
func (v *verification) walk() error {
	procs := min(runtime.GOMAXPROCS(0), 8) // one that reads cannot keep more of them busy
	work := make(chan *batch, 2*procs)
	ordered := make(chan *batch, 2*procs)
	free := make(chan *batch, 4*procs)
	for range cap(free) {
		free <- &batch{done: make(chan struct{}, 1)}
	}
	stop := make(chan struct{})
	var readErr error
	var workers sync.WaitGroup
	workers.Go(func() {
		defer close(ordered)
		defer close(work)
		readErr = v.read(free, work, ordered, stop)
	})
	for range max(2, procs) {
		workers.Go(func() {
			for b := range work {
				b.parse()
			}
		})
	}
	err := v.applyAll(ordered, free)
	close(stop)
	for b := range ordered { // after an error: let the reader end
		<-b.done
	}
	workers.Wait()
	return errors.Join(err, readErr)
}

var errStopped = errors.New("stopped")

func (v *verification) read(free <-chan *batch, work, ordered chan<- *batch, stop <-chan struct{}) error {
	b := <-free
	send := func() error {
		select {
		case <-stop:
			return errStopped
		case ordered <- b:
		}
		work <- b
		select {
		case <-stop:
			return errStopped
		case b = <-free:
		}
		return v.ctx.Err()
	}
	err := v.snap.Entries(func(row *EntryRow) error {
		if b.add(row); len(b.rows) == batchRows {
			return send()
		}
		return nil
	})
	if err == nil && len(b.rows) > 0 {
		err = send()
	}
	if errors.Is(err, errStopped) {
		return nil
	}
	return err
}

func (p *parsed) parse() {
	p.hash = tlog.RecordHash(p.row.Leaf)
	p.column = ""
	if p.entry, p.err = ParseLeaf(p.row.Leaf); p.err != nil {
		return
	}
	if want := p.entry.Columns(); want != p.row.Columns {
		p.column = fieldDiff(p.row.Columns, want)
	}
}

func (v *verification) applyAll(ordered <-chan *batch, free chan<- *batch) error {
	texts := pullPersonal(v.snap)
	defer texts.stop()
	for b := range ordered {
		<-b.done
		for i := range b.rows {
			if err := v.apply(&b.rows[i], texts); err != nil {
				return err
			}
		}
		b.rows = b.rows[:0]
		free <- b
	}
	for ; texts.ok; texts.advance() {
		v.report.at(texts.row.Entry, "has a personal text %q, and there is no such entry", texts.row.Field)
	}
	return texts.err
}

func (v *verification) apply(p *parsed, texts *personalCursor) error {
	v.report.Entries++
	id := p.row.ID
	v.leaf(p)
	if p.err != nil {
		v.report.at(id, "%v", p.err)
		return nil
	}
	if p.column != "" {
		v.report.at(id, "column %s", p.column)
	}
	v.personal(id, &p.entry, texts)
	switch {
	case v.books == nil:
	case v.merging.brought(id):
		if p.entry.Owes() {
			v.merging.owed[id] = v.merging.hash(&p.entry)
		}
	default:
		v.take(id, &p.entry)
		v.books.apply(id, &p.entry, func(why string) { v.report.at(id, "%s", why) })
	}
	return texts.err
}

// personal fills in the texts that are there, and compares their hashes with the leaf's.
func (v *verification) personal(id EntryID, e *Entry, texts *personalCursor) {
	for ; texts.ok && texts.row.Entry < id; texts.advance() {
		v.report.at(texts.row.Entry, "has a personal text %q, and there is no such entry", texts.row.Field)
	}
	found := 0
	for ; texts.ok && texts.row.Entry == id; texts.advance() {
		i := 0
		for i < len(e.Personal) && e.Personal[i].Field != texts.row.Field {
			i++
		}
		switch {
		case i == len(e.Personal):
			v.report.at(id, "has a personal text %q that its leaf does not name", texts.row.Field)
		case PersonalHash(texts.row.Salt, texts.row.Text) != e.Personal[i].Hash:
			v.report.at(id, "its personal text %q or its salt was changed", texts.row.Field)
		default:
			found++
			e.Personal[i].Text, e.Personal[i].Redacted = texts.row.Text, false
			copy(e.Personal[i].Salt[:], texts.row.Salt)
		}
	}
	v.report.Personal += found
	v.report.Redacted += len(e.Personal) - found
	for i := range e.Personal {
		if e.Personal[i].Redacted {
			v.missing = append(v.missing, missingText{id, strings.Clone(e.Personal[i].Field)})
		}
	}
}

// personalCursor reads the personal texts beside the entries.
type personalCursor struct {
	row     PersonalRow
	ok      bool
	err     error
	advance func()
	stop    func()
}

func pullPersonal(snap Snapshot) *personalCursor {
	next, stop := iter.Pull2(func(yield func(PersonalRow, error) bool) {
		err := snap.Personal(func(row PersonalRow) error {
			if !yield(row, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(PersonalRow{}, err)
		}
	})
	c := &personalCursor{stop: stop}
	c.advance = func() {
		var err error
		if c.row, err, c.ok = next(); err != nil {
			c.ok, c.err = false, err
		}
	}
	c.advance()
	return c
}
