//go:build testclock

package main

import (
	"fmt"
	"time"
)

// clock is $FAKETIME (RFC 3339), else now. It is built for tests only (-tags
// testclock; Go itself has taken the tag faketime): a clock that anybody can set has
// no place at a desk.
func clock(env func(string) string) time.Time {
	text := env("FAKETIME")
	if text == "" {
		return time.Now()
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(fmt.Sprintf("activator: FAKETIME: have %q, want a time like 2031-01-02T15:04:05Z", text))
	}
	return t
}
