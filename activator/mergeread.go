package activator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// otherBook is another desk's journal as it is read: which entries are new, in which order they did something there,
// and what its logs knew of each other.
type otherBook struct {
	path  string
	store store
	here  map[string]journal.LogRow // the logs of this journal

	rows    map[journal.LogID]journal.LogRow // its logs
	parts   []*otherPart                     // the logs that have something new
	byLog   map[journal.LogID]*otherPart
	desks   map[string]string    // of each log, by its first entry
	known   map[string][]knowing // by log, in order
	steps   []otherStep
	renamed map[stateName]stateName
}

// otherPart is the new end of a log.
type otherPart struct {
	row   journal.LogRow
	first uint64
	new   []journal.Entry // their leaves are made again of them
}

// knowing says that a log's desk knew another log up to a size, from an entry on.
type knowing struct {
	from   uint64
	origin string
	size   uint64
}

// otherStep is an entry that did something at the other desk.
type otherStep struct {
	origin string
	index  uint64
	seated bool // its machine held a seat there afterwards
}

// stateName names a state of a machine's key as one log's entries do.
type stateName struct {
	origin  string
	license codes.LicenseNumber
	ref     ref
}

// compare finds what is new, and refuses a log that is not the same here and there.
func (b *otherBook) compare(ctx context.Context, ours store) error {
	b.parts, b.byLog, b.rows = nil, map[journal.LogID]*otherPart{}, map[journal.LogID]journal.LogRow{}
	rows, err := logRows(ctx, b.store)
	if err != nil {
		return err
	}
	for _, row := range slices.SortedFunc(maps.Values(rows), func(x, y journal.LogRow) int { return int(x.ID) - int(y.ID) }) {
		b.rows[row.ID] = row
		here, ok := b.here[row.Origin]
		switch {
		case row.Size == 0:
			continue
		case ok && here.Size > 0:
			if err := b.sameStart(ctx, ours, here, row); err != nil {
				return err
			}
		}
		if row.Size <= here.Size {
			continue
		}
		if here.Own == 1 {
			return &ForkError{fmt.Sprintf("%s has %s of this desk's own log, and here it has only %d: this journal was put back to a former state. Restore a backup with `activator restore`, which opens a new log, and merge there: then what was lost here comes back",
				b.path, countEntries(row.Size), here.Size)}
		}
		p := &otherPart{row: row, first: here.Size}
		b.parts = append(b.parts, p)
		b.byLog[row.ID] = p
	}
	return nil
}

func countEntries(n uint64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// sameStart compares what both have of a log.
func (b *otherBook) sameStart(ctx context.Context, ours store, here, there journal.LogRow) error {
	longer, shorter := store(b.store), here
	if there.Size < here.Size {
		longer, shorter = ours, there
	}
	hash, err := journal.CheckpointHash(shorter.Checkpoint)
	if err != nil {
		return err
	}
	err = longer.Extends(ctx, journal.Head{Origin: shorter.Origin, Size: shorter.Size, Hash: hash})
	if err == nil || !errors.As(err, new(*journal.TamperedError)) {
		return err
	}
	at, err := b.firstDifference(ctx, ours, here, there)
	if err != nil {
		return err
	}
	return &ForkError{fmt.Sprintf("the log %s is not the same here and in %s from its entry %d on, so nothing was brought in: one of the two was changed, or went on from a former copy. Run `activator journal verify` at both desks; a checkpoint kept elsewhere tells which is the true one",
		here.Origin, b.path, at)}
}

func (b *otherBook) firstDifference(ctx context.Context, ours store, here, there journal.LogRow) (uint64, error) {
	var leaves [2][]string
	for i, x := range []struct {
		s   store
		row journal.LogRow
	}{{ours, here}, {b.store, there}} {
		snap, err := x.s.Snapshot(ctx)
		if err != nil {
			return 0, err
		}
		err = snap.Entries(func(row *journal.EntryRow) error {
			if row.ID.Log() == x.row.ID {
				leaves[i] = append(leaves[i], string(row.Leaf))
			}
			return nil
		})
		if err := errors.Join(err, snap.Close()); err != nil {
			return 0, err
		}
	}
	n := 0
	for n < len(leaves[0]) && n < len(leaves[1]) && leaves[0][n] == leaves[1][n] {
		n++
	}
	return uint64(n), nil
}

// read goes through the whole of the other journal once.
func (b *otherBook) read(ctx context.Context) error {
	b.desks, b.known, b.renamed, b.steps = map[string]string{}, map[string][]knowing{}, map[stateName]stateName{}, nil
	snap, err := b.store.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer snap.Close()
	brought := map[journal.LogID][]journal.MergeRow{}
	if err := snap.Merges(func(row journal.MergeRow) error {
		brought[row.Log] = append(brought[row.Log], row)
		return nil
	}); err != nil {
		return err
	}
	seats := map[codes.LicenseNumber]map[codes.Fingerprint]bool{}
	var collided []journal.Entry
	err = snap.Entries(func(row *journal.EntryRow) error {
		if row.ID.Index() >= b.rows[row.ID.Log()].Size {
			return nil // its desk is at work
		}
		e, err := journal.ParseLeaf(row.Leaf)
		if err != nil {
			return err
		}
		e.ID = row.ID
		origin := b.rows[row.ID.Log()].Origin
		b.knows(origin, &e)
		if p := b.byLog[row.ID.Log()]; p != nil && row.ID.Index() >= p.first {
			p.new = append(p.new, e)
		}
		if _, ok := e.Restates(); ok && collidedAnswer(&e) {
			collided = append(collided, e)
		}
		if slices.ContainsFunc(brought[row.ID.Log()], func(m journal.MergeRow) bool { return m.First <= row.ID.Index() && row.ID.Index() < m.Size }) {
			return nil
		}
		b.step(origin, &e, seats)
		return nil
	})
	if err != nil {
		return err
	}
	err = snap.Personal(func(row journal.PersonalRow) error {
		if p := b.byLog[row.Entry.Log()]; p != nil && row.Entry.Index() >= p.first {
			x := &p.new[row.Entry.Index()-p.first]
			for i := range x.Personal {
				if t := &x.Personal[i]; t.Field == row.Field {
					t.Text, t.Redacted, t.Salt = row.Text, false, [16]byte(row.Salt)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range collided {
		if err := b.rename(ctx, &collided[i]); err != nil {
			return err
		}
	}
	return nil
}

// knows notes what an entry says about which other logs its desk knew.
func (b *otherBook) knows(origin string, e *journal.Entry) {
	index := e.ID.Index()
	if index == 0 {
		b.desks[origin] = e.Desk
		if before, size, ok := restoredFrom(e); ok {
			b.known[origin] = append(b.known[origin], knowing{0, before, size})
		}
	}
	for _, f := range e.Effects {
		if f, ok := f.(journal.MergeLog); ok {
			b.known[origin] = append(b.known[origin], knowing{index, f.Origin, f.Size})
		}
	}
}

// restoredFrom reads from the first entry of a log which log, of how many entries, was in the backup that was restored.
func restoredFrom(e *journal.Entry) (origin string, size uint64, ok bool) {
	_, rest, found := strings.Cut(e.Detail, restoredAfter)
	if !found || e.Kind != journal.KindLog {
		return "", 0, false
	}
	origin, rest, _ = strings.Cut(rest, restoredWith)
	number, _, _ := strings.Cut(rest, " ")
	size, err := strconv.ParseUint(number, 10, 64)
	return origin, size, err == nil
}

// knew reports whether the desk of a log knew an entry of another log when it made entry index.
func (b *otherBook) knew(origin string, index uint64, of string, entry uint64) bool {
	if origin == of {
		return entry < index
	}
	for _, k := range b.known[origin] {
		if k.from <= index && k.origin == of && entry < k.size {
			return true
		}
	}
	return false
}

// step notes what an entry of the other desk's own logs did, if that is not here yet.
func (b *otherBook) step(origin string, e *journal.Entry, seats map[codes.LicenseNumber]map[codes.Fingerprint]bool) {
	for _, f := range e.Effects {
		switch f := f.(type) {
		case journal.TakeSeat:
			if seats[f.License] == nil {
				seats[f.License] = map[codes.Fingerprint]bool{}
			}
			seats[f.License][f.Fingerprint] = true
		case journal.FreeSeat:
			delete(seats[f.License], f.Fingerprint)
		}
	}
	st := otherStep{origin: origin, index: e.ID.Index(), seated: e.Machine && seats[e.License][e.Fingerprint]}
	if r, ok := e.Restates(); ok {
		st.origin, st.index = r.Origin, r.Index
	} else if !e.Owes() {
		return
	}
	if st.index >= b.here[st.origin].Size {
		b.steps = append(b.steps, st)
	}
}

// rename notes under which name a log has an answer that another desk gave under the name that was taken there.
func (b *otherBook) rename(ctx context.Context, e *journal.Entry) error {
	r, _ := e.Restates()
	var from journal.EntryID
	for id, row := range b.rows {
		if row.Origin == r.Origin {
			from = journal.NewEntryID(id, r.Index)
		}
	}
	source, err := b.store.Entry(ctx, from)
	if err != nil {
		return err
	}
	if was, is, ok := renamedAnswer(&source, e); ok {
		b.renamed[stateName{b.rows[e.ID.Log()].Origin, e.License, is}] = stateName{r.Origin, e.License, was}
	}
	return nil
}

// collidedAnswer reports whether an entry took over an answer under another revision.
func collidedAnswer(e *journal.Entry) bool {
	return slices.ContainsFunc(e.Checks, func(c journal.Check) bool { return c.Name == checkMerge && c.Result == journal.Failed })
}

// renamedAnswer returns the names of the answer in an entry and in the one that takes it over, if they differ.
func renamedAnswer(source, own *journal.Entry) (was, is ref, ok bool) {
	was, ok1 := answerOf(source)
	is, ok2 := answerOf(own)
	return was, is, ok1 && ok2 && was != is
}

func answerOf(e *journal.Entry) (ref, bool) {
	for _, f := range e.Effects {
		if c, ok := f.(journal.Claim); ok && c.Scope == journal.ScopeAnswer {
			r, err := parseRef(append([]byte{byte(refAnswer)}, c.Key...))
			return r, err == nil
		}
	}
	return ref{}, false
}

// entry returns a new entry.
func (b *otherBook) entry(st otherStep) *journal.Entry {
	for _, p := range b.parts {
		if p.row.Origin == st.origin && st.index >= p.first && st.index-p.first < uint64(len(p.new)) {
			return &p.new[st.index-p.first]
		}
	}
	return nil
}

// logParts are the new entries as a store takes them.
func (b *otherBook) logParts() []journal.LogPart {
	var parts []journal.LogPart
	for _, p := range b.parts {
		parts = append(parts, journal.LogPart{Head: p.head(), First: p.first, Entries: func(yield func([]byte, []journal.PersonalRow) error) error {
			var leaf []byte
			var texts []journal.PersonalRow
			for i := range p.new {
				e := &p.new[i]
				leaf, texts = e.Leaf(leaf[:0]), texts[:0]
				for _, t := range e.Personal {
					if !t.Redacted {
						texts = append(texts, journal.PersonalRow{Entry: e.ID, Field: t.Field, Salt: t.Salt[:], Text: t.Text})
					}
				}
				if err := yield(leaf, texts); err != nil {
					return err
				}
			}
			return nil
		}})
	}
	return parts
}

func (p *otherPart) head() journal.Head {
	hash, err := journal.CheckpointHash(p.row.Checkpoint)
	if err != nil {
		panic("activator: a head that was verified: " + err.Error())
	}
	return journal.Head{Origin: p.row.Origin, Size: p.row.Size, Hash: hash, Checkpoint: p.row.Checkpoint}
}
