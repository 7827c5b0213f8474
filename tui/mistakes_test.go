package tui

import (
	"strings"
	"testing"
	"time"
)

// Keys that came by mistake lose nothing.

func TestEditingKeysLeaveAnAnswerAlone(t *testing.T) {
	for _, key := range []string{"backspace", "delete", "ctrl+u", "ctrl+w", "ctrl+h"} {
		d := opened(t)
		_, c := d.license("Print Shop Miller", 1)
		d.answered(c, 1)
		answer := d.m.desk.answer()
		d.press("left", key)
		d.shows("ANSWERED")
		d.shows("This is recorded as it stands.")
		if have := d.m.desk.answer(); have != answer {
			t.Errorf("%s on an answered call: have answer %v, want %v", key, have, answer)
		}
		d.press("esc", "ctrl+z", key)
		d.shows("ANSWERED")
	}
}

// What was recorded as unreadable is mended in the same box; what it was comes back.
func TestWhatWasRefusedIsMendedInTheSameBox(t *testing.T) {
	d := opened(t)
	_, c := d.license("Print Shop Miller", 1)
	code := c.asks(t, 1).String()
	d.write(slipped(code))
	d.wait(patience)
	d.press("enter", "enter")
	d.shows("RECORDED AS UNREADABLE")
	d.wait(time.Second)
	d.press("backspace")
	d.hides("RECORDED AS UNREADABLE")
	d.press("ctrl+z")
	d.shows("RECORDED AS UNREADABLE")
}

func TestClearingTheBoxCanBeTakenBack(t *testing.T) {
	d := opened(t)
	_, c := d.license("Print Shop Miller", 1)
	code := c.asks(t, 1).String()
	d.write(code)
	d.press("ctrl+u")
	d.shows("Ready for the next call.")
	d.press("ctrl+z")
	d.shows(code)
	d.shows("NOT YET RECORDED")
}

func TestClearKeyEmptiesEveryField(t *testing.T) {
	f := newField("")
	f.set("two words")
	f.pos = 3
	if changed, taken := f.update(keyNamed("ctrl+u")); !changed || !taken || !f.empty() || f.pos != 0 {
		t.Errorf("ctrl+u: have %q at %d, changed %v, taken %v, want an empty field", f.value(), f.pos, changed, taken)
	}
	d := newDrive(t)
	d.write("wrong")
	d.press("ctrl+u")
	d.write(passphrase)
	d.press("enter")
	d.wait(time.Second)
	d.shows("Ready for the next call.")
}

// Two passphrases that differ are typed anew, both.
func TestRefusedPassphrasesComeBackEmpty(t *testing.T) {
	d := newDrive(t)
	c := d.m.cfg
	c.Present = false
	d.m = New(t.Context(), c)
	d.size(80, 24)
	d.press("tab", "enter")
	d.write("Example")
	d.press("enter", "enter", "enter")
	d.shows("Step 2 of 3")
	d.write("one phrase of words")
	d.press("enter")
	d.write("another phrase of words")
	d.press("enter", "enter")
	d.shows("The two differ: type both again")
	for i, it := range d.m.first.form.items {
		if !it.field.empty() {
			t.Errorf("field %d after two that differ: have a text, want it empty", i)
		}
	}
	d.write("password")
	d.press("enter")
	d.write("password")
	d.press("enter", "enter")
	d.shows("type this one again to take it all the same")
	if !d.m.first.form.items[0].field.empty() {
		t.Error("a weak passphrase: have it in its field, want it empty")
	}
}

// No stands on the left: an arrow to the left never comes to the other side.
func TestButtonsDoNotWrap(t *testing.T) {
	d := opened(t)
	d.noSeat()
	d.press("ctrl+o")
	d.wait(time.Second)
	d.press("tab", "left")
	d.shows("[▸ No ]")
	d.press("right", "right")
	d.hides("[▸ No ]")
	d.press("left")
	d.shows("[▸ No ]")
}

// aloud is a drive that listens back to an answer.
func listening(t *testing.T) (*drive, []string) {
	d := opened(t)
	_, c := d.license("Print Shop Miller", 1)
	d.answered(c, 1)
	d.press("ctrl+r", "tab")
	return d, strings.Split(d.m.desk.answer().String(), "-")
}

func TestBlanksBetweenGroupsSkipNone(t *testing.T) {
	for _, between := range []string{" ", "-", " - "} {
		d, groups := listening(t)
		d.write(strings.ToLower(strings.Join(groups, between)))
		d.shows("Everything was repeated as it is.")
	}
}

func TestListeningBackBeginsAfresh(t *testing.T) {
	d, groups := listening(t)
	d.write(groups[0] + groups[1][:2])
	d.shows("group 2 of 4")
	d.press("esc", "ctrl+r", "tab")
	d.shows("group 1 of 4")
	d.hides("✓")
	d.write(groups[0])
	d.press("left")
	d.write(groups[0]) // once more, though it was right
	d.shows("group 2 of 4")
	if have := d.m.rooms[roomAloud].(*aloudRoom).heard[0]; have != groups[0] {
		t.Errorf("a group heard twice: have %q, want %q", have, groups[0])
	}

	// The same code, answered again.
	d.press("tab", "esc")
	text := d.m.desk.box.value()
	d.press("esc")
	d.write(text)
	d.press("enter")
	d.shows("THE SAME ANSWER AGAIN")
	d.press("ctrl+r")
	d.shows("group 1 of 4")
}

func TestSpaceDoesNotLeaveReadAloud(t *testing.T) {
	d, _ := listening(t)
	d.press("tab", "end", "space", "space")
	d.shows("That was the last group.")
	d.press("backspace")
	d.press("enter")
	d.shows("ANSWERED")
}
