//go:build !testclock

package main

import "time"

// now is the clock.
func now() time.Time { return time.Now() }

// after tells when a length of time has passed.
func after(d time.Duration) <-chan time.Time { return time.After(d) }
