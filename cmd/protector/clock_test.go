//go:build !testclock

package main

import (
	"testing"
	"time"
)

// TestClock: a build without the tag testclock looks at no variable.
func TestClock(t *testing.T) {
	t.Setenv("FAKETIME", "2031-01-02T15:04:05Z")
	if d := time.Since(now()); d < 0 || d > time.Minute {
		t.Errorf("now: have %v, want the time that it is, %v", now(), time.Now())
	}
	began := time.Now()
	<-after(20 * time.Millisecond)
	if d := time.Since(began); d < 20*time.Millisecond {
		t.Errorf("20 ms passed in %v", d)
	}
}

// settable reports whether $FAKETIME is the clock.
const settable = false
