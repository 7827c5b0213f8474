package codes

// Match is a code, or a near-code, within a longer text.
type Match struct {
	Code       Code  // zero when Err is set
	Start, End int   // bytes of the text
	Err        error // what keeps a near-code from being a code
}

// Find looks for codes within a longer text, such as a mail: well-formed codes,
// and near-codes, which have the shape of a code and a slip in it. Matches come
// in the order of the text and do not overlap. The time is linear in the text.
func Find(text string) []Match {
	syms := read(text, len(text))
	var out []Match
	for i := 0; i < len(syms); {
		m, n := matchAt(text, syms[i:], i == 0)
		if n == 0 {
			i++
			continue
		}
		out = append(out, m)
		i += n
	}
	return out
}

// matchAt is the match that begins with the first symbol, and its length in
// symbols; 0 for none.
func matchAt(text string, syms []symbol, first bool) (Match, int) {
	if !first && syms[0].gap == gapNone {
		return Match{}, 0
	}
	for _, f := range [...]Form{FormLetters, FormDigits} {
		k := kindOf(syms[0].r, f)
		if !k.readable() {
			continue
		}
		if m, n := exactAt(syms, f, k); n > 0 {
			return m, n
		}
		if m, n := nearAt(text, syms, f, k); n > 0 {
			return m, n
		}
	}
	return Match{}, 0
}

// exactAt matches a whole code that ends where its last symbol does.
func exactAt(syms []symbol, f Form, k Kind) (Match, int) {
	n := k.groups(f) * groupSize
	if len(syms) < n || len(syms) > n && syms[n].gap == gapNone {
		return Match{}, 0
	}
	var a [9 * groupSize]uint8
	for g := 0; g < n; g += groupSize {
		for i, s := range syms[g:][:groupSize] {
			v, ok := f.value(s.r)
			if !ok {
				return Match{}, 0
			}
			a[g+i] = v
		}
		if f.check(g/groupSize, a[g:][:5]) != a[g+5] {
			return Match{}, 0
		}
	}
	c, ok := assemble(k, f, a[:n])
	if !ok {
		return Match{}, 0
	}
	return Match{Code: c, Start: int(syms[0].off), End: int(syms[n-1].end)}, n
}

// nearAt matches what has the shape of a code: as many groups joined by dashes
// as the kind has, each at most one character too short or long; or a run of
// the right length, with groups that are right in more places than chance gives.
func nearAt(text string, syms []symbol, f Form, k Kind) (Match, int) {
	want := k.groups(f)
	groups, end := 1, 1
	dashed := true
	for start := 0; end < len(syms) && end <= want*(groupSize+1); end++ {
		if syms[end].gap == gapNone {
			continue
		}
		if n := end - start; n < groupSize-1 || n > groupSize+1 {
			dashed = false
			break
		}
		if syms[end].gap != gapDash || groups == want {
			break
		}
		groups++
		start = end
	}
	if dashed && groups == want && (end == len(syms) || syms[end].gap != gapNone) {
		if n := end - lastStart(syms[:end]); n >= groupSize-1 && n <= groupSize+1 && codeLike(syms[:end], f) {
			return near(syms[:end]), end
		}
	}
	n := want * groupSize
	if len(syms) < n || len(syms) > n && syms[n].gap == gapNone {
		return Match{}, 0
	}
	right := 0
	for g := range want {
		if inspectGroup(f, g, syms[g*groupSize:][:groupSize]) == nil {
			right++
		}
	}
	if right < 3 {
		return Match{}, 0
	}
	return near(syms[:n]), n
}

// lastStart is where the last run of symbols without a separator begins.
func lastStart(syms []symbol) int {
	i := len(syms) - 1
	for i > 0 && syms[i].gap == gapNone {
		i--
	}
	return i
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

func near(syms []symbol) Match {
	_, err := parseSymbols(syms)
	return Match{Start: int(syms[0].off), End: int(syms[len(syms)-1].end), Err: err}
}
