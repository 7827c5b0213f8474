package protector

import (
	"time"

	"github.com/manual-activator/manual-activator/codes/product"
)

const (
	// clockTolerance is how far the clock may be behind the latest time seen
	// before it counts as set back: time zones, dual boots, corrections.
	clockTolerance = 24 * time.Hour
	// clockGrain is how much time may pass before the latest time seen is
	// written again.
	clockGrain = time.Hour
	// requestAge is how long the same request is shown.
	requestAge = 30 * 24 * time.Hour
	// longestTrial bounds what an answer can add to a trial, in days.
	longestTrial = 36500
)

// timeline is what is known about the present.
type timeline struct {
	clock   time.Time // what the clock shows
	now     time.Time // the latest of clock, last seen, and the profile's signing day
	setBack bool      // the clock is behind by more than the tolerance
}

// present returns the timeline, marks being the latest times seen.
func present(clock time.Time, p *product.Profile, marks ...int64) timeline {
	t := timeline{clock: clock, now: clock}
	if day := p.SignedOn.Date(); p.SignedOn != 0 && day.After(t.now) {
		t.now = day
	}
	for _, m := range marks {
		if m != 0 && time.Unix(m, 0).After(t.now) {
			t.now = time.Unix(m, 0)
		}
	}
	t.now = t.now.UTC()
	t.setBack = t.now.Sub(clock) > clockTolerance
	return t
}

// rollback compares the profile with the newest one seen on this machine. An
// older program, of an earlier release, may be installed again: that is an honest
// downgrade, and what the newer profile withdrew stays withdrawn. An older profile
// under the same release is what somebody does who wants an older sunset list.
func rollback(p *product.Profile, s seen) (older bool, err *Error) {
	if p.Serial >= s.Serial {
		return false, nil
	}
	if p.Release < s.Release {
		return true, nil
	}
	return true, refuse(ReasonProfileRollback,
		"this product profile (number %d, signed %s) is older than the one this machine has already seen (number %d, signed %s): use the newest one, or install the program again",
		p.Serial, p.SignedOn, s.Serial, s.Signed)
}
