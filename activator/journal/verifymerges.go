package journal

import (
	"cmp"
	"hash/maphash"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// merging is what a verification knows of logs that were brought in: which entries, by the table, which is compared
// with the own entries at the end; and who takes over which of them.
type merging struct {
	rows     map[LogID][]MergeRow // by first
	seed     maphash.Seed
	owed     map[EntryID]uint64 // entries that must be taken over, and a hash of what both say
	restated map[EntryID]taking
	roots    map[EntryID]tlog.Hash // tree hashes at the ends of runs, by the id of the entry behind
}

type taking struct {
	by   EntryID
	hash uint64
}

func (v *verification) openMerges() error {
	m := &v.merging
	m.rows, m.seed = map[LogID][]MergeRow{}, maphash.MakeSeed()
	m.owed, m.restated, m.roots = map[EntryID]uint64{}, map[EntryID]taking{}, map[EntryID]tlog.Hash{}
	return v.snap.Merges(func(row MergeRow) error {
		m.rows[row.Log] = append(m.rows[row.Log], row)
		return nil
	})
}

// brought reports whether an entry was brought in, so that nothing follows from it by itself.
func (m *merging) brought(id EntryID) bool {
	rows := m.rows[id.Log()]
	if len(rows) == 0 {
		return false
	}
	i, _ := slices.BinarySearchFunc(rows, id.Index(), func(r MergeRow, index uint64) int { return cmp.Compare(r.Size, index+1) })
	return i < len(rows) && rows[i].First <= id.Index()
}

// passed notes the tree hash where a run ends.
func (m *merging) passed(w *logWalk) {
	for _, r := range m.rows[w.row.ID] {
		if r.Size == w.tree.Size {
			m.roots[w.id(r.Size)] = w.tree.Root()
		}
	}
}

func (m *merging) hash(e *Entry) uint64 { return maphash.Bytes(m.seed, e.restated(nil)) }

// take notes what an entry of the own logs takes over.
func (v *verification) take(id EntryID, e *Entry) {
	r, ok := e.Restates()
	if !ok {
		return
	}
	i := slices.IndexFunc(v.logs, func(w *logWalk) bool { return w.row.Origin == r.Origin })
	if i < 0 {
		v.report.at(id, "takes over an entry of the log %q, which is not there", r.Origin)
		return
	}
	of := v.logs[i].id(r.Index)
	if first, twice := v.merging.restated[of]; twice {
		v.report.at(id, "takes over entry %v, which entry %v did before", of, first.by)
		return
	}
	v.merging.restated[of] = taking{id, v.merging.hash(e)}
}

// merges compares the table of what was brought in with the entries that say so, and what is taken over with what was
// brought in, both ways.
func (v *verification) merges() error {
	m := &v.merging
	for _, row := range v.books.merges {
		w := v.log(row.Log)
		rows := m.rows[row.Log]
		i := slices.Index(rows, row.MergeRow)
		if i < 0 {
			v.report.at(row.Entry, "brings in entries %v to %v, its row in the table of merges is missing or was changed", w.id(row.First), w.id(row.Size-1))
			continue
		}
		m.rows[row.Log] = slices.Delete(slices.Clone(rows), i, i+1)
		if root, ok := m.roots[w.id(row.Size)]; !w.broken && (!ok || root != row.hash) {
			v.report.among(w.id(0), w.id(row.Size-1), "do not give the tree hash that entry %v brought in: something among them was changed", row.Entry)
		}
	}
	for _, rows := range m.rows {
		for _, row := range rows {
			v.report.follows(row.Entry, "table of merges", "no entry brings in the entries %v to %v", NewEntryID(row.Log, row.First), NewEntryID(row.Log, max(row.Size, 1)-1))
		}
	}
	if slices.ContainsFunc(v.logs, func(w *logWalk) bool { return w.broken }) {
		return nil // an entry that is missing is reported; it may be one of these
	}
	for of, t := range m.restated {
		switch hash, ok := m.owed[of]; {
		case !ok:
			v.report.at(t.by, "takes over entry %v, which was not brought in, or has no effects", of)
		case hash != t.hash:
			v.report.at(t.by, "takes over entry %v, and is not what that one recorded", of)
		}
		delete(m.owed, of)
	}
	for of := range m.owed {
		v.report.at(of, "was brought in, and no entry takes it over")
	}
	return nil
}
