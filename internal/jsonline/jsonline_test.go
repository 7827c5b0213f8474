package jsonline

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	_ "github.com/manual-activator/manual-activator/internal/oneseed"
)

func TestEncode(t *testing.T) {
	var b bytes.Buffer
	e := NewEncoder(&b, "")
	for _, v := range []any{
		map[string]string{"a": "Müller <&> 日本\u00ad"}, "\x1b[2J\u009b31m\u202e\u2028\x7f\n\U000e0041", []int{1},
	} {
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	want := `{"a":"Müller <&> 日本\u00ad"}` + "\n" + `"\u001b[2J\u009b31m\u202e\u2028\u007f\n\udb40\udc41"` + "\n[1]\n"
	if have := b.String(); have != want {
		t.Errorf("have %q\nwant %q", have, want)
	}
	if err := e.Encode(func() {}); err == nil {
		t.Error("a function: have no error, want one")
	}
	b.Reset()
	if err := NewEncoder(&b, " ").Encode([]string{"\u202e"}); err != nil || b.String() != "[\n \"\\u202e\"\n]\n" {
		t.Errorf("indented: have %q, %v", b.String(), err)
	}
}

// A reader gets what was written, and nothing in between does not print.
func TestSameValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := strings.ToValidUTF8(rapid.String().Draw(t, "text"), "?")
		var b bytes.Buffer
		if err := NewEncoder(&b, "").Encode(want); err != nil {
			t.Fatal(err)
		}
		var have string
		if err := json.Unmarshal(b.Bytes(), &have); err != nil || have != want {
			t.Fatalf("have %q, %v, want %q", have, err, want)
		}
		if line := strings.TrimSuffix(b.String(), "\n"); strings.ContainsFunc(line, func(r rune) bool { return hidden(r) || r == '\n' }) {
			t.Fatalf("have %q, want only what prints", line)
		}
	})
}
