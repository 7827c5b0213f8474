package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
)

var update = flag.Bool("update", false, "write the goldens anew")

// goldens is their folder, wherever a test goes.
var goldens, _ = filepath.Abs(filepath.Join("testdata", "golden"))

// scenes bring the program to a screen each.
var scenes = []struct {
	name string
	play func(d *drive)
}{
	{"door-locked", func(d *drive) { d.press("ctrl+l"); d.write("wrong"); d.press("enter") }},
	{"desk-empty", func(d *drive) {}},
	{"desk-typing", func(d *drive) { _, c := d.license("Print Shop Miller", 2); d.write(c.asks(d.t, 1).String()[:17] + "0") }},
	{"desk-slip", func(d *drive) {
		_, c := d.license("Print Shop Miller", 2)
		d.write(slipped(c.asks(d.t, 1).String()))
	}},
	{"desk-no-case", func(d *drive) {
		_, c := d.license("Print Shop Miller", 2)
		d.write(strings.ToLower(c.asks(d.t, 1).String()))
	}},
	{"desk-request", func(d *drive) { _, c := d.license("Print Shop Miller", 2); d.write(c.asks(d.t, 1).String()) }},
	{"desk-all-checks", func(d *drive) {
		_, c := d.license("Print Shop Miller", 2)
		d.write(c.asks(d.t, 1).String())
		d.press("down", "down", "down", "down", "down", "down")
	}},
	{"desk-answered", func(d *drive) { _, c := d.license("Print Shop Miller", 2); d.answered(c, 1) }},
	{"desk-answered-digits", func(d *drive) { _, c := d.license("Print Shop Miller", 2); d.answered(c, 1); d.press("ctrl+d") }},
	{"desk-refused", func(d *drive) { d.noSeat() }},
	{"desk-override", func(d *drive) { d.noSeat(); d.press("ctrl+o"); d.wait(time.Second); d.write("sold by phone") }},
	{"desk-otherwise", func(d *drive) {
		_, c := d.license("Print Shop Miller", 2)
		d.write(c.asks(d.t, 4).String())
		d.press("ctrl+x", "tab")
	}},
	{"desk-confirmation", func(d *drive) { givenBack(d) }},
	{"desk-confirmed", func(d *drive) { givenBack(d); d.press("tab"); d.write("case 1001"); d.press("enter") }},
	{"desk-seen-before", func(d *drive) {
		code := givenBack(d)
		d.press("enter")
		d.wait(time.Second)
		d.press("esc")
		d.write(code)
		d.press("enter")
	}},
	{"desk-mail", func(d *drive) {
		l, c := d.license("Print Shop Miller", 2)
		d.paste("Dear support, two machines:\n" + c.asks(d.t, 1).String() + "\nand\n" + d.customer(l, 9).asks(d.t, 1).Digits() + "\n\nKind regards\nthe Print Shop")
	}},
	{"desk-reply", func(d *drive) { _, c := d.license("Print Shop Miller", 2); d.answered(c, 1); d.press("ctrl+e") }},
	{"aloud", func(d *drive) {
		_, c := d.license("Print Shop Miller", 2)
		d.answered(c, 1)
		d.press("ctrl+r", "right")
	}},
	{"aloud-listen", func(d *drive) {
		_, c := d.license("Print Shop Miller", 2)
		d.answered(c, 1)
		d.press("ctrl+r", "tab")
		d.write("a2xm")
	}},
	{"licenses", func(d *drive) { d.license("Print Shop Miller", 2); d.press("f3"); d.write("mill"); d.wait(time.Second) }},
	{"license", func(d *drive) { givenBack(d); d.press("enter", "f3", "enter") }},
	{"license-revoke", func(d *drive) { d.license("Print Shop Miller", 2); d.press("f3", "enter", "v"); d.wait(time.Second) }},
	{"license-gone", func(d *drive) {
		_, c := d.license("Print Shop Miller", 2)
		d.answered(c, 1)
		d.press("f3", "enter", "g")
		d.wait(time.Second)
	}},
	{"register", func(d *drive) { d.press("f3", "ctrl+n", "tab"); d.write("Agency Blue") }},
	{"journal", func(d *drive) { givenBack(d); d.press("enter", "f4", "down") }},
	{"journal-entry", func(d *drive) { givenBack(d); d.press("enter", "f4", "enter") }},
	{"journal-merge", func(d *drive) {
		collided(d)
		d.press("f4")
		d.write("merge")
		d.wait(time.Second)
		d.press("enter")
	}},
	{"journal-collisions", func(d *drive) { collided(d); d.press("f4", "ctrl+g") }},
	{"journal-collision", func(d *drive) { collided(d); d.press("f4", "ctrl+g", "enter") }},
	{"license-collisions", func(d *drive) { collided(d); d.press("f3", "enter") }},
	{"journal-filter", func(d *drive) { d.press("f4", "ctrl+f", "right") }},
	{"products", func(d *drive) { d.press("f5") }},
	{"products-broken", func(d *drive) {
		d.m.Close()
		writeFile(d.t, filepath.Join(d.dir, "vendor", "products", "broken.toml"), "uid = \"12\"\nname = \"Broken\"\nseats = 3\n")
		d.press("ctrl+l")
		d.unlock()
		d.press("f5", "right")
	}},
	{"today", func(d *drive) { d.noSeat(); d.press("ctrl+p", "f6") }},
	{"settings", func(d *drive) { d.press("f7", "down") }},
	{"batch-choose", func(d *drive) {
		d.batchFolder()
		d.press("f8", "down")
	}},
	{"batch-tried", func(d *drive) {
		d.batchFolder()
		d.tries("req")
		d.press("down", "down")
	}},
	{"batch-ask", func(d *drive) {
		d.batchFolder()
		d.tries("req")
		d.press("enter")
	}},
	{"batch-running", func(d *drive) {
		d.batchFolder()
		d.tries("req")
		r := d.m.batch.run
		r.running, r.dry, r.began = true, false, d.now.Add(-12*time.Second)
		p := FileProgress{Waiting: 12, Read: 640, Size: 1000}
		p.Rows, p.OK, p.Repeat, p.Refused, p.Unreadable = 64000, 63000, 500, 480, 20
		r.live.progress(p)
		r.catchUp()
	}},
	{"batch-done", func(d *drive) {
		d.batchFolder()
		d.tries("req")
		d.answersFile()
		d.press("down", "down", "enter")
		d.wait(patience)
		d.press("tab", "enter")
		d.wait(time.Second)
		d.press("enter")
	}},
	{"palette", func(d *drive) { d.press("ctrl+k") }},
	{"help", func(d *drive) { d.press("f1") }},
	{"hang", func(d *drive) {
		_, c := d.license("Print Shop Miller", 2)
		d.write(c.asks(d.t, 1).String())
		d.hold = true
		d.press("enter")
		d.now = d.now.Add(9 * time.Second)
	}},
}

func TestGoldens(t *testing.T) {
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			d := opened(t)
			s.play(d)
			for _, size := range [][2]int{{80, 24}, {120, 40}} {
				d.size(size[0], size[1])
				golden(t, fmt.Sprintf("%s-%dx%d", s.name, size[0], size[1]), d.screen())
				fits(t, d)
			}
		})
	}
}

func TestGoldenFirstRun(t *testing.T) {
	for i, keys := range [][]string{{}, {"tab", "enter"}, {"tab", "enter", "X", "enter", "enter", "enter"}} {
		d := newDrive(t)
		d.restart(func(c *Config) { c.Present = false })
		d.press(keys...)
		golden(t, fmt.Sprintf("first-%d-80x24", i), d.screen())
		d.size(120, 40)
		golden(t, fmt.Sprintf("first-%d-120x40", i), d.screen())
	}
}

func golden(t *testing.T, name, have string) {
	t.Helper()
	path := filepath.Join(goldens, name+".txt")
	have += "\n"
	if *update {
		must(t, os.WriteFile(path, []byte(have), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if have != string(want) {
		t.Errorf("%s: have\n%s\nwant\n%s\n(go test ./tui -update writes it anew)", name, have, want)
	}
}

// fits checks what holds for every screen: as many lines as the window has, none
// wider, the cursor inside.
func fits(t interface {
	Helper()
	Fatalf(string, ...any)
}, d *drive) {
	t.Helper()
	v := d.m.View()
	lines := strings.Split(v.Content, "\n")
	if len(lines) != d.m.h {
		t.Fatalf("%dx%d: have %d lines\n%s", d.m.w, d.m.h, len(lines), d.screen())
	}
	for i, l := range lines {
		if n := lipgloss.Width(l); n > d.m.w {
			t.Fatalf("%dx%d: line %d: have %d columns\n%s", d.m.w, d.m.h, i, n, d.screen())
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.Y < 0 || c.X >= d.m.w || c.Y >= d.m.h) {
		t.Fatalf("%dx%d: cursor: have %d,%d", d.m.w, d.m.h, c.X, c.Y)
	}
}
