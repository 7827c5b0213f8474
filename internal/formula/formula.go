// Package formula keeps texts in tables from being run by a spreadsheet.
package formula

import (
	"strings"
	"unicode"
)

// Guard puts an apostrophe before what a spreadsheet would take for a formula, as OWASP
// advises (CSV injection): at the beginning of a cell, and behind split, at which some
// split a line whatever the file means: a semicolon in a file that is separated by
// commas, a comma in others.
func Guard(cell string, split byte) string {
	if !begins(cell) && strings.IndexByte(cell, split) < 0 {
		return cell
	}
	var b strings.Builder
	for rest := cell; ; {
		if begins(rest) {
			b.WriteByte('\'')
		}
		i := strings.IndexByte(rest, split)
		if i < 0 {
			b.WriteString(rest)
			return b.String()
		}
		for i++; i < len(rest) && strings.IndexByte(" \t\r\n\f\v\"", rest[i]) >= 0; {
			i++
		}
		b.WriteString(rest[:i])
		rest = rest[i:]
	}
}

// Unguarded is a cell without the apostrophe that [Guard] put before it.
func Unguarded(cell string, split byte) string {
	if inner, ok := strings.CutPrefix(cell, "'"); ok && begins(inner) && Guard(inner, split) == cell {
		return inner
	}
	return cell
}

// begins reports whether a text begins as formulas do, in signs of either width, with
// white space that is dropped before one, or with blanks before that.
func begins(s string) bool {
	if s == "" {
		return false
	}
	if c := s[0]; c == ' ' || c >= 0x80 {
		if s = strings.TrimLeftFunc(s, unicode.IsSpace); s == "" {
			return false
		}
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n':
		return true
	case 0xef:
		for _, wide := range []string{"＝", "＋", "－", "＠"} {
			if strings.HasPrefix(s, wide) {
				return true
			}
		}
	}
	return false
}
