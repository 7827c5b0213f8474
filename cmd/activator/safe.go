package main

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// safe makes a text fit for a terminal. Names of customers, references and pasted
// codes may hold anything: escape sequences that repaint the screen, characters
// that turn the reading direction around. What does not print is written as in a
// Go string.
func safe(s string) string {
	clean := true
	for _, r := range s {
		if r == utf8.RuneError || !strconv.IsPrint(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1, !strconv.IsPrint(r):
			q := strconv.Quote(s[:n])
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}
