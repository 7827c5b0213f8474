package codes

import "strings"

// GroupState is how far a group of a text being typed has come.
type GroupState byte

// The states of a group. A group is complete when it is right or wrong.
const (
	GroupPartial GroupState = iota // characters are still to come
	GroupRight                     // its check character fits
	GroupWrong                     // its check does not fit, or a character or the length cannot be
)

// String is "partial", "right" or "wrong".
func (s GroupState) String() string {
	switch s {
	case GroupRight:
		return "right"
	case GroupWrong:
		return "wrong"
	}
	return "partial"
}

// Group is one group of a text being typed.
type Group struct {
	Text       string // its characters, full-width ones folded
	State      GroupState
	Start, End int        // bytes of the text that was inspected
	Slip       *SlipError // why a wrong group is wrong, else nil
}

// Layout is what a text looks like while it is being typed.
type Layout struct {
	Kind      Kind    // 0 while unknown
	Form      Form    // FormUnknown for an empty text
	Groups    []Group // typed so far
	Want      int     // groups that the whole code has; 0 while unknown
	Canonical string  // what was typed, cut into groups joined by "-"
	Complete  bool    // the text is a whole code: Parse takes it
}

// Inspect describes a text while it is being typed. Texts far longer than any
// code are cut off.
func Inspect(text string) Layout {
	syms := read(text, longestText)
	if len(syms) == 0 {
		return Layout{}
	}
	l := Layout{Form: formOf(syms)}
	l.Kind = kindOf(syms[0].r, l.Form)
	l.Want = l.Kind.groups(l.Form)
	var canonical strings.Builder
	groups, _ := split(syms)
	if even := sixes(syms); len(even) == l.Want {
		if bad, _ := inspectGroups(l.Form, even); len(bad) == 0 {
			groups = even // dashes in the wrong places
		}
	}
	for i, g := range groups {
		if i > 0 {
			canonical.WriteByte('-')
		}
		out := Group{Text: textOf(g), Start: int(g[0].off), End: int(g[len(g)-1].end)}
		canonical.WriteString(out.Text)
		out.Slip = inspectGroup(l.Form, i, g)
		if l.Want > 0 && i >= l.Want && out.Slip == nil {
			out.Slip = &SlipError{Slip: SlipLong, Form: l.Form, Group: i, Position: -1, Found: out.Text}
		}
		switch {
		case out.Slip == nil:
			out.State = GroupRight
		case out.Slip.Slip == SlipShort && i == len(groups)-1:
			out.Slip = nil
		default:
			out.State = GroupWrong
			out.Slip.Kind, out.Slip.Groups, out.Slip.Bad = l.Kind, l.Want, []int{i}
		}
		l.Groups = append(l.Groups, out)
	}
	l.Canonical = canonical.String()
	if len(groups) == l.Want {
		_, err := parseSymbols(syms)
		l.Complete = err == nil
	}
	return l
}
