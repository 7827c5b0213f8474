package tui

import (
	"fmt"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// page is what a screen draws on: lines of a width, and perhaps a cursor.
type page struct {
	w     int
	lines []string
	cur   *point
}

type point struct{ x, y int }

func newPage(w int) *page { return &page{w: max(w, 1)} }

func (p *page) line(parts ...string) { p.lines = append(p.lines, strings.Join(parts, "")) }

func (p *page) blank() { p.lines = append(p.lines, "") }

// cursor puts the cursor x columns into the line that comes next.
func (p *page) cursor(x int) { p.cur = &point{x, len(p.lines)} }

// cursorAt puts the cursor into a line that was written already.
func (p *page) cursorAt(x, y int) { p.cur = &point{x, y} }

// text writes a paragraph, wrapped, each line after the first by an indent.
func (p *page) text(style lipgloss.Style, indent int, s string) {
	for _, l := range wrap(s, p.w-indent-1) {
		p.line(strings.Repeat(" ", indent), style.Render(l))
	}
}

// hang writes a head and a paragraph beside it.
func (p *page) hang(head string, style lipgloss.Style, s string) {
	w := lipgloss.Width(head)
	for i, l := range wrap(s, p.w-w-1) {
		if i > 0 {
			head = strings.Repeat(" ", w)
		}
		p.line(head, style.Render(l))
	}
}

// field writes a label and its value; nothing for an empty value.
func (p *page) field(t theme, label, value string) {
	if value != "" {
		p.hang(" "+t.dim.Render(pad(cut(label, 11), 12)), t.plain, value)
	}
}

// fit cuts the page to a height and a width.
func (p *page) fit(h int) {
	if len(p.lines) > h {
		p.lines = p.lines[:max(h, 0)]
	}
	for len(p.lines) < h {
		p.lines = append(p.lines, "")
	}
	for i, l := range p.lines {
		p.lines[i] = ansi.Truncate(l, p.w, "…")
	}
	if p.cur != nil && (p.cur.y >= h || p.cur.x >= p.w || p.cur.x < 0) {
		p.cur = nil
	}
}

// put appends the lines of another page, with its cursor.
func (p *page) put(q *page) {
	if q.cur != nil {
		p.cur = &point{q.cur.x, q.cur.y + len(p.lines)}
	}
	p.lines = append(p.lines, q.lines...)
}

// beside draws q to the right of p, from column x on.
func (p *page) beside(x int, q *page) {
	for len(p.lines) < len(q.lines) {
		p.lines = append(p.lines, "")
	}
	for i, l := range q.lines {
		p.lines[i] = pad(ansi.Truncate(p.lines[i], x-1, "…"), x) + l
	}
	if q.cur != nil {
		p.cur = &point{q.cur.x + x, q.cur.y}
	}
}

// wrap cuts a text between words into lines no wider than w; a longer word is cut
// in itself.
func wrap(s string, w int) []string {
	w = max(w, 8)
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(clean(s)) {
		n := lipgloss.Width(word)
		if used > 0 && used+1+n > w {
			lines, line, used = append(lines, line), "", 0
		}
		for n > w {
			lines = append(lines, ansi.Truncate(word, w, ""))
			word = ansi.TruncateLeft(word, w, "")
			n = lipgloss.Width(word)
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	return append(lines, line)
}

// pad fills a text with spaces.
func pad(s string, w int) string {
	return s + strings.Repeat(" ", max(0, w-lipgloss.Width(s)))
}

// cut shortens a text.
func cut(s string, w int) string { return ansi.Truncate(clean(s), max(w, 0), "…") }

// clean takes out of a text whatever could move a terminal's cursor. What people
// typed elsewhere, a customer's name, a reason, is drawn only through it.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029', r == unicode.ReplacementChar:
			return '·'
		}
		return r
	}, s)
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	s = string(r)
	if strings.ContainsAny(s[len(s)-1:], ".?!") {
		return s
	}
	return s + "."
}

// plural is a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
