// Package slab hands out small pieces of memory, many to an allocation. What was handed
// out stays as it is for as long as somebody has it; a piece that is kept keeps those
// beside it.
package slab

import "strings"

// Of hands out short slices of long ones. The zero Of makes each by itself. It is for one
// goroutine.
type Of[T any] struct {
	Most int // elements that are made at once, where fewer are asked for

	free []T
}

// Take returns an empty slice that has room for n elements, and no more.
func (s *Of[T]) Take(n int) []T {
	if n > len(s.free) {
		s.free = make([]T, max(n, s.Most))
	}
	out := s.free[:0:n]
	s.free = s.free[n:]
	return out
}

// Texts hands out strings. The zero Texts makes each by itself. It is for one goroutine,
// and not copied once it was used.
type Texts struct {
	Most int // bytes that are made at once, where fewer are asked for

	b strings.Builder
}

// Keep returns a copy of b, which may be used again.
func (t *Texts) Keep(b []byte) string {
	if t.b.Cap()-t.b.Len() < len(b) {
		t.b.Reset() // what it has given out stays
		t.b.Grow(max(len(b), t.Most))
	}
	from := t.b.Len()
	t.b.Write(b)
	return t.b.String()[from:]
}
