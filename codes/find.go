package codes

import "unicode"

// Match is a code, or a near-code, within a longer text.
type Match struct {
	Code       Code  // zero when Err is set
	Start, End int   // bytes of the text
	Err        error // what keeps a near-code from being a code
}

// Find looks for codes within a longer text, such as a mail: well-formed codes,
// and near-codes, which have the shape of a code and a slip in it. A code begins
// and ends where a word does. Hardware profile codes are passed over; see
// [ParseHardware]. Matches come in the order of the text and do not
// overlap. The time is linear in the text.
func Find(text string) []Match {
	syms := read(text, len(text))
	var out []Match
	for i := 0; i < len(syms); {
		n := 0
		if i == 0 || boundary(syms[i-1], syms[i]) {
			if n = hardwareLength(syms[i:]); n > 0 {
				i += n // its groups may look like another code's
				continue
			}
			var m Match
			if m, n = matchAt(syms[i:]); n > 0 {
				out = append(out, m)
			}
		}
		i += max(n, 1)
	}
	return out
}

// boundary reports whether a word can end at a and another begin at b.
func boundary(a, b symbol) bool { return b.gap != gapNone || !wordly(a.r) || !wordly(b.r) }

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == unheard }

// ends reports whether a word can end before symbol n.
func ends(syms []symbol, n int) bool {
	return n == len(syms) || n < len(syms) && boundary(syms[n-1], syms[n])
}

// matchAt is the match that begins with the first symbol, and its length in
// symbols; 0 for none.
func matchAt(syms []symbol) (Match, int) {
	r := syms[0].r
	if r >= 0x80 {
		return Match{}, 0
	}
	f := FormLetters
	if r >= '0' && r <= '9' {
		f = FormDigits
	}
	k := kindOf(r, f)
	if k.readable() {
		if m, n := exactAt(syms, f, k); n > 0 {
			return m, n
		}
	} else {
		k = kindOf(unicode.ToUpper(r), f)
	}
	if k.readable() {
		if n := nearAt(syms, f, k); n > 0 {
			_, err := parseSymbols(syms[:n:n])
			return Match{Start: int(syms[0].off), End: int(syms[n-1].end), Err: err}, n
		}
	}
	return Match{}, 0
}

// codeWithin reports whether a code begins behind the first of the n symbols of what
// may be a near-code, as behind the word "e" in "codice e E1119h-...".
func codeWithin(syms []symbol, n int) bool {
	for i := 1; i < n; i++ {
		if !boundary(syms[i-1], syms[i]) {
			continue
		}
		f := FormLetters
		if syms[i].r >= '0' && syms[i].r <= '9' {
			f = FormDigits
		}
		if k := kindOf(syms[i].r, f); k.readable() {
			if _, n := exactAt(syms[i:], f, k); n > 0 {
				return true
			}
		}
	}
	return false
}

// exactAt matches a whole code.
func exactAt(syms []symbol, f Form, k Kind) (Match, int) {
	n := k.groups(f) * groupSize
	if !ends(syms, n) {
		return Match{}, 0
	}
	var a [longestCode]uint8
	for at := 0; at < n; at += groupSize {
		if !groupRight(f, at/groupSize, syms[at:]) {
			return Match{}, 0
		}
		for i := range groupSize {
			a[at+i], _ = f.value(syms[at+i].r)
		}
	}
	c, ok := assemble(k, f, a[:n])
	if !ok {
		return Match{}, 0
	}
	return Match{Code: c, Start: int(syms[0].off), End: int(syms[n-1].end)}, n
}

// nearAt is the length of what has the shape of a code of the kind, 0 for none: groups joined by dashes, each at most one symbol too short or long; or
// symbols, at most one too few or too many, that hold more right groups than
// chance gives.
func nearAt(syms []symbol, f Form, k Kind) int {
	groups := k.groups(f)
	if n := dashedAt(syms, groups); n > 0 && codeLike(syms[:n], f) && !codeWithin(syms, n) {
		return n
	}
	least := 3
	switch {
	case f == FormDigits:
		least = 5
	case k == KindSigned: // of twenty groups three are right by chance too often
		least = 8
	}
	for _, d := range [...]int{0, -1, 1} {
		if n := groups*groupSize + d; ends(syms, n) && rightGroups(syms[:n], f, groups) >= least && !codeWithin(syms, n) {
			return n
		}
	}
	return 0
}

// rightGroups counts the groups that are right: each at its place, or where a
// symbol is missing or surplus, from the front up to the first wrong one and
// from the back, one left out.
func rightGroups(syms []symbol, f Form, groups int) int {
	right := 0
	if len(syms) == groups*groupSize {
		for g := range groups {
			if groupRight(f, g, syms[g*groupSize:]) {
				right++
			}
		}
		return right
	}
	for right < groups-1 && groupRight(f, right, syms[right*groupSize:]) {
		right++
	}
	for g := groups - 1; right < groups-1 && groupRight(f, g, syms[len(syms)-(groups-g)*groupSize:]); g-- {
		right++
	}
	return right
}

// dashedAt is the length of so many groups joined by dashes, 0 for none.
func dashedAt(syms []symbol, groups int) int {
	start := 0
	for g := range groups {
		end := start + 1
		for end < len(syms) && end-start <= groupSize+1 && syms[end].gap == gapNone {
			end++
		}
		if n := end - start; n < groupSize-1 || n > groupSize+1 {
			return 0
		}
		if g == groups-1 {
			if end < len(syms) && syms[end].gap == gapDash {
				return 0
			}
			return end
		}
		if end == len(syms) || syms[end].gap != gapDash {
			return 0
		}
		start = end
	}
	return 0
}

// groupRight reports whether the first six symbols are a right group.
func groupRight(f Form, place int, syms []symbol) bool {
	if len(syms) < groupSize {
		return false
	}
	var a [groupSize]uint8
	for i := range a {
		v, ok := f.value(syms[i].r)
		if !ok {
			return false
		}
		a[i] = v
	}
	return f.check(place, a[:5]) == a[5]
}

// codeLike reports whether nearly all symbols are of the form, so that words
// joined by dashes are not taken for a code.
func codeLike(syms []symbol, f Form) bool {
	foreign, digits := 0, 0
	for _, s := range syms {
		if _, ok := f.value(s.r); !ok && s.r != unheard {
			foreign++
		}
		if s.r >= '0' && s.r <= '9' {
			digits++
		}
	}
	return foreign*6 <= len(syms) && digits > 0
}
