package activator_test

import (
	"context"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// hardware is the profile code of a machine with this drive, for a request under its key.
func (m *machine) hardware(request codes.Code, drive uint16) string {
	st := request.Statement()
	h := &codes.Hardware{License: st.License, Fingerprint: st.Fingerprint, Random: st.Random}
	for i := range h.Kinds {
		h.Kinds[i] = []uint16{1, 2}
	}
	h.Kinds[len(h.Kinds)-1] = []uint16{drive}
	h.Tag = m.key.HardwareTag(m.uid, m.release, h)
	return h.String()
}

// A hardware profile alone is that of a request in the same file, however the rows are cut
// into chunks; and what became of its license in the same file is known.
func TestBatchHardwareOfRowBefore(t *testing.T) {
	for _, chunk := range []int{1, 2, 3, 9} {
		o := newOffice(t)
		m := o.machine(o.license(1), 1)
		told := o.copied()
		r := m.request(defRelease)
		alone := m.hardware(r, 7)
		m.enter(r, told.submit(r, activator.Decision{}).Answer, defRelease)
		next := m.request(defFeature)
		moved := m.copied()
		moved.fp = 2
		with := moved.request(defFeature)
		rows := []activator.Row{
			{Text: alone}, {Text: r.String()}, {Text: alone},
			{Text: with.String() + " " + moved.hardware(with, 8)},
			{Text: next.String()},
			{Text: m.deactivate(2, 0).String(), Decision: activator.Decision{Refund: "credit 1"}},
			{Text: alone},
		}
		plain := o.copied()
		var want []*activator.Outcome
		for _, row := range rows {
			out, err := plain.Submit(context.Background(), row.Text, row.Decision)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, out)
		}
		if want[0].Verdict != journal.Unreadable || want[2].Verdict != journal.Repeat || want[6].Verdict != journal.Refused || !strings.Contains(want[3].Report().Reason+checksOf(want[3].Report()), "compared with that of the activation") {
			t.Fatalf("have %s, %s, %s, %s; want what this test is about", want[0].Verdict, want[2].Verdict, want[6].Verdict, checksOf(want[3].Report()))
		}
		for i, out := range mustBatch(t, o.Session, rows, activator.BatchOptions{Name: "b", Chunk: chunk}) {
			if have, want := checksOf(out.Report()), checksOf(want[i].Report()); have != want {
				t.Errorf("chunks of %d, row %d: have\n%s\nwant\n%s", chunk, i, have, want)
			}
		}
	}
}

// checksOf is the verdict and the checks behind it.
func checksOf(r activator.Report) string {
	lines := []string{string(r.Verdict)}
	for _, c := range r.Checks {
		lines = append(lines, string(c.Result)+" "+c.Name+": "+c.Detail)
	}
	return strings.Join(lines, "\n")
}
