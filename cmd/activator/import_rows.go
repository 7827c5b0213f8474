package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/batch"
	"github.com/manual-activator/manual-activator/codes/product"
)

// ordered is a row of a file of orders.
type ordered struct {
	line  int
	order activator.Order
	wrong activator.OrderMistakes // in the row as it stands; one without a field is about the row as a whole
}

// scan reads the file and calls take for every row, and for the first one if it has
// mistakes. What it cannot read of the rest is an error.
func (im *imports) scan(take func(ordered) error) error {
	if _, err := im.in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	text, marked, err := batch.Decode(im.in)
	if err != nil {
		return fmt.Errorf("%s: %w", im.name, err)
	}
	told := batch.Separator(text)
	im.marked, im.told, im.comma = marked, told != 0, rune(told)
	if im.told {
		below := take
		take = func(x ordered) error { x.line++; return below(x) }
	} else {
		im.comma = separator(text)
	}
	r := csv.NewReader(text)
	r.ReuseRecord, r.Comma = true, im.comma
	head, err := r.Read()
	var bad *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%s is empty: expected a first row with the columns %s", im.name, strings.Join(importColumns, ", "))
	case errors.As(err, &bad):
		return take(wholeRow(bad.StartLine, "column %d: %v", bad.Column, bad.Err))
	case err != nil:
		return fmt.Errorf("%s: %w", im.name, err)
	}
	width, rows := len(head), 0
	var wrong activator.OrderMistakes
	im.head = nil
	for _, name := range head {
		im.head = append(im.head, strings.TrimSpace(name))
	}
	if im.at, wrong = columns(head); len(wrong) > 0 {
		im.unclear = true
		if err := take(ordered{line: 1, wrong: wrong}); err != nil {
			return err
		}
	}
	for ; ; rows++ {
		row, err := r.Read()
		for len(row) > 0 && batch.Blank(row) { // as spreadsheets write them below or between the rows
			row, err = r.Read()
		}
		var x ordered
		switch {
		case errors.Is(err, io.EOF):
			if rows == 0 && len(wrong) == 0 {
				return fmt.Errorf("%s has no rows below its first one", im.name)
			}
			return nil
		case errors.Is(err, csv.ErrFieldCount) && errors.As(err, &bad):
			x = wholeRow(bad.Line, "%d fields, want %d as in the first row", len(row), width)
		case errors.As(err, &bad):
			x = wholeRow(bad.StartLine, "column %d: %v", bad.Column, bad.Err)
		case err != nil:
			return fmt.Errorf("%s: %w", im.name, err)
		default:
			for i := range row {
				row[i] = batch.Legible(row[i])
			}
			x.order, x.wrong = im.order(row)
			x.line, _ = r.FieldPos(0)
		}
		if err := take(x); err != nil {
			return err
		}
	}
}

// wholeRow is a row of which no field can be told.
func wholeRow(line int, format string, args ...any) ordered {
	return ordered{line: line, wrong: activator.OrderMistakes{{Err: fmt.Errorf(format, args...)}}}
}

// separator is what separates the columns of a table: what finds the most names that are
// known in its first row, a comma where nothing does.
func separator(text *bufio.Reader) rune {
	_, _ = text.Peek(1) // what is wrong shows when it is read
	head, _ := text.Peek(text.Buffered())
	line, _, _ := strings.Cut(string(head), "\n")
	comma, most := ',', 0
	for _, c := range ",;\t|" {
		known := 0
		for _, name := range strings.Split(line, string(c)) {
			if slices.Contains(importColumns, strings.ToLower(strings.Trim(name, " \"\r"))) {
				known++
			}
		}
		if known > most {
			comma, most = c, known
		}
	}
	return comma
}

// columns finds the columns of a file of orders. One that is there twice is not among
// them: nobody can tell which of the two is meant.
func columns(head []string) (map[string]int, activator.OrderMistakes) {
	at, count := map[string]int{}, map[string]int{}
	var wrong activator.OrderMistakes
	mistake := func(format string, args ...any) {
		wrong = append(wrong, activator.OrderMistake{Err: fmt.Errorf(format, args...)})
	}
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(batch.Legible(h)))
		count[h]++
		switch {
		case h == "": // spreadsheets end lines with empty columns
		case count[h] == 2:
			mistake("the column %q is there twice", h)
			delete(at, h)
		case count[h] > 2:
		case !slices.Contains(importColumns, h):
			mistake("unknown column %q; known are %s", h, strings.Join(importColumns, ", "))
		default:
			at[h] = i
		}
	}
	for _, need := range importColumns[:2] {
		if count[need] == 0 {
			mistake("the column %q is missing", need)
		}
	}
	return at, wrong
}

// rounded is what spreadsheets show, and write into a table, of a number with many digits.
var rounded = regexp.MustCompile(`^[0-9]([.,][0-9]+)?E\+[0-9]{2,3}$`)

// order reads a row, with what is wrong in it as it stands. The desk knows the rest.
func (im *imports) order(row []string) (o activator.Order, wrong activator.OrderMistakes) {
	cell := func(column string) string {
		if i, ok := im.at[column]; ok {
			return batch.Unwrapped(strings.TrimSpace(row[i]))
		}
		return ""
	}
	mistake := func(field string, err error) {
		wrong = append(wrong, activator.OrderMistake{Field: field, Err: err})
	}
	o = activator.Order{Product: strings.Clone(cell("product")), Customer: strings.Clone(cell("customer")), Order: strings.Clone(cell("order"))}
	for i, name := range im.head {
		if name == "" && strings.TrimSpace(row[i]) != "" {
			mistake("", fmt.Errorf("column %d has no name and holds %q: name it, or empty it", i+1, row[i]))
		}
	}
	if rounded.MatchString(o.Order) {
		mistake("order", fmt.Errorf("order: have %q, which a spreadsheet has made of a longer number: format the column as text, and type the numbers again", o.Order))
	}
	for _, need := range importColumns[:2] {
		if _, there := im.at[need]; there && cell(need) == "" {
			mistake(need, fmt.Errorf(`%s: have "", want a name`, need))
		}
	}
	if s := cell("seats"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			mistake("seats", fmt.Errorf("seats: have %q, want a number from 1", s))
		} else {
			o.Seats = n
		}
	}
	if g := cell("grants"); g != "" {
		before := len(wrong)
		for item := range strings.FieldsSeq(g) {
			if _, err := product.ParseGrants(item); err != nil {
				mistake("grants", err)
			}
		}
		grants, err := product.ParseGrants(g)
		switch {
		case err == nil:
			o.Grants = &grants
		case len(wrong) == before: // the items do not go together
			mistake("grants", err)
		}
	}
	return o, wrong
}

// chunks calls take for a thousand rows at a time.
func (im *imports) chunks(take func([]ordered) error) error {
	var rows []ordered
	flush := func() error {
		defer func() { rows = rows[:0] }()
		if len(rows) == 0 {
			return nil
		}
		return take(rows)
	}
	err := im.scan(func(x ordered) error {
		if rows = append(rows, x); len(rows) < importChunk {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
