package main

import (
	"math/big"
	"strings"
)

type badCase struct {
	Name   string `json:"name"`
	Text   string `json:"text"`
	Error  string `json:"error"`            // empty, slip, length, newer, reserved, value or many
	Slip   string `json:"slip,omitempty"`   // check, unheard, foreign, short or long
	Groups []int  `json:"groups,omitempty"` // with a slip, from 1
	Group  int    `json:"group,omitempty"`  // first of these; absent when it is one of the groups
	Char   int    `json:"char,omitempty"`   // within it, from 1, where known
}

// badVectors are texts that a reader refuses, one way of bad each.
func badVectors() (out []vector) {
	letters, digits := inLetters('R', sampleRequest.value()), inDigits('R', sampleRequest.value())
	activation := inLetters('A', sampleAnswer.value())
	signed, profile := grouped("E"+strings.Repeat("1", 99), letterOf), grouped("P"+strings.Repeat("1", 59), letterOf)
	plain := func(name, text, err string) {
		out = append(out, vector{name, badCase{Name: name, Text: text, Error: err}})
	}
	slip := func(name, text, kind string, char int, groups ...int) {
		out = append(out, vector{name, badCase{name, text, "slip", kind, groups, groups[0], char}})
	}
	plain("nothing", "", "empty")
	plain("nothing but marks", " - \n> ", "empty")
	for i, g := range []int{0, 7, 14, 21, 28} {
		slip("wrong character in group "+string(rune('1'+i)), replace(letters, g+2, other(letters[g+2])), "check", 0, i+1)
	}
	slip("wrong check character", replace(letters, 5, other(letters[5])), "check", 0, 1)
	slip("wrong kind letter", replace(letters, 0, 'D'), "check", 0, 1)
	slip("two groups wrong", replace(replace(letters, 8, other(letters[8])), 30, other(letters[30])), "check", 0, 2, 5)
	slip("neighbors swapped", swapAt(letters, 15), "check", 0, 3)
	slip("groups exchanged", exchangeGroups(letters, 1, 3), "check", 0, 2, 4)
	slip("unheard", replace(letters, 9, '?'), "unheard", 3, 2)
	slip("zero in letters", replace(letters, 9, '0'), "foreign", 3, 2)
	slip("capital O in letters", replace(letters, 22, 'O'), "foreign", 2, 4)
	slip("capital I in letters", replace(letters, 22, 'I'), "foreign", 2, 4)
	slip("small l in letters", replace(letters, 22, 'l'), "foreign", 2, 4)
	slip("umlaut in letters", letters[:9]+"ä"+letters[10:], "foreign", 3, 2)
	slip("small letters only", strings.ToLower(letters), "check", 0, badGroups(strings.ToLower(letters), letterOf)...)
	slip("character missing, dashes", letters[:9]+letters[10:], "short", 0, 2)
	slip("character missing, no dashes", undashed(letters[:9]+letters[10:]), "short", 0, 2)
	slip("character doubled, dashes", letters[:16]+letters[15:], "long", 0, 3)
	slip("character doubled, no dashes", undashed(letters[:16]+letters[15:]), "long", 0, 3)
	slip("wrong digit", replace(digits, 16, otherDigit(digits[16])), "check", 0, 3)
	slip("digits swapped", swapAt(digits, unequal(digits, 35)), "check", 0, 6)
	slip("digit unheard", replace(digits, 60, '?'), "unheard", 5, 9)
	slip("digit missing, no dashes", undashed(digits[:9]+digits[10:]), "short", 0, 2)
	out = append(out, vector{"digit missing in one of two groups", badCase{Name: "digit missing in one of two groups",
		Text: undashed(digits[:22] + digits[23:]), Error: "slip", Slip: "short", Groups: []int{3, 4}}})
	out = append(out, vector{"character missing and two wrong, no dashes", badCase{Name: "character missing and two wrong, no dashes",
		Text: undashed(replace(replace(letters[:9]+letters[10:], 2, other(letters[2])), 30, other(letters[31]))), Error: "slip", Slip: "short"}})
	slip("character missing in three groups, dashes", letters[:2]+letters[3:15]+letters[16:32]+letters[33:], "short", 0, 1, 3, 5)
	slip("character missing in three groups, spaces", strings.ReplaceAll(letters[:2]+letters[3:15]+letters[16:32]+letters[33:], "-", " "), "short", 0, 1, 3, 5)
	plain("character missing in three groups, no dashes", undashed(letters[:2]+letters[3:15]+letters[16:32]+letters[33:]), "length")
	slip("missing in one group, surplus in another", letters[:9]+letters[10:23]+"7"+letters[23:], "short", 0, 2, 4)
	slip("unheard in a group too short", replace(letters[:9]+letters[10:], 11, '?'), "unheard", 5, 2)
	slip("nothing heard", strings.Repeat("?", 30), "unheard", 1, 1, 2, 3, 4, 5)
	slip("unknown letter and a wrong character", replace(replace(letters, 0, 'Y'), 12, other(letters[12])), "check", 0, 1, 2)
	slip("unknown letter, character missing, no dashes", undashed(withLetter(letters, 'Y'))[:16]+undashed(letters)[17:], "short", 0, 3)
	slip("unknown letter, groups of five", "Yabcd-efghi-jkmno-pqrst-uvwxy", "short", 0, 1, 2, 3, 4, 5)
	slip("unknown digit and a wrong digit", replace(digits, 0, '9'), "check", 0, 1)
	slip("signed activation code, character missing, no dashes", undashed(signed)[:40]+undashed(signed)[41:], "short", 0, 7)
	plain("only the kind", "R", "length")
	plain("two characters missing in one group, dashes", letters[:9]+letters[11:], "length")
	plain("two characters too many, no dashes", undashed(letters)+"77", "length")
	plain("signed activation code, half of it", grouped("E"+strings.Repeat("z", 99), letterOf)[:69], "length")
	plain("hardware profile code, two characters missing", undashed(profile)[:70], "length")
	plain("unknown letter, 18 characters and one more", undashed(withLetter(letters, 'Y'))[:19], "length")
	plain("unknown letter, 6 characters", withLetter(letters, 'Y')[:6], "length")
	plain("half a code", letters[:13], "length")
	plain("activation code cut", activation[:20], "length")
	plain("no code at all", "hello", "length")
	plain("two codes", letters+"\n"+activation, "many")
	over := new(big.Int).Lsh(big.NewInt(1), 140)
	plain("request of 2^140", inLetters('R', over), "value")
	plain("request of 2^140 in digits", inDigits('R', over), "value")
	plain("activation code of 2^110", inLetters('A', new(big.Int).Lsh(big.NewInt(1), 110)), "value")
	plain("activation code of 2^110 in digits", inDigits('A', new(big.Int).Lsh(big.NewInt(1), 110)), "value")
	plain("request with random 0", inLetters('R', statement{license: 1, definition: 1}.value()), "value")
	plain("request with license 0", inLetters('R', statement{random: 1, definition: 1}.value()), "value")
	plain("request with definition 0", inLetters('R', statement{random: 1, license: 1}.value()), "value")
	plain("serial with license 0", inLetters('S', big.NewInt(1<<50)), "value")
	for _, c := range "YUHXLQWBz" {
		plain("newer letter "+string(c), withLetter(letters, byte(c)), "newer")
	}
	plain("newer digit 5", grouped("5"+undash5(digits)[1:], digitOf), "newer")
	plain("newer letter, 12 characters", withLetter(letters, 'Y')[:13], "newer")
	plain("newer letter, 120 characters", grouped("Y"+strings.Repeat("z", 99), letterOf), "newer")
	plain("newer digit 9, 12 digits", grouped("9123456789", digitOf), "newer")
	plain("presigned activation code", grouped("K"+strings.Repeat("1", 39), letterOf), "reserved")
	plain("hardware profile code", profile, "reserved")
	addWithin(slip, plain)
	signedBad(plain, slip)
	return out
}

func replace(s string, i int, c byte) string { return s[:i] + string(c) + s[i+1:] }

func swapAt(s string, i int) string { return s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:] }

// unequal is the first place from i on whose character differs from the next,
// within a group.
func unequal(s string, i int) int {
	for s[i] == s[i+1] || s[i] == '-' || s[i+1] == '-' {
		i++
	}
	return i
}

func other(c byte) byte {
	return base58Letters[(strings.IndexByte(base58Letters, c)+7)%58]
}

func otherDigit(c byte) byte { return '0' + (c-'0'+3)%10 }

func undashed(s string) string { return strings.ReplaceAll(s, "-", "") }

// undash5 is the data characters of a text, without checks.
func undash5(s string) string {
	var b strings.Builder
	for _, g := range strings.Split(s, "-") {
		b.WriteString(g[:5])
	}
	return b.String()
}

func withLetter(s string, c byte) string { return grouped(string(c)+undash5(s)[1:], letterOf) }

func exchangeGroups(s string, i, j int) string {
	g := strings.Split(s, "-")
	g[i], g[j] = g[j], g[i]
	return strings.Join(g, "-")
}

// badGroups lists the groups, from 1, whose check is wrong or that hold a
// character outside the alphabet.
func badGroups(s string, check func(int, string) byte) (out []int) {
	for i, g := range strings.Split(s, "-") {
		if strings.ContainsAny(g, "0OIl") || check(i, g[:5]) != g[5] {
			out = append(out, i+1)
		}
	}
	return out
}
