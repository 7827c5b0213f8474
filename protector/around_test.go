package protector

import (
	"testing"

	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// TestAnswersAroundADeactivation: a customer keeps an answer untyped, deactivates, has
// the refund or a reactivation, and types it then; or answers the request for the
// reactivation with something else, by a script. The requests from before are gone, and
// only a reactivation ends a deactivation.
func TestAnswersAroundADeactivation(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	kept := w.issue(w.request(c, protectortest.Feature), protectortest.Answer{Parameter: 1})
	w.activate(c, protectortest.Release, protectortest.Answer{})
	kept2 := w.issue(w.request(c, protectortest.Feature), protectortest.Answer{Parameter: 7})
	w.confirm(w.deactivate(c))
	r := w.request(c, protectortest.Reactivate)
	for _, id := range []uint8{protectortest.Release, protectortest.Feature, protectortest.Unlimited, protectortest.Bundle} {
		d, _ := w.vendor.Profile.Definition(id)
		_, err := c.Enter(w.vendor.IssueUnder(w.stored().Key.Key, 1, d, r.Statement(), protectortest.Answer{}).String())
		w.refused(err, ReasonDeactivated)
	}
	w.is(c, protectortest.Release, Deactivated, ReasonDeactivated)
	w.enter(c, w.issue(r, protectortest.Answer{}))
	w.is(c, protectortest.Release, Active, ReasonActive)
	for _, old := range []string{kept, kept2} {
		if a, err := c.Enter(old); err == nil {
			t.Errorf("an answer from before the deactivation, typed after the reactivation: have it taken: %+v", a)
		}
	}
	if s := w.status(c); s.Active(protectortest.Feature) {
		t.Error("have the feature of an old answer active, want it inactive")
	}
}
