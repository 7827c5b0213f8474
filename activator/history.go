package activator

import (
	"fmt"
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// A node is one state that a machine's key can be in: the license key, the key
// after an answer, or the key after an accepted confirmation. A machine's life is
// a path from the root.
type node struct {
	ref      ref
	parent   *node // nil for the license key
	entry    journal.EntryID
	at       time.Time
	operator string

	answer       *answerClaim       // of an answer
	confirmation *confirmationClaim // of a confirmation

	seen journal.EntryID      // first entry with a genuine code keyed under this state, or a later one of its line; 0: none
	ends *node                // the confirmation that was accepted under this very state
	shut *node                // the confirmation that closed it, its own or one of its machine
	gone *journal.StoredClaim // declared gone

	derived bool
	key     codes.Key
}

// A history is the life of one license, as the claims of its journal tell it.
type history struct {
	uid     codes.UID
	license codes.LicenseNumber
	define  definer // of the product; knows nothing where there is no file
	root    *node
	answers []*node // in the order of issue
	returns []*node // confirmations accepted, in their order
	refund  *journal.StoredClaim
	byRef   map[ref]*node
}

// A definer looks up a product's definition.
type definer = func(id uint8) (product.Definition, bool)

// newHistory reads the claims of a license, oldest first. lk is the license key
// LK; it may be the zero key where no tag will be asked for. p may be nil where the
// product has no file.
func newHistory(uid codes.UID, license codes.LicenseNumber, p *catalog.Product, lk codes.Key, claims []journal.StoredClaim) (*history, error) {
	h := &history{uid: uid, license: license, byRef: make(map[ref]*node, len(claims)+1)}
	h.define = func(uint8) (product.Definition, bool) { return product.Definition{}, false }
	if p != nil {
		h.define = p.Definition
	}
	h.root = &node{derived: true, key: lk}
	h.byRef[ref{}] = h.root
	for i := range claims {
		if err := h.add(&claims[i]); err != nil {
			return nil, err
		}
	}
	// Whoever was seen shows that the states before were in use too.
	for _, n := range slices.Concat(h.answers, h.returns) {
		for p := n.parent; n.seen != 0 && p != nil; p = p.parent {
			p.sighted(n.seen)
		}
	}
	for _, d := range h.returns {
		if d.gaveBack() {
			h.shutDown(d)
		}
	}
	return h, nil
}

func (h *history) add(c *journal.StoredClaim) error {
	n := &node{entry: c.Entry, at: c.At, operator: c.Operator}
	switch c.Scope {
	case journal.ScopeAnswer:
		r, err := parseRef(append([]byte{byte(refAnswer)}, c.Key...))
		if err != nil {
			return err
		}
		a, err := parseAnswerClaim(h.uid, h.license, r.fingerprint, c.Value)
		if err != nil {
			return err
		}
		n.ref, n.answer = r, &a
		h.answers = append(h.answers, n)
		return h.attach(n, a.parent)
	case journal.ScopeConfirmation:
		r, err := parseRef(slices.Concat([]byte{byte(refConfirmation)}, c.Key, []byte{0}))
		if err != nil {
			return err
		}
		d, err := parseConfirmationClaim(h.license, c.Value)
		if err != nil {
			return err
		}
		n.ref, n.confirmation = r, &d
		h.returns = append(h.returns, n)
		if err := h.attach(n, d.parent); err != nil {
			return err
		}
		n.seen = n.entry // the customer's side was in it when it showed the code
		if n.gaveBack() {
			n.parent.ends = n
		}
	case journal.ScopeRefund:
		h.refund = c
	case journal.ScopeSeen, journal.ScopeGone:
		r, err := parseRef(c.Key)
		if err != nil {
			return err
		}
		on, ok := h.byRef[r]
		if !ok {
			return fmt.Errorf("journal: entry %v speaks of a state of license %v that was never issued", c.Entry, h.license)
		}
		if c.Scope == journal.ScopeSeen {
			on.sighted(c.Entry)
		} else {
			on.gone = c
		}
	}
	return nil
}

// sighted notes that the state was seen in use by an entry.
func (n *node) sighted(by journal.EntryID) {
	if n.seen == 0 || by < n.seen {
		n.seen = by
	}
}

// seenBefore reports whether the state was seen in use before an entry.
func (n *node) seenBefore(e journal.EntryID) bool { return n.seen != 0 && n.seen < e }

func (h *history) attach(n *node, parent ref) error {
	p, ok := h.byRef[parent]
	if !ok {
		return fmt.Errorf("journal: entry %v follows a state of license %v that was never issued", n.entry, h.license)
	}
	n.parent = p
	h.byRef[n.ref] = n
	return nil
}

// shutDown closes what the confirmation d ended: the state it came from with the
// states before it on that line, and answers of that machine that were out when
// d was accepted and never seen in use.
func (h *history) shutDown(d *node) {
	for n := d.parent; n != nil && n.parent != nil && !n.gaveBack(); n = n.parent {
		if n.shut == nil {
			n.shut = d
		}
	}
	for _, n := range h.machine(d.parent) {
		if n.answer != nil && n.shut == nil && n.entry < d.entry && !n.seenBefore(d.entry) {
			n.shut = d
		}
	}
}

// gaveBack reports whether n is the state after a deactivation; a check-in gives
// back a part only.
func (n *node) gaveBack() bool {
	return n.confirmation != nil && product.Type(n.confirmation.kind) == product.Deactivate
}

// keyless reports whether n is an answer that leaves the machine's key as it is:
// to a reusable definition, and a recovery, which works under the license key
// because the state may be lost.
func (n *node) keyless() bool {
	return n.answer != nil && (n.answer.terms.Flags&product.FlagReusable != 0 || product.Type(n.answer.terms.Type) == product.Recover)
}

// keyOf derives the key of a state.
func (h *history) keyOf(n *node) codes.Key {
	if n.derived {
		return n.key
	}
	parent := h.keyOf(n.parent)
	switch a := n.answer; {
	case a != nil:
		n.key = parent.After(a.terms, a.tag)
	case n.gaveBack():
		n.key = parent.Deactivated(h.uid, n.statement(h.license))
	default:
		n.key = parent.CheckedIn(h.uid, n.statement(h.license))
	}
	n.derived = true
	return n.key
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
		t := h.keyOf(n).Tagger()
		for _, v := range releases {
			if codes.EqualTags(t.StatementTag(h.uid, v, uint8(typ), s), s.Tag) {
				return n, v, true
			}
		}
	}
	return nil, 0, false
}

func (h *history) candidates(f codes.Fingerprint) []*node {
	all := slices.Concat(h.answers, h.returns)
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
	return append(keyed, h.root)
}

// machine lists the states of the machine that n belongs to, in the order in
// which they arose: those with its fingerprint, and those on a line with it (a
// network card may have changed on the way).
func (h *history) machine(n *node) []*node {
	if n.parent == nil {
		return nil
	}
	var out []*node
	for _, o := range slices.Concat(h.answers, h.returns) {
		if o.ref.fingerprint == n.ref.fingerprint || o.descends(n) || n.descends(o) {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b *node) int { return int(int64(a.entry) - int64(b.entry)) })
	return out
}

// with lists the states with fingerprint f, in the order in which they arose.
func (h *history) with(f codes.Fingerprint) []*node {
	return h.machine(&node{parent: h.root, ref: ref{fingerprint: f}})
}

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
	case n.gone != nil:
		return Gone
	}
	later := false
	for _, o := range h.machine(n) {
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
func (h *history) active(n *node) map[uint8]uint32 {
	switch {
	case n.parent == nil || n.gaveBack():
		return map[uint8]uint32{}
	case n.confirmation != nil:
		on := h.active(n.parent)
		if d, ok := h.define(n.confirmation.definition); ok {
			for _, id := range d.Requires {
				delete(on, id)
			}
		}
		return on
	case product.Type(n.answer.terms.Type) == product.Reactivate:
		if n.parent.gaveBack() {
			return h.active(n.parent.parent)
		}
		return map[uint8]uint32{}
	}
	on := h.active(n.parent)
	t := n.answer.terms
	d, ok := h.define(t.Definition)
	switch {
	case product.Type(t.Type) == product.Recover:
	case ok && d.Type.Group():
		for _, id := range chosen(d, t.Parameter) {
			leaf, _ := h.define(id)
			on[id] = leaf.Parameter.Default
			if d.Type == product.Composite && takesDay(leaf.Type) {
				on[id] = t.Parameter
			}
		}
	default:
		on[t.Definition] = t.Parameter
	}
	return on
}

// chosen lists the leaves that an answer to a group activates: all of a
// composite, those whose bits are set of a choice.
func chosen(d product.Definition, parameter uint32) []uint8 {
	if d.Type == product.Composite {
		return d.Leaves
	}
	var ids []uint8
	for i, id := range d.Leaves {
		if parameter&(1<<i) != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// activeOn is what is active on the machine of n, over all its open states: two
// requests may have been out at the same time, each answered under the same key.
func (h *history) activeOn(n *node) map[uint8]uint32 {
	on := h.active(n)
	for _, o := range h.machine(n) {
		if o.answer == nil || o.shut != nil || o.gone != nil {
			continue
		}
		for id, p := range h.active(o) {
			if _, has := on[id]; !has {
				on[id] = p
			}
		}
	}
	return on
}
