package activator

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Brought is what the entry of a merge brought in, and what followed from it here.
type Brought struct {
	Logs       []BroughtLog
	TakenOver  int               // entries behind it that say what those mean here
	Licenses   int               // different ones among them
	Registered int               // of these, the ones that were not known here before
	Collisions int               // see [Collided]
	Told       []journal.EntryID // the entries that tell of them, in their order
}

// BroughtLog is one log of which a merge brought in entries.
type BroughtLog struct {
	Origin      string
	Desk        string          // whose log it is, by its first entry
	First, Last journal.EntryID // of the entries that came, as they are called here
	Size        uint64          // of the log with them
	Hash        tlog.Hash       // tree hash over so many entries, as the checkpoint of that desk has it
}

// Brought reads what a merge's entry holds, and looks up what followed. Of an entry of another
// kind it has no logs. It is a [*ForbiddenError] for who may not read, and an error where a
// log that the entry names is not there, which `activator journal verify` explains.
func (s *Session) Brought(ctx context.Context, e *journal.Entry) (*Brought, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	rows, err := logRows(ctx, s.desk.store)
	if err != nil {
		return nil, err
	}
	b := &Brought{}
	for _, f := range e.Effects {
		m, ok := f.(journal.MergeLog)
		if !ok {
			continue
		}
		row, ok := rows[m.Origin]
		if !ok {
			return nil, fmt.Errorf("entry %v brings in the log %q, which is not there: run `activator journal verify`", e.ID, m.Origin)
		}
		first, err := s.desk.store.Entry(ctx, journal.NewEntryID(row.ID, 0))
		if err != nil {
			return nil, err
		}
		b.Logs = append(b.Logs, BroughtLog{
			Origin: m.Origin, Desk: first.Desk, Size: m.Size, Hash: m.Hash,
			First: journal.NewEntryID(row.ID, m.First), Last: journal.NewEntryID(row.ID, m.Size-1),
		})
	}
	known := map[codes.LicenseNumber]bool{}
	for x, err := range s.desk.store.Entries(ctx, journal.Query{After: &e.ID}) {
		if err != nil {
			return nil, err
		}
		if _, taken := x.Restates(); !taken {
			break // those that take over follow at once
		}
		b.TakenOver++
		if n := len(Collided(&x)); n > 0 {
			b.Collisions += n
			b.Told = append(b.Told, x.ID)
		}
		if x.License != 0 {
			known[x.License] = known[x.License] || registers(&x)
		}
	}
	for _, fresh := range known {
		if b.Licenses++; fresh {
			b.Registered++
		}
	}
	return b, nil
}

// registers reports whether a license follows from an entry that was not there before.
func registers(e *journal.Entry) bool {
	for _, f := range e.Effects {
		if set, ok := f.(journal.SetLicense); ok && set.New {
			return true
		}
	}
	return false
}
