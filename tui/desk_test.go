package tui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// From the last typed character to the issued code: one key.
func TestEnterAnswersARequest(t *testing.T) {
	d, _, c := calling(t, 2)
	code := c.asks(t, 1)
	d.write(code.String())
	d.shows("NOT YET RECORDED")
	d.shows("who Print Shop Miller · order 4711")
	d.shows("never seen before on this license")
	d.press("enter")
	d.shows("ANSWERED")
	answer := d.m.desk.answer()
	d.shows(answer.String())
	d.press("enter") // meant for the first time
	d.shows(answer.String())
	d.wait(time.Second)
	d.press("enter")
	d.shows("Ready for the next call")
	d.press("ctrl+z")
	d.shows(answer.String())
}

func TestDigitsAreAnsweredInDigits(t *testing.T) {
	d, _, c := calling(t, 1)
	d.write(c.asks(t, 1).Digits())
	d.press("enter")
	d.shows(d.m.desk.answer().Digits())
	d.press("ctrl+d")
	d.shows(d.m.desk.answer().String())
	d.press("ctrl+y")
	if have, want := strings.Join(d.copied, "|"), d.m.desk.answer().String(); have != want {
		t.Errorf("clipboard: have %q, want %q", have, want)
	}
	d.press("ctrl+e")
	d.shows("here is your activation code")
	d.press("ctrl+y", "esc")
	if have := d.copied[1]; !strings.Contains(have, d.m.desk.answer().Digits()) {
		t.Errorf("reply text: have %q, want the answer in it", have)
	}
}

// A signed answer is too long for the telephone, and has no digits.
func TestASignedAnswerGoesByMail(t *testing.T) {
	d := newDrive(t)
	path := filepath.Join(d.dir, "vendor", "products", "press-studio.toml")
	b, err := os.ReadFile(path)
	must(t, err)
	text := strings.Replace(string(b), `strength = "short"`, `strength = "signed"`, 1)
	for _, id := range []string{"3", "11", "12"} { // what brings back or holds a signed one
		text = strings.Replace(text, "\nid = "+id+"\n", "\nid = "+id+"\nstrength = \"signed\"\n", 1)
	}
	writeFile(t, path, text)
	d.unlock()
	_, c := d.license("Print Shop Miller", 1)
	d.write(c.asks(t, 1).Digits())
	d.press("enter")
	d.shows("Signed activation code, to be typed until")
	for _, line := range d.m.desk.answer().Lines() {
		d.shows(line)
	}
	d.press("ctrl+d")
	d.shows("make the window 12 lines larger")
	fits(t, d)
	d.size(80, 35)
	d.shows("make the window 1 line larger")
	d.size(80, 36)
	d.shows("████ ▄▄▄▄▄ █")
	d.press("ctrl+d") // as it was opened
	d.hides("████ ▄▄▄▄▄ █")
	d.press("ctrl+d")
	d.size(120, 40)
	d.shows("████ ▄▄▄▄▄ █")
	fits(t, d)
	d.size(80, 24)
	d.press("esc", "ctrl+y", "ctrl+s")
	if have, want := strings.Join(d.copied, "|"), d.m.desk.answer().String(); have != want {
		t.Errorf("clipboard: have %q, want %q", have, want)
	}
	for name, text := range d.saved {
		if !slices.ContainsFunc(codes.Find(text), func(m codes.Match) bool { return m.Code == d.m.desk.answer() }) {
			t.Errorf("%s: have %s, want the answer in it", name, text)
		}
	}
	if len(d.saved) != 1 {
		t.Errorf("files: have %d, want one", len(d.saved))
	}
	d.press("ctrl+r")
	d.shows("too many to read out, sorry")
	d.hides("group 1 of 20")
	fits(t, d)
	d.size(72, 20)
	fits(t, d)
}

func TestASlipIsProposedAndNeverApplied(t *testing.T) {
	d, _, c := calling(t, 1)
	right := c.asks(t, 1).String()
	wrong := slipped(right)
	d.write(wrong)
	d.wait(patience)
	d.shows("CANNOT BE READ")
	d.shows(right)
	if have := d.m.desk.box.value(); have != wrong {
		t.Fatalf("box: have %q, want what was typed, %q", have, wrong)
	}
	d.press("enter")
	d.shows("press enter once more to record")
	d.press("tab")
	d.shows("NOT YET RECORDED")
	if have := d.m.desk.box.value(); have != right {
		t.Errorf("box after tab: have %q, want %q", have, right)
	}
	d.press("ctrl+z")
	if have := d.m.desk.box.value(); have != wrong {
		t.Errorf("box after undo: have %q, want %q", have, wrong)
	}
}

func TestLettersWithoutCaseAreRead(t *testing.T) {
	d, _, c := calling(t, 1)
	right := c.asks(t, 1).String()
	d.write(strings.ToLower(right)[:20])
	d.shows("Request code")
	d.shows("the desk finds the capitals by itself")
	d.write(strings.ToLower(right)[20:])
	d.wait(patience)
	d.shows("READ WITHOUT CAPITALS One code fits.")
	d.press("tab", "enter")
	d.shows("ANSWERED")
}

func TestConfirmationCountsOnce(t *testing.T) {
	d, l, c := answered(t, 2)
	other := d.customer(l, 9)
	d.press("enter")
	d.answered(other, 1)
	back := c.givesBack(t).String()
	d.press("enter")
	d.write(back)
	d.shows("Enter records the deactivation")
	d.press("tab")
	d.write("case 1001")
	d.press("enter")
	d.shows("DEACTIVATION CONFIRMED Seat free.")
	d.shows("1 other machine of this license is active: " + other.fp.String())
	d.press("ctrl+y", "ctrl+s")
	if have := d.copied[0]; !strings.Contains(have, "case 1001") || !strings.Contains(have, back) {
		t.Errorf("receipt: have %q, want the case and the code in it", have)
	}
	if len(d.saved) != 1 {
		t.Errorf("receipts saved: have %d, want 1", len(d.saved))
	}
	d.wait(time.Second)
	d.press("esc")
	d.write(back)
	d.shows("accepted already, on 22 November 2026 by anna")
	d.shows("case 1001")
	d.press("tab")
	d.write("case 1001")
	d.shows("Accepted before for this reference; enter shows its receipt again.")
	d.write("0")
	d.shows("accepted already, on 22 November 2026 by anna")
	d.press("enter")
	d.shows("REFUSED, RECORDED")
	d.wait(time.Second)
	d.press("tab", "backspace", "enter")
	d.shows("CONFIRMED BEFORE")
}

// A reference typed after the code was recorded would look recorded and not be.
func TestReferenceComesBeforeEnter(t *testing.T) {
	d, _, c := answered(t, 1)
	d.press("enter")
	d.write(c.givesBack(t).String())
	d.press("enter")
	d.shows("DEACTIVATION CONFIRMED")
	d.wait(time.Second)
	d.press("tab")
	d.write("CN-55")
	d.shows("a reference goes in before enter")
	d.hides("CN-55")
}

func TestAParkedRequestWakesUp(t *testing.T) {
	d := opened(t)
	_, c, _ := d.noSeat()
	d.shows("The only seat is taken")
	d.press("ctrl+p")
	d.shows("Parked.")
	d.write(c.givesBack(t).String())
	d.press("enter")
	d.shows("A parked request of Print Shop Miller can be answered now")
	d.press("f6")
	d.shows("parked, can be answered now")
	d.press("enter")
	d.shows("Enter answers it with an activation code")
	d.press("enter")
	d.shows("ANSWERED")
	if n := d.m.desk.parked(); n != 0 {
		t.Errorf("parked: have %d, want 0", n)
	}
}

func TestOverrideStartsOnNoAndNeedsAReason(t *testing.T) {
	d := opened(t)
	d.noSeat()
	d.press("ctrl+o", "tab", "right", "enter", "enter") // too early for a yes
	d.shows("Take it all the same?")
	d.press("shift+tab")
	d.write("the boss") // never too early
	d.wait(time.Second)
	d.write(" said so")
	d.press("enter", "enter") // No
	d.shows("NOT YET RECORDED")
	d.press("ctrl+o")
	d.wait(time.Second)
	d.shows("the boss said so") // kept
	d.press("enter", "right", "enter")
	d.shows("ANSWERED")
	d.shows("! seat: the only seat is taken")
}

func TestAMailIsRead(t *testing.T) {
	d, l, c := calling(t, 1)
	code := c.asks(t, 1).String()
	mail := "Dear support,\n\nplease find our code:\n> " + code[:20] + "\n> " + code[20:] + "\n\n" + strings.Repeat("Kind regards, the Print Shop. ", 10)
	d.paste(mail)
	d.shows("NOT YET RECORDED")
	d.shows("(found in a text of")
	d.press("esc")
	other := d.customer(l, 9).asks(t, 1).String()
	d.paste(mail + "\nand the other one: " + other + "\n")
	d.shows("There are 2 codes in that text")
	d.press("down", "enter")
	if have := d.m.desk.box.value(); have != other {
		t.Errorf("box: have %q, want the second code, %q", have, other)
	}
	d.paste(strings.Repeat("no code at all, only words\n", 20))
	d.shows("No code was found")
}

func TestASerialOpensItsLicense(t *testing.T) {
	d, l, _ := calling(t, 1)
	d.write(l.Serial.String())
	d.shows("Enter opens the license.")
	d.press("enter")
	d.shows("License " + l.Number.String())
	d.shows("LIVE")
}

func TestWrongKindsAreSaid(t *testing.T) {
	d, _, _ := answered(t, 1)
	answer := d.m.desk.answer().String()
	d.press("enter")
	d.write(answer)
	d.shows("an activation code is what we give to the customer")
}

// hanging is an office whose journal does not answer.
type hanging struct {
	Office
	err error
}

func (h hanging) Read(context.Context, string, activator.Decision) (*activator.Reading, error) {
	return nil, h.err
}

func (h hanging) Submit(context.Context, string, activator.Decision) (*activator.Outcome, error) {
	return nil, h.err
}

func TestAStoreThatHangsLeavesTheDeskUsable(t *testing.T) {
	d, _, c := calling(t, 1)
	code := c.asks(t, 1).String()
	d.write(code)
	d.hold = true
	d.press("enter")
	d.shows("RECORDING")
	d.now = d.now.Add(12 * time.Second)
	d.shows("recording, 12 s: no answer yet")
	d.press("esc")
	d.write("Next call")
	if have := d.m.desk.box.value(); have != "Next call" {
		t.Errorf("box while the store hangs: have %q, want what was typed", have)
	}
	d.press("f3", "f4", "f2")
	d.release()
	d.shows("The call before has its answer")
	d.press("ctrl+z")
	d.shows("ANSWERED")
}

func TestAStoreThatFailsSaysSo(t *testing.T) {
	d, _, c := calling(t, 1)
	code := c.asks(t, 1).String()
	real := d.m.office
	d.write(code)
	d.m.office = hanging{real, errors.New("the disk is full")}
	d.press("enter")
	d.shows("NOT RECORDED")
	d.shows("The disk is full.")
	d.m.office = real
	d.press("enter")
	d.shows("NOT YET RECORDED")
	d.press("enter")
	d.shows("ANSWERED")
}

func TestLeavingAsksWhereSomethingWouldBeLost(t *testing.T) {
	d := opened(t)
	d.write("half a code")
	d.press("ctrl+q")
	d.shows("is not recorded")
	if d.quit {
		t.Fatal("ctrl+q: have the program ended, want a question first")
	}
	d.press("ctrl+q")
	if !d.quit {
		t.Error("ctrl+q twice: have the program going on, want it ended")
	}
}

// A rental needs a day, and a choice a choice: the desk asks for it.
func TestWhatIsMissingIsAskedFor(t *testing.T) {
	d, _, c := answered(t, 1)
	d.press("enter")
	d.write(c.asks(t, 8).String())
	d.shows("ONE THING IS MISSING Rental needs its last day. Enter asks for it.")
	d.hides("--param")
	d.press("enter")
	d.write("30.6.2027")
	d.press("tab", "tab", "tab", "tab", "tab", "enter")
	d.shows("ANSWERED")
	d.shows("until 2027-06-30")
	c.Enter(d.m.desk.result())
	d.wait(time.Second)
	d.press("enter")
	d.write(c.asks(t, 13).String())
	d.press("enter")
	d.shows("4 Options, 5 More")
	d.write("4,9")
	d.press("tab", "tab", "tab", "tab", "enter")
	d.shows("ANSWERED")
}

// Keys that come in one burst reach the room that the first of them opened.
func TestKeysDoNotOvertakeTheRoom(t *testing.T) {
	d, _, _ := answered(t, 1)
	d.hold = true
	d.press("ctrl+r", "tab", "a")
	d.shows("✓ a")
	d.press("esc", "ctrl+x", "esc")
	d.shows("ANSWERED")
}

func TestReadAloudAndListenBack(t *testing.T) {
	d, _, _ := answered(t, 1)
	answer := d.m.desk.answer().String()
	d.press("ctrl+r")
	d.shows("group 1 of 4")
	d.shows(spellingOf("en").word(rune(answer[1])))
	d.press("right", "esc", "ctrl+r")
	d.shows("group 2 of 4") // keeps the place
	d.press("tab")
	groups := strings.Split(answer, "-")
	d.write("?")
	d.shows("✗ heard ?")
	d.press("backspace")
	d.write(strings.ToLower(strings.Join(groups, "")))
	d.shows("Everything was repeated as it is")
	d.press("enter")
	d.shows("ANSWERED")
}
