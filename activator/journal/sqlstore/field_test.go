package sqlstore

import (
	"errors"
	"math"
	"testing"
)

// A number that its type does not hold is an error, and never another number: a negative
// one has the bits of a great one of the same size.
func TestFit(t *testing.T) {
	for _, n := range []int64{math.MinInt64, -1, 0, 1, math.MaxUint8, math.MaxUint8 + 1, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64} {
		fits(t, n, math.MinInt, math.MaxInt, func(v int) bool { return int64(v) == n })
		fits(t, n, 0, math.MaxUint8, func(v uint8) bool { return int64(v) == n })
		fits(t, n, 0, math.MaxUint32, func(v uint32) bool { return int64(v) == n })
		fits(t, n, 0, math.MaxInt64, func(v uint64) bool { return v == uint64(n) })
	}
	for _, src := range []any{nil, "1", []byte{1}, 1.0} {
		var dst uint64
		var err error
		if fit(&dst, &field{src}, &err); err == nil {
			t.Errorf("%v, a %T: have %d, want an error", src, src, dst)
		}
	}
	first := errors.New("the first one")
	err, dst := first, uint8(0)
	if fit(&dst, &field{int64(-1)}, &err); !errors.Is(err, first) {
		t.Errorf("have %v, want the error that was there", err)
	}
}

// fits reads n into a T, which holds least to most.
func fits[T ~int | ~uint8 | ~uint32 | ~uint64](t *testing.T, n, least, most int64, same func(T) bool) {
	t.Helper()
	var dst T
	var err error
	fit(&dst, &field{n}, &err)
	if want := least <= n && n <= most; want != (err == nil) || want && !same(dst) {
		t.Errorf("%d as a %T: have %d, %v, want it taken: %v", n, dst, dst, err, want)
	}
}
