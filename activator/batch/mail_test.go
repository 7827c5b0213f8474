package batch

import (
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
)

// A text of any size is searched whole, also where it has no empty line and its codes are
// broken by line ends.
func TestLongText(t *testing.T) {
	lines := strings.Repeat("-"+strings.Repeat("x", 60)+"\n", 20)
	for name, one := range map[string]string{
		"a code a line":           request + "\n" + lines,
		"broken by a line end":    request[:14] + "\n" + request[14:] + "\n" + lines,
		"broken by an empty line": request[:13] + "\n\n" + request[13:] + "\n" + lines,
		"in one long line":        strings.Repeat("x", 10_000) + " " + request + " " + strings.Repeat("x", 10_000) + "\n",
		"a line like a header":    "Subject: " + request + "\n" + lines,
	} {
		const n = 400
		var text strings.Builder
		text.WriteString("Codes\n")
		for range n {
			text.WriteString(one)
		}
		seen := map[int]bool{}
		for _, r := range readAll(t, open(t, text.String(), Text)) {
			if have := strings.Join(strings.Fields(r.Text), ""); have != request {
				t.Errorf("%s: line %d: have %q, want the code whole", name, r.Line, r.Text)
			}
			seen[r.Line] = true
		}
		// Once per piece that is searched: about as often as 64 kB go into the text.
		if want := text.Len() / (maxPart + 2*len(one)); len(seen) < want {
			t.Errorf("%s: have %d rows of %d bytes, want at least %d", name, len(seen), text.Len(), want)
		}
	}
}

// No code of a list is lost where a piece of it ends.
func TestLongList(t *testing.T) {
	codes := make([]string, 0, 6000)
	for i := range cap(codes) { // near-codes, all different: each is a row
		c := []byte(request)
		c[2], c[3], c[9], c[10] = 'a'+byte(i%26), 'a'+byte(i/26%26), 'a'+byte(i/676%26), 'x'
		codes = append(codes, string(c))
	}
	for _, sep := range []string{"\n", "\r\n", "\n\n", " and\n"} {
		rows := readAll(t, open(t, strings.Join(codes, sep), Text))
		for i, r := range rows {
			if i < len(codes) && r.Text != codes[i] {
				t.Fatalf("%q between codes: row %d: have %q, want %q", sep, i+1, r.Text, codes[i])
			}
		}
		if len(rows) != len(codes) {
			t.Errorf("%q between codes: have %d rows, want %d", sep, len(rows), len(codes))
		}
	}
}

// Where a text is searched piece by piece, the next piece does not begin within a code.
func TestGoesOn(t *testing.T) {
	text := strings.Repeat("a line\n", kept)
	at := goesOn(text, nil)
	if at <= len(text)-kept || at >= len(text) || text[at-1] != '\n' {
		t.Errorf("have %d of %d, want the beginning of one of the last lines", at, len(text))
	}
	for _, code := range []codes.Match{{Start: at - 20, End: at + 20}, {Start: at - 20, End: at}, {Start: at, End: at + 20}} {
		want := at
		if code.Start < at && at < code.End {
			want = code.Start
		}
		if have := goesOn(text, []codes.Match{code}); have != want {
			t.Errorf("a code from %d to %d: have %d, want %d", code.Start, code.End, have, want)
		}
	}
}
