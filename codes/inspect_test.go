package codes_test

import (
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

func TestInspectWhileTyping(t *testing.T) {
	for _, v := range []struct {
		text   string
		states string // one letter a group: partial, right, wrong
		want   codes.Layout
	}{
		{"", "", codes.Layout{}},
		{" - ", "", codes.Layout{}},
		{"R", "p", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: "R"}},
		{"RMhZt", "p", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: "RMhZt"}},
		{"RMhZtp", "r", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: "RMhZtp"}},
		{"RMhZtpF", "rp", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: "RMhZtp-F"}},
		{"RMhZtq-FQB", "wp", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: "RMhZtq-FQB"}},
		{"RMhZtp FQ?S", "rw", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: "RMhZtp-FQ?S"}},
		{"RMhZtp-FQBSV-R", "rwp", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: "RMhZtp-FQBSV-R"}},
		{sampleRequest, "rrrrr", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: sampleRequest, Complete: true}},
		{"RMhZ-tpFQBSVYRgS3-KwKX9RuizzJfM2", "rrrrr", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: sampleRequest, Complete: true}},
		{sampleRequest + "x", "rrrrw", codes.Layout{Kind: 'R', Form: codes.FormLetters, Want: 5, Canonical: sampleRequest + "x"}},
		{sampleActivation, "rrrr", codes.Layout{Kind: 'A', Form: codes.FormLetters, Want: 4, Canonical: sampleActivation, Complete: true}},
		{"1007", "p", codes.Layout{Kind: 'R', Form: codes.FormDigits, Want: 9, Canonical: "1007"}},
		{sampleDigits, "rrrrrrrrr", codes.Layout{Kind: 'R', Form: codes.FormDigits, Want: 9, Canonical: sampleDigits, Complete: true}},
		{"hello", "w", codes.Layout{Form: codes.FormLetters, Canonical: "hello"}},
	} {
		have := codes.Inspect(v.text)
		states := ""
		for _, g := range have.Groups {
			states += g.State.String()[:1]
			if typed := strings.ReplaceAll(v.text[g.Start:g.End], "-", ""); typed != g.Text {
				t.Errorf("Inspect(%q): group %q stands at %q", v.text, g.Text, typed)
			}
			if (g.State == codes.GroupWrong) != (g.Slip != nil) {
				t.Errorf("Inspect(%q): group %q is %s and has slip %v", v.text, g.Text, g.State, g.Slip)
			}
		}
		if states != v.states {
			t.Errorf("Inspect(%q): have groups %q, want %q", v.text, states, v.states)
		}
		if have.Kind != v.want.Kind || have.Form != v.want.Form || have.Want != v.want.Want || have.Canonical != v.want.Canonical || have.Complete != v.want.Complete {
			t.Errorf("Inspect(%q): have %+v, want %+v", v.text, have, v.want)
		}
	}
}

// TestInspectEveryPrefix types codes character by character: no complete group
// is ever called wrong, and only the whole is complete.
func TestInspectEveryPrefix(t *testing.T) {
	for _, text := range []string{sampleRequest, sampleDigits, sampleActivation, strings.ReplaceAll(sampleRequest, "-", "")} {
		for i := range text {
			l := codes.Inspect(text[:i])
			for _, g := range l.Groups {
				if g.State == codes.GroupWrong {
					t.Errorf("Inspect(%q): group %q is wrong: %v", text[:i], g.Text, g.Slip)
				}
			}
			if l.Complete {
				t.Errorf("Inspect(%q) is complete", text[:i])
			}
		}
	}
}

func TestInspectSlipsAreSentences(t *testing.T) {
	for _, text := range []string{"hello", "RMhZtq", "R?", "777777-777777", strings.Repeat("x", 500), sampleRequest + sampleRequest} {
		for _, g := range codes.Inspect(text).Groups {
			if g.Slip != nil && (strings.Contains(g.Slip.Error(), "of 0") || strings.Contains(g.Slip.Error(), "%!")) {
				t.Errorf("Inspect(%q): slip says %q", text, g.Slip)
			}
		}
	}
}
