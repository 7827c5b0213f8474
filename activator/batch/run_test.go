package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/internal/batchbench"
)

var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func office(t *testing.T, licenses int) *batchbench.Office {
	t.Helper()
	o, err := batchbench.NewOffice(filepath.Join(t.TempDir(), "vendor"), licenses, 1, today)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o
}

func tableOf(t *testing.T, o *batchbench.Office, rows int) string {
	t.Helper()
	var b bytes.Buffer
	if err := o.WriteCSV(&b, rows, 9); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// answer runs a table and returns the output.
func answer(t *testing.T, s *activator.Session, text string, j Job) (string, Summary) {
	t.Helper()
	var out bytes.Buffer
	j.Input, j.Output = open(t, text, Auto), &out
	if j.Name == "" {
		j.Name = "orders"
	}
	if j.Format == "" {
		j.Format = CSV
	}
	sum, err := Run(context.Background(), s, j)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), sum
}

func inFile(t *testing.T) func() (Scratch, error) {
	return func() (Scratch, error) { return os.CreateTemp(t.TempDir(), "scratch") }
}

// As many rows come out as went in, each beside its own cells, in their order, and
// again the same.
func TestRun(t *testing.T) {
	o := office(t, 300)
	text := tableOf(t, o, 400)
	out, sum := answer(t, o.Session, text, Job{Scratch: inFile(t)})
	in, lines := strings.Split(text, "\n"), strings.Split(out, "\n")
	if len(lines) != len(in) {
		t.Fatalf("have %d lines, want %d", len(lines), len(in))
	}
	for i := range in {
		if !strings.HasPrefix(lines[i], in[i]) {
			t.Errorf("line %d: have %q, want it to begin with %q", i+1, lines[i], in[i])
		}
		if i > 0 && i < len(in)-1 && !strings.HasPrefix(lines[i][len(in[i]):], fmt.Sprintf(",%d,", i+1)) {
			t.Errorf("line %d: have %q, want its number", i+1, lines[i])
		}
	}
	if sum.Rows != 400 || sum.OK < 200 || sum.Repeat == 0 || sum.Refused == 0 || sum.Waiting != 0 || sum.OK+sum.Repeat+sum.Refused+sum.Unreadable != 400 {
		t.Errorf("have %+v, want 400 rows of all kinds", sum)
	}
	again, second := answer(t, o.Session, text, Job{Scratch: inFile(t)})
	if again != out || second.Before != 400 {
		t.Errorf("the same input again: have other answers, or %d rows that were done before, want all", second.Before)
	}
	st, err := o.Session.BatchState(context.Background(), "orders")
	if err != nil || !st.Done || st.Totals != sum.BatchTotals && st.Totals.Rows != 400 {
		t.Errorf("state: have %+v, %v, want it done", st, err)
	}
	if _, err := o.Session.Verify(context.Background()); err != nil {
		t.Error(err)
	}
}

// Seats that rows below give back are there for rows above, at their second look; row
// by row there is none.
func TestSecondLook(t *testing.T) {
	o := office(t, 1)
	m := o.Activate(t, 0, 1)
	text := "code,note\n" + m.Other + ",first\n" + m.Third + ",second\n" + m.GiveBack + ",\nnothing,\n"
	for _, c := range []struct {
		name    string
		scratch func() (Scratch, error)
		want    string
	}{{"in a file", inFile(t), "ok refused ok unreadable"}, {"row by row", nil, "refused refused ok unreadable"}} {
		copied, err := o.Copy(filepath.Join(t.TempDir(), "vendor"))
		if err != nil {
			t.Fatal(err)
		}
		defer copied.Close()
		dry, _ := answer(t, copied.Session, text, Job{Scratch: c.scratch, DryRun: true})
		if have := verdicts(dry); have != c.want {
			t.Errorf("%s, dry: have %s, want %s\n%s", c.name, have, c.want, dry)
		}
		out, sum := answer(t, copied.Session, text, Job{Scratch: c.scratch})
		if have := verdicts(out); have != c.want {
			t.Errorf("%s: have %s, want %s\n%s", c.name, have, c.want, out)
		}
		if sum.Waiting != 0 || sum.Rows != 4 {
			t.Errorf("%s: have %+v, want 4 rows and none that waits", c.name, sum)
		}
		lines := strings.Split(out, "\n")
		if len(lines) != 6 || !strings.Contains(lines[1], "first,2,") || !strings.Contains(lines[2], "second,3,") || !strings.Contains(lines[4], ",5,") {
			t.Errorf("%s: have\n%swant the rows in their order", c.name, out)
		}
	}
}

func verdicts(out string) string {
	var vs []string
	for _, l := range strings.Split(strings.TrimSpace(out), "\n")[1:] {
		for _, cell := range strings.Split(l, ",") {
			switch cell {
			case "ok", "refused", "unreadable", "repeat":
				vs = append(vs, cell)
			}
		}
	}
	return strings.Join(vs, " ")
}

// A run that ends at any row and is run again comes to the same output.
func TestInterrupted(t *testing.T) {
	o := office(t, 120)
	text := tableOf(t, o, 200)
	whole, err := o.Copy(filepath.Join(t.TempDir(), "vendor"))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	want, _ := answer(t, whole.Session, text, Job{Scratch: inFile(t)})
	for run, stop := 0, 0; ; run++ {
		var out bytes.Buffer
		ctx, cancel := context.WithCancel(context.Background())
		n := 0
		sum, err := Run(ctx, o.Session, Job{Input: open(t, text, Auto), Name: "orders", Output: &out, Format: CSV, Scratch: inFile(t), Each: func(*activator.RowOutcome) {
			if n++; n == stop+1 {
				cancel()
			}
		}})
		cancel()
		stop += 37
		if err == nil {
			if out.String() != want {
				t.Errorf("after %d interruptions: have another output, want the same", run)
			}
			break
		}
		if !errors.Is(err, context.Canceled) || sum.Done {
			t.Fatalf("run %d: have %v, want %v", run, err, context.Canceled)
		}
	}
}

// An output that cannot be written ends the run; what was recorded comes back.
func TestBrokenOutput(t *testing.T) {
	o := office(t, 50)
	text := tableOf(t, o, 60)
	_, err := Run(context.Background(), o.Session, Job{Input: open(t, text, Auto), Name: "orders", Output: full{}, Format: CSV})
	if err == nil || !strings.Contains(err.Error(), "no space") {
		t.Fatalf("a full disk: have %v, want it said", err)
	}
	_, err = Run(context.Background(), o.Session, Job{Input: mustOpen(t, io.MultiReader(strings.NewReader(text[:len(text)/2]), broken{})), Name: "half"})
	if err == nil || !strings.Contains(err.Error(), "vanished") {
		t.Fatalf("an input that vanishes: have %v, want it said", err)
	}
	if _, sum := answer(t, o.Session, text, Job{}); sum.Before == 0 {
		t.Errorf("again: have %+v, want rows that were done before", sum)
	}
}

// An input that is cut off behind a whole row, as a pipe may be, does not end its batch.
func TestCutOffInput(t *testing.T) {
	o := office(t, 50)
	text := tableOf(t, o, 60)
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	_, err := Run(ctx, o.Session, Job{Input: open(t, text, Auto), Name: "orders", Each: func(*activator.RowOutcome) {
		if n++; n == 40 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: have %v, want %v", err, context.Canceled)
	}
	short := strings.Join(strings.SplitAfter(text, "\n")[:11], "")
	_, err = Run(context.Background(), o.Session, Job{Input: open(t, short, Auto), Name: "orders"})
	if err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Fatalf("ten of its rows: have %v, want it said that the input was cut off", err)
	}
	if _, sum := answer(t, o.Session, text, Job{}); sum.Rows != 60 {
		t.Errorf("all of it: have %+v, want 60 rows", sum)
	}
}

func mustOpen(t *testing.T, r io.Reader) *Input {
	t.Helper()
	in, err := Open(r, Auto)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk vanished") }

// Somebody at the other end of a pipe gets each answer without a full chunk, also where
// rows may wait and none does.
func TestRowByRow(t *testing.T) {
	t.Run("no row may wait", func(t *testing.T) { rowByRow(t, nil) })
	t.Run("rows may wait", func(t *testing.T) { rowByRow(t, inFile(t)) })
}

func rowByRow(t *testing.T, scratch func() (Scratch, error)) {
	o := office(t, 10)
	rows := []string{"code\n"}
	o.Rows(40, 1, func(_ int, r batchbench.Row) bool {
		if r.Kind == batchbench.First {
			rows = append(rows, r.Text+"\n")
		}
		return len(rows) < 7
	})
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	done := make(chan error)
	go func() {
		in, err := Open(inR, Auto)
		if err == nil {
			_, err = Run(context.Background(), o.Session, Job{Input: in, Name: "piped", Output: outW, Format: CSV, Scratch: scratch})
		}
		inR.CloseWithError(errors.Join(errors.New("the batch ended"), err)) // tells who writes to it
		outW.CloseWithError(err)
		done <- err
	}()
	got := make(chan string)
	go func() {
		defer close(got)
		buf := make([]byte, 64<<10)
		for {
			n, err := outR.Read(buf)
			if err != nil {
				return
			}
			got <- string(buf[:n])
		}
	}()
	for i, row := range rows[:6] {
		if _, err := io.WriteString(inW, row); err != nil {
			t.Fatalf("row %d: %v", i, err)
		}
		if i == 0 {
			continue
		}
		want := strings.TrimSpace(row)
		for text := ""; !strings.Contains(text, want); {
			select {
			case s, more := <-got:
				if !more {
					t.Fatalf("row %d: the batch ended without its answer: %v", i, <-done)
				}
				text += s
			case <-time.After(time.Minute): // it waits for the next row, which would never come
				t.Fatalf("row %d: no answer came, want it before the next row is written", i)
			}
		}
	}
	inW.Close()
	for range got {
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// A file that was changed is not taken for the one that a batch began with.
func TestFindName(t *testing.T) {
	o := office(t, 20)
	ctx := context.Background()
	text := tableOf(t, o, 20)
	first, second := [32]byte{1}, [32]byte{2}
	if _, err := Run(ctx, o.Session, Job{Input: mustOpen(t, io.MultiReader(strings.NewReader(text[:600]), broken{})), Name: "orders.csv", Source: first}); err == nil {
		t.Fatal("a broken input: have no error, want one")
	}
	if name, st, err := FindName(ctx, o.Session, "orders.csv", first); err != nil || name != "orders.csv" || st == nil || st.Done {
		t.Errorf("the same file: have %q, %+v, %v, want the batch that began", name, st, err)
	}
	if _, _, err := FindName(ctx, o.Session, "orders.csv", second); err == nil || !strings.Contains(err.Error(), "is not finished") {
		t.Errorf("another file: have %v, want it refused", err)
	}
	answer(t, o.Session, text, Job{Name: "orders.csv", Source: first})
	if name, st, err := FindName(ctx, o.Session, "orders.csv", second); err != nil || name != "orders.csv 2" || st != nil {
		t.Errorf("another file behind one that is done: have %q, %+v, %v, want a name of its own", name, st, err)
	}
}
