package codes

import "errors"

// Symbols of the longest code, an E of 20 groups, and of the longest text that
// is one with slips, a surplus symbol in each group.
const (
	longestCode = 20 * groupSize
	longestText = 20 * (groupSize + 1)
)

// Parse reads exactly one code, in either form. It is forgiving about what
// stands between the characters: white space, dashes, dots, quote marks of
// mails, full-width characters, character references of HTML. It is strict about the rest: every group check
// must hold and the value must be in range. A longer text that has exactly one
// code in it, such as a mail, is read as that code.
//
// Errors are [ErrEmpty], *[SlipError], *[LengthError], *[NewerError],
// *[ReservedError], *[ValueError] and *[ManyError].
func Parse(text string) (Code, error) {
	if c, ok := parseFast(text); ok {
		return c, nil
	}
	syms := read(text, longestText)
	c, err := parseSymbols(syms)
	if err == nil || errors.Is(err, ErrEmpty) {
		return c, err
	}
	if _, ok := errors.AsType[*SlipError](err); ok && oneWord(syms) {
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
			if _, ok := errors.AsType[*LengthError](whole); ok {
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
	var a [9 * groupSize]uint8 // the characters, then their values
	n, f := 0, FormDigits
	for i := range len(text) {
		b := text[i]
		if byteClass[b] == byteSkip {
			continue
		}
		if n == len(a) {
			return Code{}, false
		}
		if b < '0' || b > '9' {
			f = FormLetters
		}
		a[n] = b
		n++
	}
	k := kindOf(rune(a[0]), f)
	if !k.readable() || n != k.groups(f)*groupSize {
		return Code{}, false
	}
	for i, b := range a[:n] {
		v, ok := f.value(rune(b))
		if !ok {
			return Code{}, false
		}
		a[i] = v
	}
	return assemble(k, f, a[:n])
}

// assemble is the code of whole groups of symbol values, when all checks hold
// and the value is one of the kind's.
func assemble(k Kind, f Form, a []uint8) (Code, bool) {
	var data [1 + signedDigits]uint8
	n := 0
	for g := 0; g*groupSize < len(a); g++ {
		group := a[g*groupSize:][:groupSize]
		if f.check(g, group[:5]) != group[5] {
			return Code{}, false
		}
		n += copy(data[n:], group[:5])
	}
	c, err := codeOf(k, f, data[1:n])
	return c, err == nil
}

// codeOf is the code of data characters, without the one that names the kind.
func codeOf(k Kind, f Form, data []uint8) (Code, error) {
	if k == KindSigned {
		return signedCode(data)
	}
	return newCode(k, f.number(data))
}
