package tui

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

func TestAFileIsTriedAnsweredAndMended(t *testing.T) {
	d := opened(t)
	path, slip := d.mailbox()
	d.recordsNothing("a dry run", func() {
		d.tries(path[:len(path)-6])
		d.shows("NOT YET RECORDED What would become of requests.csv:")
		d.shows("4 rows: 1 would be answered, 1 refused, 2 cannot be read, 1 of them with a proposal.")
		d.shows("1 seat the only seat is taken")
		d.shows("2 cannot be read")
	})
	d.press("enter")
	d.shows("Answer requests.csv?")
	d.wait(time.Second)
	d.press("enter", "enter")
	d.hides("Answer requests.csv?") // it began on No
	d.shows("NOT YET RECORDED")
	d.answersFile()
	d.shows("✓ DONE The answers are in")
	d.shows("4 rows: 1 answered, 1 refused, 2 cannot be read, 1 of them with a proposal.")
	if have, err := os.ReadFile(filepath.Join(d.dir, "requests-answers.csv")); err != nil || strings.Count(string(have), "\n") != 4 {
		t.Errorf("answers: have %q, %v, want four rows", have, err)
	}

	// The slip is mended at the desk, where it has its proposal.
	d.press("down", "down")
	d.shows("line 4 " + slipped(slip.asked.String()))
	d.press("enter")
	d.shows("(line 4 of requests.csv: reference case 7)")
	d.shows("Ref. case 7")
	d.shows("requests.csv: reference case 7")
	d.wait(patience)
	d.shows("CANNOT BE READ")
	d.press("tab")
	d.shows("NOT YET RECORDED")
	d.shows("(line 4 of requests.csv: reference case 7)")
	d.press("enter")
	d.shows("ANSWERED")
	answer := d.m.desk.answer().String()
	d.wait(time.Second)
	d.press("enter")
	d.shows("✓ recorded as entry")
	d.shows("at the desk " + slip.asked.String())
	d.shows("ok · " + answer)
	d.press("esc")
	d.shows("ctrl+s in F8 saves")
	d.press("esc")
	d.press("ctrl+s")
	d.shows("Saved as /home/anna/" + d.dir[:8])
	have := d.saved[filepath.Join(d.dir, "requests-mended.csv")] // beside the file
	digits := d.digitsOf(answer)
	for _, want := range []string{
		"code,reference,line,verdict,reason,activation_code,activation_code_digits,valid_until,entry,as_it_came\n",
		slip.asked.String() + ",case 7,4,ok,," + answer + "," + digits + ",2026-12-02,",
	} {
		if !strings.Contains(have, want) {
			t.Errorf("mended rows: have %q, want %q in it", have, want)
		}
	}
	d.press("enter")
	d.shows("Entry ")
	d.shows("through terminal")
}

// What a file says beside a code holds at the desk too.
func TestARowsColumnsGoToTheDesk(t *testing.T) {
	d, _, c := answered(t, 1)
	d.press("enter")
	day := uint32(1300)
	row := &badRow{file: "rentals.csv", mending: &mending{}}
	row.Row = &activator.Row{Line: 2, Text: c.asks(t, 8).String(), Decision: activator.Decision{Parameter: &day, Reference: "case 7"}}
	d.send(takeCodeMsg{text: row.Row.Text, ref: "case 7", row: row})
	d.shows("Enter answers it with an activation code.")
	d.press("enter")
	d.shows("ANSWERED")
	d.shows("until 2027-07-24")
	if row.mended == nil || row.mended.Value != day {
		t.Errorf("mended: have %v, want an answer with the value of the row", row.mended)
	}
	d.wait(time.Second)
	d.press("esc")
	d.write(c.asks(t, 8).String())
	d.shows("ONE THING IS MISSING") // the next call is another one
}

// What the desk recorded of a row last counts, but a row that has its answer keeps it: the
// same text may be submitted again, and be refused.
func TestAMendedRowStaysMended(t *testing.T) {
	const refused, good = journal.Refused, journal.OK
	for _, c := range []struct {
		verdicts []journal.Verdict
		want     int // the one that is kept
	}{
		{[]journal.Verdict{refused}, 0},
		{[]journal.Verdict{refused, journal.Unreadable}, 1},
		{[]journal.Verdict{refused, good}, 1},
		{[]journal.Verdict{good, refused}, 0},
		{[]journal.Verdict{journal.Repeat, refused, journal.Unreadable}, 0},
		{[]journal.Verdict{good, refused, journal.Repeat}, 2},
	} {
		m := &mending{}
		var all []*activator.Outcome
		for i, v := range c.verdicts {
			o := &activator.Outcome{}
			o.Verdict = v
			all = append(all, o)
			m.take(fmt.Sprint("text ", i), all[i])
		}
		if typed := fmt.Sprint("text ", c.want); m.typed != typed || m.mended != all[c.want] {
			t.Errorf("%v: have %q with verdict %v, want %q", c.verdicts, m.typed, m.mended.Verdict, typed)
		}
	}
}

func TestAFileThatCannotBeTakenIsSaid(t *testing.T) {
	d := opened(t)
	path := filepath.Join(d.dir, "letters.csv")
	writeFile(t, path, "Dear support\n")
	d.tries(path)
	d.shows("This file cannot be taken: there is no column code")
	if have := d.m.batch.path.value(); have != path {
		t.Errorf("file: have %q in the field, want %q to be mended", have, path)
	}
	d.press("esc")
	d.write(d.dir + "/nothing")
	d.shows("No file or folder begins like this.")
	d.press("enter")
	d.shows("This file cannot be taken")
}

func TestPathsAreCompleted(t *testing.T) {
	d := opened(t)
	must(t, os.MkdirAll(filepath.Join(d.dir, "orders", "may"), 0o700))
	writeFile(t, filepath.Join(d.dir, "orders", "may", "one.csv"), "code\n")
	d.press("f8")
	d.write(d.dir + "/or")
	d.press("tab")
	if have, want := d.m.batch.path.value(), d.dir+"/orders/"; have != want {
		t.Fatalf("tab: have %q, want %q", have, want)
	}
	d.press("enter")
	d.shows("one.csv")
	d.press("enter")
	d.shows("0 rows")
	d.press("enter")
	d.shows("There are no rows in this file.")
}

// Keys that come before the folder was listed wait for it: they never take a name that does
// not begin with what was typed.
func TestKeysWaitForTheFolder(t *testing.T) {
	for _, key := range []string{"tab", "enter"} {
		d := opened(t)
		writeFile(t, filepath.Join(d.dir, "a.csv"), "code\n")
		writeFile(t, filepath.Join(d.dir, "b.csv"), "code\n")
		d.press("f8")
		d.write(d.dir + "/")
		d.shows("a.csv")
		d.hold = true
		d.press("b", key)
		d.release()
		if have, want := d.m.batch.path.value(), filepath.Join(d.dir, "b.csv"); have != want {
			t.Errorf("%s: have %q, want %q", key, have, want)
		}
		if run := d.m.batch.run; (run != nil) != (key == "enter") || run != nil && run.in != filepath.Join(d.dir, "b.csv") {
			t.Errorf("%s: have the run %+v", key, run)
		}
		if key == "enter" {
			d.press("esc")
		}
		d.hold = true
		d.press("ctrl+u", "x", key, "y")
		d.release()
		if have := d.m.batch.path.value(); have != "xy" {
			t.Errorf("%s, and typed on: have %q, want what was typed", key, have)
		}
	}
}

// An operator ends a run in order, and goes on later; answers come whole.
func TestARunEndsInOrderAndGoesOn(t *testing.T) {
	d := heldRun(t)
	d.press("ctrl+q")
	d.shows("A file is being answered")
	d.press("esc")
	d.shows("It ends after the rows that are being recorded")
	d.release()
	d.shows("ENDED BY YOU")
	d.hides("It ends after the rows")
	if d.quit {
		t.Error("ctrl+q once: have the program ended, want it there")
	}
	d.shows("Go on with this file")
	d.answersFile()
	d.shows("✓ DONE The answers are in")
	n := 0
	for _, err := range d.office.Entries(t.Context(), journal.Query{Kinds: []journal.Kind{journal.KindRequest}}) {
		must(t, err)
		n++
	}
	if n != 2 {
		t.Errorf("requests in the journal: have %d, want 2", n)
	}
}

// Leaving waits for what is being recorded.
func TestLeavingEndsARunFirst(t *testing.T) {
	d := heldRun(t)
	d.press("ctrl+c")
	d.shows("It ends after the rows")
	if d.quit {
		t.Fatal("ctrl+c: have the program ended, want the run ended")
	}
	held := len(d.held)
	d.press("ctrl+q", "ctrl+q")
	for _, cmd := range d.held[held:] {
		if _, quit := cmd().(tea.QuitMsg); quit {
			t.Fatal("ctrl+q twice: have the program ended, want it to wait for the run")
		}
	}
	d.release()
	if !d.quit {
		t.Error("after the run: have the program going on, want it ended")
	}
}

// Rows that can be mended are kept however many others there are.
func TestRowsWithAProposalAreKept(t *testing.T) {
	l := newLive()
	none := func() []Cell { return nil }
	row := &activator.Row{Line: 1}
	refused := activator.RowOutcome{Row: row, Entry: journal.Entry{Verdict: journal.Refused, Checks: []journal.Check{{Name: "seat", Result: journal.Failed, Detail: "no seat"}}}}
	slip := activator.RowOutcome{Row: row, Entry: journal.Entry{Kind: journal.KindUnreadable, Verdict: journal.Unreadable, Detail: "proposals R1"}}
	fine := activator.RowOutcome{Row: row, Entry: journal.Entry{Verdict: journal.OK}}
	for range mostBad + 7 {
		l.each("x.csv", &refused, none)
		l.each("x.csv", &fine, none)
	}
	r := &fileRun{live: l}
	l.each("x.csv", &slip, none)
	r.catchUp()
	if len(r.bad) != mostBad+1 || r.more != 7 {
		t.Errorf("rows without an answer: have %d and %d more, want %d and 7", len(r.bad), r.more, mostBad+1)
	}
	for range mostBad + 4 {
		l.each("x.csv", &slip, none)
	}
	l.each("x.csv", &refused, none)
	r.catchUp()
	if len(r.bad) != 2*mostBad || r.more != 13 || r.near != mostBad+5 || r.why["seat"].n != mostBad+8 || r.why["seat"].example != "no seat" {
		t.Errorf("rows without an answer: have %d, %d more, %d with a proposal, %v", len(r.bad), r.more, r.near, r.why)
	}
}

// Rows for which the list has no room are in the file of the answers, once that is there.
func TestWhereTheOtherRowsAre(t *testing.T) {
	for _, test := range []struct {
		name      string
		run       fileRun
		is, isNot string
	}{
		{"answered", fileRun{}, "3 more are in the file of the answers", "written when"},
		{"tried out", fileRun{dry: true}, "3 more come with the file of the answers, which is written when all rows are done", "are in"},
		{"ended by the operator", fileRun{halted: true}, "3 more come with the file", "are in"},
		{"ended by an error", fileRun{err: errors.New("the disk is full")}, "3 more come with the file", "are in"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := opened(t)
			test.run.in, test.run.unanswered = "/tmp/big.csv", unanswered{more: 3}
			d.m.batch.run = &test.run
			d.press("f8")
			d.shows(test.is)
			d.hides(test.isNot)
		})
	}
}

func TestProgressOfARun(t *testing.T) {
	d := opened(t)
	b := d.m.batch
	l := newLive()
	b.run = &fileRun{in: "/tmp/big.csv", running: true, began: d.now, live: l, stop: func() {}}
	d.press("f8")
	p := FileProgress{Read: 250, Size: 1000}
	p.Rows, p.OK, p.Refused, p.Waiting = 5000, 4990, 10, 3
	l.progress(p)
	d.now = d.now.Add(10 * time.Second)
	d.send(fileTickMsg{b.run})
	d.shows("25 %")
	d.shows("rows 5000 500 a second")
	d.shows("3 rows wait for a seat")
	d.shows("10 s, about 30 s left")
	d.hides("no answer yet")
}

// A file that was answered says so, and its answers never go over what is there.
func TestAFileThatWasAnsweredSaysSo(t *testing.T) {
	d := opened(t)
	path, _ := d.mailbox()
	d.tries(path)
	d.answersFile()
	d.shows("✓ DONE")
	d.press("esc", "ctrl+u")
	d.write(path)
	d.press("enter")
	d.shows("ANSWERED ALREADY")
	d.shows("What it came to: 4 rows: 1 answered, 1 refused, 2 cannot be read")
	d.answersFile()
	d.shows("there already: give the answers another name")
	d.shows("Answers to") // the form, on that field
	d.wait(time.Second)
	d.press("ctrl+u")
	d.write(filepath.Join(d.dir, "again.csv"))
	d.press("enter", "right", "enter")
	d.shows("DONE BEFORE")
}

// A column whose name only looks as if it meant something is told before the file is answered.
func TestAColumnThatIsNotActedOnIsTold(t *testing.T) {
	d := opened(t)
	_, c := d.license("Agency Blue", 1)
	path := filepath.Join(d.dir, "units.csv")
	writeFile(t, path, "code,Shelf life (days)\n"+c.asks(t, 1).String()+",5\n")
	d.tries(path)
	d.shows("1 row: 1 would be answered")
	d.shows("! Carried through, and not acted on: Shelf life (days).")
}

// Mails without a code are no rows, so they are counted.
func TestMailsWithoutACodeAreCounted(t *testing.T) {
	d := opened(t)
	path := filepath.Join(d.dir, "mails.mbox")
	writeFile(t, path, "code\nno code here\n")
	d.tries(path)
	d.shows("! 1 mail has no code, so no row here: look into the mailbox.")
}

// A file whose run was broken off says how far it came.
func TestAFileThatWasBrokenOffSaysSo(t *testing.T) {
	d := opened(t)
	path, _ := d.mailbox()
	text, err := os.ReadFile(path)
	must(t, err)
	line := strings.Split(string(text), "\n")[1]
	first := func(yield func(activator.Row, error) bool) {
		if yield(activator.Row{Line: 2, Text: line, Sum: sha256.Sum256([]byte(line))}, nil) {
			yield(activator.Row{}, io.ErrUnexpectedEOF)
		}
	}
	for _, err := range d.office.Batch(t.Context(), first, activator.BatchOptions{Name: filepath.Base(path)}) {
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
	}
	d.tries(path)
	d.shows("4 rows: 1 would be answered, 1 refused, 2 cannot be read")
	d.shows("1 row was recorded by a run before, and stays as it was.")
}
