package catalog

import (
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// DefaultPolicy returns what a product file without a word on hardware says.
func DefaultPolicy() product.Policy {
	return product.Policy{Tolerance: defaultTolerance, DeskTolerance: defaultDeskTolerance}
}

// Judge compares two hardware profiles under a policy.
func Judge(earlier, later *fingerprint.Profile, policy product.Policy, moved bool) fingerprint.Judgment {
	return fingerprint.Compare(earlier, later, policy.Weights, moved).Judge(policy.Tolerance, policy.DeskTolerance)
}
