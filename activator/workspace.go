package activator

import (
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/internal/slab"
)

// A workspace is memory for judging one code after the other, as a batch does: what was
// read and decided in it holds until the next code, but for the entry. It is for one
// goroutine. The zero workspace is ready.
type workspace struct {
	// dry says that nothing will be recorded and no answer is given: so none is made.
	dry bool

	reading    Reading
	entry      journal.Entry
	license    License
	grantsText string // of the license
	grants     product.Grants
	definition product.Definition
	releases   []uint16
	history    history
	given      answer
	checks     []journal.Check
	effects    []journal.Effect
	on         map[uint8]uint32

	// Entries take their lists from here, many to an allocation.
	entryChecks  slab.Of[journal.Check]
	entryEffects slab.Of[journal.Effect]
	entryBytes   slab.Of[byte]
	texts        slab.Texts
}

// active is an empty map for what is active on a machine.
func (w *workspace) active() map[uint8]uint32 {
	if w.on == nil {
		w.on = map[uint8]uint32{}
	}
	clear(w.on)
	return w.on
}
