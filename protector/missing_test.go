package protector

import (
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// Without a definition, what is missing first is asked for.
func TestWhatIsMissingFirst(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	asks := func(when string, want uint8) {
		t.Helper()
		if have := w.request(w.open(), 0).Statement().Definition; have != want {
			t.Errorf("%s: have definition %d, want %d", when, have, want)
		}
	}
	asks("new", 1)
	last, err := codes.DayOf(start.AddDate(0, 0, 10))
	fatal(t, err)
	w.activate(c, 1, protectortest.Answer{Parameter: uint32(last)})
	next := w.request(w.open(), 0).Statement().Definition
	if next == 1 {
		t.Error("an active release is asked for again")
	}
	w.machine = protectortest.Machine(2)
	asks("other hardware", 1)
	w.machine = protectortest.Machine(1)
	asks("the hardware is back", next)
	w.now = last.End()
	asks("its last day is over", 1)
	w.activate(w.open(), 1, protectortest.Answer{})
	asks("for ever", next)

	w.machine = protectortest.Machine(2)
	w.activate(w.open(), 0, protectortest.Answer{})
	w.is(w.open(), 1, Active, ReasonActive)
	asks("activated on other hardware", next)
}

// A release is asked for before what has a lower number and was never activated. Where
// only the license's last day is over, what set it is asked for: a new release would
// expire with the rest.
func TestReleaseBeforeTheRest(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Definitions = append(w.vendor.Profile.Definitions, product.Definition{ID: 15, Type: product.Release, Name: "Later release"})
	w.vendor.Profile.Definitions[0].Requires = []uint8{protectortest.Trial}
	w.profile = w.vendor.Export()
	c := w.licensed()
	asks := func(when string, want uint8) {
		t.Helper()
		if have := w.request(w.open(), 0).Statement().Definition; have != want {
			t.Errorf("%s: have definition %d, want %d", when, have, want)
		}
	}
	asks("new", 15)
	day := func(days int) uint32 {
		d, err := codes.DayOf(start.AddDate(0, 0, days))
		fatal(t, err)
		return uint32(d)
	}
	w.activate(c, 15, protectortest.Answer{Parameter: day(30)})
	w.activate(c, protectortest.Rental, protectortest.Answer{Parameter: day(10)})
	asks("a release is active", protectortest.Trial)
	w.now = start.Add(20 * 24 * time.Hour)
	asks("the license's last day is over", protectortest.Rental)
	w.now = start.Add(40 * 24 * time.Hour)
	asks("that of the release too", 15)
	w.activate(w.open(), 0, protectortest.Answer{})
	asks("the release is for ever", protectortest.Rental)
	w.activate(w.open(), 0, protectortest.Answer{Parameter: day(90)})
	asks("all is well", protectortest.Trial)
}
