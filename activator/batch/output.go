package batch

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/internal/formula"
	"github.com/manual-activator/manual-activator/internal/jsonline"
)

// results are the columns that an output has behind those of its input. Where an input
// has one of them already, from a run before, it is written anew.
var results = []string{
	"line", "verdict", "reason", "activation_code", "activation_code_digits", "valid_until",
	"kind", "license", "product", "asked_for", "fingerprint", "proposals", "entry",
}

// writer writes outcomes in the form of an output.
type writer struct {
	w      io.Writer
	in     *Input
	format Format
	lines  *jsonline.Encoder // into buf
	buf    []byte
	err    error
	size   int64 // bytes given to w and still in buf
}

// Write takes a line into what is to be written.
func (w *writer) Write(line []byte) (int, error) {
	w.buf = append(w.buf, line...)
	return len(line), nil
}

const writeSize = 64 << 10

func newWriter(w io.Writer, in *Input, f Format) *writer {
	out := &writer{w: w, in: in, format: f, buf: make([]byte, 0, writeSize+8<<10)}
	out.lines = jsonline.NewEncoder(out, "")
	return out
}

// head writes what stands before the rows.
func (w *writer) head() {
	if w.format != CSV {
		return
	}
	if w.in.bom {
		w.buf = append(w.buf, "\ufeff"...)
	}
	if w.in.told {
		w.buf = append(w.buf, SeparatorLine(w.in.comma)...)
		w.end()
	}
	first := true
	for i, c := range w.in.Columns {
		if !w.in.known.results[i] {
			w.cell(c, first)
			first = false
		}
	}
	if w.in.Format == JSONL { // beside a line of JSON stands the line
		w.cell("input", first)
	}
	for _, c := range results {
		w.cell(c, false)
	}
	w.end()
}

// cell appends a field. What a spreadsheet would take for a formula has an apostrophe
// before it.
func (w *writer) cell(s string, first bool) {
	if !first {
		w.buf = append(w.buf, w.in.comma)
	}
	s = printing(s)
	guarded := formula.Guard(s, splitAt(w.in.comma))
	quote := len(guarded) > len(s)
	s = guarded
	for i := 0; i < len(s) && !quote; i++ {
		c := s[i]
		quote = c == '"' || c == '\n' || c == '\r' || c == w.in.comma || c == ' ' && (i == 0 || i == len(s)-1)
	}
	if !quote {
		w.buf = append(w.buf, s...)
		return
	}
	w.buf = append(w.buf, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			w.buf = append(w.buf, '"')
		}
		w.buf = append(w.buf, s[i])
	}
	w.buf = append(w.buf, '"')
}

// splitAt is at what some spreadsheets split a line whatever the file means.
func splitAt(comma byte) byte {
	if comma == ',' {
		return ';'
	}
	return ','
}

// printing puts spaces in place of what a terminal or an editor would act on rather than
// show. What is only ASCII costs one look.
func printing(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\n' && c != '\t' || c >= 0x7f {
			return strings.Map(func(r rune) rune {
				if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
					return ' '
				}
				return r
			}, s)
		}
	}
	return s
}

func (w *writer) end() {
	if w.in.crlf {
		w.buf = append(w.buf, '\r')
	}
	w.buf = append(w.buf, '\n')
	if len(w.buf) >= writeSize {
		w.flush()
	}
}

func (w *writer) flush() {
	if w.err == nil && len(w.buf) > 0 {
		w.size += int64(len(w.buf))
		_, w.err = w.w.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

// row writes one outcome.
func (w *writer) row(o *activator.RowOutcome) {
	if w.format == JSONL {
		w.json(o)
		return
	}
	rec := o.Row.Carry.(*record)
	first := true
	for i := range w.in.Columns {
		if w.in.known.results[i] {
			continue
		}
		cell := ""
		switch {
		case i < len(rec.fields):
			cell = rec.fields[i]
		case len(rec.fields) == 0 && i == w.in.known.code:
			cell = rec.raw
		}
		w.cell(cell, first)
		first = false
	}
	if w.in.Format == JSONL {
		w.cell(rec.raw, first)
	}
	e := &o.Entry
	var buf [20]byte
	w.buf = append(w.buf, w.in.comma)
	w.buf = append(w.buf, strconv.AppendInt(buf[:0], int64(o.Row.Line), 10)...)
	w.cell(string(o.Verdict()), false)
	w.cell(o.Reason(), false)
	if a := o.Answer(); a.IsZero() {
		w.buf = append(w.buf, w.in.comma, w.in.comma, w.in.comma)
	} else {
		w.cell(e.Answer, false)
		w.buf = append(w.buf, w.in.comma)
		w.buf = append(a.AppendDigits(w.buf), w.in.comma)
		w.buf, _ = a.Answer().Day.AppendText(w.buf)
	}
	w.cell(kindWord(o), false)
	w.buf = append(w.buf, w.in.comma)
	if e.License != 0 {
		w.buf, _ = e.License.AppendText(w.buf)
	}
	if p := o.Product(); p != nil {
		w.cell(p.ID, false)
	} else {
		w.cell("", false)
	}
	w.buf = append(w.buf, w.in.comma)
	if e.Definition != 0 {
		w.buf = append(w.buf, strconv.AppendInt(buf[:0], int64(e.Definition), 10)...)
	}
	w.buf = append(w.buf, w.in.comma)
	if e.Machine {
		w.buf, _ = e.Fingerprint.AppendText(w.buf)
	}
	w.cell(strings.Join(o.Proposals(), " "), false)
	w.buf = append(w.buf, w.in.comma)
	if e.ID != 0 {
		w.buf = e.ID.Append(w.buf)
	}
	w.end()
}

// kindWord names the kind of a row's code as reports do.
func kindWord(o *activator.RowOutcome) string {
	switch o.Entry.Kind {
	case journal.KindRequest, journal.KindConfirmation:
		return string(o.Entry.Kind)
	}
	return o.Code().Kind().Word()
}

// json writes an outcome as one object: the line, the report as every command gives
// it, and the row as it was.
func (w *writer) json(o *activator.RowOutcome) {
	rec := o.Row.Carry.(*record)
	line := struct {
		Line int `json:"line"`
		activator.Report
		Input any `json:"input"`
	}{o.Row.Line, o.Report(), w.input(rec)}
	if err := w.lines.Encode(line); err != nil && w.err == nil {
		w.err = err
	}
	if len(w.buf) >= writeSize {
		w.flush()
	}
}

// input is a row as it was read: the object of a line of JSON, or the cells by the
// names of their columns; the beginning of its text where it was no row.
func (w *writer) input(rec *record) any {
	if w.in.Format == JSONL {
		if json.Valid([]byte(rec.raw)) {
			return json.RawMessage(rec.raw)
		}
		return rec.raw
	}
	if len(rec.fields) == 0 {
		return rec.raw
	}
	o := orderedObject{}
	for i, c := range w.in.Columns {
		if i < len(rec.fields) && !w.in.known.results[i] {
			o = append(o, [2]string{c, rec.fields[i]})
		}
	}
	return o
}

// orderedObject is a JSON object whose members keep their order.
type orderedObject [][2]string

// MarshalJSON writes the members in their order.
func (o orderedObject) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for i, m := range o {
		b.WriteByte("{,"[min(i, 1)])
		if err := enc.Encode(m[0]); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(m[1]); err != nil {
			return nil, err
		}
	}
	if len(o) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// A Cell is what an input says of a row in one of its columns.
type Cell struct {
	Column, Text string
	Code         bool // it is the code's own
}

// Carried lists the cells of a row of this input that an output has before its results:
// those of its columns, or its line of JSON as "input".
func (in *Input) Carried(row *activator.Row) []Cell {
	rec, ok := row.Carry.(*record)
	if !ok {
		return nil
	}
	if in.Format == JSONL {
		return []Cell{{Column: "input", Text: rec.raw}}
	}
	var cells []Cell
	for i, name := range in.Columns {
		c := Cell{Column: name, Code: i == in.known.code}
		switch {
		case in.known.results[i]:
			continue
		case i < len(rec.fields):
			c.Text = rec.fields[i]
		case len(rec.fields) == 0 && c.Code:
			c.Text = rec.raw
		}
		cells = append(cells, c)
	}
	return cells
}
