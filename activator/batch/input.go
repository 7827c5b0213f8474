package batch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

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
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := beginning(b)
	if err != nil {
		return nil, err
	}
	switch {
	case len(head) == 0:
		return nil, errors.New("it is empty: expected a first row that names the columns, with one named code")
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		b = bufio.NewReaderSize(transform.NewReader(b, utf16.NewDecoder()), 64<<10)
		in.bom = true
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = b.Discard(3) // they are there
		in.bom = true
	}
	if head, err = beginning(b); err != nil {
		return nil, err
	}
	if first, _, _ := bytes.Cut(head, []byte("\n")); bytes.IndexByte(first, 0) >= 0 {
		return nil, errors.New("its first line has NUL bytes: it is no text, or UTF-16 without its mark; save it as UTF-8")
	}
	if in.Format == Auto {
		in.Format = recognize(head)
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

// beginning is what is there of an input without waiting for more than a mark of its
// encoding: somebody may write it row by row.
func beginning(b *bufio.Reader) ([]byte, error) {
	head, err := b.Peek(1)
	if err == nil && head[0] >= 0xef {
		_, err = b.Peek(3)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b.Peek(b.Buffered())
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
