package activator

import (
	"math"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes/product"
)

// handedIn is the accepted check-in that gave back already what a check-in by d from
// state n would give back; nil where there is none. What one answer brought is given
// back once, however many copies of the machine's state there are.
func (h *history) handedIn(n *node, d *product.Definition) *node {
	if d.Type != product.CheckIn {
		return nil
	}
	id := d.Requires[0]
	from := h.source(n, id, math.MaxInt64)
	if from == nil {
		return nil // the pre-condition says so
	}
	for _, c := range h.returns {
		if h.gives(c, id) && h.source(c.parent, id, c.entry) == from {
			return c
		}
	}
	return nil
}

// gives reports whether n is a check-in of a definition.
func (h *history) gives(n *node, id uint8) bool {
	if n.confirmation == nil || n.gaveBack() {
		return false
	}
	d, ok := h.define(n.confirmation.definition)
	return ok && len(d.Requires) > 0 && d.Requires[0] == id
}

// source is the answer, older than an entry, that brought a definition to state n: the
// nearest on its line, else the newest that was asked for on it.
func (h *history) source(n *node, id uint8, before journal.EntryID) *node {
	if n.home == nil {
		return nil
	}
	line := map[*node]bool{h.root: true}
	for p := n; p.parent != nil && !p.gaveBack() && !h.gives(p, id); p = p.parent {
		if p.answer != nil && h.brings(p, id) {
			return p
		}
		line[p] = true
	}
	var newest *node
	for _, a := range n.home.states {
		if a.answer != nil && a.entry < before && line[a.parent] && h.brings(a, id) {
			newest = a
		}
	}
	return newest
}

// brings reports whether the answer a itself made a definition active.
func (h *history) brings(a *node, id uint8) bool {
	if product.Type(a.answer.terms.Type) == product.Reactivate {
		_, on := h.active(a)[id]
		return on
	}
	d, ok := h.define(a.answer.terms.Definition)
	if !ok {
		return false
	}
	_, on := h.given(d, a.answer.terms.Parameter)[id]
	return on
}
