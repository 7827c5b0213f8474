package tui

import (
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"pgregory.net/rapid"

	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

var anyKeys = []string{
	"enter", "esc", "tab", "shift+tab", "up", "down", "left", "right", "pgup", "pgdown", "home", "end", "backspace", "delete",
	"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "space", "?", "-", "R", "x", "9", "s", "v", "g", "m", "f", "/", "ä", "字", "0",
	"ctrl+k", "ctrl+z", "ctrl+y", "ctrl+r", "ctrl+d", "ctrl+e", "ctrl+o", "ctrl+x", "ctrl+p", "ctrl+s", "ctrl+f", "ctrl+n",
	"ctrl+t", "ctrl+w", "ctrl+a", "ctrl+b", "ctrl+h",
}

// editing are the keys that may change the text in the box by themselves.
var editing = []string{"backspace", "delete", "ctrl+w", "ctrl+h"}

// Random keys in windows of random sizes: nothing panics, no line is wider than
// the window, the cursor stays inside, and what was typed is never lost.
func TestRandomKeys(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := opened(t)
		_, c := d.license("Print Shop Miller", 1)
		d.license2("字字字 \x1b[2J GmbH")
		texts := []string{c.asks(t, 1).String(), c.asks(t, 1).Digits(), slipped(c.asks(t, 1).String()), "R", "half a thing"}
		r.Repeat(map[string]func(*rapid.T){
			"key": func(r *rapid.T) {
				k := rapid.SampledFrom(anyKeys).Draw(r, "key")
				before, room, over := d.m.desk.box.value(), d.m.at, len(d.m.over)
				d.press(k)
				after := d.m.desk.box.value()
				if after == before || before == "" || slices.Contains(editing, k) && room == roomDesk && over == 0 {
					return
				}
				if len([]rune(k)) == 1 || k == "space" {
					if len(after) > len(before) {
						return
					}
				}
				if !slices.ContainsFunc(d.m.desk.past, func(s snapshot) bool { return s.text == before }) {
					r.Fatalf("key %s: have %q in the box and %q lost, want it brought back by ctrl+z", k, after, before)
				}
			},
			"text": func(r *rapid.T) {
				if d.m.at != roomDesk || len(d.m.over) > 0 {
					return
				}
				d.write(rapid.SampledFrom(texts).Draw(r, "text"))
			},
			"paste": func(r *rapid.T) {
				d.paste(rapid.SampledFrom(append(texts, "two\n"+texts[0]+"\n"+texts[1]+"\nand more than a short paste would have, by far")).Draw(r, "paste"))
			},
			"wait": func(r *rapid.T) { d.wait(time.Duration(rapid.IntRange(0, 3000).Draw(r, "ms")) * time.Millisecond) },
			"size": func(r *rapid.T) {
				d.size(rapid.IntRange(1, 170).Draw(r, "w"), rapid.IntRange(1, 60).Draw(r, "h"))
			},
			"": func(r *rapid.T) { fits(r, d) },
		})
	})
}

func (d *drive) license2(customer string) {
	d.t.Helper()
	d.do(register(d.m.shared, newRegister(d.m.shared, ""), orderOf(customer)))
	d.send(tea.KeyPressMsg{Code: tea.KeyF2})
}
