package activator

import (
	"context"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// DryBooks are what a dry run would have recorded: the next rows are decided on it.
// They remember about 120 bytes a row. The zero value is ready; it is used by one run
// after the other, so that a second look knows of the first.
type DryBooks struct {
	newest   map[codes.LicenseNumber]dryPlace
	blocks   [][]byte // of records: without pointers, so that collecting garbage is quick
	count    uint64
	operator string
}

// dryFirst is the index of the first entry that was not recorded: it and those after it are
// no entries of the journal, however many another desk records meanwhile.
const dryFirst = journal.MaxIndex/2 + 1

// A dryPlace is where a record begins, from 1; 0 is none.
type dryPlace uint64

const dryBlock = 1 << 18 // bytes

// add remembers what follows from an entry.
func (d *DryBooks) add(e *journal.Entry, id journal.EntryID) {
	d.count++
	if e.License == 0 || len(e.Effects) == 0 && e.State != journal.StateNotGenuine {
		return
	}
	if d.newest == nil {
		d.newest, d.operator = map[codes.LicenseNumber]dryPlace{}, e.Operator
	}
	last := len(d.blocks) - 1
	if last < 0 || len(d.blocks[last]) > dryBlock {
		d.blocks, last = append(d.blocks, make([]byte, 0, dryBlock+1<<10)), last+1
	}
	at := dryPlace(last)<<32 + dryPlace(len(d.blocks[last])) + 1
	d.blocks[last] = appendDry(d.blocks[last], d.newest[e.License], e, id)
	d.newest[e.License] = at
}

// apply lets facts follow, and returns the index that the next entry gets.
func (d *DryBooks) apply(f *journal.Facts) uint64 {
	var places []dryPlace
	for n, l := range f.Licenses {
		places = places[:0]
		for at := d.newest[n]; at != 0; at = d.record(at).before() {
			places = append(places, at)
		}
		for _, at := range slices.Backward(places) {
			e, id := d.record(at).entry(n)
			e.Operator = d.operator
			l.Apply(&e, id)
		}
	}
	return dryFirst + d.count
}

func (d *DryBooks) record(at dryPlace) dryRecord {
	return dryRecord(d.blocks[(at-1)>>32][uint32(at-1):])
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
	failed := d.err != nil && !d.unruly // d is the next one's from now on
	select {
	case to <- d:
		return !failed
	case <-ctx.Done():
		return false
	}
}
