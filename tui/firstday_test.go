package tui

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
)

// The journal names in words of the desk what was no call.
func TestTheJournalSpeaksTheAgentsWords(t *testing.T) {
	d := opened(t)
	d.size(120, 40)
	d.license("Print Shop Miller", 1)
	_, _, err := d.office.Export(context.Background(), "press-studio")
	must(t, err)
	path := filepath.Join(d.dir, "hello.csv")
	writeFile(t, path, "code\nhello\n")
	d.tries(path)
	d.answersFile()
	d.press("f4")
	for _, want := range []string{"licenses drawn ahead", "file of codes: begun", "file of codes: done"} {
		d.shows(want)
	}
	for _, l := range strings.Split(d.screen(), "\n") {
		if strings.Contains(l, " pool ") || strings.Contains(l, " batch ") {
			t.Errorf("journal: have the line %q, want no word of the journal's own", l)
		}
	}
}

// Before anything was shipped, a new license says what comes next; afterwards, who does not know it.
func TestAfterTheFirstLicenseComesTheExport(t *testing.T) {
	d := newDrive(t)
	d.restart(func(c *Config) { c.Present = false })
	d.press("tab", "enter")
	d.write("Example")
	d.press("enter", "enter", "enter")
	for range 2 {
		d.write(passphrase)
		d.press("enter")
	}
	d.press("enter")
	d.shows("Step 3 of 3")
	register := func(customer string) {
		d.write(customer)
		d.press("tab", "tab", "tab", "enter")
		d.shows("who " + customer)
	}
	d.press("tab")
	register("Print Shop Miller")
	d.shows("activator product export press-studio, for the developer")
	d.shows("activator keys backup and activator backup, for whoever keeps the keys")
	d.hides("shipped before")
	_, _, err := d.office.Export(context.Background(), "press-studio")
	must(t, err)
	d.wait(time.Minute)
	d.press("esc", "ctrl+n", "tab")
	register("Agency Blue")
	d.shows("Registered. s shows the serial number") // it comes from the pool
	d.hides("product export")
}

// A request that is parked, pasted or read out again, says so.
func TestAParkedRequestSaysSo(t *testing.T) {
	d := opened(t)
	_, _, asks := d.noSeat()
	d.hides("Parked")
	d.press("ctrl+p")
	d.wait(time.Minute)
	d.hides("Parked since")
	d.paste(asks.asked.String())
	d.shows("Parked since 09:30 by anna: F6 lists it.")
	d.press("ctrl+p")
	d.shows("It is parked already")
	d.press("esc")
	d.paste(asks.asked.Digits())
	d.shows("Parked since 09:30 by anna")
	d.press("ctrl+p")
	d.shows("It is parked already")
	if n := d.m.desk.parked(); n != 1 {
		t.Errorf("parked: have %d, want 1", n)
	}
}

// However far the checks are scrolled, what Enter does stays in sight.
func TestWhatEnterDoesStaysInSight(t *testing.T) {
	d, _, c := calling(t, 2)
	d.write(c.asks(t, 1).String())
	d.shows("NOT YET RECORDED")
	d.shows("who Print Shop Miller")
	before := d.screen()
	for range 40 {
		d.press("down")
		d.shows("NOT YET RECORDED Enter answers it")
	}
	d.hides("who Print Shop Miller")
	checks := d.m.desk.reading.Checks
	d.shows(checks[len(checks)-1].Name)
	for range 40 {
		d.press("up")
	}
	if have := d.screen(); have != before {
		t.Errorf("scrolled down and up: have\n%s\nwant\n%s", have, before)
	}
}

// Where no row can be answered, the line and the question say the same.
func TestRefusalsAreAskedForAsRefusals(t *testing.T) {
	d := opened(t)
	path := filepath.Join(d.dir, "hello.csv")
	writeFile(t, path, "code\nhello\n")
	d.tries(path)
	d.shows("Record these refusals …")
	d.wantsAnswers()
	d.shows("Record these refusals?")
	d.shows("No row of hello.csv can be answered.")
	d.shows("Record them")
	d.hides("Answer and record")
	path, _ = d.mailbox()
	d.press("esc")
	d.m.batch.another()
	d.press("ctrl+u")
	d.write(path)
	d.press("enter")
	d.wantsAnswers()
	d.shows("Answer requests.csv?")
	d.shows("Answer and record")
}

// A proposal that was edited is the agent's own text.
func TestAnEditedProposalIsNoProposal(t *testing.T) {
	for _, how := range []string{"typed", "pasted"} {
		d, _, c := calling(t, 1)
		d.write(slipped(c.asks(t, 1).String()))
		d.wait(patience)
		d.press("tab")
		d.shows("(a proposal that you took")
		whole := d.m.desk.box.value()
		d.press("backspace")
		if how == "typed" {
			d.write(whole[len(whole)-1:])
		} else {
			d.paste(whole[len(whole)-1:])
		}
		d.wait(patience)
		d.shows("NOT YET RECORDED")
		d.hides("a proposal that you took")
	}
}

// What a merge takes over was no call at this desk, and takes no room from those that were.
func TestTheDayHasNoTakeovers(t *testing.T) {
	d := opened(t)
	d.license("Print Shop Miller", 1)
	laptop := d.laptopOf("anna")
	for i := range manyToday {
		_, err := laptop.Register(context.Background(), activator.Order{Product: "press-studio", Customer: fmt.Sprint("Shop ", i), Seats: 1})
		must(t, err)
	}
	_, err := d.office.Merge(context.Background(), filepath.Join(d.dir, "laptop"))
	must(t, err)
	d.press("f6")
	d.shows("Print Shop Miller")
	d.hides("taken over")
}
