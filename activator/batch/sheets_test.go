package batch

import (
	"strings"
	"testing"
)

// Tables as spreadsheets and people leave them.
func TestSheets(t *testing.T) {
	for _, test := range []struct {
		name, text string
		line       int    // of the one row
		reference  string // of it
	}{
		{"rows of delimiters only", "code,reference,\n,,\n" + request + ",r,\n,,\n , ,\n", 3, "r"},
		{"hard blanks in a name", "Code,Reference\u00a0,Shelf\u00a0life\n" + request + ",r,5\n", 2, "r"},
		{"a colon", "Code:,Reference :\n" + request + ",r\n", 2, "r"},
		{"marks that do not show", "\ufeff\ufeffCode,\u200breference\n" + request + ",r\n", 2, "r"},
		{"a formula around a number", "code,reference\n" + request + ",\"=\"\"0042\"\"\"\n", 2, "0042"},
		{"the same without quotes", "code,reference\n" + request + ",=\"0042\"\n", 2, "0042"},
		{"an apostrophe of a result", "code,reference,verdict,entry\n" + request + ",'+49,ok,7\n", 2, "+49"},
		{"an apostrophe of its own", "code,reference\n" + request + ",'+49\n", 2, "'+49"},
		{"a name in apostrophes", "code,reference,verdict,entry\n" + request + ",'t Hooft,ok,7\n", 2, "'t Hooft"},
	} {
		rows := readAll(t, open(t, test.text, CSV))
		if len(rows) != 1 || rows[0].Line != test.line || rows[0].Decision.Reference != test.reference || rows[0].Text != request {
			t.Errorf("%s: have %+v, want one row in line %d with the reference %q", test.name, rows, test.line, test.reference)
		}
	}
	in := open(t, "code,Shelf life (days),Refunds,Order,reference\n", CSV)
	if have := strings.Join(in.Near(), "|"); have != "Shelf life (days)" {
		t.Errorf("near: have %q, want the one that begins with a name that means something", have)
	}
	rows := readAll(t, open(t, "code,shelf_life\n"+request+",5\n", CSV))
	if len(rows) != 1 || rows[0].Decision.ShelfLife == nil || *rows[0].Decision.ShelfLife != 5 {
		t.Errorf("have %+v, want a shelf-life of 5 days", rows)
	}
}

// What is no table says what it is, and a table below a title where it begins.
func TestNoSheet(t *testing.T) {
	for text, want := range map[string]string{
		"PK\x03\x04\x14\x00\x06\x00":           "a workbook",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00": "an old Excel",
		"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n":        "a PDF",
		"Refunds of May\n\nOrder;\"Code\"\n":   "line 3 has one: delete the lines above it",
		"Refunds,,\r\nOrder,Code,\r\n":         "line 2 has one",
		"sep=;\nRefunds\nOrder;Code\n":         "line 3 has one",
	} {
		if _, err := Open(strings.NewReader(text), Auto); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: have %v, want %q", text, err, want)
		}
	}
}
