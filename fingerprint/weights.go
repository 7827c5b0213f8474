package fingerprint

import "maps"

// Weights say how much a change of each kind counts: weight, partial and moved,
// by the kind's word (see [Kind.String]). A kind that is not listed has its
// default, so nil is a valid value: all defaults. The weights of a product's
// policy convert to it.
//
//   - weight counts when all of the kind's instances changed, or all went, or
//     there were none before;
//   - partial counts instead when some of the instances are still there;
//   - moved counts instead of both when the state that is compared with was moved
//     to this place from another.
//
// Keep partial at or below weight, and moved at or above it: then more changes
// never count less.
type Weights map[string][3]int

// defaultWeights are those that this kind of licensing has had for decades.
// Kinds that any reinstall changes, or that many systems do not show, have none.
var defaultWeights = Weights{
	"mac": {3, 1, 3}, "cpu": {1, 1, 2}, "system drive": {3, 2, 3}, "memory": {1, 1, 1},
	"cd-rom": {1, 1, 1}, "video": {1, 1, 1}, "ide": {1, 1, 1}, "scsi": {1, 1, 1},
	"firmware": {}, "board": {}, "machine id": {},
}

// DefaultWeights returns the weights of the kinds that a product does not list.
func DefaultWeights() Weights { return maps.Clone(defaultWeights) }

// Of returns weight, partial and moved of a kind by its word: as listed, or the
// default. A kind that this version does not know and that is not listed counts
// nothing.
func (w Weights) Of(word string) (weight, partial, moved int) {
	v, listed := w[word]
	if !listed {
		v = defaultWeights[word]
	}
	return v[0], v[1], v[2]
}

// count returns what a change of a kind counts: the first of moved, partial and
// weight that applies.
func (w Weights) count(word string, change Change, isMoved bool) int {
	weight, partial, moved := w.Of(word)
	switch {
	case !change.Differs():
		return 0
	case isMoved:
		return moved
	case change == Partial:
		return partial
	}
	return weight
}
