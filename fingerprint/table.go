package fingerprint

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// The edge of the table shows what differs without color: "-" gone, "+" new, "*"
// another or some, "?" could not be read.
var marks = map[Change]string{Same: " ", Gone: "-", Added: "+", Partial: "*", Changed: "*", Unread: "?"}

// Table writes the comparison for a terminal: for each kind the parts of both
// machines side by side, what became of them and what it counts. It ends with
// the sum. Its lines hold printable characters only and are at most width
// characters long, or 60 where width is less.
func (j Judgment) Table(width int) string {
	const others, least = 40, 10 // columns of what is not a part; a part's fewest
	room := max(least, (width-others)/2)
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { fmt.Fprintln(w, strings.Join(cells, "\t")) }
	row(" ", "", "EARLIER", "LATER", "CHANGE", "COUNTS")
	for _, c := range j.Components {
		counts := ""
		if c.Change.Differs() {
			counts = fmt.Sprint(c.Weight)
		}
		for n, p := range beside(c, room) {
			if n == 0 {
				row(marks[c.Change], cell(c.Name(), 16), p.before, p.after, string(c.Change), counts)
			} else {
				row(marks[p.change], "", p.before, p.after, "", "")
			}
		}
	}
	row(" ", "sum", "", "", "", fmt.Sprint(j.Sum))
	_ = w.Flush() // into memory
	lines := strings.Split(b.String(), "\n")
	for n := range lines {
		lines[n] = strings.TrimRight(lines[n], " ")
	}
	return strings.Join(lines, "\n")
}

// pair is one line of a component: a part of the earlier machine and one of the
// later.
type pair struct {
	before, after string
	change        Change
}

// beside sets the parts of both machines side by side: the same ones, then what
// went beside what came.
func beside(c Compared, room int) []pair {
	switch {
	case c.Change == Unread:
		return []pair{{"?", "?", Unread}}
	case len(c.Parts) == 0:
		return []pair{{"none", "none", Same}}
	}
	var pairs []pair
	var came []Part
	for _, p := range c.Parts {
		switch p.Change {
		case Same:
			pairs = append(pairs, pair{cell(p.Label, room), cell(p.Label, room), Same})
		case Gone:
			pairs = append(pairs, pair{cell(p.Label, room), "-", Gone})
		default:
			came = append(came, p)
		}
	}
	for n := range pairs {
		if pairs[n].change == Gone && len(came) > 0 {
			pairs[n].after, pairs[n].change = cell(came[0].Label, room), Changed
			came = came[1:]
		}
	}
	for _, p := range came {
		pairs = append(pairs, pair{"-", cell(p.Label, room), Added})
	}
	return pairs
}

// cell shortens a text to the width of a cell.
func cell(s string, width int) string {
	if s == "" {
		s = "(no name)"
	}
	if r := []rune(s); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return s
}
