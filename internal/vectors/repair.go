package main

import "strings"

type repairCase struct {
	Name    string   `json:"name"`
	Want    string   `json:"want"` // letters of the kinds that the reader wants
	Text    string   `json:"text"`
	Known   []string `json:"known"`   // license numbers that are registered
	Genuine []string `json:"genuine"` // codes whose tag is genuine
	Propose []string `json:"propose"` // best first
	Classes []string `json:"classes"` // of the changes in the first proposal, in order, case flips left out
}

// repairVectors are slips and what a reader MUST propose.
func repairVectors() (out []vector) {
	r, d := inLetters('R', sampleRequest.value()), inLetters('D', sampleConfirm.value())
	a, s := inLetters('A', sampleAnswer.value()), inLetters('S', serialValue(sampleLicense, sampleKey))
	digits := inDigits('R', sampleRequest.value())
	known := []string{"00c0ffee", "00c0ffef"}
	genuine := []string{r, d, a, s}
	add := func(name, want, text string, propose string, classes ...string) {
		c := repairCase{name, want, text, known, genuine, []string{}, append([]string{}, classes...)}
		if propose != "" {
			c.Propose = append(c.Propose, propose)
		}
		out = append(out, vector{name, c})
	}
	each := func(s string, at int, change func(string, int) string) string {
		for g := range strings.Count(s, "-") + 1 {
			s = change(s, 7*g+at)
		}
		return s
	}
	wrong := func(s string, i int) string { return replace(s, i, other(s[i])) }
	unheard := func(s string, i int) string { return replace(s, i, '?') }
	swapped := func(s string, i int) string { return swapAt(s, unequal(s, i)) }

	add("right as it stands", "RD", r, r)
	add("wrong character", "RD", wrong(r, 17), r, "wrong")
	add("wrong character in each group", "RD", each(r, 2, wrong), r, "wrong", "wrong", "wrong", "wrong", "wrong")
	add("swapped", "RD", swapped(d, 21), d, "swapped")
	add("swapped in each group", "RD", each(r, 1, swapped), r, "swapped", "swapped", "swapped", "swapped", "swapped")
	add("unheard in each group", "RD", each(r, 4, unheard), r, "unheard", "unheard", "unheard", "unheard", "unheard")
	add("unheard kind letter", "RD", unheard(r, 0), r, "unheard")
	add("two unheard in one group", "RD", unheard(unheard(r, 8), 9), "")
	add("missing, dashes", "RD", r[:9]+r[10:], r, "missing")
	add("missing, no dashes", "RD", undashed(r[:9]+r[10:]), r, "missing")
	add("missing at the end", "RD", r[:len(r)-1], r, "missing")
	add("doubled, dashes", "RD", r[:16]+r[15:], r, "doubled")
	add("doubled, no dashes", "RD", undashed(r[:16]+r[15:]), r, "doubled")
	add("surplus, no dashes", "RD", undashed(r[:16]+string(other(r[15]))+r[16:]), r, "surplus")
	add("groups exchanged", "RD", exchangeGroups(r, 0, 3), r, "exchanged")
	add("small letters", "RD", strings.ToLower(r), r)
	add("capital letters", "RD", strings.ToUpper(r), r)
	add("small letters and a wrong one", "RD", strings.ToLower(replace(r, 30, otherLetter(r[30]))), r, "wrong")
	add("one letter in the other case", "RD", flip(r), r)
	add("small l for 1", "S", strings.Replace(s, "1", "l", 1), s, "wrong")
	add("capital I for i", "RD", strings.Replace(r, "i", "I", 1), r)
	add("serial on the customer's side", "S", wrong(s, 10), s, "wrong")
	add("activation code, each group wrong", "A", each(a, 3, wrong), a, "wrong", "wrong", "wrong", "wrong")
	add("another kind than wanted", "A", wrong(s, 10), "")
	add("unknown license", "RD", wrong(inLetters('R', statement{kind: 'R', random: 9, license: 77, definition: 1}.value()), 10), "")
	add("wrong digit", "RD", replace(digits, 16, otherDigit(digits[16])), r, "wrong")
	three := replace(replace(replace(digits, 2, otherDigit(digits[2])), 23, otherDigit(digits[23])), 51, otherDigit(digits[51]))
	add("three wrong digits", "RD", three, r, "wrong", "wrong", "wrong")
	add("digits missing in three groups, no dashes", "RD",
		undashed(digits[:10]+digits[11:31]+digits[32:52]+digits[53:]), r, "missing", "missing", "missing")
	add("digit doubled, no dashes", "RD", undashed(digits[:25]+digits[24:]), r, "doubled")
	add("digit groups exchanged", "RD", exchangeGroups(digits, 2, 7), r, "exchanged")
	return out
}

// otherLetter is another letter, whatever its case.
func otherLetter(c byte) byte {
	for o := other(c); ; o = other(o) {
		if !strings.EqualFold(string(o), string(c)) {
			return o
		}
	}
}

// flip turns the case of the last letter that has both cases in the alphabet.
func flip(s string) string {
	for i := len(s) - 1; i >= 0; i-- {
		u, l := strings.ToUpper(s[i:i+1]), strings.ToLower(s[i:i+1])
		if u != l && strings.Contains(base58Letters, u) && strings.Contains(base58Letters, l) {
			if s[i:i+1] == u {
				return s[:i] + l + s[i+1:]
			}
			return s[:i] + u + s[i+1:]
		}
	}
	panic("no letter")
}
