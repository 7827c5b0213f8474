package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// mendedFile is a file that was tried out, with a slip that was then mended at the desk.
func mendedFile(t *testing.T) *drive {
	t.Helper()
	d := opened(t)
	path, _ := d.mailbox()
	d.tries(path)
	d.mendsSlip()
	d.shows("✓ recorded as entry")
	return d
}

// mendsSlip takes the row with the slip to the desk, has it answered and comes back.
func (d *drive) mendsSlip() {
	d.t.Helper()
	d.press("home", "down", "down", "enter")
	d.wait(patience)
	d.press("tab", "enter")
	d.shows("ANSWERED")
	d.wait(time.Second)
	d.press("enter")
}

const inNoFile = "1 mended row is in the journal, and in no file"

// Whatever leaves a file with mended rows asks first, and begins on No.
func TestMendedRowsAreNotLeftUnasked(t *testing.T) {
	d := mendedFile(t)
	for _, way := range [][]string{{"esc"}, {"ctrl+k", "a", "n", "o", "t", "h", "e", "r", "enter"}} {
		d.press(way...)
		d.shows("Leave requests.csv?")
		d.shows(inNoFile)
		d.wait(time.Second)
		d.press("enter") // it begins on No
		d.shows("✓ recorded as entry")
		d.wait(10 * time.Second) // asked once is not asked for good
	}
	for _, key := range []string{"ctrl+q", "ctrl+c"} {
		d.press(key)
		d.shows("once more to leave. " + inNoFile)
		d.wait(10 * time.Second)
	}
	d.press("f2")
	d.write("R62")
	d.press("ctrl+q")
	d.shows("What is in the box is not recorded. " + inNoFile)
	d.press("esc", "f8")
	d.shows("✓ recorded as entry") // the rooms keep it

	d.press("ctrl+s")
	d.shows("Saved as")
	d.press("ctrl+q")
	if !d.quit {
		t.Errorf("ctrl+q with all rows in a file: have\n%s\nwant the program ended", d.screen())
	}
	d.press("esc")
	d.hides("Leave")
	d.shows("First they are tried out")
}

// The line above the rows asks as well, and what is mended while a file is answered counts.
func TestMendedRowsAfterTheFileWasAnswered(t *testing.T) {
	d := mendedFile(t)
	d.press("home")
	d.answersFile()
	d.shows("✓ DONE")
	d.shows("✓ recorded as entry")
	d.press("home", "enter") // another file
	d.shows(inNoFile)
	d.wait(time.Second)
	d.press("right", "enter")
	d.shows("First they are tried out")
	d.press("ctrl+q")
	if !d.quit {
		t.Errorf("ctrl+q after the file was left: have\n%s\nwant the program ended", d.screen())
	}
}

// Rows count as saved when the file is written, and no longer when they are mended again.
func TestMendedRowsThatCouldNotBeSaved(t *testing.T) {
	d := mendedFile(t)
	save := d.m.cfg.Save
	d.m.cfg.Save = func(string, func(io.Writer) error) (string, error) { return "", errors.New("no space left") }
	d.press("ctrl+s")
	d.shows("Not saved: no space left")
	d.press("esc")
	d.shows(inNoFile)
	d.wait(time.Second)
	d.press("enter")

	// A row that cannot be read is recorded, saved, and recorded once more.
	d.m.cfg.Save = save
	for range 2 {
		d.press("end", "enter", "enter", "enter", "enter")
		d.shows("RECORDED AS UNREADABLE")
		d.wait(time.Second)
		d.press("enter")
		d.shows("✗ refused at the desk")
		d.press("ctrl+q")
		d.shows("in no file")
		d.press("ctrl+s", "ctrl+q")
		if !d.quit {
			t.Fatalf("ctrl+q with all rows in a file: have\n%s\nwant the program ended", d.screen())
		}
		d.quit = false
	}
}

// A run that ends early keeps what was mended of rows that it did not come to.
func TestMendedRowsBehindTheEndOfARun(t *testing.T) {
	d := mendedFile(t)
	d.press("home")
	d.wantsAnswers()
	d.hold = true
	d.press("enter", "right", "enter")
	d.step()
	d.shows("ANSWERING requests.csv")
	d.press("ctrl+q")
	d.shows("A file is being answered")
	d.shows(inNoFile)
	d.press("esc")
	d.release()
	d.shows("ENDED BY YOU")
	d.shows("✓ recorded as entry")
	d.press("home")
	d.answersFile()
	d.shows("✓ DONE")
	if have := d.m.batch.mended(); have != 1 {
		t.Errorf("mended rows after the file was answered: have %d, want 1", have)
	}
	d.press("ctrl+s")
	if have := d.saved[filepath.Join(d.dir, "requests-mended.csv")]; strings.Count(have, "\n") != 2 {
		t.Errorf("saved: have %q, want one row", have)
	}
}

// The same where the file is gone, and where the list has no room for the row.
func TestMendedRowsOfAFileThatIsGone(t *testing.T) {
	d := mendedFile(t)
	must(t, os.Remove(filepath.Join(d.dir, "requests.csv")))
	d.press("home")
	d.answersFile()
	d.shows("ENDED EARLY")
	d.shows("✓ recorded as entry")
	if have := d.m.batch.leaving(); !strings.Contains(have, inNoFile) {
		t.Errorf("leaving: have %q, want %q in it", have, inNoFile)
	}
}

// A row that was changed at the desk and not recorded is there when it is taken again.
func TestARowUnderWorkIsKept(t *testing.T) {
	d := opened(t)
	path, _ := d.mailbox()
	d.tries(path)
	d.press("down", "down", "down", "enter")
	if row := d.m.desk.row; row == nil || row.Row.Line != 5 {
		t.Fatalf("row: have %v, want that of line 5", row)
	}
	d.write(" knows X")
	d.press("f8", "enter") // back at the list, and to the row again
	d.shows("nobody knows knows X")
	d.press("f8", "up", "enter")
	d.shows("(line 4 of requests.csv")
	d.hides("knows X")
	d.press("f8")
	d.shows("✎ changed, not recorded")
	d.press("f2", "esc", "ctrl+q")
	d.shows("once more to leave. 1 row was changed at the desk and is not recorded")
	d.press("f8", "esc")
	d.shows("1 row was changed at the desk and is not recorded")
	d.wait(time.Second)
	d.press("enter", "end", "enter")
	d.shows("nobody knows knows X")
	d.press("enter", "enter", "enter")
	d.shows("RECORDED AS UNREADABLE")
	d.wait(time.Second)
	d.press("enter")
	d.hides("✎")
}

// The training takes nothing along, and says of what.
func TestTheTrainingSaysWhatItLeaves(t *testing.T) {
	d := mendedFile(t)
	training := func() {
		d.press("ctrl+k")
		d.write("training")
		d.press("enter")
	}
	training()
	d.shows("Go to the training?")
	d.shows("1 mended row is in the journal")
	d.wait(time.Second)
	d.press("enter") // it begins on No
	d.hides("TRAINING")
	d.shows("✓ recorded as entry")

	closed, train := false, d.m.cfg.Train
	d.m.cfg.Train = func(ctx context.Context) (*Opened, error) {
		o, err := train(ctx)
		if o != nil {
			shut := o.Close
			o.Close = func() error { closed = true; return shut() }
		}
		return o, err
	}

	// What is begun while the training is made ready is not thrown away.
	training()
	d.wait(time.Second)
	d.hold = true
	d.press("right", "enter", "f2")
	d.write("R62")
	d.release()
	d.hides("TRAINING")
	d.shows("was begun meanwhile")
	d.shows("R62")
	if !closed {
		t.Error("the training that was not begun: have it open, want it closed")
	}
	d.press("esc", "f8")
	d.m.cfg.Train = func(context.Context) (*Opened, error) { return nil, errors.New("no space left") }
	training()
	d.wait(time.Second)
	d.press("right", "enter")
	d.shows("The training could not be begun: no space left")
	d.m.cfg.Train = train
	training()
	d.wait(time.Second)
	d.press("right", "enter")
	d.shows("TRAINING")
}

// Leaving by the palette asks as ctrl+q does.
func TestLeavingByThePalette(t *testing.T) {
	d := mendedFile(t)
	d.press("ctrl+k")
	d.write("leave")
	d.press("enter")
	d.shows("Press ctrl+q once more to leave. " + inNoFile)
	if d.quit {
		t.Fatal("Leave in the palette: have the program ended, want it to ask")
	}
	d.press("ctrl+q")
	if !d.quit {
		t.Error("ctrl+q after it: have the program going on, want it ended")
	}
}

// Rows that are mended are said in numbers that people use.
func TestLeavingSaysHowMany(t *testing.T) {
	b := newBatchRoom(&shared{})
	b.run = &fileRun{in: "x.csv"}
	for i := range 3 {
		b.run.bad = append(b.run.bad, &badRow{mending: &mending{draft: fmt.Sprint(i)}})
	}
	if have, want := b.leaving(), "3 rows were changed at the desk and are not recorded"; !strings.Contains(have, want) {
		t.Errorf("leaving: have %q, want %q in it", have, want)
	}
}

// A row that is typed anew stays the row, and says so all the while; esc leaves it.
func TestARowThatIsTypedAnew(t *testing.T) {
	d := opened(t)
	path, slip := d.mailbox()
	d.tries(path)
	const at = "(line 4 of requests.csv: reference case 7)"
	d.press("down", "down", "enter", "ctrl+u")
	d.shows("Type what this row of the file is meant to be")
	d.shows(at)
	code := slip.asked.String()
	d.write(code[:20])
	d.shows(at)
	d.write(code[20:])
	d.shows(at)
	d.press("enter")
	d.shows("ANSWERED")
	d.wait(time.Second)
	d.press("enter")
	d.shows("✓ recorded as entry")

	d.press("down", "enter", "ctrl+u", "esc")
	d.shows("Ready for the next call")
	d.write("R")
	d.hides("(line")
}
