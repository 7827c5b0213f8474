package protector

import (
	"fmt"
	"testing"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// TestTypeTable: every type, short or signed, reusable or not. A product file that
// makes no sense is refused; everything else is asked for, answered, typed and typed
// again, or refused with its reason.
func TestTypeTable(t *testing.T) {
	const (
		file = "the product file is refused"
		ok   = "asked for and answered"
	)
	for _, test := range []struct {
		id                     uint8
		plain, reusable        string
		signed, signedReusable string
	}{
		{protectortest.Release, ok, file, ok, file}, // a deactivation depends on it
		{protectortest.Deactivate, string(ReasonNotRequestable), file, file, file},
		{protectortest.Reactivate, string(ReasonNotDeactivated), file, string(ReasonNotDeactivated), file},
		{protectortest.Trial, ok, file, ok, file},
		{protectortest.Feature, ok, file, ok, file}, // a check-in depends on it
		{protectortest.CheckIn, string(ReasonNotRequestable), file, file, file},
		{protectortest.Bundle, ok, file, ok, file},
		{protectortest.Extra, string(ReasonPrecondition), string(ReasonPrecondition), string(ReasonPrecondition), string(ReasonPrecondition)},
		{protectortest.Hours, ok, file, ok, file},
		{protectortest.Runs, ok, file, ok, file},
		{protectortest.Rental, ok, ok, ok, ok},
		{protectortest.Unlimited, ok, ok, ok, ok},
		{protectortest.Recover, ok, file, ok, file},
		{protectortest.Pick, ok, file, ok, file},
	} {
		for i, want := range []string{test.plain, test.reusable, test.signed, test.signedReusable} {
			reusable, signed := i%2 == 1, i >= 2
			t.Run(fmt.Sprint(test.id, " reusable ", reusable, " signed ", signed), func(t *testing.T) {
				w := newWorld(t)
				defs := w.vendor.Profile.Definitions
				defs[test.id-1].Reusable, defs[test.id-1].Signed = reusable, signed
				for j, d := range defs { // what holds or reverses something signed must be signed
					if signed && (d.Type.Group() || d.Type == product.Recover || d.Type == product.Reactivate) {
						defs[j].Signed = true
					}
				}
				if have := w.outcome(test.id); have != want {
					t.Errorf("have %q, want %q", have, want)
				}
			})
		}
	}
}

// outcome says what becomes of a definition.
func (w *world) outcome(id uint8) string {
	w.Helper()
	for _, p := range product.Check(w.vendor.Profile.Definitions) {
		if p.Severity == product.Mistake {
			if p.Remedy == "" {
				w.Errorf("%v has no remedy", p)
			}
			return "the product file is refused"
		}
	}
	w.profile = w.vendor.Export()
	c := w.licensed()
	r, err := c.Request(id, RequestOptions{})
	if err != nil {
		return string(ReasonOf(err))
	}
	code := w.issue(r.Code, protectortest.Answer{Parameter: valueOf(id)})
	w.enter(c, code)
	if a := w.enter(w.open(), code); !a.Already {
		w.Error("typed again it is not friendly")
	}
	return "asked for and answered"
}
