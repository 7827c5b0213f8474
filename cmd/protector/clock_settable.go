//go:build testclock

package main

import (
	"fmt"
	"os"
	"time"
)

// passed is how far the clock went by itself.
var passed time.Duration

// now is $FAKETIME (RFC 3339), and what passed since, else the clock. It is built
// for tests only (-tags testclock).
func now() time.Time {
	text := os.Getenv("FAKETIME")
	if text == "" {
		return time.Now()
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(fmt.Sprintf("protector: FAKETIME: have %q, want a time like 2031-01-02T15:04:05Z", text))
	}
	return t.Add(passed)
}

// after lets a length of time pass at once where the clock is set.
func after(d time.Duration) <-chan time.Time {
	if os.Getenv("FAKETIME") == "" {
		return time.After(d)
	}
	passed += d
	done := make(chan time.Time, 1)
	done <- now()
	return done
}
