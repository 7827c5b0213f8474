package codes_test

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/codes"
)

// TestSignedMutilations pastes signed codes as mails return them: quoted, wrapped at
// any width, with the wrong quotes, dashes and blanks, as HTML, in full width, with
// prose around. All are read.
func TestSignedMutilations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawnSigned(t)
		text := c.String()
		if rapid.Bool().Draw(t, "in lines") {
			text = strings.Join(c.Lines(), "\n")
		}
		for _, way := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(mutilations)-1), 0, 5, rapid.ID).Draw(t, "ways") {
			text = mutilations[way](t, text)
		}
		if have, err := codes.Parse(text); err != nil || have != c {
			t.Fatalf("Parse(%q): have %s, %v, want %s", text, have, err, c)
		}
		m := codes.Find(text)
		if len(m) != 1 || m[0].Code != c {
			t.Fatalf("Find(%q): have %+v, want %s alone", text, m, c)
		}
	})
}

// mutilations are what happens to a code on its way. Those that make it HTML or full
// width leave the marks of others alone, so any order of them can be.
var mutilations = []func(*rapid.T, string) string{
	func(t *rapid.T, s string) string { // wrapped anywhere
		width := rapid.IntRange(1, 90).Draw(t, "width")
		var b strings.Builder
		n := 0
		for _, w := range pieces(s) {
			if n++; n > width {
				b.WriteString("\n")
				n = 1
			}
			b.WriteString(w)
		}
		return b.String()
	},
	func(t *rapid.T, s string) string { // quoted
		mark := rapid.SampledFrom([]string{"> ", ">> ", "> > > ", "| ", "\t", "&gt; "}).Draw(t, "quoting mark")
		return mark + strings.ReplaceAll(s, "\n", rapid.SampledFrom([]string{"\n", "\r\n", "\u2028"}).Draw(t, "line end")+mark)
	},
	func(t *rapid.T, s string) string { // other dashes
		return strings.ReplaceAll(s, "-", rapid.SampledFrom([]string{"", " ", "\u2011", "\u2013", " \u2014 ", "\u2212", "&ndash;", "&#8209;", "&#x2010;", "-\u00ad", "."}).Draw(t, "dash"))
	},
	func(t *rapid.T, s string) string { // quotation marks
		q := rapid.SampledFrom([][2]string{{`"`, `"`}, {"\u201c", "\u201d"}, {"\u201e", "\u201c"}, {"\u00ab ", " \u00bb"}, {"&quot;", "&quot;"}, {"<", ">"}, {"*", "*"}}).Draw(t, "quotes")
		return q[0] + s + q[1]
	},
	func(t *rapid.T, s string) string { // characters that do not show
		hidden := rapid.SampledFrom([]string{"\u00a0", "\u200b", "\u00ad", "\ufeff", "&nbsp;", "&shy;", "&#160;", "&zwnj;"}).Draw(t, "hidden")
		every := rapid.IntRange(1, 40).Draw(t, "every")
		var b strings.Builder
		for i, w := range pieces(s) {
			if i%every == every-1 {
				b.WriteString(hidden)
			}
			b.WriteString(w)
		}
		return b.String()
	},
	func(t *rapid.T, s string) string { // full width
		var b strings.Builder
		for _, w := range pieces(s) {
			if r := []rune(w); len(r) == 1 && (unicode.IsLetter(r[0]) || unicode.IsDigit(r[0])) && r[0] < 0x80 {
				w = string(r[0] + 0xfee0)
			}
			b.WriteString(w)
		}
		return b.String()
	},
	func(t *rapid.T, s string) string { // prose around it
		before := rapid.SampledFrom([]string{"Dear Ann,\n\nyour code:\n\n", "On 22 November 2026 the desk wrote:\n", "Code = ", "Hello!\nEvery evening early we enter (e.g.) ten: "}).Draw(t, "before")
		return before + s + rapid.SampledFrom([]string{"\n\nKind regards\nThe desk\n", " thanks!", "\n-- \nEnter it by 2026-12-02.\n"}).Draw(t, "after")
	},
}

// pieces cuts a text into characters, character references staying whole.
func pieces(s string) []string {
	var out []string
	for len(s) > 0 {
		n := len(string([]rune(s)[:1]))
		if end := strings.IndexByte(s, ';'); s[0] == '&' && end > 0 && end < 10 {
			n = end + 1
		}
		out, s = append(out, s[:n]), s[n:]
	}
	return out
}

func TestSignedLines(t *testing.T) {
	c := codes.SignedAnswer{KeyID: 3, Parameter: 1}.Code()
	lines := c.Lines()
	if have := strings.Join(lines, ""); len(lines) != 4 || have != c.String() {
		t.Errorf("lines: have %q, want four that make %s", lines, c)
	}
	for i, l := range lines {
		if len(l) > 35 || strings.HasSuffix(l, "-") != (i < 3) {
			t.Errorf("line %d: have %q", i+1, l)
		}
	}
	r := codes.Statement{Kind: codes.KindRequest, Random: 1, License: 1, Definition: 1}.Code()
	if have := r.Lines(); len(have) != 1 || have[0] != r.String() {
		t.Errorf("lines of a request: have %q, want %s alone", have, r)
	}
}

// TestSignedWithinWords: a word of one letter before a code is no part of it, and what has
// right groups by chance only is no code.
func TestSignedWithinWords(t *testing.T) {
	for _, text := range []string{"il codice e " + sampleSigned, "e\n" + strings.ReplaceAll(sampleSigned, "-", ""), "vi mando a\n" + strings.ReplaceAll(sampleActivation, "-", "")} {
		m := codes.Find(text)
		if len(m) != 1 || m[0].Err != nil || !strings.HasSuffix(text, text[m[0].Start:]) {
			t.Errorf("Find(%q): have %+v, want the code alone", text, m)
		}
		if _, err := codes.Parse(text); err != nil {
			t.Errorf("Parse(%q): %v", text, err)
		}
	}
	bare := []byte(strings.ReplaceAll(sampleSigned, "-", ""))
	for g := range 12 {
		bare[g*6+3] = shift(bare[g*6+3])
	}
	if m := codes.Find("see " + string(bare)); len(m) != 1 || m[0].Err == nil {
		t.Errorf("8 of 20 groups right: have %+v, want a near-code", m)
	}
	bare[12*6+3] = shift(bare[12*6+3])
	if m := codes.Find("see " + string(bare)); len(m) != 0 {
		t.Errorf("7 of 20 groups right, no dashes: have %+v, want nothing", m)
	}
}
