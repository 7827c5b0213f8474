package activator

import (
	"fmt"
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

	home *machine // the machine whose state it is; nil for the license key

	answer       *answerClaim       // of an answer
	confirmation *confirmationClaim // of a confirmation

	seen journal.EntryID      // first entry with a genuine code keyed under this state, or a later one of its line; 0: none
	ends *node                // the confirmation that was accepted under this very state
	shut *node                // the confirmation that closed it, its own or one of its machine
	gone *journal.StoredClaim // declared gone

	derived bool // key is made
	key     codes.Key
	tagger  *codes.Tagger
}

// A history is the life of one license, as the claims of its journal tell it.
type history struct {
	uid     codes.UID
	license codes.LicenseNumber
	product *catalog.Product // nil where there is no file
	root    *node
	answers []*node // in the order of issue
	returns []*node // confirmations accepted, in their order
	refund  *journal.StoredClaim
	byRef   map[ref]*node
	homes   map[codes.Fingerprint]*machine

	// Memory for all of them, one for each claim at most.
	nodes    []node
	machines []machine
	issued   []answerClaim
	accepted []confirmationClaim
	keyed    []*node // candidates
	taggers  []*codes.Tagger
	tagging  int              // taggers in use
	part     map[uint8]uint32 // what is active in one of several states, while they are put together
}

// A machine is a place where states arise one after another. It keeps its identity
// when its parts changed and its seat moved to the new fingerprint; a copy of a
// machine's state on other hardware, answered with a seat of its own, is another one.
type machine struct {
	states []*node // in the order in which they arose
}

// A definer looks up a product's definition.
type definer = func(id uint8) (product.Definition, bool)

// newHistory reads the claims of a license, oldest first. lk is the license key
// LK; it may be the zero key where no tag will be asked for. p may be nil where the
// product has no file.
func newHistory(uid codes.UID, license codes.LicenseNumber, p *catalog.Product, lk codes.Key, claims []journal.StoredClaim) (*history, error) {
	h := &history{}
	return h, h.read(uid, license, p, lk, claims)
}

// read makes h the history that newHistory returns, in the memory of the one that it
// was.
func (h *history) read(uid codes.UID, license codes.LicenseNumber, p *catalog.Product, lk codes.Key, claims []journal.StoredClaim) error {
	clear(h.byRef)
	clear(h.homes)
	most := len(claims)
	*h = history{
		uid: uid, license: license, product: p, byRef: h.byRef, homes: h.homes, answers: h.answers[:0], returns: h.returns[:0],
		nodes: room(h.nodes, most+1), machines: room(h.machines, most), issued: room(h.issued, most), accepted: room(h.accepted, most),
		keyed: h.keyed[:0], taggers: h.taggers, part: h.part,
	}
	h.root = next(&h.nodes)
	h.root.derived, h.root.key = true, lk
	if len(claims) > 0 {
		if h.byRef == nil {
			h.byRef, h.homes = make(map[ref]*node, len(claims)+1), map[codes.Fingerprint]*machine{}
		}
		h.byRef[ref{}] = h.root
	}
	for i := range claims {
		if err := h.add(&claims[i]); err != nil {
			return err
		}
	}
	// Whoever was seen shows that the states before were in use too.
	for _, some := range [...][]*node{h.answers, h.returns} {
		for _, n := range some {
			for p := n.parent; n.seen != 0 && p != nil; p = p.parent {
				p.sighted(n.seen)
			}
		}
	}
	for _, d := range h.returns {
		if d.gaveBack() {
			h.shutDown(d)
		}
	}
	return nil
}

// define looks up a definition of the product; nothing is found where there is no file.
func (h *history) define(id uint8) (product.Definition, bool) {
	if h.product == nil {
		return product.Definition{}, false
	}
	return h.product.Definition(id)
}

// room is a list without elements, in the memory of another, that has room for n.
func room[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, 0, n)
	}
	return list[:0]
}

// next is a new element of a list that has room for it.
func next[T any](list *[]T) *T {
	var zero T
	*list = append(*list, zero)
	return &(*list)[len(*list)-1]
}

func (h *history) add(c *journal.StoredClaim) error {
	switch c.Scope {
	case journal.ScopeAnswer:
		var key [10]byte
		r, err := parseRef(append(append(key[:0], byte(refAnswer)), c.Key...))
		if err != nil {
			return err
		}
		a := next(&h.issued)
		if *a, err = parseAnswerClaim(h.uid, h.license, r.fingerprint, c.Value); err != nil {
			return err
		}
		n := next(&h.nodes)
		n.ref, n.entry, n.at, n.operator, n.answer = r, c.Entry, c.At, c.Operator, a
		h.answers = append(h.answers, n)
		return h.attach(n, a.parent)
	case journal.ScopeConfirmation:
		var key [10]byte
		r, err := parseRef(append(append(append(key[:0], byte(refConfirmation)), c.Key...), 0))
		if err != nil {
			return err
		}
		d := next(&h.accepted)
		if *d, err = parseConfirmationClaim(h.license, c.Value); err != nil {
			return err
		}
		n := next(&h.nodes)
		n.ref, n.entry, n.at, n.operator, n.confirmation = r, c.Entry, c.At, c.Operator, d
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

// used reports whether the state was seen in use, closed whether it was given back.
func (n *node) used() bool   { return n.seen != 0 }
func (n *node) closed() bool { return n.shut != nil }

// seenBefore reports whether the state was seen in use before an entry.
func (n *node) seenBefore(e journal.EntryID) bool { return n.seen != 0 && n.seen < e }

func (h *history) attach(n *node, parent ref) error {
	p, ok := h.byRef[parent]
	if !ok {
		return fmt.Errorf("journal: entry %v follows a state of license %v that was never issued", n.entry, h.license)
	}
	n.parent = p
	h.byRef[n.ref] = n
	f := n.ref.fingerprint
	switch {
	case n.confirmation != nil, n.answer.cause == causeMoved, p.home != nil && p.ref.fingerprint == f:
		n.home = p.home
	default:
		n.home = h.homes[f]
	}
	if n.home == nil {
		n.home = h.machine()
	}
	h.homes[f] = n.home
	n.home.states = append(n.home.states, n)
	return nil
}

// machine is a new machine, in the memory of one of before.
func (h *history) machine() *machine {
	h.machines = h.machines[:len(h.machines)+1]
	m := &h.machines[len(h.machines)-1]
	m.states = m.states[:0]
	return m
}

// shutDown closes what the confirmation d ended: the state it came from with the
// states before it on that machine's line, and, if it freed the machine's seat,
// answers that were out when d was accepted and never seen in use. A recovery makes
// nothing active, so none closes it.
func (h *history) shutDown(d *node) {
	for n := d.parent; n.home == d.home && !n.gaveBack(); n = n.parent {
		if n.shut == nil {
			n.shut = d
		}
	}
	if !d.confirmation.freed {
		return
	}
	for _, n := range d.home.states {
		if n.answer != nil && !n.recovers() && n.shut == nil && n.entry < d.entry && !n.seenBefore(d.entry) {
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
	return n.answer != nil && n.answer.terms.Flags&product.FlagReusable != 0 || n.recovers()
}

// recovers reports whether n is the answer to a recovery.
func (n *node) recovers() bool {
	return n.answer != nil && product.Type(n.answer.terms.Type) == product.Recover
}
