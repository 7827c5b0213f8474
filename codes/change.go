package codes

import "fmt"

// Class is the kind of slip that a [Change] undoes.
type Class byte

// The classes of slips that [Repair] undoes.
const (
	ClassWrong     Class = iota + 1 // a wrong character
	ClassUnheard                    // a "?"
	ClassSwapped                    // two neighbors swapped
	ClassMissing                    // a character missing
	ClassDoubled                    // a character doubled
	ClassSurplus                    // a character that does not belong there
	ClassExchanged                  // two groups exchanged
	ClassCase                       // capital and small letters confused
)

// String is one word for the class, such as "swapped".
func (c Class) String() string {
	names := [...]string{"", "wrong", "unheard", "swapped", "missing", "doubled", "surplus", "exchanged", "case"}
	if int(c) < len(names) {
		return names[c]
	}
	return fmt.Sprintf("class %d", byte(c))
}

// Change is one difference between a proposal and the text that was given.
type Change struct {
	Class    Class
	Form     Form
	Group    int    // of the proposal, from 0
	Position int    // character within that group, from 0; -1 for the whole group
	Other    int    // ClassExchanged: the group it was exchanged with, else -1
	From, To string // what was typed, what is proposed; "" where there is nothing
}

// String says the change in words, counting from 1.
func (c Change) String() string {
	n := c.Form.noun()
	at := fmt.Sprintf("group %d, %s %d", c.Group+1, n, c.Position+1)
	switch c.Class {
	case ClassSwapped:
		return fmt.Sprintf("group %d, %ss %d and %d: %q instead of %q", c.Group+1, n, c.Position+1, c.Position+2, c.To, c.From)
	case ClassMissing:
		return fmt.Sprintf("%s: %q was missing", at, c.To)
	case ClassDoubled:
		return fmt.Sprintf("%s: %q was doubled", at, c.To)
	case ClassSurplus:
		return fmt.Sprintf("group %d: %q before %s %d does not belong there", c.Group+1, c.From, n, c.Position+1)
	case ClassExchanged:
		return fmt.Sprintf("groups %d and %d were exchanged", min(c.Group, c.Other)+1, max(c.Group, c.Other)+1)
	case ClassUnheard:
		return fmt.Sprintf("%s: %q where nothing was heard", at, c.To)
	}
	return fmt.Sprintf("%s: %q instead of %q", at, c.To, c.From)
}

// Proposal is a code that a text with slips may have been. It is shown to a
// person and never applied by a program.
type Proposal struct {
	Code    Code
	Changes []Change // none when the text is right as it stands
}
