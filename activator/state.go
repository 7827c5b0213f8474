package activator

import (
	"maps"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// keyOf derives the key of a state.
func (h *history) keyOf(n *node) codes.Key {
	if n.derived {
		return n.key
	}
	switch a := n.answer; {
	case a != nil:
		t := h.taggerOf(n.parent)
		if a.unmade {
			a.tag, a.unmade = t.AnswerTag(a.terms), false
		}
		n.key = t.After(a.terms, a.tag)
	case n.gaveBack():
		n.key = h.keyOf(n.parent).Deactivated(h.uid, n.statement(h.license))
	default:
		n.key = h.keyOf(n.parent).CheckedIn(h.uid, n.statement(h.license))
	}
	n.derived = true
	return n.key
}

// taggerOf prepares the key of a state for tags, once.
func (h *history) taggerOf(n *node) *codes.Tagger {
	if n.tagger == nil {
		if h.tagging == len(h.taggers) {
			h.taggers = append(h.taggers, &codes.Tagger{})
		}
		n.tagger = h.taggers[h.tagging]
		h.tagging++
		n.tagger.Use(h.keyOf(n))
	}
	return n.tagger
}

// statement is the confirmation that n was made by.
func (n *node) statement(l codes.LicenseNumber) codes.Statement {
	c := n.confirmation
	return codes.Statement{
		Kind: codes.KindConfirmation, Random: n.ref.random, Fingerprint: n.ref.fingerprint,
		License: l, Definition: c.definition, Status: c.status, Tag: c.tag,
	}
}

// match finds the state and the release that s was tagged in: states of the same
// fingerprint first, the newest first, then all others.
func (h *history) match(s codes.Statement, typ product.Type, releases []uint16) (*node, uint16, bool) {
	for _, n := range h.candidates(s.Fingerprint) {
		t := h.taggerOf(n)
		for _, v := range releases {
			if codes.EqualTags(t.StatementTag(h.uid, v, uint8(typ), s), s.Tag) {
				return n, v, true
			}
		}
	}
	return nil, 0, false
}

func (h *history) candidates(f codes.Fingerprint) []*node {
	all := append(append(h.keyed[:0], h.answers...), h.returns...)
	slices.SortStableFunc(all, func(a, b *node) int {
		if mine, its := a.ref.fingerprint == f, b.ref.fingerprint == f; mine != its {
			if mine {
				return -1
			}
			return 1
		}
		return int(int64(b.entry) - int64(a.entry))
	})
	keyed := all[:0]
	for _, n := range all {
		if !n.keyless() {
			keyed = append(keyed, n)
		}
	}
	h.keyed = append(keyed, h.root)
	return h.keyed
}

// with lists the states of the machine that has, or had, fingerprint f.
func (h *history) with(f codes.Fingerprint) []*node {
	if m := h.homes[f]; m != nil {
		return m.states
	}
	return nil
}

// descends reports whether n follows from another state, the license key excepted.
func (n *node) descends(from *node) bool {
	for p := n.parent; p != nil; p = p.parent {
		if p == from {
			return from.parent != nil // everything descends from the license key
		}
	}
	return false
}

// label judges the state n of the machine with fingerprint f. A code that was
// answered before must not be held against itself: what answers the request with
// this random is left out.
func (h *history) label(n *node, f codes.Fingerprint, random uint32) Label {
	if n == h.root {
		for _, o := range h.with(f) {
			if !o.answers(f, random) && !o.keyless() {
				return LicenseOnly
			}
		}
		return Current
	}
	switch {
	case n.ends != nil, n.shut != nil && n.seenBefore(n.shut.entry):
		return GivenBack
	case n.shut != nil:
		return Void
	case n.wasGone() != nil:
		return Gone
	}
	later := false
	for _, o := range n.home.states {
		if o == n || !o.follows(n) || o.answers(f, random) || o.keyless() {
			continue
		}
		if o.seen != 0 {
			return Earlier
		}
		later = true
	}
	switch {
	case later:
		return Superseded
	case n.gaveBack():
		return GivenBack
	}
	return Current
}

// wasGone is the declaration that the machine in state n is gone; nil where there is
// none. What it checked in before or after changes nothing about that.
func (n *node) wasGone() *journal.StoredClaim {
	for n.confirmation != nil && !n.gaveBack() {
		n = n.parent
	}
	return n.gone
}

// heardLater reports whether a later state of n's machine was seen in use.
func heardLater(n *node) bool {
	for _, o := range n.home.states {
		if o != n && o.seen != 0 && !o.keyless() && o.follows(n) {
			return true
		}
	}
	return false
}

// follows reports whether n is a later state of the machine than o: on its line, or
// from an answer that was given later. The give-back of an older activation is not.
func (n *node) follows(o *node) bool {
	if n.descends(o) {
		return true
	}
	source := n
	for source.confirmation != nil {
		source = source.parent
	}
	return source.entry > o.entry
}

// answers reports whether n is an answer to the request with this random.
func (n *node) answers(f codes.Fingerprint, random uint32) bool {
	return n.answer != nil && n.ref.fingerprint == f && n.ref.random == random
}

// knows reports whether a machine's fingerprint was answered before, this request left out.
func (h *history) knows(f codes.Fingerprint, random uint32) bool {
	return slices.ContainsFunc(h.answers, func(n *node) bool { return n.ref.fingerprint == f && n.ref.random != random })
}

// answersTo lists the revisions of the answer to a request, the oldest first.
func (h *history) answersTo(f codes.Fingerprint, random uint32) []*node {
	var out []*node
	for _, n := range h.answers {
		if n.answers(f, random) {
			out = append(out, n)
		}
	}
	return out
}

// confirmed finds an accepted confirmation.
func (h *history) confirmed(f codes.Fingerprint, random uint32) *node {
	return h.byRef[ref{kind: refConfirmation, fingerprint: f, random: random}]
}

// active lists the definitions that are active in state n with their parameters,
// as far as the desk can know: those answered on its line since the last
// deactivation, what a reactivation brought back, without what was checked in.
func (h *history) active(n *node) map[uint8]uint32 { return h.activeIn(map[uint8]uint32{}, n) }

// activeIn is what active returns, in an empty map.
func (h *history) activeIn(on map[uint8]uint32, n *node) map[uint8]uint32 {
	switch {
	case n.parent == nil || n.gaveBack():
		return on
	case n.confirmation != nil:
		h.activeIn(on, n.parent)
		if d, ok := h.define(n.confirmation.definition); ok {
			for _, id := range d.Requires {
				delete(on, id)
			}
		}
		return on
	case product.Type(n.answer.terms.Type) == product.Reactivate:
		if n.parent.gaveBack() {
			maps.Copy(on, h.ended(n.parent))
		}
		return on
	}
	h.activeIn(on, n.parent)
	t := &n.answer.terms
	switch d, ok := h.define(t.Definition); {
	case !ok, d.Type == product.Recover:
	case d.Type.Group():
		maps.Copy(on, h.given(d, t.Parameter))
	default:
		on[d.ID] = t.Parameter
	}
	return on
}

// ended is what the deactivation d ended on its machine, and a reactivation brings back.
func (h *history) ended(d *node) map[uint8]uint32 {
	on := h.active(d.parent)
	h.addActive(on, d.home, func(o *node) bool { return o.shut == d })
	return on
}

// given is what an answer to d makes active, with the value of each. The day of a
// composite is for what expires on it; where nothing does, for its releases.
func (h *history) given(d product.Definition, parameter uint32) map[uint8]uint32 {
	if !d.Type.Group() {
		return map[uint8]uint32{d.ID: parameter}
	}
	on := map[uint8]uint32{}
	expires := false
	ids := shares(nil, &d, h.define, parameter)
	for _, id := range ids {
		leaf, _ := h.define(id)
		expires = expires || leaf.Type == product.ExpireOn
	}
	for _, id := range ids {
		leaf, _ := h.define(id)
		on[id] = leaf.Parameter.Default
		if d.Type == product.Composite && takesDay(leaf.Type) && (leaf.Type == product.ExpireOn || !expires) {
			on[id] = parameter
		}
	}
	return on
}

// shares lists what an answer to d activates: d itself, the leaves of a composite, or
// those of a choice whose bits are set; a composite within a choice stands for its
// leaves. The list is made in the memory of an empty one.
func shares(ids []uint8, d *product.Definition, define definer, parameter uint32) []uint8 {
	if !d.Type.Group() {
		return append(ids, d.ID)
	}
	for i, id := range d.Leaves {
		if d.Type == product.Choice && parameter&(1<<i) == 0 {
			continue
		}
		if leaf, _ := define(id); leaf.Type == product.Composite {
			ids = append(ids, leaf.Leaves...)
		} else {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// activeOn is what is active on the machine of n, over all its open states: two
// requests may have been out at the same time, each answered under the same key. It is
// put into an empty map.
func (h *history) activeOn(on map[uint8]uint32, n *node) map[uint8]uint32 {
	h.activeIn(on, n)
	if n.home != nil {
		back := n.wasGone() != nil // it speaks again, so what was declared gone with it is there too
		h.addActive(on, n.home, func(o *node) bool { return o.shut == nil && (o.gone == nil || back) })
	}
	return on
}

// addActive adds what the answers of a machine made active that are among those meant.
func (h *history) addActive(on map[uint8]uint32, m *machine, meant func(*node) bool) {
	for _, o := range m.states {
		if o.answer == nil || !meant(o) {
			continue
		}
		if h.part == nil {
			h.part = map[uint8]uint32{}
		}
		clear(h.part)
		for id, p := range h.activeIn(h.part, o) {
			if _, has := on[id]; !has {
				on[id] = p
			}
		}
	}
}
