package main

import (
	"slices"
	"testing"
)

func TestNoFormulas(t *testing.T) {
	have := noFormulas([]string{"", "Miller", "=HYPERLINK(1)", "+1", "-2", "@x", "\tx", "4711", "a=b"})
	want := []string{"", "Miller", "'=HYPERLINK(1)", "'+1", "'-2", "'@x", "'\tx", "4711", "a=b"}
	if !slices.Equal(have, want) {
		t.Errorf("have %q, want %q", have, want)
	}
}
