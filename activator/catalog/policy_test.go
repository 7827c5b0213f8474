package catalog

import (
	"maps"
	"testing"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// Both sides take the same weights for what a product does not list.
func TestDefaultWeightsAgree(t *testing.T) {
	have, want := fingerprint.DefaultWeights(), product.DefaultWeights()
	maps.DeleteFunc(have, func(_ string, w [3]int) bool { return w == [3]int{} })
	if !maps.Equal(map[string][3]int(have), want) {
		t.Errorf("fingerprint has %v, product %v: want the same", have, want)
	}
	if p := DefaultPolicy(); p.Valid() != nil || p.Tolerance >= p.DeskTolerance {
		t.Errorf("have the default policy %+v, want one in which the desk forgives more", p)
	}
}
