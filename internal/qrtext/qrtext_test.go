package qrtext

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"rsc.io/qr"
)

// TestDraw reads the blocks back and holds them against the symbol.
func TestDraw(t *testing.T) {
	for _, text := range []string{"RMhZtp-FQBSVY-RgS3Kw-KX9Rui-zzJfM2", "E" + strings.Repeat("1111yz-", 20)[:138]} {
		var b bytes.Buffer
		if err := Draw(&b, text); err != nil {
			t.Fatal(err)
		}
		want, err := qr.Encode(text, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
		if have := len(lines); have != (want.Size+2*quiet+1)/2 {
			t.Fatalf("%d characters: have %d lines for a symbol of %d", len(text), have, want.Size)
		}
		for i, l := range lines {
			blocks := []rune(l)
			if len(blocks) != want.Size+2*quiet || len(blocks) > 60 {
				t.Fatalf("line %d has %d columns, want %d", i+1, len(blocks), want.Size+2*quiet)
			}
			for j, r := range blocks {
				x, y := j-quiet, 2*i-quiet
				if upper, lower := r == '█' || r == '▀', r == '█' || r == '▄'; upper == want.Black(x, y) || lower == want.Black(x, y+1) {
					t.Fatalf("at %d, %d: have %q, want dark %v over %v", x, y, r, want.Black(x, y), want.Black(x, y+1))
				}
			}
		}
	}
}

func TestDrawErrors(t *testing.T) {
	if err := Draw(new(bytes.Buffer), strings.Repeat("x", 5000)); err == nil {
		t.Error("5000 characters: have no error")
	}
	if err := Draw(full{}, "x"); err == nil {
		t.Error("a writer that fails: have no error")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }
