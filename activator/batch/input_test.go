package batch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

const (
	request      = "RMhZtp-FQBSVY-RgS3Kw-KX9Rui-zzJfM2"
	confirmation = "D3ug8q-gNNWYh-U3CLiG-PtAtNu-JcvyjF"
	slip         = "RMpZtp-FQBSVY-RgS3Kw-KX9Rui-zzJfM2"
)

func sample(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "batch", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// readAll reads an input to its end.
func readAll(t *testing.T, in *Input) []activator.Row {
	t.Helper()
	var rows []activator.Row
	for {
		rec, sum, err := in.next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		row := in.row(rec)
		row.Sum = sum
		rows = append(rows, row)
	}
}

func open(t *testing.T, text string, f Format) *Input {
	t.Helper()
	in, err := Open(strings.NewReader(text), f)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// said is a row in one line.
func said(r activator.Row) string {
	s := fmt.Sprintf("%d %q", r.Line, r.Text)
	d := r.Decision
	if d.Reference != "" {
		s += " reference " + d.Reference
	}
	if d.Refund != "" {
		s += " refund " + d.Refund
	}
	if d.As != 0 {
		s += fmt.Sprint(" as ", d.As)
	}
	if d.Choose != nil {
		s += fmt.Sprint(" choose ", d.Choose)
	}
	if d.Parameter != nil {
		s += fmt.Sprint(" parameter ", *d.Parameter)
	}
	if d.ShelfLife != nil {
		s += fmt.Sprint(" shelf life ", *d.ShelfLife)
	}
	if r.Mistake != "" {
		s += " MISTAKE " + r.Mistake
	}
	return s
}

func TestSamples(t *testing.T) {
	day, err := codes.ParseDay("2027-06-30")
	if err != nil {
		t.Fatal(err)
	}
	digits := "100745-955289-245948-934789-098190-630391-263560-543025-054525"
	for _, c := range []struct {
		file    string
		format  Format
		columns string
		want    []string
	}{
		{"orders.csv", CSV, "order customer code reference parameter", []string{
			fmt.Sprintf("2 %q", request),
			fmt.Sprintf("3 %q parameter %d", digits, day),
			fmt.Sprintf("4 %q", slip),
			fmt.Sprintf("5 %q reference case-88", confirmation),
			`6 ""`,
		}},
		{"refunds_semicolons.csv", CSV, "Kunde Refund Code Notiz", []string{
			fmt.Sprintf("2 %q refund GS-101", confirmation),
			fmt.Sprintf("4 %q refund GS-102", confirmation),
		}},
		{"excel_utf16.txt", CSV, "Code Customer", []string{fmt.Sprintf("2 %q", request), fmt.Sprintf("3 %q", confirmation)}},
		{"rows.jsonl", JSONL, "", []string{
			fmt.Sprintf("1 %q choose [4 5]", request),
			fmt.Sprintf("2 %q reference case-88", confirmation),
			fmt.Sprintf("4 %q parameter 30 shelf life 10", request),
			`5 "not json" MISTAKE the line is no JSON object`,
		}},
		{"request.eml", Text, "code from subject", []string{fmt.Sprintf("1 %q", request)}},
		{"support.mbox", Text, "code from subject", []string{
			fmt.Sprintf("1 %q", request), fmt.Sprintf("2 %q", confirmation), fmt.Sprintf("3 %q", slip),
		}},
	} {
		t.Run(c.file, func(t *testing.T) {
			in := open(t, sample(t, c.file), Auto)
			if in.Format != c.format || strings.Join(in.Columns, " ") != c.columns {
				t.Errorf("have %s with %q, want %s with %q", in.Format, in.Columns, c.format, c.columns)
			}
			var have []string
			for _, r := range readAll(t, in) {
				have = append(have, said(r))
			}
			if fmt.Sprintf("%q", have) != fmt.Sprintf("%q", c.want) {
				t.Errorf("have\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
	in := open(t, sample(t, "request.eml"), Auto)
	if have, want := fmt.Sprintf("%q", readAll(t, in)[0].Carry.(*record).fields[1:]), `["Anna Müller <anna@example.com>" "Press Studio: Aktivierung"]`; have != want {
		t.Errorf("From and Subject: have %s, want %s", have, want)
	}
}

// What cannot be a table says what is missing.
func TestNoTable(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "it is empty",
		"\ufeff":                           "it is empty",
		"\n\n":                             "no column is named code",
		"name,price\na,1\n":                `no column is named code: the first row has "name", "price"`,
		"code,note,Code\n":                 `the column "Code" is there twice`,
		request + "\n" + confirmation:      "its first row holds a request",
		"[{\"code\":\"" + request + "\"}]": "it is one JSON array",
		"[\n {\"code\":\"x\"},\n":          "it is one JSON array",
		"[x],price\na,1\n":                 "no column is named code",
		"a,b," + request + "\n":            "its first row holds a request",
		"c\x00o\x00d\x00e\x00\n\x00":       "NUL bytes",
		"code,\"note\nwithout an end":      "its first row cannot be read",
		strings.Repeat("x", 3*maxRow):      "its first row cannot be read",
		strings.Repeat("x,", 10_000) + "x": "and 9993 more",
	} {
		if in, err := Open(strings.NewReader(text), Auto); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30q: have %v, %v, want an error with %q", text, in, err, want)
		}
	}
}

// A row that is none is one row of the output, and the rows behind it are read.
func TestBadRows(t *testing.T) {
	text := "code,note\n" +
		"a,\"never closed\n" +
		"b,\"closed\"x\n" +
		"c,1,2\n" +
		"d\n" +
		"\n" +
		"e,1,,\n" +
		"\"f\",\"\"\"q\"\"\r\nsecond\"\r\n" +
		"nul\x00here,2\n" +
		"\xff\xfe,3\n" +
		"g,a\"b\n" +
		"last,\"open"
	var have []string
	for _, r := range readAll(t, open(t, text, CSV)) {
		have = append(have, said(r))
	}
	want := []string{
		`2 "a,\"never closed" MISTAKE a quoted field is not closed on its line, or has text behind its quotes`,
		`3 "b,\"closed\"x" MISTAKE a quoted field is not closed on its line, or has text behind its quotes`,
		`4 "c" MISTAKE the row has 3 fields, the first row has 2: is a delimiter in a field that is not in quotes?`,
		`5 "d"`, `7 "e"`, `8 "f"`, `10 "nul\x00here"`, `11 "ÿþ"`, `12 "g"`,
		`13 "last,\"open" MISTAKE a quoted field is not closed on its line, or has text behind its quotes`,
	}
	if fmt.Sprintf("%q", have) != fmt.Sprintf("%q", want) {
		t.Errorf("have\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}

// long is a reader of one line of n bytes between two rows of a table.
func long(n int64) io.Reader {
	return io.MultiReader(strings.NewReader("code,note\nfirst,1\n"), io.LimitReader(forever{}, n), strings.NewReader("\nlast,2\n"))
}

type forever struct{}

func (forever) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// A line of a gigabyte is one row, and takes no memory.
func TestLongLine(t *testing.T) {
	size := int64(1 << 30)
	if testing.Short() {
		size = 64 << 20
	}
	for _, f := range []Format{CSV, Text} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		in, err := Open(long(size), f)
		if err != nil {
			t.Fatal(err)
		}
		rows := readAll(t, in)
		runtime.ReadMemStats(&after)
		if f == CSV && (len(rows) != 3 || rows[1].Mistake == "" || rows[2].Text != "last" || len(rows[1].Text) > maxRow) {
			t.Errorf("have %d rows, want 3, the middle one with its mistake", len(rows))
		}
		if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 200<<20 {
			t.Errorf("%s: a line of %d MB took %d MB of memory, want a few", f, size>>20, grown>>20)
		}
		other, err := Open(long(size-1), f)
		if err != nil {
			t.Fatal(err)
		}
		if f == CSV && readAll(t, other)[2].Sum == rows[2].Sum {
			t.Error("a line that is one byte shorter has the same hash")
		}
	}
}

// Ten thousand columns are carried through.
func TestManyColumns(t *testing.T) {
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, "c%d;", i)
	}
	b.WriteString("code\n" + strings.Repeat("1;", 10_000) + request + "\n")
	in := open(t, b.String(), Auto)
	rows := readAll(t, in)
	if len(in.Columns) != 10_001 || len(rows) != 1 || rows[0].Text != request {
		t.Fatalf("have %d columns and %d rows, want 10001 and 1", len(in.Columns), len(rows))
	}
	var out bytes.Buffer
	w := newWriter(&out, in, CSV)
	w.head()
	w.row(&activator.RowOutcome{Row: &rows[0]})
	w.flush()
	if have, want := strings.Count(out.String(), ";"), 2*(10_000+len(results)); have != want {
		t.Errorf("have %d delimiters in the output, want %d", have, want)
	}
}

// The hash of an input tells every change of its rows, and none of its form.
func TestSum(t *testing.T) {
	sum := func(text string) [32]byte {
		rows := readAll(t, open(t, text, Auto))
		return rows[len(rows)-1].Sum
	}
	base := "code,note\na,1\nb,2\n"
	if sum(base) != sum("code;note\r\na;1\r\n\"b\";2") {
		t.Error("other delimiters, line ends and quotes have another hash, want the same")
	}
	for _, other := range []string{"code,note\na,1\nb,3\n", "code,note\nb,2\na,1\n", "code,text\na,1\nb,2\n", "code,note\na,1\n\nb,2\n", "code,note\na1,\nb,2\n", "code,note\nb,2\n"} {
		if sum(base) == sum(other) {
			t.Errorf("%q has the hash of %q", other, base)
		}
	}
}

// Cells that a spreadsheet would take for formulas are made texts.
func TestFormulas(t *testing.T) {
	in := open(t, "code,=name\n\"=cmd|'/c calc'!A1\",@x\n-1,\"\tb\"\n+4930,\"a,\"\"b\"\"\"\n", Auto)
	var out bytes.Buffer
	w := newWriter(&out, in, CSV)
	w.head()
	for _, r := range readAll(t, in) {
		w.row(&activator.RowOutcome{Row: &r})
	}
	w.flush()
	for i, want := range []string{`code,"'=name",line,`, `"'=cmd|'/c calc'!A1","'@x",2,`, "\"'-1\",\"'\tb\",3,", `"'+4930","a,""b""",4,`} {
		if have := strings.Split(out.String(), "\n")[i]; !strings.HasPrefix(have, want) {
			t.Errorf("line %d: have %q, want it to begin with %q", i+1, have, want)
		}
	}
}

// Where another spreadsheet would split a cell, no formula begins either.
func TestFormulasInside(t *testing.T) {
	for table, want := range map[string]string{
		"code,note\nx,a;=1\n": `x,"a;'=1",2,`,
		"code;note\nx;a,=1\n": `x;"a,'=1";2;`,
		"code;note\nx;＝1\n":   `x;"'＝1";2;`,
		"code,note\nx,a;b\n":  `x,a;b,2,`,
	} {
		in := open(t, table, Auto)
		var out bytes.Buffer
		w := newWriter(&out, in, CSV)
		for _, r := range readAll(t, in) {
			w.row(&activator.RowOutcome{Row: &r})
		}
		w.flush()
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("%q: have %q, want it to begin with %q", table, out.String(), want)
		}
	}
}

// FuzzTable reads any table: as many rows come out as the reader finds, in ascending
// lines, and reading them again gives the same.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"code\na\n", "code,x\n\"a\"\"b\",\"c\nd\"\n\"", "x;code\r\n1;2\r\n;;;\r\n", "code|a\n\"\n\"\n\"\"\n", "code\n\r\n\n\x00\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, err := Open(strings.NewReader(text), CSV)
		if err != nil {
			return
		}
		rows := readAll(t, in)
		last := 1
		for _, r := range rows {
			if r.Line <= last || strings.ContainsRune(fmt.Sprint(r.Line), '-') {
				t.Fatalf("%q: line %d follows line %d", text, r.Line, last)
			}
			last = r.Line
		}
		if lines := strings.Count(text, "\n") + 1; last > lines {
			t.Fatalf("%q: line %d of %d", text, last, lines)
		}
		again := readAll(t, open(t, text, CSV))
		if len(again) != len(rows) || len(rows) > 0 && again[len(rows)-1].Sum != rows[len(rows)-1].Sum {
			t.Fatalf("%q: read again it is another", text)
		}
	})
}
