package tui

import (
	"fmt"
	"time"
)

// sayDay is how a day can be typed.
const sayDay = "2026-11-22 or 22.11.2026"

// isoDay takes a day as people type it, and gives it as year, month and day. With
// slashes it would be two days: 12/2/2026 is in December for some, in February for
// others.
func isoDay(s string) (string, error) {
	for _, form := range []string{time.DateOnly, "2.1.2006"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("have %q, want a day as %s", s, sayDay)
}
