package journal

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
)

// Report is what [Verify] found.
type Report struct {
	Entries  uint64 // read
	Heads    []Head // of every log, as signed; those that did not verify are left out
	Licenses int    // rows of the tables, as read
	Seats    int
	Claims   int
	Pool     int
	Words    int
	Personal int // texts that are there
	Redacted int // texts that were erased

	Differences []Difference // the first ones, by entry; at most 100
	Found       int          // how many there are, at least
}

// Difference is one place where the journal is not as it must be.
type Difference struct {
	Entry EntryID // the first entry that it may concern
	Known bool    // Entry says where; else the difference is of the store as a whole
	Where string  // "entry 17", "entries 256 to 511", "license 0a1b2c3d", "head of log ..."
	What  string  // what is there, and what should be

	order EntryID // by which it is sorted: Entry, or the end of a run in which the entry is not known
}

// String is one line: where, and what is there and should be.
func (d Difference) String() string { return d.Where + ": " + d.What }

// TamperedError says that a journal is not as it was written.
type TamperedError struct {
	First Difference
	Found int // differences found, at least
}

// Error names the first difference, and how many there are at least.
func (e *TamperedError) Error() string {
	if e.Found == 1 {
		return "journal was changed: " + e.First.String()
	}
	return fmt.Sprintf("journal was changed in %d places or more, first: %s", e.Found, e.First)
}

// Cut returns the *TamperedError of a log that has only have entries, where a head kept elsewhere has more.
func Cut(log LogID, have uint64, known Head) error {
	r := Report{}
	r.cut(log, have, known)
	return r.finish()
}

// Differs returns the *TamperedError of a log whose first entries do not give the hash of a head kept elsewhere.
func Differs(log LogID, known Head) error {
	r := Report{}
	r.differs(log, known)
	return r.finish()
}

// Absent returns the *TamperedError of a journal without the log of a head kept elsewhere.
func Absent(known Head) error {
	r := Report{}
	r.absent(known)
	return r.finish()
}

func (r *Report) cut(log LogID, have uint64, known Head) {
	r.span(NewEntryID(log, have), NewEntryID(log, known.Size-1),
		"missing: the head kept elsewhere has %d entries, this log %d: its end was cut off", known.Size, have)
}

func (r *Report) differs(log LogID, known Head) {
	r.among(NewEntryID(log, 0), NewEntryID(log, known.Size-1),
		"do not give the tree hash of the head kept elsewhere, of %d entries: something among them was changed", known.Size)
}

func (r *Report) absent(known Head) {
	r.whole("head kept elsewhere", "log %q is not in this journal", known.Origin)
}

// keptDifferences bounds what is remembered while verifying, so that a journal that is wrong everywhere does not
// fill the memory. shownDifferences of them are reported.
const (
	keptDifferences  = 20_000
	shownDifferences = 100
)

func (r *Report) add(d Difference) {
	r.Found++
	d.order = max(d.order, d.Entry)
	if len(r.Differences) == keptDifferences {
		r.Differences = r.Differences[:keptDifferences-1]
	}
	r.Differences = append(r.Differences, d)
}

// at reports a difference of one entry.
func (r *Report) at(id EntryID, format string, a ...any) {
	r.add(Difference{Entry: id, Known: true, Where: fmt.Sprintf("entry %v", id), What: fmt.Sprintf(format, a...)})
}

// span reports a difference somewhere in the entries first to last.
func (r *Report) span(first, last EntryID, format string, a ...any) {
	if first == last {
		r.at(first, format, a...)
		return
	}
	r.add(Difference{Entry: first, Known: true, Where: fmt.Sprintf("entries %v to %v", first, last), What: fmt.Sprintf(format, a...)})
}

// among reports a difference of one of the entries first to last. What is known more closely comes before it.
func (r *Report) among(first, last EntryID, format string, a ...any) {
	r.span(first, last, format, a...)
	r.Differences[len(r.Differences)-1].order = last
}

// follows reports a difference of a table row that follows from an entry.
func (r *Report) follows(id EntryID, where, format string, a ...any) {
	r.add(Difference{Entry: id, Known: true, Where: where, What: fmt.Sprintf(format, a...)})
}

// whole reports a difference that belongs to no entry.
func (r *Report) whole(where, format string, a ...any) {
	r.add(Difference{Where: where, What: fmt.Sprintf(format, a...)})
}

// finish sorts the differences, those with an entry first, and returns the error that they make.
func (r *Report) finish() error {
	slices.SortStableFunc(r.Differences, func(a, b Difference) int {
		if a.Known != b.Known {
			if a.Known {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(b.Entry, a.Entry))
	})
	r.Differences = r.Differences[:min(len(r.Differences), shownDifferences)]
	if r.Found == 0 {
		return nil
	}
	return &TamperedError{First: r.Differences[0], Found: r.Found}
}

// fieldDiff names the first field in which two structs of one type differ, with both values.
func fieldDiff(have, want any) string {
	h, w := reflect.ValueOf(have), reflect.ValueOf(want)
	for i := range h.NumField() {
		a, b := h.Field(i).Interface(), w.Field(i).Interface()
		if !reflect.DeepEqual(a, b) {
			return fmt.Sprintf("%s is %s, its entry says %s", h.Type().Field(i).Name, show(a), show(b))
		}
	}
	return "differs"
}

func show(v any) string {
	switch v := v.(type) {
	case fmt.Stringer:
		return v.String()
	case string:
		return fmt.Sprintf("%.80q", v)
	case [16]byte:
		return hex.EncodeToString(v[:])
	}
	return fmt.Sprintf("%v", v)
}
