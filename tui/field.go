package tui

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"charm.land/lipgloss/v2"
)

// What a field takes, in characters, and what a paste may have, in bytes: a mail
// with its history.
const (
	maxField = 1 << 10
	maxPaste = 1 << 20
)

// field is a line to type in.
type field struct {
	text    []rune
	pos     int // of the cursor, in characters
	from    int // first character shown
	hint    string
	secret  bool
	focused bool
}

func newField(hint string) field { return field{hint: hint} }

func (f *field) value() string { return string(f.text) }

func (f *field) empty() bool { return len(f.text) == 0 }

func (f *field) set(s string) {
	f.text, f.pos, f.from = nil, 0, 0
	f.insert(s)
}

// insert puts a text in at the cursor. Line breaks become spaces.
func (f *field) insert(s string) {
	rs := []rune(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s))
	rs = rs[:min(len(rs), max(maxField-len(f.text), 0))]
	f.text = append(f.text[:f.pos:f.pos], append(rs, f.text[f.pos:]...)...)
	f.pos += len(rs)
}

// update takes a key. It reports whether the text changed, and whether the key
// belongs to a field at all.
func (f *field) update(k tea.KeyPressMsg) (changed, taken bool) {
	n := len(f.text)
	switch k.String() {
	case "left", "ctrl+b":
		f.pos = max(f.pos-1, 0)
	case "right":
		f.pos = min(f.pos+1, n)
	case "home", "ctrl+a":
		f.pos = 0
	case "end":
		f.pos = n
	case "ctrl+left", "alt+left", "alt+b":
		f.pos = f.wordBefore()
	case "ctrl+right", "alt+right":
		for f.pos < n && f.text[f.pos] == ' ' {
			f.pos++
		}
		for f.pos < n && f.text[f.pos] != ' ' {
			f.pos++
		}
	case "backspace", "ctrl+h", "shift+backspace":
		f.cutOut(f.pos-1, f.pos)
	case "delete":
		f.cutOut(f.pos, f.pos+1)
	case "ctrl+w", "alt+backspace":
		f.cutOut(f.wordBefore(), f.pos)
	case "ctrl+u":
		f.set("")
	default:
		if !typed(k) {
			return false, false
		}
		f.insert(k.Text)
	}
	return len(f.text) != n, true
}

func (f *field) wordBefore() int {
	at := f.pos
	for at > 0 && f.text[at-1] == ' ' {
		at--
	}
	for at > 0 && f.text[at-1] != ' ' {
		at--
	}
	return at
}

// cutOut removes characters; what is outside the text is left alone.
func (f *field) cutOut(from, to int) {
	if from < 0 || to > len(f.text) || from >= to {
		return
	}
	f.text = append(f.text[:from:from], f.text[to:]...)
	f.pos = from
}

// view is what shows in a width, and the column of the cursor.
func (f *field) view(t theme, w int) (string, int) {
	w = max(w, 2)
	if f.empty() {
		return t.dim.Render(cut(f.hint, w)), 0
	}
	shown := func(r rune) string {
		switch {
		case f.secret:
			return "•"
		case unicode.Is(unicode.Cf, r) || unicode.IsMark(r) || !unicode.IsPrint(r) && r != ' ':
			return "·"
		}
		return string(r)
	}
	f.from = min(f.from, f.pos)
	width := func(from, to int) (n int) {
		for _, r := range f.text[from:to] {
			n += lipgloss.Width(shown(r))
		}
		return n
	}
	f.from = max(f.from, f.pos-w) // a character has at least one column
	for width(f.from, f.pos) > w-1 {
		f.from++
	}
	var b strings.Builder
	used := 0
	for _, r := range f.text[f.from:] {
		s := shown(r)
		if used += lipgloss.Width(s); used > w {
			break
		}
		b.WriteString(s)
	}
	return b.String(), width(f.from, f.pos)
}

// edits reports whether a key takes something out of a field.
func edits(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "backspace", "ctrl+h", "shift+backspace", "delete", "ctrl+w", "alt+backspace", "ctrl+u":
		return true
	}
	return false
}

// typed reports whether a key is a character.
func typed(k tea.KeyPressMsg) bool {
	if k.Mod&(tea.ModCtrl|tea.ModAlt|tea.ModMeta|tea.ModSuper) != 0 || k.Text == "" {
		return false
	}
	for _, r := range k.Text {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// draw writes a field with its label, and the cursor if it has the focus.
func (p *page) draw(t theme, label string, width int, f *field) {
	head := " " + t.dim.Render(pad(label, width)) + " "
	if f.focused {
		head = t.accent.Render("▸") + t.strong.Render(pad(label, width)) + " "
	}
	x := lipgloss.Width(head)
	s, at := f.view(t, p.w-x-1)
	if f.focused {
		p.cursor(x + at)
	}
	p.line(head, s)
}
