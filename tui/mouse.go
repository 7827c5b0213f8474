package tui

import (
	tea "charm.land/bubbletea/v2"

	"charm.land/lipgloss/v2"
)

// The mouse is optional: the wheel scrolls, a click on the header changes rooms.

func (m *Model) wheel(w tea.MouseWheelMsg) tea.Cmd {
	switch w.Button {
	case tea.MouseWheelUp:
		return m.press(tea.KeyPressMsg{Code: tea.KeyUp})
	case tea.MouseWheelDown:
		return m.press(tea.KeyPressMsg{Code: tea.KeyDown})
	}
	return nil
}

func (m *Model) click(c tea.MouseClickMsg) tea.Cmd {
	if c.Y != 0 || m.first != nil || m.door != nil || len(m.over) > 0 {
		return nil
	}
	x := 1
	for i, k := range m.roomKeys() {
		w := lipgloss.Width(k.Help().Key + " " + m.rooms[i].name())
		if c.X >= x && c.X < x+w {
			m.touched = m.cfg.Now()
			return m.show(i)
		}
		x += w + m.tabGap()
	}
	return nil
}
