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
	d, _, c := calling(t, 1)
	code := c.asks(t, 1).String()
	d.write(slipped(code))
	d.unreadable()
	d.press("backspace")
	d.hides("RECORDED AS UNREADABLE")
	d.press("ctrl+z")
	d.shows("RECORDED AS UNREADABLE")
}

func TestClearingTheBoxCanBeTakenBack(t *testing.T) {
	d, _, c := calling(t, 1)
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
	d.unlock()
	d.wait(time.Second)
	d.shows("Ready for the next call.")
}

// Two passphrases that differ are typed anew, both.
func TestRefusedPassphrasesComeBackEmpty(t *testing.T) {
	d := firstPassphrase(t)
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

// listening is a desk that listens back to an answer, group by group.
func listening(t *testing.T) (*drive, []string) {
	d, _, _ := answered(t, 1)
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

// Tab in the moment before the proposals are there does not go to the reference.
func TestTabWaitsForTheProposals(t *testing.T) {
	d, _, c := calling(t, 1)
	code := c.asks(t, 1).String()
	d.hold = true
	d.write(slipped(code))
	d.press("tab")
	if d.m.desk.onRef {
		t.Fatal("tab before the proposals: have the reference, want the box")
	}
	d.shows("One moment")
	d.release()
	d.wait(patience)
	d.press("tab")
	d.shows(code)
	d.shows("NOT YET RECORDED")
	d.press("tab")
	if !d.m.desk.onRef {
		t.Error("tab on a code that can be read: have the box, want the reference")
	}
}

func TestAConfirmationWithoutReferenceIsSaid(t *testing.T) {
	d := opened(t)
	givenBack(d)
	d.shows("No reference: it cannot be added later.")
	d.press("tab")
	d.write("case 7")
	d.hides("No reference")
}

func TestCodesOfAMailAreTakenOneByOne(t *testing.T) {
	d, l, c := calling(t, 2)
	first, second := c.asks(t, 1).String(), d.customer(l, 9).asks(t, 1).String()
	d.paste("Dear support, two machines:\n" + first + "\nand\n" + second + "\n\nKind regards\nthe Print Shop in the High Street")
	d.shows("There are 2 codes in that text.")
	d.press("down", "enter", "enter")
	d.shows("ANSWERED")
	d.wait(time.Second)
	d.press("enter")
	d.shows("1 more in that text.")
	d.shows("▸ request " + first)
	d.shows("✓ recorded " + second)
	d.press("enter")
	d.shows("NOT YET RECORDED")
	d.press("enter")
	d.shows("ANSWERED")
	d.wait(time.Second)
	d.press("enter")
	d.shows("Ready for the next call.")
}

func TestRoomsBeginWithAnEmptySearch(t *testing.T) {
	d, _, _ := calling(t, 1)
	d.license("Agency Blue", 1)
	for _, room := range []string{"f3", "f4"} {
		d.press(room)
		d.write("mill")
		d.wait(time.Second)
		d.hides("Agency Blue")
		d.press("f2", room)
		d.wait(time.Second)
		d.shows("Agency Blue")
		d.write("blue")
		d.wait(time.Second)
		d.hides("Print Shop Miller")
		d.press("esc")
	}
	d.press("f4", "enter")
	d.shows("Entry ")
	d.press("f2", "f4")
	d.shows("Everything, the newest first")
}

func TestFormsKeepOptionsToo(t *testing.T) {
	d, _, _ := answered(t, 1)
	d.press("f3", "enter", "g")
	d.wait(time.Second)
	d.press("right")
	cause := d.m.over[0].(*form).value(0)
	d.press("tab")
	d.write("it burned")
	d.press("esc", "g")
	d.shows("it burned")
	if have := d.m.over[0].(*form).value(0); have != cause {
		t.Errorf("cause of a form that was closed: have %q, want %q", have, cause)
	}
	d.press("esc", "m")
	d.write("RIP room 2")
	d.press("esc", "m")
	d.shows("RIP room 2")
	d.press("tab", "right", "enter")
	d.shows("The machine has its name.")
	d.press("m", "ctrl+u", "esc", "m")
	d.shows("RIP room 2") // what it is called
}

func TestUnparkingAsks(t *testing.T) {
	d := opened(t)
	d.noSeat()
	d.press("ctrl+p", "f6", "delete")
	d.wait(time.Second)
	d.shows("Take this request off the list?")
	d.press("enter")
	if n := d.m.desk.parked(); n != 1 {
		t.Fatalf("parked after No: have %d, want 1", n)
	}
	d.press("delete")
	d.wait(time.Second)
	d.press("right", "enter")
	if n := d.m.desk.parked(); n != 0 {
		t.Errorf("parked after taking it off: have %d, want 0", n)
	}
}

// A row that the desk could not read is still the row's own when it is mended, and what
// was mended stays mended when the file is answered.
func TestARowIsMendedInTheSameBox(t *testing.T) {
	d := opened(t)
	path, slip := d.mailbox()
	d.tries(path)
	d.press("down", "down", "enter")
	d.unreadable()
	d.press("f8")
	d.shows("refused at the desk")
	d.press("enter")
	d.unreadable()
	d.press("backspace")
	d.write("?")
	d.wait(patience)
	d.press("tab", "enter")
	d.shows("ANSWERED")
	answer := d.m.desk.answer().String()
	d.wait(time.Second)
	d.press("enter")
	d.shows("at the desk " + slip.asked.String())
	d.shows("ok · " + answer)
	d.press("home")
	d.answersFile()
	d.shows("✓ DONE")
	d.press("down", "down")
	d.shows("ok · " + answer)
	d.press("enter")
	d.shows("Entry ")
}

func TestDigitsHaveNoCapitals(t *testing.T) {
	d, _ := listening(t)
	d.shows("Capital and small are the same here.")
	d.press("tab", "ctrl+d")
	d.hides("Capital")
	d.press("tab")
	d.hides("Capital")
}

func TestTheDayCountsAnAnswerOnce(t *testing.T) {
	d, _, c := calling(t, 1)
	code := d.answered(c, 1).String()
	d.press("esc")
	d.write(code)
	d.press("enter")
	d.shows("THE SAME ANSWER AGAIN")
	d.press("f6")
	d.shows("1 answered")
}

func TestALicenseSaysThatItWasRevoked(t *testing.T) {
	d, _, _ := calling(t, 1)
	for _, want := range []string{" revoked ", " restored "} {
		d.press("f3", "enter", "v")
		d.wait(time.Second)
		d.press("ctrl+u")
		d.write("a reason")
		d.press("tab", "right", "enter")
		d.shows(want)
	}
}

// The palette lists what can be done now, and nothing else.
func TestThePaletteListsWhatCanBeDone(t *testing.T) {
	d, _, c := calling(t, 1)
	d.press("ctrl+k")
	d.hides("Read the answer aloud")
	d.hides("Park this request")
	d.press("esc")
	d.answered(c, 1)
	d.press("ctrl+k")
	d.shows("Read the answer aloud")
	d.hides("Park this request")
	d.hides("Record the refund")
}

func TestAReceiptSaysThatThereIsMore(t *testing.T) {
	d := opened(t)
	givenBack(d)
	d.press("tab")
	d.write("case 7")
	d.press("enter")
	d.shows("↓ more below")
	for range 30 {
		d.press("down")
	}
	d.hides("↓ more below")
	d.size(120, 50)
	d.hides("↓ more below")
}
