package journal

import (
	"cmp"
	"slices"
)

// eraseKey is what an Erase is of.
type eraseKey struct{ origin, field string }

// erasedRun is a run of entries, and the entry that erased its texts.
type erasedRun struct {
	Run
	by EntryID
}

// missingText is a personal text that a leaf names and the store does not have.
type missingText struct {
	entry EntryID
	field string
}

// erasures compares the texts that are not there with those that entries erased, both ways.
func (v *verification) erasures() error {
	type logField struct {
		log   LogID
		field string
	}
	erased := map[logField][]erasedRun{}
	for k, runs := range v.books.erased {
		i := slices.IndexFunc(v.logs, func(w *logWalk) bool { return w.row.Origin == k.origin })
		if i < 0 {
			v.report.at(runs[0].by, "erases texts of the log %q, which is not there", k.origin)
			continue
		}
		w := v.logs[i]
		for _, r := range runs {
			if r.Last >= w.next || r.by.Log() == w.row.ID && r.Last >= r.by.Index() {
				v.report.at(r.by, "erases texts of entry %v, which is not before it", w.id(r.Last))
			}
		}
		erased[logField{w.row.ID, k.field}] = merged(runs)
	}
	by := func(id EntryID, field string) (EntryID, bool) {
		runs := erased[logField{id.Log(), field}]
		i, _ := slices.BinarySearchFunc(runs, id.Index(), func(r erasedRun, index uint64) int { return cmp.Compare(r.Last, index) })
		if i == len(runs) || runs[i].First > id.Index() {
			return 0, false
		}
		return runs[i].by, true
	}
	if slices.ContainsFunc(v.logs, func(w *logWalk) bool { return w.broken }) {
		v.missing = nil // an entry that is missing may have erased them; that one is reported
	}
	for _, m := range v.missing {
		if _, ok := by(m.entry, m.field); !ok {
			v.report.at(m.entry, "its personal text %q is missing, and no entry says that it was erased", m.field)
		}
	}
	if len(erased) == 0 {
		return nil
	}
	return v.snap.Personal(func(row PersonalRow) error {
		if eraser, ok := by(row.Entry, row.Field); ok {
			v.report.at(row.Entry, "its personal text %q was erased by entry %v, and is there", row.Field, eraser)
		}
		return nil
	})
}

// merged sorts runs and makes one of those that overlap.
func merged(runs []erasedRun) []erasedRun {
	slices.SortFunc(runs, func(a, b erasedRun) int { return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.by, b.by)) })
	out := runs[:1]
	for _, r := range runs[1:] {
		if last := &out[len(out)-1]; r.First <= last.Last {
			last.Last = max(last.Last, r.Last)
		} else {
			out = append(out, r)
		}
	}
	return out
}
