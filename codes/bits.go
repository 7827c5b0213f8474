package codes

import "math/bits"

// value is a code's number, up to 192 bits, as three words.
type value struct{ hi, mid, lo uint64 }

// fits reports whether v is below 2^n, 64 < n < 192.
func (v value) fits(n uint) bool {
	if n >= 128 {
		return v.hi>>(n-128) == 0
	}
	return v.hi == 0 && v.mid>>(n-64) == 0
}

// mulAdd is v*m + a. Overflow beyond 192 bits is lost; no code is that long.
func (v value) mulAdd(m, a uint64) value {
	c0, lo := bits.Mul64(v.lo, m)
	c1, mid := bits.Mul64(v.mid, m)
	var carry uint64
	lo, carry = bits.Add64(lo, a, 0)
	mid, carry = bits.Add64(mid, c0, carry)
	return value{v.hi*m + c1 + carry, mid, lo}
}

// divMod divides v by m and returns the remainder.
func (v value) divMod(m uint64) (value, uint64) {
	hi, r := v.hi/m, v.hi%m
	mid, r := bits.Div64(r, v.mid, m)
	lo, r := bits.Div64(r, v.lo, m)
	return value{hi, mid, lo}, r
}

func (v value) add(w value) value {
	lo, c := bits.Add64(v.lo, w.lo, 0)
	mid, c := bits.Add64(v.mid, w.mid, c)
	return value{v.hi + w.hi + c, mid, lo}
}

// shl shifts in n bits from the right, n < 64.
func (v value) shl(n uint, in uint64) value {
	return value{v.hi<<n | v.mid>>(64-n), v.mid<<n | v.lo>>(64-n), v.lo<<n | in}
}

// shr is v without its lowest n bits, n < 64, and these bits.
func (v value) shr(n uint) (value, uint64) {
	return value{v.hi >> n, v.mid>>n | v.hi<<(64-n), v.lo>>n | v.mid<<(64-n)}, v.lo & (1<<n - 1)
}
