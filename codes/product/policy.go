package product

import "maps"

// Policy says how much a machine may change and stay the same machine.
type Policy struct {
	// Weights of hardware kinds, by the words of package fingerprint ("mac",
	// "system drive"): weight, partial and moved, each 0 to 100. A kind that is
	// not listed has its default.
	Weights map[string][3]int
	// Tolerance is the sum of weights up to which the customer's side stays
	// active by itself; DeskTolerance the one up to which the desk speaks of the
	// same machine. 0 to 1000, Tolerance <= DeskTolerance.
	Tolerance, DeskTolerance int
	InvalidateOnMove         bool // a copied or moved state file ends the activation
	ReactivateOnRelease      bool // a release that was not covered yet asks for a new activation
}

var defaultWeights = map[string][3]int{
	"mac": {3, 1, 3}, "cpu": {1, 1, 2}, "system drive": {3, 2, 3},
	"memory": {1, 1, 1}, "cd-rom": {1, 1, 1}, "video": {1, 1, 1}, "ide": {1, 1, 1}, "scsi": {1, 1, 1},
}

// DefaultWeights returns the weights (weight, partial, moved) of the kinds that
// a product does not list. A kind without an entry has weight 0.
func DefaultWeights() map[string][3]int { return maps.Clone(defaultWeights) }

// Weight returns what a kind weighs under the policy: weight, partial, moved.
func (p Policy) Weight(kind string) [3]int {
	if v, ok := p.Weights[kind]; ok {
		return v
	}
	return defaultWeights[kind]
}
