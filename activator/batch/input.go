package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/manual-activator/manual-activator/internal/mailtext"
)

// Format is the form of an input or an output.
type Format string

// The formats. Auto recognizes an input by its beginning.
const (
	Auto  Format = ""
	CSV   Format = "csv"   // a table whose first row names the columns
	JSONL Format = "jsonl" // one JSON object per line
	Text  Format = "text"  // mails (.eml, .mbox) or any text: one row per code that is found

	// TextOrTable is for Open, which makes one of the two of it: CSV where the first row
	// names several columns with tabs between them, one of them code, as spreadsheets save
	// tables with the ending .txt; else Text.
	TextOrTable Format = "text or table"
)

// Limits of an input, in bytes.
const (
	maxRow  = 1 << 20 // a row of a table, a line of JSON
	maxMail = 8 << 20 // of a mail that is searched
	maxPart = 1 << 16 // of a text without mails that is searched at once
)

// An Input is a file of codes, read row by row.
type Input struct {
	Format  Format
	Columns []string // as the input names them; for Text those that are carried

	rows  rows
	known columns
	sum   [32]byte // of everything up to the row read last
	// As a table was written, so that the output can be written like it.
	comma byte
	told  bool // by a line before the columns
	crlf  bool
	bom   bool
}

// rows are the records of an input, whatever its format.
type rows interface {
	// next returns the next record, or io.EOF. What is wrong with a record is said in
	// it; an error ends the input.
	next() (*record, error)
}

// A record is a row as it was read.
type record struct {
	line    int
	fields  []string // beside Columns; of a JSON line none
	raw     string   // the JSON line; of a record that is no row, what it begins with
	rest    []byte   // the hash of what is left out of raw
	mistake string   // why it is no row
	quoted  string   // what the mistake is about, in the row's own words
	inline  [8]string
}

// Open looks at the beginning of an input and makes ready to read its rows. An error
// says what the input must have to be read.
func Open(r io.Reader, f Format) (*Input, error) {
	in := &Input{Format: f, comma: ','}
	b, marked, err := Decode(r)
	if err != nil {
		return nil, err
	}
	in.bom = marked
	head, err := beginning(b)
	if err != nil {
		return nil, err
	}
	if len(head) == 0 {
		return nil, errors.New("it is empty: expected a first row that names the columns, with one named code")
	}
	switch {
	case in.Format == Auto:
		in.Format = recognize(head)
	case in.Format == TextOrTable && namesColumns(head):
		in.Format = CSV
	case in.Format == TextOrTable:
		in.Format = Text
	}
	if in.Format == CSV && isArray(head) {
		return nil, errors.New("it is one JSON array: expected one JSON object per line")
	}
	switch in.Format {
	case CSV:
		err = in.openTable(b)
	case JSONL:
		in.rows = &jsonLines{lines: lines{r: b}}
	case Text:
		in.Columns = []string{"code", "from", "subject"}
		in.rows = newMails(b)
		in.known = findColumns(in.Columns)
	default:
		return nil, fmt.Errorf("format: have %q, want csv, jsonl or text", string(f))
	}
	if err != nil {
		return nil, err
	}
	in.begin()
	return in, nil
}

// namesColumns reports whether a text begins with a row that names several columns with
// tabs between them, one of them code.
func namesColumns(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	names := strings.Split(string(cutEnd(line)), "\t")
	for _, name := range names {
		if len(names) > 1 && columnName(strings.Trim(name, `"`)) == "code" {
			return true
		}
	}
	return false
}

// isArray reports whether a text begins as a JSON array of objects does.
func isArray(head []byte) bool {
	inside, array := bytes.CutPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("["))
	inside = bytes.TrimLeft(inside, " \t\r\n")
	return array && (len(inside) == 0 || inside[0] == '{')
}

// recognize tells the format by the beginning of an input. A table is the rule.
func recognize(head []byte) Format {
	text := bytes.TrimLeft(head, " \t\r\n")
	line, _, _ := bytes.Cut(text, []byte("\n"))
	lower := strings.ToLower(string(line))
	switch {
	case bytes.HasPrefix(text, []byte("{")):
		return JSONL
	case strings.HasPrefix(lower, "from "):
		return Text
	}
	if mailtext.Begins(head) {
		return Text
	}
	return CSV
}
