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

func (d *qrDialog) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	return nil, is(k, keys.Back, keys.Enter, keys.Form)
}

func (d *qrDialog) paste(string) {}

func (d *qrDialog) help() []key.Binding { return []key.Binding{called(keys.Back, "close")} }

// missing says how much larger a window must be.
func missing(lines, columns int) string {
	switch {
	case columns <= 0:
		return plural(lines, "line", "lines")
	case lines <= 0:
		return plural(columns, "column", "columns")
	}
	return plural(lines, "line", "lines") + " and " + plural(columns, "column", "columns")
}

func (d *qrDialog) draw(w, h int) *page {
	p := newPage(w)
	var b strings.Builder
	if err := qrtext.Draw(&b, d.text); err != nil {
		p.text(d.s.t.bad, 0, sentence(err.Error()))
		return p
	}
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	if wide := lipgloss.Width(lines[0]); len(lines) > h || wide > w {
		p.text(d.s.t.plain, 0, fmt.Sprintf("The QR symbol does not fit: make the window %s larger, or its type smaller. The mail (ctrl+e) and the file (ctrl+s) carry the same answer.", missing(len(lines)-h, wide-w)))
		return p
	}
	for _, l := range lines {
		p.line(symbol.Render(l))
	}
	return p
}
