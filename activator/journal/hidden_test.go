package journal

import (
	"strings"
	"testing"
	"unicode"
)

// No control and nothing that turns the direction of reading or breaks a line stands in
// a leaf, a proof or a receipt as it is, so they can be looked at in a terminal. What is
// read back is the same.
func TestLeavesCanBeLookedAt(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r < 0xe000 {
			continue
		}
		acts := unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Join_Control, unicode.Zl, unicode.Zp)
		text := "a" + string(r) + "b"
		have := `"` + string(Quoted(text)) + `"`
		if acts && strings.ContainsRune(have, r) {
			t.Fatalf("%U: have %q, want an escape", r, have)
		}
		if back, rest, ok := unquote(have); !ok || rest != "" || back != text {
			t.Fatalf("%U: have %q of %s, want %q", r, back, have, text)
		}
	}
}
