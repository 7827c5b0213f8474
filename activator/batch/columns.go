package batch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/formula"
)

// columns are the places of the columns that mean something; -1 where there is none.
type columns struct {
	code, reference, refund, definition, choose, parameter, shelfLife int
	near                                                              []string // names that are carried though they begin with one that means something
	results                                                           []bool   // which columns are results of a run before, as [resultsOf] tells them: written anew
	again                                                             bool     // there are results
	twice                                                             string   // a name that is there twice
}

// columnName is a column's name as it is compared: without a colon at its end, and without the
// marks that do not show, which spreadsheets and web pages leave in it.
func columnName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	return strings.ReplaceAll(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), ":")), " ", "_")
}

func findColumns(names []string) columns {
	c := columns{code: -1, reference: -1, refund: -1, definition: -1, choose: -1, parameter: -1, shelfLife: -1, results: resultsOf(names)}
	c.again = slices.Contains(c.results, true)
	places := map[string]*int{
		"code": &c.code, "reference": &c.reference, "refund": &c.refund, "definition": &c.definition,
		"choose": &c.choose, "parameter": &c.parameter, "shelf_life": &c.shelfLife,
	}
	seen := make(map[string]bool, len(names))
	for i, n := range names {
		name := columnName(n)
		if c.results[i] {
			continue
		}
		if seen[name] && name != "" && c.twice == "" {
			c.twice = n
		}
		seen[name] = true
		if p := places[name]; p != nil {
			*p = i
			continue
		}
		for known := range places {
			if rest, ok := strings.CutPrefix(name, known); ok && strings.IndexByte("_([:", rest[0]) >= 0 {
				c.near = append(c.near, n)
			}
		}
	}
	return c
}

// Near are the columns that are carried through, but whose names begin with one that means
// something, as "Shelf life (days)".
func (in *Input) Near() []string { return in.known.near }

// resultsOf tells which columns a run before has written. Orders have lines, products and
// reasons of their own: so these names mean results only where a verdict and an entry stand
// with them, and of two columns of a name the last is the result.
func resultsOf(names []string) []bool {
	is := make([]bool, len(names))
	last := map[string]int{}
	for i, n := range names {
		if name := columnName(n); slices.Contains(results, name) {
			last[name] = i
		}
	}
	_, verdict := last["verdict"]
	if _, entry := last["entry"]; !verdict || !entry {
		return is
	}
	for _, i := range last {
		is[i] = true
	}
	return is
}

// row makes of a record what the desk takes.
func (in *Input) row(r *record) activator.Row {
	if in.Format == JSONL {
		return in.jsonRow(r)
	}
	row := activator.Row{Line: r.line, Mistake: r.mistake, Quoted: r.quoted, Carry: r}
	if r.mistake != "" && len(r.fields) == 0 {
		row.Text = r.raw
		return row
	}
	cell := func(at int) string {
		if at < 0 || at >= len(r.fields) {
			return ""
		}
		c := strings.TrimSpace(r.fields[at])
		if c == "" || c[0] != '=' && c[0] != '\'' {
			return c
		}
		return in.meant(c)
	}
	k := &in.known
	row.Text = cell(k.code)
	fill(&row, values{cell(k.reference), cell(k.refund), cell(k.definition), cell(k.choose), cell(k.parameter), cell(k.shelfLife)})
	return row
}

// meant is what a cell is meant to hold: results have an apostrophe before what would be a
// formula.
func (in *Input) meant(cell string) string {
	if in.known.again {
		cell = formula.Unguarded(cell, splitAt(in.comma))
	}
	return Unwrapped(cell)
}

// Unwrapped is the text in a formula ="0042", by which programs keep Excel from dropping the
// zeros; any other cell is left as it is.
func Unwrapped(cell string) string {
	if inner, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inner, `"`) {
		return strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `""`, `"`)
	}
	return cell
}

// values are the cells of a row beside its code.
type values struct{ reference, refund, definition, choose, parameter, shelfLife string }

// fill reads the cells into the row's decision. What cannot be read is the row's
// mistake.
func fill(row *activator.Row, v values) {
	d := &row.Decision
	d.Reference, d.Refund = v.reference, v.refund
	wrong := func(column, want, have string) {
		if row.Mistake == "" {
			row.Mistake, row.Quoted = fmt.Sprintf("the column %s does not hold %s", column, want), shown(have)
		}
	}
	if d.Reference != "" && d.Refund != "" && d.Reference != d.Refund && row.Mistake == "" {
		row.Mistake = "the columns reference and refund are not the same: refund alone is enough"
	}
	if v.definition != "" {
		id, err := strconv.ParseUint(v.definition, 10, 8)
		if err != nil || id == 0 {
			wrong("definition", "a definition's number, 1 to 255", v.definition)
		}
		d.As = uint8(id)
	}
	if v.choose != "" {
		for _, word := range strings.FieldsFunc(v.choose, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;+", r) }) {
			id, err := strconv.ParseUint(word, 10, 8)
			if err != nil || id == 0 {
				wrong("choose", "numbers of definitions, as 4 5", v.choose)
				break
			}
			d.Choose = append(d.Choose, uint8(id))
		}
	}
	if v.parameter != "" {
		p, err := strconv.ParseUint(v.parameter, 0, 32)
		if err != nil {
			day, err := codes.ParseDay(v.parameter)
			if err != nil {
				wrong("parameter", "a number (5, 0x7, 0b101) or a day (2027-06-30)", v.parameter)
			}
			p = uint64(day)
		}
		value := uint32(p)
		d.Parameter = &value
	}
	if v.shelfLife != "" {
		days, err := strconv.Atoi(v.shelfLife)
		if err != nil || days < 0 {
			wrong("shelf_life", "a number of days, 0 for a code that never expires", v.shelfLife)
		}
		d.ShelfLife = &days
	}
}
