package codes

import (
	"slices"
	"strings"
)

// parseSymbols reads symbols that should be one code, and explains when they
// are none.
func parseSymbols(syms []symbol) (Code, error) {
	if len(syms) == 0 {
		return Code{}, ErrEmpty
	}
	f := formOf(syms)
	k := kindOf(syms[0].r, f)
	groups, typed := split(syms)
	typed = typed && isTyped(groups)
	n := k.groups(f)
	if n == 0 {
		n = nearestGroups(f, len(syms), len(groups), typed)
	}
	if n == 0 {
		return Code{}, &LengthError{Form: f, Have: len(syms)}
	}
	// Where the length is right the dashes need not be: they only explain slips.
	whole := len(syms) == n*groupSize
	even := sixes(syms)
	bad, first := inspectGroups(f, even)
	if whole && len(bad) == 0 {
		return meaning(k, f, even)
	}
	if typed && len(groups) == n {
		bad, first = inspectGroups(f, groups)
		whole = true
	}
	switch d := len(syms) - n*groupSize; {
	case whole:
		first.Kind, first.Groups, first.Bad = k, n, bad
		first.OneCase = f == FormLetters && oneCase(syms)
		return Code{}, first
	case d == -1 || d == 1:
		return Code{}, misaligned(f, k, n, syms)
	}
	return Code{}, &LengthError{Kind: k, Form: f, Have: len(syms), Want: n * groupSize}
}

// meaning is the code of groups that are all right.
func meaning(k Kind, f Form, groups [][]symbol) (Code, error) {
	switch {
	case k == 0:
		r := groups[0][0].r
		return Code{}, &NewerError{Letter: string(r), Kind: newerKind(r)}
	case !k.readable():
		return Code{}, &ReservedError{k}
	}
	var data [1 + signedDigits]uint8
	d := data[:0]
	for _, g := range groups {
		for _, s := range g[:5] {
			v, _ := f.value(s.r)
			d = append(d, v)
		}
	}
	return codeOf(k, f, d[1:])
}

// nearestGroups is how many groups a text should have whose first character
// does not tell: as many as a readable kind has, when they were typed or all
// but one character is there, else as many as it fills; 0 when nothing tells.
func nearestGroups(f Form, syms, groups int, typed bool) int {
	sizes := [...]int{KindActivation.groups(f), KindRequest.groups(f)}
	if typed && slices.Contains(sizes[:], groups) {
		return groups
	}
	for _, n := range sizes {
		if d := syms - n*groupSize; d >= -1 && d <= 1 {
			return n
		}
	}
	if syms%groupSize == 0 && syms >= 2*groupSize && syms <= longestCode {
		return syms / groupSize
	}
	return 0
}

// inspectGroups lists the groups that are not right and describes the first.
func inspectGroups(f Form, groups [][]symbol) (bad []int, first *SlipError) {
	for i, g := range groups {
		e := inspectGroup(f, i, g)
		if e == nil {
			continue
		}
		if first == nil {
			first = e
		}
		bad = append(bad, i)
	}
	return bad, first
}

// inspectGroup says what is wrong with a group, nil when it is right.
func inspectGroup(f Form, place int, g []symbol) *SlipError {
	if len(g) == groupSize && groupRight(f, place, g) {
		return nil
	}
	e := &SlipError{Form: f, Group: place, Position: -1, Found: textOf(g)}
	for i, s := range g {
		if _, ok := f.value(s.r); !ok {
			e.Slip, e.Position, e.Found = SlipForeign, i, string(s.r)
			if s.r == unheard {
				e.Slip = SlipUnheard
			}
			return e
		}
	}
	switch {
	case len(g) < groupSize:
		e.Slip = SlipShort
	case len(g) > groupSize:
		e.Slip = SlipLong
	default:
		e.Slip = SlipCheck
	}
	return e
}

// isTyped reports whether every group has a length that one slip explains.
func isTyped(groups [][]symbol) bool {
	for _, g := range groups {
		if len(g) < groupSize-1 || len(g) > groupSize+1 {
			return false
		}
	}
	return true
}

// misaligned places one missing or surplus character in a text without
// dashes: groups before it hold from the front, groups after it from the back.
func misaligned(f Form, k Kind, n int, syms []symbol) *SlipError {
	front := 0
	for front < n-1 && inspectGroup(f, front, window(syms, front*groupSize)) == nil {
		front++
	}
	back := n - 1
	for back > 0 && inspectGroup(f, back, window(syms, len(syms)-(n-back)*groupSize)) == nil {
		back--
	}
	e := &SlipError{Form: f, Kind: k, Groups: n, Group: -1, Position: -1, Slip: SlipShort, Found: textOf(syms)}
	if len(syms) > n*groupSize {
		e.Slip = SlipLong
	}
	switch {
	case back < front: // a check fits by chance: one of these groups
		for g := back; g <= front; g++ {
			e.Bad = append(e.Bad, g)
		}
	case front == back:
		g := syms[front*groupSize : len(syms)-(n-1-back)*groupSize]
		e.Group, e.Bad, e.Found = front, []int{front}, textOf(g)
	}
	return e
}

func window(syms []symbol, at int) []symbol { return syms[at:][:groupSize] }

func textOf(syms []symbol) string {
	var b strings.Builder
	for _, s := range syms {
		b.WriteRune(s.r)
	}
	return b.String()
}
