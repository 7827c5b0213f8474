package activator

import (
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// dryBooks are what a dry run would have recorded: the next rows are decided on it.
// It remembers about 300 bytes a row.
type dryBooks struct {
	of    map[codes.LicenseNumber][]dryEntry
	count uint64
}

type dryEntry struct {
	id journal.EntryID
	e  *journal.Entry
}

// add remembers what follows from an entry.
func (d *dryBooks) add(e *journal.Entry, id journal.EntryID) {
	d.count++
	if e.License == 0 || len(e.Effects) == 0 && e.State != journal.StateNotGenuine {
		return
	}
	if d.of == nil {
		d.of = map[codes.LicenseNumber][]dryEntry{}
	}
	d.of[e.License] = append(d.of[e.License], dryEntry{id, &journal.Entry{At: e.At, Operator: e.Operator, State: e.State, Effects: e.Effects}})
}

// apply lets facts follow, and returns how many entries there are so far.
func (d *dryBooks) apply(f *journal.Facts) uint64 {
	for n, l := range f.Licenses {
		for _, x := range d.of[n] {
			l.Apply(x.e, x.id)
		}
	}
	return d.count
}
