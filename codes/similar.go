package codes

import "unicode"

// Characters that are taken for each other in print or handwriting, and on a
// bad line. Each string is a set; similarity orders proposals and rules out
// nothing.
var (
	lookSets = []string{
		"0OoQDU", "1IlijLJ7T|!/", "2Zz", "3E8B", "4A9", "5Ss6", "6Gb", "8B&", "9gq", "uvUVY", "nhr", "ceoa", "mnMNHW",
		"wvWv", "KkXx", "PpRF", "CGc6", "EF", "ft", "gyj9", "QO9", "DP", "yvY",
	}
	soundSets = []string{
		"BCDEGPTVZ3", "AHJK8", "MN", "FSX6", "QUW2", "IY59", "19", "LMN", "O0", "R", "56", "67",
	}
)

// Costs of slips: the smaller, the likelier. A proposal's cost is their sum.
const (
	costCase      = 6 // one letter in the other case
	costLook      = 10
	costSound     = 14
	costWrong     = 24
	costHeard     = 4 // a "?": the place is known
	costForeign   = 8 // saved where the place is known because no code has the character
	costSwapped   = 16
	costRepeat    = 16 // a repeated character written once or once too often
	costMissing   = 20
	costSurplus   = 30
	costExchanged = 24
	costPair      = 40   // more, where a missing and a surplus character make up for each other
	costMargin    = 48   // beyond the best proposal, where the search ends
	costCaseLost  = 3    // of a text, all letters in one case
	costLast      = 1000 // a swap that the group check missed: only when nothing else fits
)

// similarity is a table of costs: [proposed value][typed ASCII character].
type similarity [58][128]uint8

var letterSimilarity, digitSimilarity = makeSimilarity(FormLetters), makeSimilarity(FormDigits)

func makeSimilarity(f Form) *similarity {
	var t similarity
	for v := range t {
		for r := range t[v] {
			t[v][r] = costWrong
		}
		if v >= int(f.base()) {
			continue
		}
		to := rune(f.char(uint8(v)))
		set := func(sets []string, cost uint8, key func(rune) rune) {
			for _, s := range sets {
				in := false
				for _, r := range s {
					in = in || key(r) == key(to)
				}
				for r := range rune(128) {
					if in && containsKey(s, r, key) {
						t[v][r] = min(t[v][r], cost)
					}
				}
			}
		}
		set(soundSets, costSound, unicode.ToUpper)
		set(lookSets, costLook, func(r rune) rune { return r })
		for r := range rune(128) {
			if unicode.IsLetter(to) && unicode.ToUpper(r) == unicode.ToUpper(to) {
				t[v][r] = costCase
			}
		}
	}
	return &t
}

func containsKey(s string, r rune, key func(rune) rune) bool {
	for _, x := range s {
		if key(x) == key(r) {
			return true
		}
	}
	return false
}

// costOf is the cost of reading the typed character as the value.
func (f Form) costOf(typed rune, v uint8) int32 {
	switch {
	case typed == unheard:
		return costHeard
	case typed >= 128 || typed < 0:
		return costWrong
	case f == FormDigits:
		return int32(digitSimilarity[v][typed])
	}
	return int32(letterSimilarity[v][typed])
}

// sameLetter reports whether two characters differ at most in case.
func sameLetter(a, b rune) bool { return a == b || unicode.ToUpper(a) == unicode.ToUpper(b) }
