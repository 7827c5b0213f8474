package mailtext

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// named returns the character set of a name, as browsers know them; nil for none that is
// known. It is what programs write under that name: ISO 8859-1 stands for Windows-1252.
func named(name string) encoding.Encoding {
	if e, err := htmlindex.Get(name); err == nil && e != encoding.Replacement {
		return e
	}
	return nil
}

// charset makes UTF-8 of a header's word.
func charset(name string, r io.Reader) (io.Reader, error) {
	if e := named(name); e != nil {
		return e.NewDecoder().Reader(r), nil
	}
	return nil, fmt.Errorf("the character set %q is not known here", name)
}

// utf8Of is a header that nobody has encoded: it should be UTF-8, and else is what programs
// for Windows write in Western Europe.
func utf8Of(s string) string {
	if !utf8.ValidString(s) {
		if t, err := charmap.Windows1252.NewDecoder().String(s); err == nil {
			return t
		}
	}
	return s
}

// wide makes UTF-8 of a part in UTF-16, as it has a mark or its character set says: so
// Windows saves what a program prints. It returns nil for every other part.
func wide(b *bufio.Reader, charset string) io.Reader {
	mark, _ := b.Peek(2) // its error comes with the next read
	end := unicode.LittleEndian
	switch {
	case string(mark) == "\xff\xfe", string(mark) == "\xfe\xff", charset == "utf-16le":
	case charset == "utf-16", charset == "utf-16be":
		end = unicode.BigEndian
	default:
		return nil
	}
	return transform.NewReader(b, unicode.UTF16(end, unicode.UseBOM).NewDecoder())
}

// narrow makes UTF-8 of a part in the character set that it names. Where the part is UTF-8
// all the same, it is left as it is, and other is false: what programs say and what they
// send are two things.
func narrow(r io.Reader, charset string) (part io.Reader, other bool) {
	charset = strings.ToLower(strings.TrimSpace(charset))
	b := bufio.NewReader(r)
	if w := wide(b, charset); w != nil {
		return w, true
	}
	e := named(charset)
	if e == nil {
		return b, false
	}
	text, err := io.ReadAll(b)
	if utf8.Valid(text) && !bytes.ContainsAny(text, "\x1b") { // ISO 2022 writes with seven bits, behind escapes
		return io.MultiReader(bytes.NewReader(text), failed{err}), false
	}
	return io.MultiReader(e.NewDecoder().Reader(bytes.NewReader(text)), failed{err}), true
}

// failed is the end of a part that could be read so far.
type failed struct{ err error }

// Read implements [io.Reader].
func (f failed) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}
