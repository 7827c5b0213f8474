//go:build !testclock

package main

import "time"

// clock is what the program takes for now.
func clock(func(string) string) time.Time { return time.Now() }
