package product

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// quote writes s between double quotes. The rule is fixed, so that the text of
// an artifact is the same under every Unicode version (strconv.Quote follows
// the tables of the Go release that compiled it):
//
//	"  \                                        \" \\
//	a byte that is not UTF-8                    \xNN
//	U+0000-001F 007F-009F 061C 200B-200F        \uNNNN
//	2028-202E 2060-206F FEFF FFF9-FFFB
//	U+E0000-E0FFF                               \UNNNNNNNN
//	everything else                             itself
//
// What is escaped is what cannot be seen, or reorders what is seen. Digits are
// lower-case. Go's strconv.Unquote reads it.
func quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case hidden(r) && r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	b.WriteByte('"')
	return b.String()
}

// hidden reports whether r is invisible or reorders the text around it.
func hidden(r rune) bool {
	return r < 0x20 || r >= 0x7F && r <= 0x9F || r == 0x061C ||
		r >= 0x200B && r <= 0x200F || r >= 0x2028 && r <= 0x202E || r >= 0x2060 && r <= 0x206F ||
		r == 0xFEFF || r >= 0xFFF9 && r <= 0xFFFB || r >= 0xE0000 && r <= 0xE0FFF
}

// unquote reads what quote writes, and nothing else.
func unquote(text string) (string, error) {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return "", fmt.Errorf("expected a text in double quotes, found %q", text)
	}
	s, err := strconv.Unquote(text)
	if err != nil || quote(s) != text {
		return "", fmt.Errorf("%q is not written as a quoted text is written here", text)
	}
	return s, nil
}
