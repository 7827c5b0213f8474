package attack

import (
	"math"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
)

// A forger measures how long a wrong tag is looked at, to find the right one byte by
// byte. Tags are computed whole and compared in constant time. This test gates
// nothing, since it measures a machine that others use; it reports Welch's t between
// tags that differ in their first and in their last byte. Above 4.5, in several runs,
// is worth a look.
func TestTimingOfTags(t *testing.T) {
	const genuine = 0x3_1234_5678
	for name, compare := range map[string]func(uint64) bool{
		"tags compared": func(tag uint64) bool { return codes.EqualTags(genuine, tag) },
		"license keys":  licenseKeys(genuine),
	} {
		var early, late sample
		for i := range 20_000 {
			near, far := uint64(genuine^1), uint64(genuine^1<<33)
			if i%2 == 0 {
				early.measure(compare, far)
				late.measure(compare, near)
			} else {
				late.measure(compare, near)
				early.measure(compare, far)
			}
		}
		t.Logf("%s: t = %.1f (first byte %.1f ns, last byte %.1f ns for 64 comparisons)", name, early.welch(late), early.mean(), late.mean())
		if compare(genuine^1) || !compare(genuine) {
			t.Errorf("%s: have a wrong tag taken or the right one refused", name)
		}
	}
}

func licenseKeys(genuine uint64) func(uint64) bool {
	key := func(tag uint64) (k codes.LicenseKey) {
		for i := range 8 {
			k[i] = byte(tag >> (56 - 8*i))
		}
		return k
	}
	right := key(genuine)
	return func(tag uint64) bool { return right.Equal(key(tag)) }
}

// A sample is a number of durations; the longest ones, when others had the processor,
// are left out.
type sample struct{ n, sum, squares float64 }

func (s *sample) measure(compare func(uint64) bool, tag uint64) {
	begin := time.Now()
	for range 64 {
		compare(tag)
	}
	if took := float64(time.Since(begin).Nanoseconds()); took < 10_000 {
		s.n++
		s.sum += took
		s.squares += took * took
	}
}

func (s sample) mean() float64 { return s.sum / s.n }

func (s sample) variance() float64 { return s.squares/s.n - s.mean()*s.mean() }

func (s sample) welch(o sample) float64 {
	return (s.mean() - o.mean()) / math.Sqrt(s.variance()/s.n+o.variance()/o.n)
}
