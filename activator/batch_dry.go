package activator

import (
	"context"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/slab"
)

// DryBooks are what a dry run would have recorded: the next rows are decided on it.
// They remember about 400 bytes a row. The zero value is ready; it is used by one run
// after the other, so that a second look knows of the first.
type DryBooks struct {
	newest  map[codes.LicenseNumber]*dryEntry
	entries slab.Of[dryEntry]
	count   uint64
}

// A dryEntry is what follows from an entry that was not recorded.
type dryEntry struct {
	before     *dryEntry // of the same license
	id         journal.EntryID
	at         time.Time
	operator   string
	notGenuine bool
	effects    []journal.Effect
}

// add remembers what follows from an entry.
func (d *DryBooks) add(e *journal.Entry, id journal.EntryID) {
	d.count++
	if e.License == 0 || len(e.Effects) == 0 && e.State != journal.StateNotGenuine {
		return
	}
	if d.newest == nil {
		d.newest, d.entries.Most = map[codes.LicenseNumber]*dryEntry{}, 128
	}
	x := &d.entries.Take(1)[:1][0]
	*x = dryEntry{d.newest[e.License], id, e.At, e.Operator, e.State == journal.StateNotGenuine, e.Effects}
	d.newest[e.License] = x
}

// apply lets facts follow, and returns how many entries there are so far.
func (d *DryBooks) apply(f *journal.Facts) uint64 {
	for n, l := range f.Licenses {
		d.newest[n].apply(l)
	}
	return d.count
}

// apply lets the facts of a license follow from an entry and those before it.
func (x *dryEntry) apply(l *journal.LicenseFacts) {
	if x == nil {
		return
	}
	x.before.apply(l)
	e := journal.Entry{At: x.at, Operator: x.operator, Effects: x.effects}
	if x.notGenuine {
		e.State = journal.StateNotGenuine
	}
	l.Apply(&e, x.id)
}

// decideDry decides chunk after chunk. As nothing is recorded meanwhile, what was read
// stays true, and facts are read ahead.
func (b *batch) decideDry(ctx context.Context, in <-chan *chunk) <-chan *decided {
	read, out := make(chan *decided, 1), make(chan *decided)
	go func() {
		defer close(read)
		for c := range in {
			d := b.read(ctx, c.rows, nil, false)
			if d.err == nil {
				d.err = c.err
			}
			if !hand(ctx, read, d) {
				return
			}
		}
	}()
	go func() {
		defer close(out)
		for d := range read {
			if d.err == nil {
				b.foresee(d, nil)
				b.rule(ctx, d, true)
			}
			if !hand(ctx, out, d) {
				return
			}
		}
	}()
	return out
}

// hand gives a chunk on. It reports whether another one may follow.
func hand(ctx context.Context, to chan<- *decided, d *decided) bool {
	failed := d.err != nil // d is the next one's from now on
	select {
	case to <- d:
		return !failed
	case <-ctx.Done():
		return false
	}
}
