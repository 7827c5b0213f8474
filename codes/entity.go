package codes

import (
	"html"
	"strings"
)

// entities are the named character references of HTML that a mail puts around and
// between the characters of a code.
var entities = func() map[string]rune {
	names := "nbsp ensp emsp thinsp shy zwnj zwj lrm rlm ndash mdash minus hyphen dash horbar " +
		"quot apos lsquo rsquo sbquo ldquo rdquo bdquo laquo raquo lsaquo rsaquo lt gt middot bull amp"
	t := make(map[string]rune)
	for name := range strings.FieldsSeq(names) {
		t[name] = []rune(html.UnescapeString("&" + name + ";"))[0]
	}
	return t
}()

// longestEntity is the length of the longest character reference that is read,
// "&#x10ffff;" with leading zeros.
const longestEntity = 12

// entity reads a character reference of HTML at the beginning of a text: "&nbsp;",
// "&#8209;" or "&#x2011;". It returns the character and its width in bytes, 0 for
// none.
func entity(text string) (rune, int) {
	end := strings.IndexByte(text[:min(len(text), longestEntity)], ';')
	if end < 2 {
		return 0, 0
	}
	name := text[1:end]
	if r, ok := entities[name]; ok {
		return r, end + 1
	}
	digits, base := strings.TrimPrefix(name, "#"), rune(10)
	if digits == name {
		return 0, 0
	}
	if x := strings.TrimLeft(digits, "xX"); len(x) == len(digits)-1 {
		digits, base = x, 16
	}
	if digits == "" {
		return 0, 0
	}
	r := rune(0)
	for _, d := range digits {
		switch {
		case d >= '0' && d <= '9':
			d -= '0'
		case base == 16 && d >= 'a' && d <= 'f':
			d -= 'a' - 10
		case base == 16 && d >= 'A' && d <= 'F':
			d -= 'A' - 10
		default:
			return 0, 0
		}
		if r = r*base + d; r > 0x10ffff {
			return 0, 0
		}
	}
	return r, end + 1
}
