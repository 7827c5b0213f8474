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

// OnlyCase reports whether the text differs from the code in capital and small letters
// only: it was read out or typed without them.
func (p Proposal) OnlyCase() bool {
	for _, c := range p.Changes {
		if c.Class != ClassCase {
			return false
		}
	}
	return len(p.Changes) > 0
}

// changes puts the picked options of a plan in words, group by group.
func (p *plan) changes(f Form, picks *[9]uint16) (out []Change) {
	if x := p.exchanged; x[0] != x[1] {
		out = append(out, Change{Class: ClassExchanged, Form: f, Group: int(x[0]), Position: -1, Other: int(x[1])})
	}
	for g := range p.n {
		out = append(out, p.lists[g][picks[g]].changes(f, g)...)
	}
	return out
}

// changes compares what was typed with what the option reads: first the slip,
// then letters whose case differs.
func (o *option) changes(f Form, group int) (out []Change) {
	typed := make([]rune, 0, groupSize+1)
	for _, s := range o.src {
		typed = append(typed, s.r)
	}
	pos := int(o.pos)
	at := func(i int) string { return string(rune(f.char(o.sym[i]))) }
	c := Change{Class: o.class, Form: f, Group: group, Position: pos, Other: -1}
	switch o.class {
	case ClassWrong, ClassUnheard:
		c.From, c.To = string(typed[pos]), at(pos)
		if f == FormLetters && o.class == ClassWrong && sameLetter(typed[pos], rune(at(pos)[0])) {
			c.Class = ClassCase
		}
		typed[pos] = rune(at(pos)[0])
	case ClassSwapped:
		c.From, c.To = string(typed[pos:pos+2]), at(pos)+at(pos+1)
		typed[pos], typed[pos+1] = typed[pos+1], typed[pos]
	case ClassMissing:
		c.To = at(pos)
		typed = append(typed[:pos], append([]rune(at(pos)), typed[pos:]...)...)
	case ClassDoubled, ClassSurplus:
		cut := o.surplusAt(f)
		c.From = string(typed[cut])
		if o.class == ClassDoubled {
			c.To = at(pos)
		}
		typed = append(typed[:cut], typed[cut+1:]...)
	}
	if o.class != 0 {
		out = append(out, c)
	}
	for i, r := range typed {
		if to := at(i); string(r) != to {
			out = append(out, Change{Class: ClassCase, Form: f, Group: group, Position: i, Other: -1, From: string(r), To: to})
		}
	}
	return out
}

// surplusAt is the position of the symbol that the option leaves out.
func (o *option) surplusAt(f Form) int {
	for cut := range o.src {
		same := true
		for i, j := 0, 0; j < len(o.src) && same; j++ {
			if j != cut {
				same = sameLetter(o.src[j].r, rune(f.char(o.sym[i])))
				i++
			}
		}
		if same {
			return cut
		}
	}
	return len(o.src) - 1
}
