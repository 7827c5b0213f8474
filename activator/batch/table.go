package batch

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/slab"
)

// table reads a table as RFC 4180 has it, and as people make them: other delimiters,
// any line end, quotes within a field. A record that breaks the rules is one line
// long, whatever its quotes say, so that one wrong quote does not swallow the rows
// behind it.
type table struct {
	r        io.Reader
	buf      []byte
	from, to int
	end      error // of the input
	line     int   // of what is at from
	vain     int   // bytes searched in vain for the end of a quoted field, less searchPerByte for each one read since
	comma    byte
	width    int // columns
	spare    []record
	texts    slab.Texts // of rows without quotes
	crlf     bool
}

// openTable reads the row that names the columns.
func (in *Input) openTable(r *bufio.Reader) error {
	t := &table{buf: make([]byte, 64<<10), line: 1, texts: slab.Texts{Most: 4096}}
	delimiters := []byte(separators)
	if told := Separator(r); told != 0 {
		in.told, t.line, delimiters = true, 2, []byte{told}
	}
	t.r = r
	var head []string
	var first []string
	mistake := ""
	for _, comma := range delimiters {
		t.comma = comma
		rec, size, err := t.look()
		switch {
		case errors.Is(err, io.EOF):
			return errors.New("it is empty: expected a first row that names the columns, with one named code")
		case err != nil:
			return err
		case rec.mistake != "" && rec.rest == nil: // perhaps it has another delimiter behind its quotes
			mistake = cmp.Or(mistake, rec.mistake)
			continue
		case rec.mistake != "":
			return unreadableHead(rec.mistake)
		}
		if len(rec.fields) > len(first) {
			first = rec.fields
		}
		if findColumns(rec.fields).code >= 0 {
			head = rec.fields
			t.crlf = bytes.Contains(t.buf[t.from:t.from+size], []byte("\r\n"))
			t.take(size)
			break
		}
	}
	if head == nil && mistake != "" && len(first) < 2 {
		return unreadableHead(mistake)
	}
	if head == nil {
		if c, err := codes.Parse(strings.Join(first, " ")); err == nil {
			return fmt.Errorf("its first row holds %s: expected the names of the columns there, one of them code; a list of codes alone is read with --format text", withArticle(c.Kind().String()))
		}
		if at := t.headBelow(); at > 0 {
			return fmt.Errorf("no column is named code: the first row has %s; line %d has one: delete the lines above it", Listed(first), at)
		}
		return fmt.Errorf("no column is named code: the first row has %s", Listed(first))
	}
	in.known = findColumns(head)
	if in.known.twice != "" {
		return fmt.Errorf("the column %q is there twice: name each column once", in.known.twice)
	}
	t.width = len(head)
	in.Columns, in.rows, in.comma, in.crlf = head, t, t.comma, t.crlf
	return nil
}

// headBelow is the line near the beginning that names the columns, as below the title of a
// report; 0 for none.
func (t *table) headBelow() int {
	const most = 20
	for i, line := range strings.SplitN(string(t.buf[t.from:t.to]), "\n", most) {
		for _, comma := range separators {
			names := strings.Split(strings.ReplaceAll(strings.TrimSuffix(line, "\r"), `"`, ""), string(comma))
			if i > 0 && findColumns(names).code >= 0 {
				return t.line + i
			}
		}
	}
	return 0
}

func unreadableHead(mistake string) error {
	return fmt.Errorf("its first row cannot be read: %s: expected the names of the columns, one of them code", mistake)
}

func withArticle(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// Listed quotes some names.
func Listed(names []string) string {
	const most = 8
	var b strings.Builder
	for i, n := range names {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(names)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%.40q", n)
	}
	return b.String()
}

func (t *table) next() (*record, error) {
	for {
		r, size, err := t.look()
		if err != nil {
			return nil, err
		}
		r.line = t.line
		t.take(size)
		if r.mistake == "" && len(r.fields) == 1 && r.fields[0] == "" && (t.width > 1 || size <= 2) {
			continue // an empty line
		}
		if r.mistake == "" && t.width > 1 && Blank(r.fields) {
			continue // one of the empty lines that a spreadsheet writes below or between its rows
		}
		if n := len(r.fields); r.mistake == "" && n > t.width {
			if strings.Join(r.fields[t.width:], "") != "" {
				r.mistake = fmt.Sprintf("the row has %d fields, the first row has %d: is a delimiter in a field that is not in quotes?", n, t.width)
			}
			left := sha256.Sum256(appendTexts(nil, r.fields[t.width:]))
			r.rest, r.fields = left[:], slices.Clone(r.fields[:t.width]) // there may be a million
		}
		return r, nil
	}
}

// Blank reports whether there is nothing in a row but delimiters and blanks.
func Blank(fields []string) bool {
	for _, f := range fields {
		if f != "" && strings.TrimSpace(f) != "" {
			return false
		}
	}
	return true
}

// take goes on behind what was looked at.
func (t *table) take(size int) {
	t.line += bytes.Count(t.buf[t.from:t.from+size], []byte{'\n'})
	t.from += size
	t.vain = max(t.vain-searchPerByte*size, 0)
}

// fill reads more behind what is there. It reports whether there is more.
func (t *table) fill() bool {
	if t.end != nil {
		return false
	}
	if t.from > 0 {
		t.to = copy(t.buf, t.buf[t.from:t.to])
		t.from = 0
	}
	if t.to == len(t.buf) {
		t.buf = append(t.buf, make([]byte, len(t.buf))...)
	}
	n, err := t.r.Read(t.buf[t.to:])
	t.to += n
	if err != nil {
		t.end = err
	}
	return n > 0 || err == nil
}

// look returns the record at the front and how many bytes it has.
func (t *table) look() (*record, int, error) {
	searched := 0
	for {
		rest := t.buf[t.from:t.to]
		if i := bytes.IndexByte(rest[searched:], '\n'); i >= 0 {
			return t.record(rest[:searched+i+1])
		}
		searched = len(rest)
		switch {
		case searched > maxRow:
			return t.overlong()
		case t.fill():
		case t.end != nil && !errors.Is(t.end, io.EOF):
			return nil, 0, t.end
		case len(rest) == 0:
			return nil, 0, io.EOF
		case t.end != nil:
			return t.record(t.buf[t.from:t.to]) // fill may have moved it
		}
	}
}

// overlong passes over a line that is too long to be a row, and keeps its beginning.
func (t *table) overlong() (*record, int, error) {
	r := &record{mistake: fmt.Sprintf("the line is longer than %d bytes: no row is", maxRow)}
	r.raw = string(t.buf[t.from : t.from+1000])
	left := sha256.New()
	left.Write(t.buf[t.from+1000 : t.to])
	for {
		t.from, t.to = 0, 0
		if !t.fill() && t.end != nil {
			if !errors.Is(t.end, io.EOF) {
				return nil, 0, t.end
			}
			break
		}
		if i := bytes.IndexByte(t.buf[:t.to], '\n'); i >= 0 {
			left.Write(t.buf[:i])
			t.from = i // the line end is taken as the record
			r.rest = left.Sum(nil)
			return r, 1, nil
		}
		left.Write(t.buf[:t.to])
	}
	r.rest = left.Sum(nil)
	return r, 0, nil
}

// searchPerByte bounds the work on quotes that are never closed, where each row would be
// searched for an end to the end of the file: every search in vain is taken off the next
// ones, which go farther again with each byte that is read.
const searchPerByte = 16

// record reads the record that begins with a line.
func (t *table) record(line []byte) (*record, int, error) {
	if bytes.IndexByte(line, '"') < 0 {
		return t.split(line), len(line), nil
	}
	most := max(maxRow-t.vain, len(line))
	for {
		b := t.buf[t.from:t.to]
		b = b[:min(len(b), most)]
		r, size, whole := t.quoted(b, t.end != nil && len(b) == t.to-t.from)
		if whole && size >= 0 {
			return r, size, nil
		}
		if !whole && len(b) < most && t.end == nil {
			t.fill()
			line = t.buf[t.from : t.from+len(line)]
			continue
		}
		t.vain = min(t.vain-size, maxRow)
		break // a quote that is never closed, or text behind one
	}
	text := string(cutEnd(line))
	return &record{raw: text, mistake: "a quoted field is not closed on its line, or has text behind its quotes", quoted: shown(text)}, len(line), nil
}

// shown is the beginning of a text, for a reason.
func shown(text string) string { return fmt.Sprintf("%.60q", text) }

// blank is a record to be filled; many of them are made at once.
func (t *table) blank() *record {
	if len(t.spare) == 0 {
		t.spare = make([]record, 32)
	}
	r := &t.spare[0]
	t.spare = t.spare[1:]
	return r
}

// split cuts a line without quotes.
func (t *table) split(line []byte) *record {
	text := t.texts.Keep(cutEnd(line))
	r := t.blank()
	r.fields = r.inline[:0]
	for {
		i := strings.IndexByte(text, t.comma)
		if i < 0 {
			r.fields = append(r.fields, text)
			return r
		}
		r.fields = append(r.fields, text[:i])
		text = text[i+1:]
	}
}

// quoted reads a record with quotes; last says that nothing follows b. A size below 0 is a
// record that is not whole in b, and says how far it was searched; whole with it is one
// that never will be.
func (t *table) quoted(b []byte, last bool) (r *record, size int, whole bool) {
	r = t.blank()
	r.fields = r.inline[:0]
	var field []byte
	for i := 0; ; {
		if i < len(b) && b[i] == '"' {
			field = field[:0]
			i++
			for {
				j := bytes.IndexByte(b[i:], '"')
				if j < 0 {
					return nil, -len(b), false
				}
				field = append(field, b[i:i+j]...)
				i += j + 1
				if i < len(b) && b[i] == '"' {
					field = append(field, '"')
					i++
					continue
				}
				break
			}
			if i == len(b) && !last {
				return nil, -i, false // perhaps a second quote follows
			}
			r.fields = append(r.fields, string(field))
			switch {
			case i == len(b):
				return r, i, true
			case b[i] == t.comma:
				i++
				continue
			case b[i] == '\n':
				return r, i + 1, true
			case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
				return r, i + 2, true
			case b[i] == '\r' && i+1 == len(b):
				return r, i + 1, last
			}
			return nil, -i, true
		}
		j := i
		for j < len(b) && b[j] != t.comma && b[j] != '\n' {
			j++
		}
		if j == len(b) && !last {
			return nil, -j, false
		}
		r.fields = append(r.fields, string(cutEnd(b[i:j])))
		if j == len(b) {
			return r, j, true
		}
		i = j + 1
		if b[j] == '\n' {
			return r, i, true
		}
	}
}
