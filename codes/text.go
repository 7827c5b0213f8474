package codes

// alphabet is Bitcoin's Base58: no 0, O, I, l.
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// Classes of a byte beside the values 0 to 57.
const (
	byteSkip  = 0xfe // written between characters, means nothing
	byteOther = 0xff // not of the alphabet, or not ASCII
)

// byteClass maps an ASCII byte to its Base58 value, byteSkip or byteOther.
var byteClass = func() (t [256]uint8) {
	for i := range t {
		t[i] = byteOther
		if i < 128 && skipped(rune(i)) {
			t[i] = byteSkip
		}
	}
	for i := range len(alphabet) {
		t[alphabet[i]] = uint8(i)
	}
	return t
}()

// char is the character of a value in the form.
func (f Form) char(v uint8) byte {
	if f == FormDigits {
		return '0' + v
	}
	return alphabet[v]
}

// value is the value of a character in the form; false when it has none.
func (f Form) value(r rune) (uint8, bool) {
	switch {
	case f == FormDigits:
		return uint8(r - '0'), r >= '0' && r <= '9'
	case r >= 0 && r < 128 && byteClass[r] < 58:
		return byteClass[r], true
	}
	return 0, false
}

const (
	base58to10  = 430804206899405824  // 58^10, the digits taken in one step
	decimalStep = 1000000000000000000 // 10^18
)

// spell appends kind and value in a form: groups joined by '-'.
func spell(b []byte, k Kind, f Form, v value) []byte {
	n := k.groups(f)
	var data [45]uint8 // most significant first; data[0] is the kind
	step, width := uint64(base58to10), 10
	first := byteClass[k]
	if f == FormDigits {
		step, width = decimalStep, 18
		first = kinds[k].digit - '0'
	}
	data[0] = first
	base := f.base()
	for end := n * 5; end > 1; {
		var r uint64
		v, r = v.divMod(step)
		for range width {
			if end == 1 {
				break
			}
			end--
			data[end] = uint8(r % base)
			r /= base
		}
	}
	return f.grouped(b, data[:n*5])
}

// grouped appends data characters, most significant first, as groups with their
// checks, joined by '-'.
func (f Form) grouped(out []byte, data []uint8) []byte {
	for g := 0; g*5 < len(data); g++ {
		if g > 0 {
			out = append(out, '-')
		}
		five := data[g*5 : g*5+5]
		for _, x := range five {
			out = append(out, f.char(x))
		}
		out = append(out, f.char(f.check(g, five)))
	}
	return out
}

// number is the value of data characters, most significant first, without the
// one that names the kind.
func (f Form) number(data []uint8) value {
	base, width := f.base(), 10
	if f == FormDigits {
		width = 18
	}
	var v value
	for len(data) > 0 {
		w := min(width, len(data))
		m, a := uint64(1), uint64(0)
		for _, d := range data[:w] {
			m, a = m*base, a*base+uint64(d)
		}
		v = v.mulAdd(m, a)
		data = data[w:]
	}
	return v
}
