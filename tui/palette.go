package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"
)

// palette finds a command by its words.
type palette struct {
	s    *shared
	all  []command
	text field
	pick int
}

func newPalette(s *shared, all []command) *palette {
	p := &palette{s: s, all: all, text: newField("what do you want to do?")}
	p.text.focused = true
	return p
}

// global are the commands of every room.
func (m *Model) global() []command {
	cs := []command{}
	for i, b := range m.roomKeys() {
		cs = append(cs, command{"Go to: " + m.rooms[i].name(), b.Help().Key, func() tea.Cmd { return m.show(i) }})
	}
	if m.customer != nil {
		cs = append(cs, command{"Training: a customer calls", "ctrl+t", m.practice})
	} else {
		cs = append(cs, command{"Training mode: throw-away keys and journal", "", m.goTraining})
	}
	return append(cs,
		command{"Commands", "ctrl+k", func() tea.Cmd { return nil }},
		command{"Help", "F1", func() tea.Cmd { return m.open(newHelp(m.shared, m.rooms[m.at], m.global())) }},
		command{"Lock the desk", "ctrl+l", m.lock},
		command{"Leave", "ctrl+q", func() tea.Cmd { return m.leave("ctrl+q", false) }},
	)
}

// commands are all that can be done right now.
func (m *Model) commands() []command { return append(m.rooms[m.at].commands(), m.global()...) }

// fitting are the commands that have every word.
func (p *palette) fitting() []command {
	words := strings.Fields(strings.ToLower(p.text.value()))
	var out []command
next:
	for _, c := range p.all {
		for _, w := range words {
			if !strings.Contains(strings.ToLower(c.name), w) {
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}

func (p *palette) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	fit := p.fitting()
	switch {
	case is(k, keys.Back, keys.Palette):
		return nil, true
	case is(k, keys.Up):
		p.pick = max(0, p.pick-1)
	case is(k, keys.Down, keys.Next):
		p.pick = max(0, min(p.pick+1, len(fit)-1))
	case is(k, keys.Enter):
		if len(fit) == 0 {
			return nil, false
		}
		return fit[min(p.pick, len(fit)-1)].run(), true
	default:
		if changed, _ := p.text.update(k); changed {
			p.pick = 0
		}
	}
	return nil, false
}

func (p *palette) paste(text string) { p.text.insert(strings.TrimSpace(text)) }

func (p *palette) help() []key.Binding {
	return []key.Binding{called(keys.Down, "choose"), called(keys.Enter, "do it"), called(keys.Back, "close")}
}

func (p *palette) draw(w, h int) *page {
	q, t := newPage(w), p.s.t
	q.draw(t, "Command", 7, &p.text)
	q.blank()
	fit := p.fitting()
	if len(fit) == 0 {
		q.line("  ", t.dim.Render("Nothing has these words."))
	}
	rows := max(min(h-3, 14), 3)
	first := max(0, min(p.pick-rows+2, len(fit)-rows))
	for i := first; i < min(first+rows, len(fit)); i++ {
		c := fit[i]
		line := pad(cut(c.name, w-14), w-13)
		if i == p.pick {
			q.line(t.accent.Render("▸ "), t.strong.Render(line), t.key.Render(c.key))
		} else {
			q.line("  ", line, t.dim.Render(c.key))
		}
	}
	return q
}
