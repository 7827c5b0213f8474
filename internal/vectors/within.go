package main

import "strings"

// addWithin adds longer texts that a reader refuses, and texts with several codes.
func addWithin(slip func(name, text, kind string, char int, groups ...int), plain func(name, text, err string)) {
	letters, digits := inLetters('R', sampleRequest.value()), inDigits('R', sampleRequest.value())
	activation := inLetters('A', sampleAnswer.value())
	mail := func(s string) string { return "Dear desk,\n\nthe code is " + s + ". Thanks!\nAnn\n" }
	wrong := func(s string, at ...int) string {
		for _, i := range at {
			s = replace(s, i, other(s[i]))
		}
		return s
	}
	one, two, three := wrong(letters, 9), wrong(letters, 9, 23), wrong(letters, 9, 23, 31)
	small := strings.ToLower(letters)

	slip("within a mail, wrong character", mail(one), "check", 0, 2)
	slip("within a mail, wrong character, no dashes", mail(undashed(one)), "check", 0, 2)
	slip("within a mail, two wrong characters, no dashes", mail(undashed(two)), "check", 0, 2, 4)
	slip("within a mail, three wrong characters", mail(three), "check", 0, 2, 4, 5)
	plain("within a mail, three wrong characters, no dashes", mail(undashed(three)), "length")
	slip("within a mail, small letters", mail(small), "check", 0, badGroups(small, letterOf)...)
	plain("within a mail, no code", mail("Red-Apple-Sauce-Dinner-Recipe, order R-1234-5678"), "length")
	plain("within a mail, joined to another word", mail("x"+undashed(letters)), "length")
	plain("a code and one with a slip", letters+"\n"+replace(activation, 9, '?'), "many")
	plain("one slip, twice", "read: "+one+"\nand again: "+one, "many")
	plain("two codes in digits", digits+" and "+inDigits('A', sampleAnswer.value()), "many")
}
