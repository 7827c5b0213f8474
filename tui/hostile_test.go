package tui

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/manual-activator/manual-activator/activator"
)

// evil is what an attacker puts wherever a text is taken.
const evil = "Mallory\x1b[2J\x1b]0;owned\x07\u009b31m\u202e\u2066\u200b\u2028\x7f\r\x08x"

var styling = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// harmless demands that a screen holds nothing but what prints, and styles.
func (d *drive) harmless(where string) {
	d.t.Helper()
	text := styling.ReplaceAllString(d.m.View().Content, "")
	if i := strings.IndexFunc(text, acted); i >= 0 {
		d.t.Errorf("%s: have %q on the screen, want only what prints", where, text[max(0, i-60):min(len(text), i+60)])
	}
	for name, file := range d.saved {
		if i := strings.IndexFunc(file, acted); i >= 0 {
			d.t.Errorf("%s: have %q in %s, want only what prints", where, file[max(0, i-60):min(len(file), i+60)], name)
		}
	}
}

// acted reports whether a terminal might act on r.
func acted(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
}

// A customer pastes terminal commands, a machine is named by them, an agent of another
// desk gives them as reason and reference: whoever looks at any screen later, and
// whatever is saved of it, sees letters.
func TestHostileTextsOnEveryScreen(t *testing.T) {
	d := opened(t)
	l, c := d.license("Print Shop Miller", 1)
	change := func(ch activator.Change) {
		t.Helper()
		ch.License = l.Number
		_, err := d.office.Change(t.Context(), ch)
		must(t, err)
	}
	c.Enter(d.submit(c.asks(t, 1).String(), activator.Decision{}))
	change(activator.Change{Kind: activator.NameMachine, Name: evil})
	other := d.customer(l, 9)
	d.submit(other.asks(t, 1).String(), activator.Decision{})
	other.Enter(d.submit(other.asks(t, 1).String(), activator.Decision{Override: evil}))
	d.submit(evil, activator.Decision{})
	back := c.givesBack(t).String()
	d.submit(back, activator.Decision{Reference: evil})
	d.submit(back, activator.Decision{Reference: "another"})
	change(activator.Change{Kind: activator.RevokeLicense, Reason: evil})
	change(activator.Change{Kind: activator.RestoreLicense, Reason: evil})

	tour := func() {
		t.Helper()
		for _, key := range []string{"f2", "f3", "f4", "f5", "f6", "f7", "f1"} {
			d.press("esc", "esc", key)
			d.wait(2 * time.Second)
			d.harmless(key)
			for range 14 {
				d.press("enter")
				d.wait(time.Second)
				d.harmless(key + " opened")
				d.press("esc", "down")
				d.harmless(key + " further down")
			}
		}
		d.press("f4", "ctrl+s")
		d.wait(time.Second)
		d.harmless("saved")
	}
	for _, size := range [][2]int{{80, 24}, {160, 60}} {
		d.size(size[0], size[1])
		tour()
	}
	if len(d.saved) == 0 {
		t.Error("have nothing saved, want the journal")
	}
	d.press("esc", "esc", "f2")
	for _, text := range []string{evil, back, back + evil, evil + "\n" + other.asks(t, 4).String(), l.Serial.String()} {
		d.paste(text)
		d.wait(time.Second)
		d.harmless("pasted")
		d.press("enter")
		d.wait(time.Second)
		d.harmless("entered")
		d.press("ctrl+t")
		d.paste(evil)
		d.harmless("reference")
		d.press("esc", "esc", "esc")
		d.wait(2 * time.Second)
		d.press("n", "ctrl+x")
		d.harmless("cleared")
	}
}
