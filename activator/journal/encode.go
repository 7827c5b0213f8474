package journal

import (
	"fmt"

	"github.com/manual-activator/manual-activator/internal/slab"
)

// An Encoder makes the leaves of entries ahead of [Store.Append], where there is time for
// it. It is for one goroutine. The zero Encoder is ready.
type Encoder struct {
	leaf []byte // the one in hand
	kept slab.Of[byte]
}

// Encode checks an entry and makes its leaf, as Append does, which takes this one then. The
// entry and its copies must not be changed any more.
func (w *Encoder) Encode(e *Entry) error {
	if err := e.Valid(); err != nil {
		return err
	}
	if w.leaf == nil {
		w.leaf = make([]byte, 0, 1<<10)
	}
	if w.leaf = e.Leaf(w.leaf[:0]); len(w.leaf) > MaxLeaf {
		return fmt.Errorf("journal entry (%s): its leaf is %d bytes long, at most %d are allowed", e.Kind, len(w.leaf), MaxLeaf)
	}
	w.kept.Most = min(max(2*w.kept.Most, len(w.leaf)), 64<<10) // more each time, as a list grows
	e.leaf = append(w.kept.Take(len(w.leaf)), w.leaf...)
	return nil
}

// Encoded is the leaf of a valid entry, where an [Encoder] made it; else nil.
func (e *Entry) Encoded() []byte { return e.leaf }
