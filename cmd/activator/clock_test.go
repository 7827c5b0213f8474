//go:build !testclock

package main

import (
	"testing"
	"time"
)

// TestClock shows that a build without the tag testclock looks at no variable.
func TestClock(t *testing.T) {
	t.Setenv("FAKETIME", "2031-01-02T15:04:05Z")
	have := clock(func(string) string { return "2031-01-02T15:04:05Z" })
	if d := time.Since(have); d < 0 || d > time.Minute {
		t.Errorf("clock: have %v, want the time that it is, %v", have, time.Now())
	}
}
