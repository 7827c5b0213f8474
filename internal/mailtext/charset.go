package mailtext

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// charset makes UTF-8 of a header in one of the sets of 256 characters, by the name that
// mails give it, in small letters.
func charset(name string, r io.Reader) (io.Reader, error) {
	name = strings.TrimPrefix(strings.ReplaceAll(name, "cp125", "windows-125"), "x-")
	for _, e := range charmap.All {
		if s, ok := e.(fmt.Stringer); ok && strings.ReplaceAll(strings.ToLower(s.String()), " ", "-") == name {
			return e.NewDecoder().Reader(r), nil
		}
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

// narrow makes UTF-8 of a part in UTF-16, as it has a mark or its character set says: so
// Windows saves what a program prints. Every other part is left as it is, since a code
// reads the same in all.
func narrow(r io.Reader, charset string) io.Reader {
	b := bufio.NewReader(r)
	mark, _ := b.Peek(2) // its error comes with the next read
	end := unicode.LittleEndian
	switch name := strings.ToLower(charset); {
	case string(mark) == "\xff\xfe", string(mark) == "\xfe\xff", name == "utf-16le":
	case name == "utf-16", name == "utf-16be":
		end = unicode.BigEndian
	default:
		return b
	}
	return transform.NewReader(b, unicode.UTF16(end, unicode.UseBOM).NewDecoder())
}
