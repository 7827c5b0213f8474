package activator

import (
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes/product"
)

// A workspace is memory for judging one code after the other, as a batch does: what was
// read and decided in it holds until the next code, but for the entry. It is for one
// goroutine. The zero workspace is ready.
type workspace struct {
	reading    Reading
	entry      journal.Entry
	license    License
	definition product.Definition
	releases   []uint16
	history    history
	given      answer
	checks     []Check
	effects    []journal.Effect

	// Entries take their lists from here, many to an allocation.
	entryChecks  slab[journal.Check]
	entryEffects slab[journal.Effect]
	entryBytes   slab[byte]
}

// A slab hands out short slices of long ones.
type slab[T any] struct {
	free []T
	most int // elements that are made at once; 0 for as many as are asked for
}

// take returns an empty slice that has room for n elements, and no more.
func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.free = make([]T, max(n, s.most))
	}
	out := s.free[:0:n]
	s.free = s.free[n:]
	return out
}
