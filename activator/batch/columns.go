package batch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// columns are the places of the columns that mean something; -1 where there is none.
type columns struct {
	code, reference, refund, definition, choose, parameter, shelfLife int
	results                                                           []bool // which columns are results of a run before, as [resultsOf] tells them: written anew
	twice                                                             string // a name that is there twice
}

// columnName is a column's name as it is compared.
func columnName(s string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(s)))
}

func findColumns(names []string) columns {
	c := columns{-1, -1, -1, -1, -1, -1, -1, resultsOf(names), ""}
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
		}
	}
	return c
}

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
		return strings.TrimSpace(r.fields[at])
	}
	k := &in.known
	row.Text = cell(k.code)
	fill(&row, values{cell(k.reference), cell(k.refund), cell(k.definition), cell(k.choose), cell(k.parameter), cell(k.shelfLife)})
	return row
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
