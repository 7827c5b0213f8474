package journal

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A leaf's time is what package time writes and reads in timeForm, for every time of the years 0 to 9999.
func TestTimeForm(t *testing.T) {
	first := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	last := time.Date(9999, 12, 31, 23, 59, 59, 999999e3, time.UTC).UnixMicro()
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.OneOf(rapid.Int64Range(first, last), rapid.SampledFrom([]int64{first, last, -1, 0, 951782400e6 - 1})).Draw(t, "at")
		zone := time.FixedZone("", rapid.IntRange(-14, 14).Draw(t, "hours")*3600)
		at := time.UnixMicro(micros).Add(time.Duration(rapid.IntRange(0, 999).Draw(t, "nanoseconds")))
		have, want := string(appendTime([]byte("at "), at.In(zone))), "at "+at.UTC().Format(timeForm)
		if have != want {
			t.Fatalf("have %q, want %q", have, want)
		}
		if back, ok := parseTime(have[3:]); !ok || back != time.UnixMicro(micros).UTC() {
			t.Fatalf("%q: have %v, %v back", have, back, ok)
		}
		text := []byte(have[3:])
		text[rapid.IntRange(0, len(text)-1).Draw(t, "place")] = rapid.Byte().Draw(t, "byte")
		changed, err := time.Parse(timeForm, string(text)) // takes some other forms too
		canonical := err == nil && changed.Format(timeForm) == string(text)
		if at, ok := parseTime(string(text)); ok != canonical || ok && at != changed {
			t.Fatalf("%q: have %v, %v, want %v, %v", text, at, ok, changed, canonical)
		}
	})
	for _, bad := range []string{"", "2026-02-29T00:00:00.000000Z", "2026-11-31T00:00:00.000000Z", "2026-00-01T00:00:00.000000Z",
		"2026-11-22T24:00:00.000000Z", "2026-11-22T23:60:00.000000Z", "2026-11-22T23:59:60.000000Z", "2026-11-22T23:59:59.000000Zx"} {
		if at, ok := parseTime(bad); ok {
			t.Errorf("%q: have %v, want none", bad, at)
		}
	}
}
