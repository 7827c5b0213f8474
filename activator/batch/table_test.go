package batch

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The last row is read as it is, whether a line end follows it or not.
func TestLastRowWithoutALineEnd(t *testing.T) {
	for _, text := range []string{
		"code\n" + request,
		"code,note\n" + request + ",x",
		"code,note\nx,y\n" + request + "," + strings.Repeat("n", 100),
		"code,note\nx,\"a\nb\"",
		"note,code\n\"a\nb\"," + request,
		"note,code\n\"a\n,b\",\"" + request + "\"",
	} {
		var have, want []string
		for _, r := range readAll(t, open(t, text, CSV)) {
			have = append(have, said(r)+fmt.Sprintf("%q", r.Carry.(*record).fields))
		}
		for _, r := range readAll(t, open(t, text+"\n", CSV)) {
			want = append(want, said(r)+fmt.Sprintf("%q", r.Carry.(*record).fields))
		}
		if fmt.Sprint(have) != fmt.Sprint(want) || strings.Contains(fmt.Sprint(have), "MISTAKE") {
			t.Errorf("%q: have %s, want %s", text, have, want)
		}
	}
}

// Names of columns in quotes are read with every delimiter.
func TestQuotedNames(t *testing.T) {
	for _, comma := range []string{",", ";", "\t", "|"} {
		text := `"code"` + comma + `"note, or; more"` + "\n" + request + comma + `"a` + comma + "b\"\n"
		in := open(t, text, CSV)
		if have, want := fmt.Sprintf("%q", in.Columns), fmt.Sprintf("%q", []string{"code", "note, or; more"}); have != want {
			t.Errorf("%q: have the columns %s, want %s", text, have, want)
		}
		for _, r := range readAll(t, in) {
			if have, want := fmt.Sprintf("%q", r.Carry.(*record).fields), fmt.Sprintf("%q", []string{request, "a" + comma + "b"}); have != want {
				t.Errorf("%q: have %s, want %s", text, have, want)
			}
		}
	}
}

// Rows whose quotes are never closed are each one row, and are not each searched to the
// end of the file: a megabyte of them would take an hour.
func TestQuotesThatNeverEnd(t *testing.T) {
	const n = 100_000
	rows := readAll(t, open(t, "code,note\n"+strings.Repeat("a\",\",\n", n)+strings.Repeat("x", 2*maxRow)+"\nlast,ok\n", CSV))
	if len(rows) != n+2 {
		t.Errorf("have %d rows, want %d", len(rows), n+2)
	}
	if last := rows[len(rows)-1]; last.Text != "last" || last.Line != n+3 {
		t.Errorf("have %s last", said(last))
	}
}

// A wrong quote spoils its own line, not the cells with line ends behind it.
func TestOneWrongQuote(t *testing.T) {
	good := request + ",\"Main Street 1\nSmall Town\"\n"
	text := "code,note\n" + request + ",\"never closed\n" + strings.Repeat(good, 30_000)
	for i, r := range readAll(t, open(t, text, CSV)) {
		if have, want := r.Mistake != "", i == 0; have != want {
			t.Fatalf("row %d: have the mistake %q, want one in row 0 only", i, r.Mistake)
		}
	}
}

// What a row has more than the first one is not kept, but it counts for the hash.
func TestFieldsInExcess(t *testing.T) {
	var sums [][32]byte
	for _, more := range []string{"", ",,,", strings.Repeat(",", 1000), ",x", ",y"} {
		rows := readAll(t, open(t, "code,note\n"+request+",a"+more+"\n", CSV))
		if len(rows) != 1 || cap(rows[0].Carry.(*record).fields) > 8 {
			t.Fatalf("%.10q: have %d rows with room for %d fields, want one, for 2", more, len(rows), cap(rows[0].Carry.(*record).fields))
		}
		if have, want := rows[0].Mistake != "", strings.ContainsAny(more, "xy"); have != want {
			t.Errorf("%.10q: have the mistake %q, want one: %t", more, rows[0].Mistake, want)
		}
		if slices.Contains(sums, rows[0].Sum) {
			t.Errorf("%.10q: have the hash of another row", more)
		}
		sums = append(sums, rows[0].Sum)
	}
}

// A first line sep=; tells the delimiter, in the output, too; it counts as a line.
func TestSeparator(t *testing.T) {
	for _, c := range []struct {
		in   string
		head []string // nil: no column is named code
		line int
		told string // how the output begins
	}{
		{"sep=;\na,x;code\n1;R1\n", []string{"a,x", "code"}, 3, "sep=;\n"},
		{"SEP=|\r\na|code\r\n1|R1\r\n", []string{"a", "code"}, 3, "sep=|\r\n"},
		{"\"sep=\t\"\r\na\tcode\r\n1\tR1\r\n", []string{"a", "code"}, 3, "sep=\t\r\n"},
		{"\ufeffsep=,\na,code\n1,R1\n", []string{"a", "code"}, 3, "\ufeffsep=,\n"},
		{"sep=;\ncode,x\nR1,1\n", nil, 0, ""},                            // it is kept to
		{"sep=x\ncode\nR1\n", nil, 0, ""},                                // x is none
		{"sep=;code\n1;R1\n", []string{"sep=", "code"}, 2, "sep=;code;"}, // a column of that name
		{"sep=;", nil, 0, ""}, // nothing follows
		{"sep;code\n1;R1\n", []string{"sep", "code"}, 2, "sep;code;"},
	} {
		in, err := Open(strings.NewReader(c.in), CSV)
		if c.head == nil {
			if err == nil {
				t.Errorf("%q: have columns %q, want an error", c.in, in.Columns)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		rec, _, err := in.next()
		if err != nil || !slices.Equal(in.Columns, c.head) || rec.line != c.line || rec.fields[1] != "R1" {
			t.Errorf("%q: have columns %q, a row %+v, %v; want %q, and a row in line %d", c.in, in.Columns, rec, err, c.head, c.line)
		}
		var out bytes.Buffer
		w := newWriter(&out, in, CSV)
		w.head()
		w.flush()
		if !strings.HasPrefix(out.String(), c.told) {
			t.Errorf("%q: have an output that begins %q, want %q", c.in, out.String(), c.told)
		}
	}
}
