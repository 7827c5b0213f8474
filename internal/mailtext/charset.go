package mailtext

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
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

// utf8Of is a text that nobody has encoded: it should be UTF-8, and else is what programs
// for Windows write in Western Europe.
func utf8Of(s string) string {
	if !utf8.ValidString(s) {
		if t, err := charmap.Windows1252.NewDecoder().String(s); err == nil {
			return t
		}
	}
	return s
}

// textOf is UTF-8 of a part. UTF-16 is known by its mark or its name: so Windows saves what a
// program prints. A part that is UTF-8 is left as it is, whatever it names: what programs say
// and what they send are two things. One that names no set, or none that is known here or
// that it keeps to, is what programs for Windows write.
func textOf(part []byte, charset string) string {
	charset = strings.ToLower(strings.TrimSpace(charset))
	end := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(part, []byte("\xff\xfe")), bytes.HasPrefix(part, []byte("\xfe\xff")), charset == "utf-16le":
	case charset == "utf-16", charset == "utf-16be":
		end = unicode.BigEndian
	case utf8.Valid(part) && bytes.IndexByte(part, escape) < 0:
		return string(part)
	default:
		if e := named(charset); e != nil && e != encoding.Encoding(unicode.UTF8) {
			t, _ := e.NewDecoder().Bytes(part) // as far as it goes
			return string(t)
		}
		return utf8Of(string(part))
	}
	t, _ := unicode.UTF16(end, unicode.UseBOM).NewDecoder().Bytes(part) // as far as it goes
	return string(t)
}

const escape = 0x1b // with which ISO 2022 switches sets, in seven bits

// isText reports whether a part that does not say it is text is one: it has no control
// characters but those of lines.
func isText(part []byte) bool {
	if bytes.HasPrefix(part, []byte("\xff\xfe")) || bytes.HasPrefix(part, []byte("\xfe\xff")) {
		return true
	}
	for _, c := range part {
		if c < ' ' && !strings.ContainsRune("\t\n\f\r", rune(c)) || c == 0x7f {
			return false
		}
	}
	return true
}
