package batch

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Decode prepares a text for reading by lines. It takes the mark off that tells the encoding,
// reports whether there was one, and makes UTF-8 of UTF-16; a text without a mark keeps its
// encoding (see [Legible]). Where lines end with carriage returns alone, as old programs
// write them, it makes line feeds of those. Its error is the reader's, or says that r is no
// text: it begins as workbooks do, or there are NUL bytes in the first line, as far as that is there at once.
func Decode(r io.Reader) (text *bufio.Reader, marked bool, err error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, err := beginning(b)
	if err != nil {
		return nil, false, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, false, errors.New("it is a workbook (.xlsx, .ods, .numbers) or another archive: open it and save it as CSV UTF-8")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, false, errors.New("it is a workbook of an old Excel (.xls) or a mail of Outlook's (.msg): open it and save the one as CSV UTF-8, the other as text")
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return nil, false, errors.New("it is a PDF: expected a text or a table")
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		b = bufio.NewReaderSize(transform.NewReader(b, utf16.NewDecoder()), 64<<10)
		marked = true
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = b.Discard(3) // they are there
		marked = true
	}
	if head, err = beginning(b); err != nil {
		return nil, false, err
	}
	first, _, _ := bytes.Cut(head, []byte("\n"))
	if bytes.IndexByte(first, 0) >= 0 {
		return nil, false, errors.New("its first line has NUL bytes: it is no text, or UTF-16 without its mark; save it as UTF-8")
	}
	return bufio.NewReaderSize(&loneReturns{r: b}, 64<<10), marked, nil
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

// loneReturns makes line ends of carriage returns, where the first line ends with one that
// no line feed follows. Else it leaves the text as it is.
type loneReturns struct {
	r       *bufio.Reader
	decided bool
	lone    bool
}

// Read implements [io.Reader].
func (l *loneReturns) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.decided && !l.lone {
		return n, err
	}
	for i, c := range p[:n] {
		if c == '\n' && !l.decided {
			l.decided = true
			break
		}
		if c != '\r' {
			continue
		}
		next := p[i+1 : n]
		if len(next) == 0 {
			next, _ = l.r.Peek(1) // its error comes with the next read
		}
		follows := len(next) > 0 && next[0] == '\n'
		if !l.decided {
			l.decided, l.lone = true, !follows
		}
		if !l.lone {
			break
		}
		if !follows {
			p[i] = '\n'
		}
	}
	return n, err
}

// Legible is a text as it is if it is UTF-8. Else it was written by a program for Windows,
// in the code page of Western Europe (Windows-1252).
func Legible(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(charmap.Windows1252.DecodeByte(s[i]))
	}
	return b.String()
}
