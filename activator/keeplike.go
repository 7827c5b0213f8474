package activator

import (
	"slices"
	"strings"
	"unicode"

	"github.com/manual-activator/manual-activator/codes"
)

// Which texts that are no codes are kept in the journal: those that were plainly meant as
// one. By chance a group is right once in 58 times in letters and once in ten in digits, so
// one right group says nothing of a passphrase, and two of them do.

// likeCode reports whether a text was meant as a code:
//   - it has several lines: a mail, in which the code is looked for later;
//   - half of its groups are right, and two of them or, of digits, three;
//   - it begins as a code and is as long as one, up to two characters, and all but two of
//     its groups are right, wherever a missing or surplus character moved them to;
//   - a code or the shape of one stands in it, and that is not made of words.
func likeCode(text string) bool {
	if strings.ContainsAny(strings.TrimSpace(text), "\r\n") {
		return true
	}
	l := codes.Inspect(text)
	right := rightGroups(&l)
	least := 2
	if l.Form == codes.FormDigits {
		least = 3
	}
	if n := howMany(right); n >= least && 2*n >= len(right) {
		return true
	}
	return l.Want > 0 && howMany(moved(&l)) >= l.Want-2 || slices.ContainsFunc(codes.Find(text), func(m codes.Match) bool {
		return !m.Code.IsZero() || !wordy(text[m.Start:m.End])
	})
}

// rightGroups says of each group whether it is right.
func rightGroups(l *codes.Layout) []bool {
	right := make([]bool, len(l.Groups))
	for i, g := range l.Groups {
		right[i] = g.State == codes.GroupRight
	}
	return right
}

func howMany(right []bool) (n int) {
	for _, r := range right {
		if r {
			n++
		}
	}
	return n
}

// moved says which groups of a code are right at their place or up to two characters away
// from it; none where the text is not as long as the code.
func moved(l *codes.Layout) []bool {
	const most = 2
	text := []rune(strings.ReplaceAll(l.Canonical, "-", ""))
	if n := len(text) - 6*l.Want; n < -most || n > most {
		return nil
	}
	right := make([]bool, l.Want)
	for by := -most; by <= most; by++ {
		at := string(text)
		switch {
		case by < 0: // characters are missing before the group
			at = strings.Repeat(filler, -by) + string(text)
		case by > 0:
			at = filler + string(text[by+1:])
		}
		here := codes.Inspect(at)
		for i, r := range rightGroups(&here) {
			if i < len(right) && r && (i > 0 || by == 0) {
				right[i] = true
			}
		}
	}
	return right
}

// filler stands for a character in both forms, and begins no code.
const filler = "9"

// wordy reports whether a text is made of words: no more than one of its parts has a digit
// among its letters, or capitals behind small ones.
func wordy(text string) bool {
	parts := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	others := slices.DeleteFunc(slices.Clone(parts), word)
	return len(parts) > 1 && len(others) < 2
}

// word reports whether a text has letters alone: small ones behind the first, or capitals.
func word(text string) bool {
	runes := []rune(text)
	not := func(is func(rune) bool) func(rune) bool { return func(r rune) bool { return !is(r) } }
	return unicode.IsLetter(runes[0]) && !slices.ContainsFunc(runes[1:], not(unicode.IsLower)) || !slices.ContainsFunc(runes, not(unicode.IsUpper))
}
