package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"
	"charm.land/lipgloss/v2"
)

// textDialog shows a text that can be copied.
type textDialog struct {
	s      *shared
	title  string
	text   string
	scroll int
}

func (d *textDialog) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case is(k, keys.Back), is(k, keys.Enter):
		return nil, true
	case is(k, keys.Copy):
		return d.s.copy("The text", d.text), false
	case is(k, keys.Down, keys.PageDown):
		d.scroll++
	case is(k, keys.Up, keys.PageUp):
		d.scroll = max(0, d.scroll-1)
	}
	return nil, false
}

func (d *textDialog) paste(string) {}

func (d *textDialog) help() []key.Binding {
	return []key.Binding{keys.Copy, called(keys.Down, "scroll"), called(keys.Back, "close")}
}

func (d *textDialog) draw(w, h int) *page {
	p := newPage(w)
	p.line(d.s.t.strong.Render(d.title))
	p.blank()
	q := newPage(w)
	for l := range strings.SplitSeq(strings.TrimRight(d.text, "\n"), "\n") {
		if lipgloss.Width(l) < w {
			q.line(clean(l)) // as it was set
		} else {
			q.text(d.s.t.plain, 0, l)
		}
	}
	d.scroll = min(d.scroll, max(0, len(q.lines)-(h-2)))
	p.lines = append(p.lines, q.lines[d.scroll:]...)
	return p
}

// helpDialog lists the keys of a room, and those that work everywhere.
type helpDialog struct {
	s      *shared
	rows   [][2]string
	scroll int
}

func newHelp(s *shared, r screen, global []command) *helpDialog {
	d := &helpDialog{s: s}
	seen := map[string]bool{}
	add := func(k, what string) {
		if k != "" && !seen[k] {
			seen[k] = true
			d.rows = append(d.rows, [2]string{k, what})
		}
	}
	d.rows = append(d.rows, [2]string{"", "Here, now"})
	for _, b := range r.help() {
		add(b.Help().Key, b.Help().Desc)
	}
	d.rows = append(d.rows, [2]string{"", r.name()})
	head := len(d.rows)
	for _, c := range r.commands() {
		add(c.key, c.name)
	}
	if len(d.rows) == head { // all of them are said above
		d.rows = d.rows[:head-1]
	}
	d.rows = append(d.rows, [2]string{"", "Everywhere"})
	for _, c := range global {
		add(c.key, c.name)
	}
	return d
}

func (d *helpDialog) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case is(k, keys.Down, keys.PageDown):
		d.scroll++
	case is(k, keys.Up, keys.PageUp):
		d.scroll = max(0, d.scroll-1)
	case is(k, keys.Back), is(k, keys.Enter), is(k, keys.Help):
		return nil, true
	}
	return nil, false
}

func (d *helpDialog) paste(string) {}

func (d *helpDialog) help() []key.Binding {
	return []key.Binding{called(keys.Down, "scroll"), called(keys.Back, "close")}
}

func (d *helpDialog) draw(w, h int) *page {
	p, t := newPage(w), d.s.t
	for _, r := range d.rows {
		if r[0] == "" {
			if len(p.lines) > 0 {
				p.blank()
			}
			p.line(t.strong.Render(r[1]))
			continue
		}
		p.line("  ", t.key.Render(pad(r[0], 10)), cut(r[1], w-14))
	}
	d.scroll = min(d.scroll, max(0, len(p.lines)-h))
	p.lines = p.lines[d.scroll:]
	return p
}

// callDialog is a training call: what the customer reads out.
type callDialog struct {
	s    *shared
	call Call
}

func newCallDialog(s *shared, c Call) *callDialog { return &callDialog{s, c} }

func (d *callDialog) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case is(k, keys.Copy):
		return d.s.copy("What the customer says", d.call.Says), false
	case is(k, keys.Enter):
		return d.s.tell(takeCodeMsg{text: d.call.Says}), true
	case is(k, keys.Back):
		return nil, true
	}
	return nil, false
}

func (d *callDialog) paste(string) {}

func (d *callDialog) help() []key.Binding {
	return []key.Binding{called(keys.Enter, "put it into the box"), keys.Copy, called(keys.Back, "close")}
}

func (d *callDialog) draw(w, h int) *page {
	p, t := newPage(w), d.s.t
	p.line(t.strong.Render(fmt.Sprintf("Training: customer %s is on the line", d.call.Who)))
	p.blank()
	p.text(t.plain, 0, "“"+d.call.Story+"”")
	p.blank()
	p.text(t.accent, 2, d.call.Says)
	p.blank()
	p.text(t.dim, 0, "Write it down and type it yourself, or press enter to have it in the box.")
	return p
}
