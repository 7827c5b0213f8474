package activator

import (
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// DryBooks are what a dry run would have recorded: the next rows are decided on it.
// They remember about 500 bytes a row. The zero value is ready; it is used by one run
// after the other, so that a second look knows of the first.
type DryBooks struct {
	of    map[codes.LicenseNumber][]dryEntry
	count uint64
}

type dryEntry struct {
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
	if d.of == nil {
		d.of = map[codes.LicenseNumber][]dryEntry{}
	}
	d.of[e.License] = append(d.of[e.License], dryEntry{id, e.At, e.Operator, e.State == journal.StateNotGenuine, e.Effects})
}

// apply lets facts follow, and returns how many entries there are so far.
func (d *DryBooks) apply(f *journal.Facts) uint64 {
	for n, l := range f.Licenses {
		for _, x := range d.of[n] {
			e := journal.Entry{At: x.at, Operator: x.operator, Effects: x.effects}
			if x.notGenuine {
				e.State = journal.StateNotGenuine
			}
			l.Apply(&e, x.id)
		}
	}
	return d.count
}
