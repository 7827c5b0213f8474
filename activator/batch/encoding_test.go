package batch

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/manual-activator/manual-activator/activator"
)

// The same table in every form in which programs write it has the same rows.
func TestEncodings(t *testing.T) {
	utf16 := func(s string, big bool) string {
		b := []byte("\xff\xfe")
		if big {
			b = []byte("\xfe\xff")
		}
		for _, r := range s {
			two := []byte{byte(r), byte(r >> 8)}
			if big {
				two[0], two[1] = two[1], two[0]
			}
			b = append(b, two...)
		}
		return string(b)
	}
	table := "code,größe\n" + request + ",Müller – 5 m²\n" + confirmation + ",x\n"
	for name, text := range map[string]string{
		"UTF-8":                      table,
		"UTF-8 with its mark":        "\ufeff" + table,
		"UTF-16":                     utf16(table, false),
		"UTF-16, big end first":      utf16(table, true),
		"Windows-1252":               strings.NewReplacer("ü", "\xfc", "ö", "\xf6", "ß", "\xdf", "–", "\x96", "²", "\xb2").Replace(table),
		"line ends of Windows":       strings.ReplaceAll(table, "\n", "\r\n"),
		"carriage returns alone":     strings.ReplaceAll(table, "\n", "\r"),
		"and of them, the last left": strings.TrimSuffix(strings.ReplaceAll(table, "\n", "\r"), "\r") + "\n",
	} {
		for way, r := range map[string]io.Reader{"at once": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text))} {
			in, err := Open(r, Auto)
			if err != nil {
				t.Errorf("%s, %s: %v", name, way, err)
				continue
			}
			have := fmt.Sprintf("%q", in.Columns)
			for _, row := range readAll(t, in) {
				have += fmt.Sprintf(" %d %q", row.Line, row.Carry.(*record).fields)
			}
			want := fmt.Sprintf("%q 2 %q 3 %q", []string{"code", "größe"}, []string{request, "Müller – 5 m²"}, []string{confirmation, "x"})
			if have != want {
				t.Errorf("%s, %s: have %s, want %s", name, way, have, want)
			}
		}
	}
}

// A carriage return within a text whose lines end with line feeds is left there.
func TestReturnWithinALine(t *testing.T) {
	const text = "code,note\nx,a\rb\n"
	for way, r := range map[string]io.Reader{"at once": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text))} {
		b, marked, err := Decode(r)
		if err != nil || marked {
			t.Fatalf("%s: have marked %v, %v, want a text without a mark", way, marked, err)
		}
		if have, err := io.ReadAll(b); err != nil || string(have) != text {
			t.Errorf("%s: have %q, %v, want %q", way, have, err, text)
		}
	}
}

// Columns are results only where verdict and entry stand together: one of them alone is an
// order's own.
func TestVerdictOrEntryAlone(t *testing.T) {
	for _, name := range []string{"verdict", "entry"} {
		if is := resultsOf([]string{"code", name, "reason"}); slices.Contains(is, true) {
			t.Errorf("%s alone: have results %v, want none", name, is)
		}
	}
}

// A member that is there twice is a mistake, also where it is empty the first time; a line
// that was cut off is said to be.
func TestMistakesOfALine(t *testing.T) {
	for line, want := range map[string]string{
		`{"code":"","code":"` + request + `"}`: "a member is there twice: \"code\"",
		`{"code":"` + request + `"`:            "the line is no JSON object: it ends within the object",
	} {
		rows := readAll(t, open(t, line+"\n", JSONL))
		if have := rows[0].Mistake + ": " + rows[0].Quoted; len(rows) != 1 || have != want {
			t.Errorf("%s: have %q, want %q", line, have, want)
		}
	}
}

// Lines of JSON that are not UTF-8 are UTF-8 in the output.
func TestLinesOfWindows(t *testing.T) {
	in := open(t, "{\"code\":\"\",\"note\":\"M\xfcller\"}\n", Auto)
	var out bytes.Buffer
	w := newWriter(&out, in, JSONL)
	for _, r := range readAll(t, in) {
		w.row(&activator.RowOutcome{Row: &r})
	}
	w.flush()
	if want := `"note":"Müller"`; !strings.Contains(out.String(), want) {
		t.Errorf("have %q, want %s in it", out.String(), want)
	}
}

// A file with the ending .txt is a text with codes in it, or a table that a spreadsheet saved.
func TestTextOrTable(t *testing.T) {
	for text, want := range map[string]Format{
		sample(t, "excel_utf16.txt"):         CSV,
		"order\t\"Code\"\r\n1\t" + request:   CSV,
		"code\n" + request:                   Text, // nothing is lost
		"Code, please: " + request + "\n":    Text,
		"From: a@example.com\n\n" + request:  Text,
		"the code, as it was read to us:\n":  Text,
		"{\"code\":\"" + request + "\"}\n":   Text,
		request + "\tcode\n" + request + "x": CSV, // it has a column of that name
	} {
		if in := open(t, text, TextOrTable); in.Format != want {
			t.Errorf("%.40q: have %s, want %s", text, in.Format, want)
		}
	}
}

// Columns of an order that are named as results are carried; those that a run before has
// written are written anew.
func TestColumnsLikeResults(t *testing.T) {
	text := "order,product,code,Line,reason\n7,Studio," + request + ",3,\"he moved\"\n"
	for run := 1; run <= 2; run++ {
		in := open(t, text, Auto)
		var out bytes.Buffer
		w := newWriter(&out, in, CSV)
		w.head()
		for _, r := range readAll(t, in) {
			w.row(&activator.RowOutcome{Row: &r})
		}
		w.flush()
		head := "order,product,code,Line,reason," + strings.Join(results, ",") + "\n"
		if row := "7,Studio," + request + ",3,he moved,2,"; !strings.HasPrefix(out.String(), head+row) {
			t.Errorf("run %d: have %q, want %q and behind it %q", run, out.String(), head, row)
		}
		text = out.String()
	}
}
