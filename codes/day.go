package codes

import (
	"fmt"
	"time"
)

// Day is a calendar day in 14 bits: day n is 2024-01-01 plus n days, UTC. The
// zero Day is no day at all, so 2024-01-01 itself cannot be said.
type Day uint16

// MaxDay is the last day that fits, 2068-11-08.
const MaxDay Day = 1<<14 - 1

var dayZero = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// DayOf is the day that t falls on in UTC. Days before 2024-01-02 and after
// [MaxDay] are errors.
func DayOf(t time.Time) (Day, error) {
	sec := t.Unix() - dayZero.Unix()
	n := sec / 86400
	if sec < 86400 || n > int64(MaxDay) {
		return 0, fmt.Errorf("day %s: expected a day from %s to %s", t.UTC().Format(time.DateOnly), Day(1), MaxDay)
	}
	return Day(n), nil
}

// ParseDay reads "2026-12-02", or "none" as 0.
func ParseDay(s string) (Day, error) {
	if s == "none" {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("day %q: expected year-month-day, as in 2026-12-02, or none", clip(s))
	}
	return DayOf(t)
}

// Date is the day's beginning, 00:00 UTC. The zero Day has the zero time.
func (d Day) Date() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return dayZero.AddDate(0, 0, int(d))
}

// End is the moment up to which a shelf-life of this day holds: noon UTC of the
// next day, when the day is over in the last time zone. The zero Day has the
// zero time: it has no end.
func (d Day) End() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return d.Date().Add(36 * time.Hour)
}

// String is "2026-12-02", or "none" for 0.
func (d Day) String() string {
	b, _ := d.AppendText(nil)
	return string(b)
}

// AppendText appends what [Day.String] returns to b. The error is always nil.
func (d Day) AppendText(b []byte) ([]byte, error) {
	if d == 0 {
		return append(b, "none"...), nil
	}
	return d.Date().AppendFormat(b, time.DateOnly), nil
}

// MarshalText is String.
func (d Day) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// UnmarshalText is [ParseDay].
func (d *Day) UnmarshalText(text []byte) error {
	v, err := ParseDay(string(text))
	if err == nil {
		*d = v
	}
	return err
}
