package journal

import (
	"slices"
	"strings"
	"unicode"
)

// Words returns the words that a text is found by: runs of letters and digits, lower-case, each once, sorted. A word
// longer than 64 bytes is cut there.
func Words(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	for i, w := range words {
		if len(w) > 64 {
			words[i] = strings.ToValidUTF8(w[:64], "")
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// Words returns the words that a license is found by: those of its number, its order and its customer.
func (l *License) Words() []string {
	return Words(l.Number.String() + " " + l.Order + " " + l.Customer)
}
