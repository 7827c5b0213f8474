package codes

// Solving a group for one character: a group's check runs through states, one
// before each symbol. From the front the states before a hole follow from what
// stands there; from the back the state after the hole follows from what must
// come out. Exactly one value leads from the one to the other.

// halved is the S whose P is given: the inverse of S -> 2*S mod 59.
var halved = func() (t [59]uint8) {
	for s := 1; s <= 58; s++ {
		t[2*s%59] = uint8(s)
	}
	return t
}()

// dammDigit[i][j] is the digit that leads from interim i to j, dammFrom[d][j]
// the interim from which digit d leads to j.
var dammDigit, dammFrom = func() (digit, from [10][10]uint8) {
	for i := range damm {
		for d, j := range damm[i] {
			digit[i][j] = uint8(d)
			from[d][j] = uint8(i)
		}
	}
	return digit, from
}()

// states are the check's states around each symbol of a group: before[i] as the
// symbols in front of i give it, after[i] as the symbols behind i need it.
type states struct{ before, after [groupSize]uint8 }

// run fills the states of a group at a place.
func (st *states) run(f Form, place int, a *[groupSize]uint8) {
	if f == FormDigits {
		st.before[0] = uint8(place % 10)
		for i := range 5 {
			st.before[i+1] = damm[st.before[i]][a[i]]
		}
		st.after[5] = 0
		for i := 5; i > 0; i-- {
			st.after[i-1] = dammFrom[a[i]][st.after[i]]
		}
		return
	}
	st.before[0] = letterStart(place)
	for i := range 5 {
		st.before[i+1] = doubled[st.before[i]+a[i]]
	}
	st.after[4] = wrap58(59 - a[5])
	for i := 4; i > 0; i-- {
		st.after[i-1] = wrap58(halved[st.after[i]] + 58 - a[i])
	}
}

// solve is the one value at position i that makes the check hold.
func (st *states) solve(f Form, i int) uint8 {
	switch {
	case f == FormDigits:
		return dammDigit[st.before[i]][st.after[i]]
	case i == 5:
		return (59 - st.before[5]) % 58
	}
	return (halved[st.after[i]] + 58 - st.before[i]) % 58
}

// wrap58 is x mod 58, 58 for 0.
func wrap58(x uint8) uint8 {
	if x %= 58; x == 0 {
		return 58
	}
	return x
}
