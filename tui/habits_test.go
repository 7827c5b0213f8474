package tui

import (
	"context"
	"errors"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
)

// What people do at a desk without thinking must not do harm.

// named gives the machine of a license a name, at the desk.
func (d *drive) named(name string) {
	d.press("m")
	d.write(name)
	d.press("enter", "enter")
}

func TestF3FindsEvenWhereALicenseIsOpen(t *testing.T) {
	d, _, c := calling(t, 1)
	d.license("Agency Blue", 1)
	d.answered(c, 1)
	d.press("f3")
	d.write("miller")
	d.wait(time.Second)
	d.press("enter")
	d.named("RIP room 2")
	d.recordsNothing("a search", func() {
		d.press("f2", "f3")
		d.write("miller")
		d.press("enter", "enter", "enter")
		d.wait(time.Second)
		d.shows("Print Shop Miller")
	})
}

func TestTheNameThatIsThereIsNotRecordedAgain(t *testing.T) {
	d, _, _ := answered(t, 1)
	d.press("f3", "enter")
	d.named("RIP room 2")
	d.recordsNothing("the name that it has", func() {
		d.named("")
		d.shows("That is its name already: nothing was recorded.")
	})
}

// More machines than seats: one that goes frees none.
func TestSeatsAboveTheLimitAreSaid(t *testing.T) {
	d, l, _ := answered(t, 1)
	var second *Customer
	for _, seed := range []byte{9, 10} {
		second = d.customer(l, seed)
		d.submit(second.asks(t, 1).String(), activator.Decision{Override: "sold by phone"})
	}
	d.press("f3", "enter")
	d.shows("3 of 1 taken")
	d.press("g")
	d.wait(time.Second)
	d.press("tab")
	d.write("stolen")
	d.press("tab", "tab", "right", "enter")
	d.shows("No seat is free: 2 of 1 seat are still taken, 1 above what was bought.")
	d.press("f2")
	d.write(second.lastAnswered(t, d))
	d.press("enter")
	d.shows("DEACTIVATION CONFIRMED")
	d.hides("Seat free.")
	d.shows("No seat is free: all 1 seat are still taken.")
}

// lastAnswered takes the answer that the journal has, and gives it back.
func (c *Customer) lastAnswered(t *testing.T, d *drive) string {
	t.Helper()
	o, err := d.office.Submit(t.Context(), c.asked.String(), activator.Decision{})
	must(t, err)
	c.Enter(o)
	return c.givesBack(t).String()
}

func TestARefundAtTheDeskIsSaid(t *testing.T) {
	d, _, c := answered(t, 1)
	d.press("enter")
	d.write(c.givesBack(t).String())
	d.press("enter")
	d.wait(time.Second)
	d.press("ctrl+f")
	d.write("CN-55")
	d.wait(time.Second)
	d.press("enter", "tab", "right", "enter")
	d.shows("Refund recorded. The license is closed. Journal entry")
}

func TestAnOrderThatIsThereIsSaidAtItsField(t *testing.T) {
	d, l, _ := calling(t, 2)
	d.press("f3", "ctrl+n", "tab")
	d.write("Agency Blue")
	d.press("tab")
	d.write("4711")
	d.press("tab", "tab", "enter")
	d.shows(`Order "4711" is license ` + l.Number.String() + " of Print Shop Miller already, with 2")
	d.hides("license change")
	d.shows("▸Order")
	d.press("end", "backspace")
	d.write("2")
	d.press("tab", "tab", "enter")
	d.shows("who Agency Blue")
	d.shows("order 4712")
}

// What could not be recorded comes back with what was typed.
func TestAFormComesBackWhenItFails(t *testing.T) {
	d, _, _ := calling(t, 1)
	d.press("f3", "enter", "v")
	d.wait(time.Second)
	d.write("bounced")
	d.m.office = failing{d.m.office}
	d.press("enter", "right", "enter")
	d.shows("Not recorded: the disk is full.")
	d.shows("▸Reason bounced")
}

type failing struct{ Office }

func (failing) Change(context.Context, activator.Change) (*activator.Outcome, error) {
	return nil, errFull
}

func TestNoticesGoWithTheNextKey(t *testing.T) {
	d := opened(t)
	d.press("ctrl+y")
	d.shows("There is no answer to copy yet.")
	d.write("R")
	d.hides("There is no answer to copy yet.")
	d.press("ctrl+y", "f4")
	d.hides("There is no answer to copy yet.")
	d.send(noticeMsg{text: "A parked request can be answered now."})
	d.press("down")
	d.shows("A parked request can be answered now.") // nobody read it yet
	d.wait(2 * time.Second)
	d.shows("A parked request can be answered now.")
	d.press("down")
	d.hides("A parked request can be answered now.")
	d.send(noticeMsg{text: "Journal entry 12."})
	d.press("f5")
	d.hides("Journal entry 12.") // it was about what showed
	d.send(noticeMsg{text: "The settings could not be kept.", bad: true})
	d.wait(3 * time.Second)
	d.press("f2")
	d.shows("The settings could not be kept.")
	d.wait(3 * time.Second)
	d.press("f4")
	d.hides("The settings could not be kept.")
}

func TestLeavingAsksWhereAFormIsOpen(t *testing.T) {
	d := opened(t)
	d.press("f3", "ctrl+n")
	d.press("ctrl+q")
	if !d.quit {
		t.Error("ctrl+q with an empty form: have the program going on, want it ended")
	}
	d = opened(t)
	d.press("f3", "ctrl+n", "tab")
	d.write("Agency Blue")
	d.press("ctrl+q")
	d.shows("What was typed into this form is not kept.")
	if d.quit {
		t.Fatal("ctrl+q with a form: have the program ended, want a question first")
	}
	d.press("esc", "ctrl+q")
	if !d.quit {
		t.Error("ctrl+q after the form: have the program going on, want it ended")
	}
}

// Letters read without case, with a small l for a capital one and blanks before.
func TestSmallLettersAreNoMistakeWhileTyped(t *testing.T) {
	d, _, c := calling(t, 1)
	var code string
	for !strings.Contains(code[:max(len(code)-8, 0)], "L") || strings.ContainsAny(code, "0OIl") {
		code = c.asks(t, 1).String()
	}
	for _, r := range " " + strings.ToLower(code[:len(code)-1]) {
		d.write(string(r))
		d.hides("No code begins like this")
		d.hides("✗")
	}
	d.write(strings.ToLower(code[len(code)-1:]))
	d.wait(patience)
	d.shows("READ WITHOUT CAPITALS One code fits.")
	d.press("tab")
	d.shows("NOT YET RECORDED")
}

func TestTheDayNamesCustomers(t *testing.T) {
	d, l, _ := answered(t, 1)
	d.press("f6")
	d.shows("✓ answered " + l.Number.String() + " Print Shop Miller")
}

func TestParkedRequestsOutliveTheProgram(t *testing.T) {
	d := opened(t)
	l, c, _ := d.noSeat()
	d.press("tab")
	d.write("case 7")
	d.press("ctrl+p")
	files, err := filepath.Glob(filepath.Join(d.dir, "vendor", "parked", "*"))
	must(t, err)
	if len(files) != 1 {
		t.Fatalf("files of parked requests: have %v, want one", files)
	}
	b, err := os.ReadFile(files[0])
	must(t, err)
	if strings.Contains(string(b), "Miller") {
		t.Errorf("parked request: have %s, want no customer in it", b)
	}
	d.press("ctrl+q")
	if !d.quit {
		t.Error("ctrl+q: have a question, want none: what is parked is kept")
	}
	d.now = d.now.Add(20 * time.Hour) // the next morning, another operator
	d.restart(func(c *Config) { c.Operator = "ben" })
	d.unlock()
	d.shows("1 parked: F6 lists it.")
	d.press("f6")
	d.shows("11-22 parked by anna " + l.Number.String() + " Print Shop Miller · case 7")
	d.press("f2")
	d.write(c.givesBack(t).String())
	d.press("enter")
	d.shows("A parked request of Print Shop Miller can be answered now")
	d.press("f6", "enter")
	d.shows("case 7")
	d.press("enter")
	d.shows("ANSWERED")
	if files, _ = filepath.Glob(filepath.Join(d.dir, "vendor", "parked", "*")); len(files) != 0 {
		t.Errorf("files of parked requests after the answer: have %v, want none", files)
	}
}

// Another desk answers what this one parked: it is nobody's task any more.
func TestParkedRequestsAnsweredElsewhereAreOffTheList(t *testing.T) {
	d := opened(t)
	l, _, second := d.noSeat()
	d.press("ctrl+p")
	d.submit(second.asked.String(), activator.Decision{Override: "sold by phone"})
	d.press("f6")
	d.shows("was answered meanwhile: it is off the list.")
	if n := d.m.desk.parked(); n != 0 {
		t.Errorf("parked: have %d, want 0", n)
	}
	d.press("f2")
	d.write(d.customer(l, 10).asks(t, 1).String())
	d.press("ctrl+p")
	parked, err := d.m.shelf.All(t.Context())
	must(t, err)
	must(t, d.m.shelf.Take(t.Context(), parked[0])) // by the other desk
	d.press("f6")
	if n := d.m.desk.parked(); n != 0 {
		t.Errorf("parked after another desk took it: have %d, want 0", n)
	}
}

func TestWhatCannotBeParkedIsSaid(t *testing.T) {
	d := opened(t)
	d.m.shelf = brokenShelf{}
	d.noSeat()
	d.press("ctrl+p")
	d.shows("Parked only until you leave, because it could not be kept: the disk is full")
	d.press("ctrl+q")
	d.shows("A parked request will be forgotten")
}

type brokenShelf struct{ Shelf }

func (brokenShelf) Put(context.Context, Parked) error { return errFull }

func TestTrainingDrawsNoRandomnessInUpdate(t *testing.T) {
	d := newDrive(t)
	d.press("ctrl+t")
	d.shows("TRAINING")
	r := &counted{r: d.m.customer.rand}
	d.m.customer.rand = r
	d.hold = true
	d.press("ctrl+t")
	if r.n != 0 {
		t.Errorf("randomness within Update: have %d reads, want none", r.n)
	}
	d.release()
	d.shows("is on the line")
}

type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(b []byte) (int, error) { c.n++; return c.r.Read(b) }

func TestAGivenPassphraseDoesNotLock(t *testing.T) {
	d := newDrive(t)
	d.restart(func(c *Config) { c.Passphrase = []byte(passphrase) })
	d.shows("Ready for the next call")
	d.wait(16 * time.Minute)
	d.shows("Ready for the next call")
	d.press("f7", "down", "down", "down")
	d.shows("Not in force: the passphrase was given to the program")
}

var errFull = errors.New("the disk is full")

// Until the terminal says its background, it is taken for what was known before; then
// its own word counts.
func TestLightAndDark(t *testing.T) {
	d := opened(t)
	c := d.m.cfg
	for _, light := range []bool{false, true} {
		c.Light = light
		m := New(t.Context(), c)
		have := func() bool { return m.t.good.GetForeground() == newTheme(false).good.GetForeground() }
		if have() != light {
			t.Errorf("at the start: have light %v, want %v", have(), light)
		}
		m.Update(tea.BackgroundColorMsg{Color: color.White})
		if !have() {
			t.Error("after it said white: have dark, want light")
		}
		m.Update(tea.BackgroundColorMsg{Color: color.Black})
		if have() {
			t.Error("after it said black: have light, want dark")
		}
	}
}
