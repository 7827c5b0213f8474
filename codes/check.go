package codes

// groupSize is the size of a group in both forms: five data characters and
// their check character.
const groupSize = 6

// Check characters of the letter form: ISO 7064, hybrid system MOD 59,58, over
// the five characters' values, with a start that depends on the group's place
// so that two exchanged groups are noticed.
//
//	P = 1 + (57+g) mod 58
//	for each a:  S = (P+a) mod 58, 58 for 0;  P = 2*S mod 59
//	check c with (P+c) mod 58 = 1

// doubled[x] is the P after S = x mod 58.
var doubled = func() (t [116]uint8) {
	for x := range t {
		s := x % 58
		if s == 0 {
			s = 58
		}
		t[x] = uint8(2 * s % 59)
	}
	return t
}()

func letterStart(place int) uint8 { return uint8(1 + (57+place)%58) }

// letterCheck is the check value, 0 to 57, of five values at a place.
func letterCheck(place int, a []uint8) uint8 {
	p := letterStart(place)
	for _, v := range a {
		p = doubled[p+v]
	}
	return (59 - p) % 58
}

// Check digits of the digit form: the Damm quasigroup of order 10, its interim
// digit starting at the group's place. It is totally anti-symmetric: every
// wrong digit and every exchange of neighbors is noticed.
var damm = [10][10]uint8{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

// digitCheck is the check digit, 0 to 9, of five digits at a place.
func digitCheck(place int, a []uint8) uint8 {
	i := uint8(place % 10)
	for _, d := range a {
		i = damm[i][d]
	}
	return i // the quasigroup's diagonal is 0
}

// check is the check value of five data values at a place, in either form.
func (f Form) check(place int, a []uint8) uint8 {
	if f == FormDigits {
		return digitCheck(place, a)
	}
	return letterCheck(place, a)
}

// base is the number of values a character of the form has.
func (f Form) base() uint64 {
	if f == FormDigits {
		return 10
	}
	return 58
}
