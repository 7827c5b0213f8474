package codes

import (
	"errors"
	"fmt"
	"strings"
)

// ErrEmpty is returned for a text without a single character of a code.
var ErrEmpty = errors.New("no code was given: the text is empty")

// Slip says what is wrong with a group.
type Slip byte

// The slips that a reader locates.
const (
	SlipCheck   Slip = iota + 1 // the check character does not fit the five before it
	SlipUnheard                 // a "?" stands for a character nobody could hear
	SlipForeign                 // a character that codes do not use
	SlipShort                   // a character is missing
	SlipLong                    // a character too many
)

// SlipError is a code with a slip in at least one group.
type SlipError struct {
	Slip     Slip
	Form     Form
	Kind     Kind   // 0 when the first character does not tell
	Group    int    // first bad group, from 0; -1 when the slip cannot be placed in one
	Position int    // character within the group, from 0; -1 when unknown
	Groups   int    // groups that a code of this kind has; 0 while the kind is unknown
	Bad      []int  // all bad groups, from 0; where Group is -1, the groups of which one is bad
	Found    string // the bad group, or the bad character, as it was typed
	OneCase  bool   // all letters were typed in one case, so case was lost
}

// Error names the group as people count, from 1.
func (e *SlipError) Error() string {
	where := fmt.Sprintf("group %d", e.Group+1)
	if e.Groups > 0 {
		where += fmt.Sprintf(" of %d", e.Groups)
	}
	char := e.Form.noun()
	var s string
	switch e.Slip {
	case SlipUnheard:
		s = fmt.Sprintf("%s: %s %d was not heard (%q): ask for the group again", where, char, e.Position+1, "?")
	case SlipForeign:
		s = fmt.Sprintf("%s: %s %d is %q, which no code contains: ask for the group again", where, char, e.Position+1, clip(e.Found))
	case SlipShort, SlipLong:
		if e.Group < 0 {
			return e.unplaced()
		}
		s = fmt.Sprintf("%s: %q has %d %ss, expected %d: ask for the group again", where, clip(e.Found), len([]rune(e.Found)), char, groupSize)
	default:
		s = fmt.Sprintf("%s: %q does not fit its check %s, so one %s is wrong or two are exchanged: ask for the group again",
			where, clip(e.Found), char, char)
	}
	switch more := len(e.Bad) - 1; {
	case more > 0 && e.OneCase:
		s = fmt.Sprintf("groups %s of %d do not fit their checks: capital and small letters differ in a code, and here all are the same", list(e.Bad, "and"), e.Groups)
	case more > 0 && more == e.Groups-1:
		s = fmt.Sprintf("no group fits its check: this is no code, or all %d groups have a slip", e.Groups)
	case more == 1:
		s += fmt.Sprintf("; group %s has a slip too", list(e.Bad[1:], "and"))
	case more > 1:
		s += fmt.Sprintf("; groups %s have slips too", list(e.Bad[1:], "and"))
	}
	return s
}

// unplaced is the sentence for a missing or surplus character that could be in
// more than one group.
func (e *SlipError) unplaced() string {
	what := "a " + e.Form.noun() + " is missing"
	if e.Slip == SlipLong {
		what = "there is one " + e.Form.noun() + " too many"
	}
	if len(e.Bad) == 0 {
		return fmt.Sprintf("%s: compare the text group by group, %d groups of %d", what, e.Groups, groupSize)
	}
	return fmt.Sprintf("%s in group %s of %d: ask for these groups again", what, list(e.Bad, "or"), e.Groups)
}

// list is "1, 3 and 5" for 0, 2, 4 and "and".
func list(groups []int, and string) string {
	var b strings.Builder
	for i, g := range groups {
		switch {
		case i > 0 && i == len(groups)-1:
			b.WriteString(" " + and + " ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, g+1)
	}
	return b.String()
}

// noun is what a person calls one symbol of the form.
func (f Form) noun() string {
	if f == FormDigits {
		return "digit"
	}
	return "character"
}

// LengthError is a text that begins like a code and is much too short or long.
type LengthError struct {
	Kind Kind // 0 when the first character does not tell
	Form Form
	Have int // characters found, separators not counted; counting ends above 140
	Want int // characters of a whole code; 0 when the kind is unknown
}

// Error says how many characters are missing or too many.
func (e *LengthError) Error() string {
	n, have := e.Form.noun(), fmt.Sprint(e.Have)
	if e.Have > longestText {
		have = fmt.Sprintf("more than %d", longestText)
	}
	switch {
	case e.Want == 0:
		return fmt.Sprintf("this is no code: found %s %ss, expected a code of 24 or 30 characters, or of 42 or 54 digits", have, n)
	case e.Have < e.Want:
		return fmt.Sprintf("the %s is not complete: found %s %ss, expected %d", e.Kind, have, n, e.Want)
	}
	return fmt.Sprintf("the text is too long for %s: found %s %ss, expected %d", a(e.Kind), have, n, e.Want)
}

// a is the kind's name with its article.
func a(k Kind) string {
	if k == KindActivation {
		return "an " + k.String()
	}
	return "a " + k.String()
}

// NewerError is a code whose group checks are right and whose first character
// names no kind of this version.
type NewerError struct {
	Letter string // the first character, canonical
	Kind   Kind   // the kind that version 2 reserved the letter for, or 0
}

// Error says to update the program.
func (e *NewerError) Error() string {
	what := "code"
	if e.Kind != 0 {
		what = e.Kind.String()
	}
	return fmt.Sprintf("this %s (it begins with %q) was made by a newer version: update this program to read it", what, e.Letter)
}

// ReservedError is a code of a kind that is reserved in version 1.
type ReservedError struct{ Kind Kind }

// Error names the kind.
func (e *ReservedError) Error() string {
	return fmt.Sprintf("this is a %s (it begins with %q): this version does not read them, update this program", e.Kind, string(rune(e.Kind)))
}

// ValueError is a text whose group checks hold and whose value no code has.
type ValueError struct {
	Kind   Kind
	Field  string // "value", "random", "license number" or "definition"
	Reason string
}

// Error names the field.
func (e *ValueError) Error() string {
	return fmt.Sprintf("this %s was not made by this software: its %s %s", e.Kind, e.Field, e.Reason)
}

// ManyError is a text with more than one code in it.
type ManyError struct{ Matches []Match }

// Error counts the codes.
func (e *ManyError) Error() string {
	names := make([]string, 0, 4)
	for i, m := range e.Matches {
		if i == 3 && len(e.Matches) > 4 {
			names = append(names, fmt.Sprintf("%d more", len(e.Matches)-3))
			break
		}
		if m.Err != nil {
			names = append(names, "one with a slip")
		} else {
			names = append(names, "a "+m.Code.Kind().String())
		}
	}
	last := len(names) - 1
	return fmt.Sprintf("there are %d codes in this text (%s and %s): give one at a time",
		len(e.Matches), strings.Join(names[:last], ", "), names[last])
}
