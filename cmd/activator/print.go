package main

import (
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
	"golang.org/x/term"
)

// width is what every line fits in where the terminal does not say otherwise.
const width = 80

// A printer writes for people. Without colors it says the same in plain text.
type printer struct {
	w     io.Writer
	color bool
	width int
}

// printer prints on standard output.
func (a *app) printer() *printer {
	p := &printer{w: a.out, width: width}
	if fd, ok := terminal(a.out.w); ok {
		p.color = a.env("NO_COLOR") == "" && a.env("TERM") != "dumb"
		p.width = terminalWidth(fd)
	}
	return p
}

// terminalWidth is what lines fit in on a terminal.
func terminalWidth(fd int) int {
	if w, _, err := term.GetSize(fd); err == nil && w >= 40 {
		return min(w, 100)
	}
	return width
}

var (
	bold   = lipgloss.NewStyle().Bold(true)
	faint  = lipgloss.NewStyle().Faint(true)
	green  = lipgloss.NewStyle().Foreground(lipgloss.Green)
	red    = lipgloss.NewStyle().Foreground(lipgloss.Red)
	yellow = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	cyan   = lipgloss.NewStyle().Foreground(lipgloss.Cyan)
)

// in puts a text in a style, where colors are wanted.
func (p *printer) in(s lipgloss.Style, text string) string {
	if !p.color {
		return text
	}
	return s.Render(text)
}

// line writes one line as it is; the caller has made its parts safe.
func (p *printer) line(parts ...string) {
	fmt.Fprintln(p.w, strings.TrimRight(strings.Join(parts, ""), " "))
}

// blank writes an empty line.
func (p *printer) blank() { fmt.Fprintln(p.w) }

// title writes a heading.
func (p *printer) title(text string) { p.line(p.in(bold, safe(text))) }

// labels is the width of the names of fields and checks.
const labels = 16

// field writes a name and its value, the value wrapped under itself. An empty
// value writes nothing.
func (p *printer) field(name, value string) {
	if value == "" {
		return
	}
	p.hang("  "+p.in(faint, pad(name, labels)), 2+labels, value)
}

// hang writes lead and the text after it, wrapped at column indent.
func (p *printer) hang(lead string, indent int, text string) {
	for i, l := range wrap(safe(text), p.width-indent) {
		if i == 0 {
			p.line(lead, l)
			continue
		}
		p.line(strings.Repeat(" ", indent), l)
	}
}

// sentence writes a text from column indent, wrapped.
func (p *printer) sentence(indent int, text string) {
	p.hang(strings.Repeat(" ", indent), indent, text)
}

// pad fills a text with spaces to n columns, at least one.
func pad(s string, n int) string {
	return s + strings.Repeat(" ", max(1, n-lipgloss.Width(s)))
}

// wrap breaks a text at spaces into lines of at most n columns; a word that is
// longer stands alone.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case line == "":
			line = word
		case lipgloss.Width(line)+1+lipgloss.Width(word) <= n:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// table writes rows with columns as wide as their widest cell. Cells must be safe.
func (p *printer) table(head []string, rows [][]string) {
	widths := make([]int, len(head))
	for _, r := range append([][]string{head}, rows...) {
		for i, c := range r {
			widths[i] = max(widths[i], lipgloss.Width(c))
		}
	}
	write := func(r []string, style *lipgloss.Style) {
		var b strings.Builder
		for i, c := range r {
			if i < len(r)-1 {
				c = pad(c, widths[i]+2)
			}
			b.WriteString(c)
		}
		text := strings.TrimRight(b.String(), " ")
		if style != nil {
			text = p.in(*style, text)
		}
		p.line(text)
	}
	write(head, &faint)
	for _, r := range rows {
		write(r, nil)
	}
}

// short cuts a text to n columns.
func short(s string, n int) string {
	if lipgloss.Width(s) <= n {
		return s
	}
	out := ""
	for _, r := range s {
		if lipgloss.Width(out+string(r)) > n-1 {
			break
		}
		out += string(r)
	}
	return out + "…"
}

// plural is "1 seat", "2 seats".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func numberAnd(n int, word string) string { return fmt.Sprintf("%d, %s", n, word) }
