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

// A mailbox of several programs: whose code it is stays with it, whatever stands between.
func TestMailboxes(t *testing.T) {
	const ann, bob = "From: Ann <ann@example.com>\nSubject: One\n", "From: Bob <bob@example.com>\nSubject: Two\n"
	const dated = "From - Sun Nov 22 09:00:00 2026\n"
	const answer, serial = "A2Xnnz-PWAtsw-p3BXov-y4vmks", "S18JUQ-CVZHzP-kZtXAG-HG2eXt-L4FJ9L"
	dashes := strings.ReplaceAll(request, "-", "\x96")
	for _, test := range []struct {
		name, text string
		want       []string // code or its beginning, and who wrote it
	}{
		{"two mails", dated + ann + "\n" + request + "\n\n" + dated + bob + "\n" + confirmation + "\n", []string{request, "Ann", confirmation, "Bob"}},
		{"an empty line at the front", "\n" + dated + ann + "\n" + request + "\n\n" + dated + bob + "\n" + confirmation + "\n", []string{request, "Ann", confirmation, "Bob"}},
		{"no empty line between", dated + ann + "\n" + request + "\n" + dated + bob + "\n" + confirmation + "\n", []string{request, "Ann", confirmation, "Bob"}},
		{"no day between", "From \n" + ann + "\n" + request + "\n\nFrom \n" + bob + "\n" + confirmation + "\n", []string{request, "Ann", confirmation, "Bob"}},
		{"a paragraph with From", dated + ann + "\nHello,\n\nFrom me, here it is:\n\n" + request + "\n\n" + dated + bob + "\n" + confirmation + "\n", []string{request, "Ann", confirmation, "Bob"}},
		{"deleted", dated + "X-Mozilla-Status: 0009\n" + ann + "\n" + request + "\n\n" + dated + "X-Mozilla-Status: 0001\n" + bob + "\n" + confirmation + "\n", []string{confirmation, "Bob"}},
		{"our answer quoted", ann + "\nIt works.\n\n> " + answer + "\n", nil},
		{"our answer alone", ann + "\nWhat is this?\n" + answer + "\n", []string{answer, "Ann"}},
		{"our answer beside a request", ann + "\n" + request + "\n-- Original message --\n" + answer + "\n", []string{request, "Ann"}},
		{"the serial number beside it", ann + "\nSerial " + serial + ", code " + request + "\n", []string{request, "Ann"}},
		{"a form of a web page", ann + "X-Request-Code: " + request + "\n\nsee above\n", []string{request, "Ann"}},
		{"in a header and below", ann + "X-Request-Code: " + request + "\n\n" + request + "\n", []string{request, "Ann"}},
		{"Apple Mail", "90      \n" + ann + "\n" + request + "\n<?xml version=\"1.0\"?>\n<plist><string>" + confirmation + "</string></plist>\n", []string{request, "Ann"}},
		{"Outlook", "From:\tAnn\nSent:\tMonday\nSubject:\tOne\n\n" + request + "\n\nFrom: Cid\nSent: Sunday\n\nFrom:\tBob\nSent:\tMonday\nSubject:\tTwo\n\n" + confirmation + "\n", []string{request, "Ann", confirmation, "Bob"}},
		{"a number first", "4711\n" + request + "\n", []string{request, ""}},
		{"a text that begins with From", "From Ann: " + request + "\n", []string{request, ""}},
		{"dashes of Windows", "Code\n" + dashes + "\n", []string{request, ""}},
		{"dashes of Windows in the first line", dashes + "\n" + confirmation + "\n", []string{request, "", confirmation, ""}},
	} {
		in := open(t, test.text, Text)
		var have []string
		for _, r := range readAll(t, in) {
			from := r.Carry.(*record).fields[1]
			name, _, _ := strings.Cut(from, " ")
			have = append(have, strings.ReplaceAll(r.Text, "–", "-"), name)
		}
		if strings.Join(have, "|") != strings.Join(test.want, "|") {
			t.Errorf("%s: have %q, want %q", test.name, have, test.want)
		}
	}
}

// Mails that make no row are counted: somebody has to read them.
func TestMailsCounted(t *testing.T) {
	const dated = "From - Sun Nov 22 09:00:00 2026\n"
	in := open(t, dated+"Subject: a\n\n"+request+"\n\n"+dated+"Subject: b\n\nhelp\n\n"+dated+"X-Mozilla-Status: 0008\n\n"+request+"\n\n"+dated+"Subject: c\n\n> A2Xnnz-PWAtsw-p3BXov-y4vmks\n", Text)
	rows := readAll(t, in)
	if have, want := in.Mails(), (Mails{Read: 4, CodeLess: 1, Deleted: 1}); have != want || len(rows) != 1 {
		t.Errorf("have %+v and %d rows, want %+v and one", have, len(rows), want)
	}
	in = open(t, "code\n"+request+"\n", CSV)
	if have := in.Mails(); have != (Mails{}) {
		t.Errorf("a table: have %+v, want none", have)
	}
}
