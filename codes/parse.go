package codes

import "strings"

// longestCode is the number of symbols of the longest code, an E of 20 groups.
const longestCode = 20 * groupSize

// Parse reads exactly one code, in either form. It is forgiving about what
// stands between the characters: white space, dashes, dots, quote marks of
// mails, full-width characters. It is strict about the rest: every group check
// must hold and the value must be in range. A longer text that has exactly one
// code in it, such as a mail, is read as that code.
//
// Errors are [ErrEmpty], *[SlipError], *[LengthError], *[NewerError],
// *[ReservedError], *[ValueError] and *[ManyError].
func Parse(text string) (Code, error) {
	if c, ok := parseFast(text); ok {
		return c, nil
	}
	syms := read(text, longestCode)
	c, err := parseSymbols(syms)
	if err == nil || err == ErrEmpty {
		return c, err
	}
	if _, ok := err.(*SlipError); ok && oneWord(syms) {
		return c, err
	}
	return parseWithin(text, err)
}

// oneWord reports whether nothing but dashes stands between the symbols, so
// that no other text is around a code.
func oneWord(syms []symbol) bool {
	for i, s := range syms {
		if i > 0 && s.gap == gapSpace || !wordly(s.r) {
			return false
		}
	}
	return true
}

// parseWithin takes the one code out of a longer text. A text without any has
// the error that it had as a whole.
func parseWithin(text string, whole error) (Code, error) {
	found := Find(text)
	var one Code
	for _, m := range found {
		if m.Err != nil || !one.IsZero() && m.Code != one {
			if len(found) > 1 {
				return Code{}, &ManyError{found}
			}
			if _, ok := whole.(*LengthError); ok {
				return Code{}, m.Err
			}
			return Code{}, whole
		}
		one = m.Code
	}
	if one.IsZero() {
		return Code{}, whole
	}
	return one, nil
}

// parseFast reads a whole right code in ASCII without allocating.
func parseFast(text string) (Code, bool) {
	var a [9 * groupSize]uint8
	n, zeros, most := 0, 0, uint8(0)
	for i := range len(text) {
		c := byteClass[text[i]]
		switch {
		case c == byteSkip:
			continue
		case c == byteOther && text[i] == '0':
			c = byteZero
			zeros++
		case c == byteOther:
			return Code{}, false
		}
		if n == len(a) {
			return Code{}, false
		}
		if c != byteZero {
			most = max(most, c)
		}
		a[n] = c
		n++
	}
	f := FormLetters
	switch {
	case n == 0:
		return Code{}, false
	case most <= 8: // digits only: their Base58 values are one less
		f = FormDigits
		for i := range n {
			a[i] = (a[i] + 1) & 0x3f
		}
	case zeros > 0:
		return Code{}, false
	}
	k := kindOf(rune(f.char(a[0])), f)
	if !k.readable() || n != k.groups(f)*groupSize {
		return Code{}, false
	}
	return assemble(k, f, a[:n])
}

// byteZero stands for the digit 0, which has no Base58 value: one more is 64,
// whose low six bits are 0.
const byteZero = 0x3f

// assemble is the code of whole groups of symbol values, when all checks hold
// and the value is one of the kind's.
func assemble(k Kind, f Form, a []uint8) (Code, bool) {
	var data [45]uint8
	n := 0
	for g := 0; g*groupSize < len(a); g++ {
		group := a[g*groupSize:][:groupSize]
		if f.check(g, group[:5]) != group[5] {
			return Code{}, false
		}
		n += copy(data[n:], group[:5])
	}
	c, err := newCode(k, f.number(data[1:n]))
	return c, err == nil
}

// parseSymbols reads symbols that should be one code, and explains when they
// are none.
func parseSymbols(syms []symbol) (Code, error) {
	if len(syms) == 0 {
		return Code{}, ErrEmpty
	}
	f := formOf(syms)
	k := kindOf(syms[0].r, f)
	groups, typed := split(syms)
	n := groupsOf(k, f, len(syms), len(groups))
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
	if typed && len(groups) == n && isTyped(groups) {
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
	var data [45]uint8
	d := data[:0]
	for _, g := range groups {
		for _, s := range g[:5] {
			v, _ := f.value(s.r)
			d = append(d, v)
		}
	}
	return newCode(k, f.number(d[1:]))
}

// kindOf is the kind named by a first character, 0 when it names none.
func kindOf(r rune, f Form) Kind {
	switch {
	case f == FormDigits && r < 0x80:
		return kindOfDigit(byte(r))
	case f == FormLetters && named(r):
		return Kind(r)
	}
	return 0
}

// groupsOf is how many groups a text should have: by its kind, else by the
// nearest length that a code has; 0 when neither tells.
func groupsOf(k Kind, f Form, syms, groups int) int {
	if k.readable() {
		return k.groups(f)
	}
	if n := kinds[k].groups; n > 0 {
		return n
	}
	if k == KindProfile && syms%groupSize == 0 {
		return syms / groupSize
	}
	sizes := []int{KindActivation.groups(f), KindRequest.groups(f)}
	for _, n := range sizes {
		if d := syms - n*groupSize; d >= -1 && d <= 1 || groups == n {
			return n
		}
	}
	if k == 0 && syms%groupSize == 0 && syms >= 2*groupSize && syms <= longestCode {
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
