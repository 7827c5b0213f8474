package activator_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// A gate is passed once somebody opened it.
type gate chan struct{}

func (g gate) open() { close(g) }
func (g gate) pass() { <-g }

// overtaken runs a batch of one row a chunk, whose first chunk waits to be recorded until
// the facts of all were read. Then another desk is quicker, once.
func overtaken(t *testing.T, o *office, rows []activator.Row, meanwhile func(s *activator.Session)) (outs []activator.RowOutcome) {
	t.Helper()
	other := o.beside()
	given, all := gate(make(chan struct{})), gate(make(chan struct{}))
	var asked, read, appends atomic.Int32
	activator.Watch(o.Session, func(c activator.StoreCall) {
		switch {
		case c.Append && !c.After:
			if appends.Add(1) == 1 {
				all.pass()
				meanwhile(other.Session)
			}
		case c.Append || c.Again:
		case c.After:
			if read.Add(1) == int32(1+len(rows)) { // the batch's own state is read first
				all.open()
			}
		default:
			if asked.Add(1) == int32(len(rows)) { // of the last chunk but one: the last is to be read beside it
				given.pass()
			}
		}
	})
	for out, err := range o.Session.Batch(context.Background(), func(yield func(activator.Row, error) bool) {
		rowsOf(rows)(yield)
		given.open()
	}, activator.BatchOptions{Name: "b", Chunk: 1, PutAside: true}) {
		if err != nil {
			t.Fatal(err)
		}
		outs = append(outs, *out)
	}
	return outs
}

// What a row was foreseen to do may not come true. Rows that were put aside because of it
// are looked at again, though there is nothing of them to be recorded.
func TestBatchForeseenInVain(t *testing.T) {
	o := newOffice(t)
	l, two := o.license(1), 2
	rows := []activator.Row{{Text: o.machine(l, 1).request(1).String()}, {Text: o.machine(l, 2).request(1).String()}}
	outs := overtaken(t, o, rows, func(s *activator.Session) {
		if _, err := s.Change(context.Background(), activator.Change{Kind: activator.AmendLicense, License: l.Number, Seats: &two, Reason: "bought"}); err != nil {
			t.Error(err)
		}
	})
	if outs[1].Later || outs[1].Verdict() != journal.OK {
		t.Errorf("have %s (%s), put aside: %v; want it answered: there are two seats", outs[1].Verdict(), outs[1].Reason(), outs[1].Later)
	}
}

// The same rows may be recorded by another run of the batch: what follows from them is not
// among facts that were read before.
func TestBatchRecordedByAnother(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 1)
	m.activate(defRelease, activator.Decision{})
	full := o.license(1)
	o.machine(full, 3).activate(defRelease, activator.Decision{})
	rows := []activator.Row{
		{Text: m.deactivate(2, 0).String()},
		{Text: o.machine(full, 4).request(1).String()}, // waits: nothing of it is to be recorded
		{Text: o.machine(l, 2).request(1).String()},
	}
	outs := overtaken(t, o, rows, func(s *activator.Session) {
		mustBatch(t, s, rows[:1], activator.BatchOptions{Name: "b"})
	})
	if !outs[0].Before || outs[2].Later || outs[2].Verdict() != journal.OK {
		t.Errorf("have %v, and %s (%s), put aside: %v; want the first one recorded before, and the last one answered: a seat came free",
			outs[0].Before, outs[2].Verdict(), outs[2].Reason(), outs[2].Later)
	}
}

// A row may build on one that builds on what did not come true: the batch goes on, and what
// follows from the rows beside it is known to the next.
func TestBatchBuiltOnSand(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	l, full := o.license(1), o.license(1)
	m, first := o.machine(l, 1), o.machine(full, 1)
	first.activate(defRelease, activator.Decision{})
	told := o.copied()
	var codes []string
	for _, definition := range []uint8{defRelease, defFeature} {
		r := m.request(definition)
		m.enter(r, told.submit(r, activator.Decision{}).Answer, definition)
		codes = append(codes, r.String(), "nothing")
	}
	codes = append(codes, m.deactivate(2, 0).String(), first.deactivate(2, 0).String(), o.machine(full, 2).request(1).String())
	want := []journal.Verdict{journal.Refused, journal.Unreadable, journal.Refused, journal.Unreadable, journal.Refused, journal.OK, journal.OK}

	other := o.beside()
	read2, recorded1, read3, recorded2 := gate(make(chan struct{})), gate(make(chan struct{})), gate(make(chan struct{})), gate(make(chan struct{}))
	var asked, read, again, appends, appended atomic.Int32
	activator.Watch(o.Session, func(c activator.StoreCall) {
		switch {
		case c.Append && !c.After:
			if appends.Add(1) == 1 {
				read2.pass()
				if _, err := other.Change(ctx, activator.Change{Kind: activator.RevokeLicense, License: l.Number, Reason: "not paid"}); err != nil {
					t.Error(err)
				}
			}
		case c.Append:
			switch appended.Add(1) { // the first one is refused
			case 2:
				recorded1.open()
			case 3:
				recorded2.open()
			}
		case c.Again && !c.After:
			if again.Add(1) == 2 {
				read3.pass()
			}
		case c.Again:
		case !c.After:
			if asked.Add(1) == 1+4 { // the batch's own state is read first
				recorded2.pass()
			}
		default:
			switch read.Add(1) {
			case 1 + 2:
				read2.open()
			case 1 + 3:
				read3.open()
			}
		}
	})
	n := 0
	for out, err := range o.Session.Batch(ctx, func(yield func(activator.Row, error) bool) {
		for i, text := range codes {
			if i == 4 {
				recorded1.pass()
			}
			if !yield(activator.Row{Line: i + 1, Text: text}, nil) {
				return
			}
		}
	}, activator.BatchOptions{Name: "b", Chunk: 2, PutAside: true}) {
		if err != nil {
			t.Fatal(err)
		}
		if out.Verdict() != want[n] || out.Later {
			t.Errorf("line %d: have %s (%s), put aside: %v; want %s", n+1, out.Verdict(), out.Reason(), out.Later, want[n])
		}
		n++
	}
	if n != len(codes) {
		t.Errorf("have %d outcomes, want %d", n, len(codes))
	}
}

// What a code with a slip may have been builds on the rows before it, recorded or not.
func TestBatchProposalsAfterRows(t *testing.T) {
	for _, chunk := range []int{1, 2, 9} {
		o := newOffice(t)
		m := o.machine(o.license(1), 1)
		told := o.copied()
		r := m.request(defRelease)
		m.enter(r, told.submit(r, activator.Decision{}).Answer, defRelease)
		back := m.deactivate(2, 0).String()
		slip := strings.Replace(back, back[2:3], map[bool]string{true: "3", false: "2"}[back[2] == '2'], 1)
		rows := []activator.Row{{Text: slip}, {Text: r.String()}, {Text: slip}}
		for _, dry := range []bool{true, false} {
			outs := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b", Chunk: chunk, DryRun: dry})
			if before, after := outs[0].Proposals(), outs[2].Proposals(); len(before) > 0 || len(after) != 1 || after[0] != back {
				t.Errorf("chunks of %d, dry %v: have proposals %v and %v, want none and %s: the machine is active by then", chunk, dry, before, after, back)
			}
		}
	}
}
