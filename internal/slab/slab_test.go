package slab_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	_ "github.com/manual-activator/manual-activator/internal/oneseed"
	"github.com/manual-activator/manual-activator/internal/slab"
)

// Texts stay what they were, however many follow and whatever becomes of the bytes.
func TestTextsStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := slab.Texts{Most: rapid.IntRange(0, 40).Draw(t, "most")}
		var have, want []string
		for _, b := range rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 30)).Draw(t, "texts") {
			want = append(want, string(b))
			have = append(have, texts.Keep(b))
			clear(b)
		}
		for i := range want {
			if have[i] != want[i] {
				t.Fatalf("text %d: have %q, want %q", i, have[i], want[i])
			}
		}
	})
}

// Pieces have the room that was asked for, and none of them reaches into another.
func TestPiecesAreApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := slab.Of[byte]{Most: rapid.IntRange(0, 40).Draw(t, "most")}
		var pieces [][]byte
		for i, n := range rapid.SliceOf(rapid.IntRange(0, 30)).Draw(t, "sizes") {
			p := s.Take(n)
			if len(p) != 0 || cap(p) != n {
				t.Fatalf("have a piece with %d of %d elements, want 0 of %d", len(p), cap(p), n)
			}
			pieces = append(pieces, append(p, bytes.Repeat([]byte{byte(i)}, n)...))
		}
		for i, p := range pieces {
			if want := bytes.Repeat([]byte{byte(i)}, len(p)); !bytes.Equal(p, want) {
				t.Fatalf("piece %d: have %x, want %x", i, p, want)
			}
		}
	})
}

func TestManyToAnAllocation(t *testing.T) {
	texts, pieces := slab.Texts{Most: 4096}, slab.Of[int]{Most: 512}
	b := []byte("sixteen letters.")
	if n := testing.AllocsPerRun(1000, func() { texts.Keep(b); pieces.Take(4) }); n >= 0.1 {
		t.Errorf("have %v allocations for each, want less than 0.1", n)
	}
}
