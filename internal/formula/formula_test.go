package formula

import "testing"

func TestGuard(t *testing.T) {
	for _, c := range []struct{ have, semicolon, comma string }{
		{"", "", ""},
		{"Acme; Sons, Ltd", "Acme; Sons, Ltd", "Acme; Sons, Ltd"},
		{"=1+1", "'=1+1", "'=1+1"},
		{"+49", "'+49", "'+49"},
		{"-1", "'-1", "'-1"},
		{"@x", "'@x", "'@x"},
		{"\tx", "'\tx", "'\tx"},
		{"\rx", "'\rx", "'\rx"},
		{"\nx", "'\nx", "'\nx"},
		{"＝1", "'＝1", "'＝1"},
		{"－1", "'－1", "'－1"},
		{"a;=1", "a;'=1", "a;=1"},
		{"a,=1", "a,=1", "a,'=1"},
		{"a; \"=1;b;;@x", "a; \"'=1;b;;'@x", "a; \"=1;b;;@x"},
		{"=1;+2,-3", "'=1;'+2,-3", "'=1;+2,'-3"},
		{"'=1", "'=1", "'=1"},
		{" =1", "' =1", "' =1"},
		{"\u00a0 -1", "'\u00a0 -1", "'\u00a0 -1"},
		{"\u3000＝1", "'\u3000＝1", "'\u3000＝1"},
		{"  ", "  ", "  "},
		{" a=1", " a=1", " a=1"},
		{"Änne", "Änne", "Änne"},
		{"a;\u00a0=1", "a;'\u00a0=1", "a;\u00a0=1"},
		{"a;", "a;", "a;"},
	} {
		if got := Guard(c.have, ';'); got != c.semicolon {
			t.Errorf("%q behind semicolons: have %q, want %q", c.have, got, c.semicolon)
		}
		if got := Guard(c.have, ','); got != c.comma {
			t.Errorf("%q behind commas: have %q, want %q", c.have, got, c.comma)
		}
	}
}
