package tui

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
)

// After another desk's work was brought in, the day is in the order of its clock, and
// the journal says where the other desk's entries stand.
func TestTheDayIsInOrderAfterAMerge(t *testing.T) {
	d := opened(t)
	d.license("Print Shop Miller", 1)
	laptop := d.laptopOf("anna")
	d.now = d.now.Add(time.Hour)
	_, err := laptop.Register(context.Background(), activator.Order{Product: "press-studio", Customer: "Print Shop Blue", Seats: 1})
	must(t, err)
	d.now = d.now.Add(time.Hour)
	d.license("Print Shop Green", 1)
	d.press("f4")
	d.shows("Everything, the newest first")
	_, err = d.office.Merge(context.Background(), filepath.Join(d.dir, "laptop"))
	must(t, err)
	d.press("f6")
	at := regexp.MustCompile(`[0-9][0-9]:[0-9][0-9] `).FindAllString(d.screen(), -1)
	if len(at) < 3 || !slices.IsSortedFunc(at, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("the day: have its entries at %v, want the newest first:\n%s", at, d.screen())
	}
	d.press("f4")
	d.shows("the newest of this journal first; then what other desks brought in")
}

// What was wrong with one file does not stand below the next one.
func TestARefusedFileIsForgottenWithTheNext(t *testing.T) {
	d := opened(t)
	bad, good := filepath.Join(d.dir, "letters.csv"), filepath.Join(d.dir, "orders.csv")
	writeFile(t, bad, "Dear support\n")
	writeFile(t, good, "code\nhello\n")
	d.tries(bad)
	d.shows("This file cannot be taken")
	d.press("ctrl+u")
	d.write(good)
	d.press("enter")
	d.shows("NOT YET RECORDED")
	d.hides("This file cannot be taken")
}

// A reference that was typed behind the code is too much, not too little.
func TestTooLongIsNotCalledIncomplete(t *testing.T) {
	d, _, c := calling(t, 1)
	d.recordsNothing("a code that is too long", func() {
		d.write(c.asks(t, 1).String())
		d.write("case 2")
		d.press("enter")
		d.hides("is not complete")
		d.wait(patience)
		d.shows("The text is too long")
		d.shows("take it out")
		d.hides("marked ✗")
	})
}

// Ctrl+o says why there is nothing to do.
func TestOverrideSaysWhyNot(t *testing.T) {
	d, _, c := calling(t, 1)
	d.press("ctrl+o")
	d.shows("no code was read")
	d.write(c.asks(t, 1).String())
	d.wait(patience)
	d.press("ctrl+o")
	d.shows("no check failed")
	d.press("esc")
	d.answered(c, 1)
	d.press("esc")
	back := c.givesBack(t).String()
	d.submit(back, activator.Decision{Reference: "case 1"})
	d.write(back)
	d.wait(patience)
	d.press("ctrl+o")
	d.shows("Nobody can override what failed here")
}

// Help has no heading with nothing below it.
func TestHelpHasNoEmptyHeading(t *testing.T) {
	d := opened(t)
	for _, room := range []string{"f2", "f3", "f4", "f5", "f6", "f7", "f8"} {
		d.press(room)
		h := newHelp(d.m.shared, d.m.rooms[d.m.at], d.m.global())
		for i, r := range h.rows {
			if r[0] == "" && (i+1 == len(h.rows) || h.rows[i+1][0] == "") {
				t.Errorf("help of %s: have the heading %q with nothing below, want none", room, r[1])
			}
		}
	}
}

// In the smallest usual window the last line still says how to leave.
func TestReadAloudSaysHowToLeave(t *testing.T) {
	d, _, _ := answered(t, 1)
	d.press("ctrl+r")
	d.shows("esc desk")
	d.press("tab")
	d.shows("esc desk")
}

// The last line of a form calls its buttons no and yes only where they are.
func TestButtonsAreNotCalledNo(t *testing.T) {
	d := newDrive(t)
	d.restart(func(c *Config) { c.Present = false })
	d.shows("enter next")
	d.press("enter")
	d.shows("[▸ Go on ]")
	d.hides("no or yes")
	e, _, _ := calling(t, 1)
	e.press("ctrl+k")
	e.write("lock")
	e.press("esc")
	e.noSeat()
	e.press("ctrl+o", "tab")
	e.shows("no or yes")
}

// Where there is nothing to type, nobody is told to go on typing.
func TestTheFirstStartWaitsInSilence(t *testing.T) {
	d := firstPassphrase(t)
	d.write("one phrase of words")
	d.press("enter")
	d.write("one phrase of words")
	d.hold = true
	d.press("enter", "enter")
	d.now = d.now.Add(12 * time.Second)
	d.shows("making the vendor folder, 12 s: no answer yet.")
	d.hides("go on typing")
}
