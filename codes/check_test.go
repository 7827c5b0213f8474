package codes

import "testing"

func TestCheckVectorsOfTheDesign(t *testing.T) {
	vals := func(f Form, s string) (a []uint8) {
		for _, r := range s {
			v, ok := f.value(r)
			if !ok {
				t.Fatalf("%q is not of form %v", r, f)
			}
			a = append(a, v)
		}
		return a
	}
	for place, want := range map[int]string{1: "U", 2: "w", 3: "P", 4: "r"} {
		if have := string(FormLetters.char(letterCheck(place, vals(FormLetters, "11111")))); have != want {
			t.Errorf("check of 11111 at place %d: have %q, want %q", place, have, want)
		}
	}
	if have := FormLetters.char(letterCheck(0, vals(FormLetters, "R1111"))); have != '1' {
		t.Errorf("check of R1111 at place 0: have %q, want '1'", have)
	}
	for place, want := range []byte("918354026") {
		if have := FormDigits.char(digitCheck(place, vals(FormDigits, "12345"))); have != want {
			t.Errorf("check of 12345 at place %d: have %q, want %q", place, have, want)
		}
	}
}
