package activator_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
)

// Another desk may have a batch of the same name, made of another file. Brought in, it is
// none of this desk's: a batch that was broken off here goes on.
func TestBatchBesideMergedOne(t *testing.T) {
	for name, restored := range map[string]bool{"in its first log": false, "in logs that are younger than the other desk's": true} {
		t.Run(name, func(t *testing.T) { batchBesideMergedOne(t, restored) })
	}
}

func batchBesideMergedOne(t *testing.T, restored bool) {
	ctx := context.Background()
	front := newOffice(t)
	l := front.license(9)
	back := front.joined("back", 1)
	back.merge(front)
	lost := func() {
		if restored {
			front = front.restored(front.backedUp())
		}
	}
	front.merge(back)
	lost()
	file := func(from byte) (rows []activator.Row) {
		for i := range byte(6) {
			rows = append(rows, activator.Row{Text: front.machine(l, 0).copied().request(1).String(), Line: int(i) + 1, Sum: [32]byte{from, i}})
		}
		return rows
	}
	mine, theirs := file(1), file(2)
	begun := activator.BatchOptions{Name: "orders.csv", Source: [32]byte{1}, PutAside: true, Chunk: 2}
	for _, err := range front.Session.Batch(ctx, rowsOf(mine[:3]), begun) {
		if err != nil {
			t.Fatal(err)
		}
	}
	lost()
	var totals activator.BatchTotals
	for _, out := range mustBatch(t, back.Session, theirs, activator.BatchOptions{Name: "orders.csv", Source: [32]byte{2}}) {
		totals.Count(&out)
	}
	if err := back.EndBatch(ctx, "orders.csv", totals); err != nil {
		t.Fatal(err)
	}
	front.merge(back)

	st, err := front.BatchState(ctx, "orders.csv")
	if err != nil || st.Done || st.LastLine != 3 || st.Source != [32]byte{1} || st.Operator != "anna" {
		t.Fatalf("have the state %+v, %v, want anna's, with 3 lines and no end", st, err)
	}
	totals = activator.BatchTotals{}
	for i, out := range mustBatch(t, front.Session, mine, begun) {
		if out.Later || out.Before != (i < 3) || out.Entry.Operator != "anna" {
			t.Errorf("line %d: have it by %s, recorded before: %v, put aside: %v", i+1, out.Entry.Operator, out.Before, out.Later)
		}
		totals.Count(&out)
	}
	if err := front.EndBatch(ctx, "orders.csv", totals); err != nil {
		t.Error(err)
	}

	// A batch that only the other desk has comes back as that desk recorded it.
	again := back.joined("third", 2)
	again.merge(back)
	for i, out := range mustBatch(t, again.Session, theirs, activator.BatchOptions{Name: "orders.csv", Source: [32]byte{2}}) {
		if !out.Before {
			t.Errorf("line %d at the third desk: have it decided anew, want what the other desk recorded", i+1)
		}
	}
}

// A batch that was lost and run again in the restored journal stays that one, when the lost
// end of the former log is brought back.
func TestBatchBesideItsLostOne(t *testing.T) {
	ctx := context.Background()
	lost := newOffice(t)
	m := lost.machine(lost.license(1), 1)
	rows := []activator.Row{{Text: m.request(1).String()}, {Text: m.request(1).String()}}
	backup := lost.backedUp()
	mustBatch(t, lost.Session, rows[:1], activator.BatchOptions{Name: "b"})
	o := lost.restored(backup)
	first := mustBatch(t, o.Session, rows[:1], activator.BatchOptions{Name: "b"})
	o.merge(lost)
	again := mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b"})
	if !again[0].Before || again[0].Entry.ID != first[0].Entry.ID {
		t.Errorf("have entry %v, want %v of the journal that is in use", again[0].Entry.ID, first[0].Entry.ID)
	}
	if _, err := o.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// backedUp is a backup of an office.
func (o *office) backedUp() string {
	o.t.Helper()
	file := filepath.Join(o.t.TempDir(), "desk.backup")
	if err := o.Backup(context.Background(), file, 10); err != nil {
		o.t.Fatal(err)
	}
	return file
}

// restored is an office made of a backup, on another computer.
func (o *office) restored(backup string) *office {
	o.t.Helper()
	r := &office{t: o.t, dir: filepath.Join(o.t.TempDir(), "vendor"), heads: o.t.TempDir(), now: o.now}
	setup := activator.Setup{Dir: r.dir, Operator: "anna", Passphrase: []byte(passphrase), Now: r.clock, Rand: r.rand()}
	if _, err := activator.Restore(context.Background(), backup, setup); err != nil {
		o.t.Fatal(err)
	}
	r.open()
	return r
}
