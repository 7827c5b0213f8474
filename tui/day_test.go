package tui

import (
	"testing"

	"github.com/manual-activator/manual-activator/activator"
)

func TestDaysAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{
		"2026-11-22": "2026-11-22", "22.11.2026": "2026-11-22", "2.1.2027": "2027-01-02", "02.01.2027": "2027-01-02",
		"12/2/2026": "", "31.2.2026": "", "22.11.26": "", "11.22.2026": "", "today": "", "": "",
	} {
		have, err := isoDay(typed)
		if have != want || (err == nil) != (want != "") {
			t.Errorf("%q: have %q, %v, want %q", typed, have, err, want)
		}
	}
}

// The journal's filter takes a day in either form, and says what it takes where it
// takes none.
func TestTheJournalsFilterTakesDays(t *testing.T) {
	d := opened(t)
	d.submit("no code at all", activator.Decision{})
	fill := func(from string) {
		d.press("f4", "ctrl+f", "tab", "tab", "tab", "tab", "ctrl+u")
		d.write(from)
		d.press("tab", "tab", "enter")
	}
	fill("22.11.2026")
	d.shows("Only from 2026-11-22")
	d.shows("could not be read")
	fill("23.11.2026")
	d.shows("Only from 2026-11-23")
	d.hides("could not be read")
	fill("11/23/2026")
	d.shows(`Have "11/23/2026", want a day as 2026-11-22 or 22.11.2026`)
	d.press("esc")
	d.shows("Only from 2026-11-23")
}
