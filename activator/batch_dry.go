package activator

import (
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
