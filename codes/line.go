package codes

import (
	"fmt"
	"math/big"
	"strings"
)

// Sizes of a line of groups.
const (
	LineGroups = 4                      // groups of six in a line
	LineBytes  = 14                     // bytes that a line holds: 112 of its 117 bits
	LineLength = LineGroups * groupSize // characters, separators not counted
	lineData   = LineGroups * 5         // data characters
)

// FormatLine writes 14 bytes as one line of four groups in letters: what is too long for
// a code and has to be typed from paper all the same. place is the number of the line's
// first group, from 0: as in codes it is in the check characters, so that exchanged lines
// are noticed. More bytes panic.
func FormatLine(place int, data []byte) string {
	if len(data) > LineBytes {
		panic(fmt.Sprintf("codes: FormatLine: %d bytes, a line holds %d", len(data), LineBytes))
	}
	whole := make([]byte, LineBytes)
	copy(whole, data)
	v, digit, base := new(big.Int).SetBytes(whole), new(big.Int), big.NewInt(58)
	var chars [lineData]uint8
	for i := len(chars) - 1; i >= 0; i-- {
		v.DivMod(v, base, digit)
		chars[i] = uint8(digit.Uint64())
	}
	groups := make([]string, LineGroups)
	for g := range groups {
		var b strings.Builder
		five := chars[5*g : 5*g+5]
		for _, x := range five {
			b.WriteByte(FormLetters.char(x))
		}
		b.WriteByte(FormLetters.char(FormLetters.check(place+g, five)))
		groups[g] = b.String()
	}
	return strings.Join(groups, "-")
}

// ParseLine reads the line whose first group has this number. It forgives what [Parse]
// forgives around and between characters, and repairs nothing: the error is a
// *[LineError].
func ParseLine(place int, text string) ([]byte, error) {
	syms := read(text, LineLength)
	e := &LineError{Have: len(syms)}
	if len(syms) != LineLength {
		return nil, e
	}
	v, base := new(big.Int), big.NewInt(58)
	for g := range LineGroups {
		group := syms[g*groupSize:][:groupSize]
		if !groupRight(FormLetters, place+g, group) {
			e.Groups = append(e.Groups, g+1)
			continue
		}
		for _, s := range group[:5] {
			x, _ := FormLetters.value(s.r)
			v.Add(v.Mul(v, base), big.NewInt(int64(x)))
		}
	}
	if len(e.Groups) > 0 || v.BitLen() > 8*LineBytes {
		return nil, e
	}
	return v.FillBytes(make([]byte, LineBytes)), nil
}

// A LineError says what is wrong with a line of groups. It repeats nothing of it: the
// line may be a secret.
type LineError struct {
	Have   int   // characters found; counting ends above 24
	Groups []int // whose check character does not fit, from 1
}

// Error says where to compare the line with the paper.
func (e *LineError) Error() string {
	switch {
	case e.Have > LineLength:
		return fmt.Sprintf("found more than %d characters, expected 4 groups of 6", LineLength)
	case e.Have != LineLength:
		return fmt.Sprintf("found %d characters, expected 4 groups of 6", e.Have)
	case len(e.Groups) == 0:
		return "no line of groups has this value: it was not made by this software"
	case len(e.Groups) == LineGroups:
		return "no group fits: another line was typed, or capitals and small letters are mixed up"
	case len(e.Groups) == 1:
		return fmt.Sprintf("group %d has a slip", e.Groups[0])
	}
	return "groups " + strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Groups), " ", ", "), "[]") + " have slips"
}
