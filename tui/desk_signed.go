package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"
	"charm.land/lipgloss/v2"

	"github.com/manual-activator/manual-activator/internal/qrtext"
)

// symbol is how a QR symbol shows: dark on light, on every terminal that has colors.
var symbol = lipgloss.NewStyle().Foreground(lipgloss.Color("#ffffff")).Background(lipgloss.Color("#000000"))

// qrDialog shows a code as a QR symbol.
type qrDialog struct {
	s    *shared
	text string
}

func (d *qrDialog) key(k tea.KeyPressMsg) (tea.Cmd, bool) { return nil, is(k, keys.Back, keys.Enter) }

func (d *qrDialog) paste(string) {}

func (d *qrDialog) help() []key.Binding { return []key.Binding{called(keys.Back, "close")} }

func (d *qrDialog) draw(w, h int) *page {
	p := newPage(w)
	var b strings.Builder
	if err := qrtext.Draw(&b, d.text); err != nil {
		p.text(d.s.t.bad, 0, sentence(err.Error()))
		return p
	}
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	if wide := lipgloss.Width(lines[0]); len(lines) > h || wide > w {
		p.text(d.s.t.plain, 0, fmt.Sprintf("The QR symbol needs %d lines of %d columns here, and there are %d of %d: make the window larger or its type smaller.", len(lines), wide, h, w))
		return p
	}
	for _, l := range lines {
		p.line(symbol.Render(l))
	}
	return p
}
