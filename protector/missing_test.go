package protector

import (
	"testing"

	"github.com/manual-activator/manual-activator/codes"
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
