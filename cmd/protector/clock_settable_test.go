//go:build testclock

package main

import (
	"testing"
	"time"
)

// settable reports whether $FAKETIME is the clock.
const settable = true

// TestClock: a test's build takes the clock from the variable, and time passes at
// once.
func TestClock(t *testing.T) {
	t.Setenv("FAKETIME", "2031-01-02T15:04:05Z")
	want := time.Date(2031, 1, 2, 15, 4, 5, 0, time.UTC)
	if !now().Equal(want) {
		t.Errorf("now: have %v, want %v", now(), want)
	}
	<-after(3 * time.Hour)
	if have := now().Sub(want); have != 3*time.Hour {
		t.Errorf("3 hours later: have %v", have)
	}
	passed = 0
}
