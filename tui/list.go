package tui

import (
	tea "charm.land/bubbletea/v2"
)

// list is which of many rows is chosen, and which are in sight. The rows belong
// to somebody else.
type list struct {
	at, top int
	height  int // of the last drawing
}

// key moves; it reports whether the key was one of moving.
func (l *list) key(k tea.KeyPressMsg, n int) bool {
	switch {
	case is(k, keys.Up):
		l.at--
	case is(k, keys.Down):
		l.at++
	case is(k, keys.PageUp):
		l.at -= max(l.height-1, 1)
	case is(k, keys.PageDown):
		l.at += max(l.height-1, 1)
	case is(k, keys.Home):
		l.at = 0
	case is(k, keys.End):
		l.at = n - 1
	default:
		return false
	}
	l.at = max(0, min(l.at, n-1))
	return true
}

// rows draws those in sight.
func (l *list) rows(p *page, t theme, n, h int, row func(i int) string) {
	l.height = max(h, 1)
	l.at = max(0, min(l.at, n-1))
	l.top = max(0, min(l.top, l.at, n-1))
	if l.at >= l.top+l.height {
		l.top = l.at - l.height + 1
	}
	for i := l.top; i < min(l.top+l.height, n); i++ {
		if i == l.at {
			p.line(t.accent.Render("▸"), t.selected.Render(pad(cut(row(i), p.w-3), p.w-3)))
		} else {
			p.line(" ", cut(row(i), p.w-3))
		}
	}
}
