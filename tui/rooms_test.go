package tui

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

func TestTheDoorTellsAWrongPassphrase(t *testing.T) {
	d := newDrive(t)
	d.write("wrong")
	d.hides("wrong")
	d.press("enter")
	d.shows("That is not the passphrase")
	d.unlock()
	d.shows("Ready for the next call")
}

func TestIdleLocksAndKeepsWhatWasTyped(t *testing.T) {
	d := opened(t)
	d.write("RhalfaCode")
	d.wait(16 * time.Minute)
	d.shows("The desk is locked.")
	d.hides("RhalfaCode")
	d.unlock()
	d.shows("RhalfaCode")
}

func TestLicensesAreFoundAsOneTypes(t *testing.T) {
	d, l, c := answered(t, 2)
	d.press("f3")
	for _, words := range []string{"mill", "4711", l.Number.String(), c.fp.String(), l.Serial.String()} {
		d.write(words)
		d.wait(time.Second)
		d.shows("Print Shop Miller")
		d.press("esc")
	}
	d.write("nobody")
	d.wait(time.Second)
	d.shows("Nothing found")
	d.press("esc", "enter")
	d.shows("License " + l.Number.String())
	d.shows("■ machine " + c.fp.String() + " · seat 1")
	d.shows("✓ answered")
	d.press("s")
	d.shows(l.Serial.String())
	d.press("ctrl+y")
	if have := strings.Join(d.copied, ""); have != l.Serial.String() {
		t.Errorf("clipboard: have %q, want the serial number", have)
	}
	d.press("m")
	d.write("RIP room 2")
	d.press("enter", "enter")
	d.shows("“RIP room 2”")
	d.press("g", "x", "x") // too early: ignored
	d.wait(time.Second)
	d.press("tab")
	d.write("disk is dead")
	d.press("enter", "enter")
	d.shows("The") // at the override field, then No
	d.press("enter")
	d.shows("1 of 2 taken") // No was chosen
	d.press("g")
	d.wait(time.Second)
	d.press("tab", "tab", "tab", "right", "enter")
	d.shows("0 of 2 taken")
	d.shows("disk is dead")
	d.press("v")
	d.wait(time.Second)
	d.write("bounced")
	d.press("enter", "right", "enter")
	d.shows("REVOKED")
	d.press("v")
	d.wait(time.Second)
	d.write("paid")
	d.press("enter", "right", "enter")
	d.shows("LIVE")
}

func TestRegisterFromTheDesk(t *testing.T) {
	d := opened(t)
	d.press("f3", "ctrl+n")
	d.press("tab")
	d.write("Agency Blue")
	d.press("esc", "ctrl+n")
	d.shows("Agency Blue") // kept
	d.press("tab", "tab")
	d.write("88")
	d.press("tab")
	d.write("many")
	d.press("enter", "enter")
	d.shows(`Seats: have "many"`)
	d.press("backspace", "backspace", "backspace", "backspace")
	d.write("10")
	d.press("enter", "enter")
	d.shows("who Agency Blue")
	d.shows("0 of 10 taken")
}

func TestAnOrderThatDiffersByCapitalsIsPointedOut(t *testing.T) {
	d := opened(t)
	if _, err := d.office.Register(t.Context(), activator.Order{Product: "press-studio", Customer: "Agency Blue", Order: "a-17"}); err != nil {
		t.Fatal(err)
	}
	d.press("f3", "ctrl+n", "tab")
	d.write("Agency Blue")
	d.press("tab")
	d.write("A-17")
	d.press("tab", "tab", "enter")
	d.shows("there is the order a-17, too, which differs by capitals only")
	d.shows("who Agency Blue")
}

func TestJournalPagesFiltersAndSearches(t *testing.T) {
	d, _, c := calling(t, 1)
	for range 130 { // more than a page
		d.submit("no code at all", activator.Decision{})
	}
	d.answered(c, 1)
	d.press("f4")
	d.shows("✓ answered")
	d.shows("100 entries loaded")
	d.press("end")
	d.press("end")
	d.shows("the journal opens")
	d.press("home", "ctrl+f")
	d.press("right", "tab", "tab", "tab", "tab", "tab", "tab", "enter")
	d.shows("Only request")
	d.shows("All: 1 entry")
	d.press("enter")
	d.shows("Entry ")
	d.shows("✓ genuine")
	d.press("esc", "esc")
	d.write("fix") // letters are never commands where one can type
	d.shows("Search fix")
	d.press("esc")
	d.write("miller")
	d.wait(time.Second)
	d.shows("2 found in all") // he was registered, and answered
	d.press("ctrl+s")
	d.shows("Saved as /home/anna/journal-2026-11-22.csv")
	if have := d.saved["journal-2026-11-22.csv"]; strings.Count(have, "\n") != 3 || !strings.Contains(have, "Print Shop Miller") {
		t.Errorf("export: have %q, want a head and two entries", have)
	}
}

func TestJournalEntryOpensItsLicense(t *testing.T) {
	d, l, _ := answered(t, 1)
	d.press("f6")
	d.shows("1 answered")
	d.press("enter")
	d.shows("Entry ")
	d.press("enter")
	d.shows("License " + l.Number.String())
}

func TestProductsShowDefinitionsAndMistakes(t *testing.T) {
	d := newDrive(t)
	writeFile(t, filepath.Join(d.dir, "vendor", "products", "broken.toml"), "name = \"Broken\"\nseats = [\n")
	d.unlock()
	d.press("f5")
	d.shows("1 Press Studio release")
	d.press("right")
	d.shows("broken.toml has mistakes")
	d.shows("2 | seats")
}

func TestSettingsTurnAndHold(t *testing.T) {
	d, _, c := calling(t, 1)
	d.press("f7", "right")
	d.shows("Deutsch (DIN 5009)")
	d.press("down", "right", "right")
	d.shows("‹ digits ›")
	d.press("f2")
	d.answered(c, 1)
	d.shows(d.m.desk.answer().Digits())
}

func TestPaletteFindsAndDoes(t *testing.T) {
	d := opened(t)
	d.press("ctrl+k")
	d.write("go jour")
	d.press("enter")
	d.shows("Everything, the newest first")
	d.press("f1")
	d.shows("Everywhere")
	d.press("esc", "ctrl+k", "esc")
	d.shows("Everything, the newest first")
}

func TestTrainingLeavesNothingOfTheRealDesk(t *testing.T) {
	d, _, c := calling(t, 1)
	d.write(c.asks(t, 1).String())
	d.press("ctrl+k")
	d.write("training")
	d.press("enter")
	d.shows("What is in the box is not recorded.")
	d.wait(time.Second)
	d.press("right", "enter")
	d.shows("TRAINING")
	d.shows("Ready for the next call")
	d.press("ctrl+z")
	d.shows("nothing to bring back")
	// An activation; and twice around: a deactivation, the same code again, the way back,
	// letters read without case, and a slip.
	round := []struct{ story, want string }{
		{"We want our money back.", "DEACTIVATION CONFIRMED"},
		{"did you get this code already?", "REFUSED, RECORDED"},
		{"We changed our mind", "ANSWERED"},
		{"I do not know which letters are capital.", "ANSWERED"},
		{"The line is bad", "ANSWERED"},
	}
	for n, call := range slices.Concat([]struct{ story, want string }{{"It is my first time.", "ANSWERED"}}, round, round) {
		d.press("ctrl+t")
		d.shows("is on the line")
		d.shows(call.story)
		if call.want == "ANSWERED" && n < 5 { // who is put off calls again, and it changes nothing
			d.press("esc", "ctrl+t")
			d.shows("I have no answer yet.")
		}
		d.press("enter")
		d.wait(patience)
		if d.m.desk.proposed() != nil {
			d.press("tab")
		}
		d.press("enter")
		d.shows(call.want)
		d.shows("TRAINING")
		d.wait(time.Second)
		d.press("enter")
	}
	for _, room := range []string{"f3", "f4", "f5", "f6", "f7"} {
		d.press(room)
		d.shows("TRAINING")
	}
}

func TestTrainingNeedsNoPassphrase(t *testing.T) {
	d := newDrive(t)
	d.press("ctrl+t")
	d.shows("TRAINING")
	d.shows("Ready for the next call")
}

func TestFirstRun(t *testing.T) {
	d := newDrive(t)
	d.restart(func(c *Config) { c.Present = false })
	d.shows("There is no vendor folder yet")
	d.press("tab", "enter", "enter", "enter", "enter")
	d.shows("Both names are needed.")
	d.write("Example Vendor")
	d.press("esc", "tab", "enter")
	d.shows("Company Example Vendor") // kept
	d.press("enter", "enter", "enter")
	d.write("abc")
	d.press("enter")
	d.write("other")
	d.press("enter", "enter")
	d.shows("The two differ")
	d.shows("▸Passphrase")
	d.hides("•") // both are typed anew
	d.write("abc")
	d.press("enter")
	d.write("abc")
	d.press("enter", "enter")
	d.shows("A passphrase of 3 characters can be guessed")
	d.hides("•")
	d.write("abc")
	d.press("esc", "tab", "tab", "enter")
	d.shows("Passphrase •••") // kept
	d.press("ctrl+u")
	d.write(passphrase)
	d.press("tab")
	d.write(passphrase)
	d.hides(passphrase)
	d.press("ctrl+q")
	d.shows("What was typed into this form is not kept.")
	d.press("enter", "enter")
	d.shows("Step 3 of 3")
	d.shows("[ Later ]")
	d.press("tab")
	d.write("Print Shop Miller")
	d.press("tab", "tab", "tab", "enter")
	d.shows("who Print Shop Miller")
	d.press("f2")
	d.shows("Ready for the next call")
}

func TestPastesAreBounded(t *testing.T) {
	d := opened(t)
	huge := strings.Repeat("12345 ", 500_000)
	d.paste(huge)
	d.shows("are no mail")
	for _, keys := range [][]string{{"tab"}, {"f3"}, {"f4"}} {
		d.press(keys...)
		d.paste(huge)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d.m.View()
		runtime.ReadMemStats(&after)
		if have := after.TotalAlloc - before.TotalAlloc; have > 1<<20 {
			t.Errorf("%v: have %d KiB of memory for a frame after a huge paste, want at most 1024", keys, have>>10)
		}
	}
}

func TestTheMouseIsOptional(t *testing.T) {
	d := opened(t)
	d.send(tea.MouseClickMsg{X: 10, Y: 0, Button: tea.MouseLeft})
	d.shows("Find")
	d.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if d.m.View().MouseMode != tea.MouseModeNone {
		t.Error("mouse: have it taken from the terminal, want that only where the operator says so")
	}
}

func TestLockingKeepsWhatAFormHas(t *testing.T) {
	d := opened(t)
	d.press("f3", "ctrl+n", "tab")
	d.write("Agency Blue")
	d.wait(16 * time.Minute)
	d.shows("The desk is locked.")
	d.unlock()
	d.press("ctrl+n")
	d.shows("Agency Blue")
}

func TestSmallWindowsKeepWhatWasTyped(t *testing.T) {
	d := opened(t)
	d.write("RhalfaCode")
	d.size(40, 10)
	d.shows("please make it larger")
	d.hides("RhalfaCode")
	d.size(80, 24)
	d.shows("RhalfaCode")
}

func TestTextsOfOthersCannotMoveTheCursor(t *testing.T) {
	for _, s := range []string{"\x1b[2Jgone", "a\u202eb", "line\nbreak", "\u009b31m"} {
		if have := clean(s); strings.ContainsAny(have, "\x1b\u202e\n\u009b") {
			t.Errorf("clean(%q): have %q, want no control characters", s, have)
		}
	}
}

func TestSpellingTablesAreWhole(t *testing.T) {
	for _, s := range spellings {
		letters, digits := strings.Fields(s.letters), strings.Fields(s.digits)
		if len(letters) != 26 || len(digits) != 10 {
			t.Errorf("%s: have %d letters and %d digits, want 26 and 10", s.name, len(letters), len(digits))
		}
		for i, w := range letters {
			if have, want := w[:1], string(rune('A'+i)); have != want {
				t.Errorf("%s: have %q for %s", s.name, w, want)
			}
		}
	}
	for _, r := range "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0" {
		if _, ok := glyphs[r]; !ok {
			t.Errorf("big type has no %q", r)
		}
	}
}

func TestStoriesOfEntries(t *testing.T) {
	for _, k := range filterKinds {
		for _, v := range filterVerdicts {
			if have := story(&journal.Entry{Kind: k, Verdict: v}); k != "" && have == "" && k != journal.KindChange {
				t.Errorf("story of %s, %s: have none", k, v)
			}
		}
	}
}
