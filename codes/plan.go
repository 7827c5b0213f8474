package codes

// cutter cuts one text into n groups in all the ways that the slips allow, and
// keeps the options of each piece so that no piece is read twice.
type cutter struct {
	*search
	n       int
	kinds   []Kind
	weights [9]value
	cache   map[pieceKey][]option
}

type pieceKey struct {
	place, at, size uint8
	mode            mode
}

// plan adds the plans for a code of n groups.
func (s *search) plan(n int, of []Kind) {
	d := len(s.syms) - n*groupSize
	if d < -n || d > n {
		return
	}
	c := &cutter{search: s, n: n, kinds: of, cache: make(map[pieceKey][]option)}
	w := value{lo: 1}
	for g := n - 1; g >= 0; g-- {
		c.weights[g] = w
		for range 5 {
			w = w.mulAdd(s.f.base(), 0)
		}
	}
	if d == 0 {
		c.regular()
	}
	if typed := c.typedGroups(); typed != nil {
		c.typed(typed)
	} else {
		c.irregular(d)
	}
}

// options reads a piece of the text as the group at a place.
func (c *cutter) options(place, at, size int, m mode) []option {
	key := pieceKey{uint8(place), uint8(at), uint8(size), m}
	if o, ok := c.cache[key]; ok {
		return o
	}
	r := groupReader{f: c.f, place: place, mode: m, weight: c.weights[place], kinds: c.kinds}
	if m&anyCase != 0 && !c.oneCase {
		r.flipCost = costCase
	}
	o := r.read(c.syms[at : at+size : at+size])
	c.cache[key] = o
	return o
}

// add takes a plan up, its longest lists shortened to the limit.
func (c *cutter) add(p plan) {
	p.n = c.n
	size := p.size()
	if size == 0 {
		return
	}
	room := maxCandidates - c.count
	if room <= 0 {
		c.stats.Cut = true
		return
	}
	for size > room {
		c.stats.Cut = true
		long := 0
		for g := range p.n {
			if len(p.lists[g]) > len(p.lists[long]) {
				long = g
			}
		}
		p.lists[long] = p.lists[long][:len(p.lists[long])-1]
		size = p.size()
	}
	c.count += size
	c.plans = append(c.plans, p)
}

// regular plans a text that has the right length.
func (c *cutter) regular() {
	var p plan
	bad := 0
	for g := range c.n {
		at := g * groupSize
		p.lists[g] = c.options(g, at, groupSize, slips|lastHope)
		if !c.holed(at) && (len(p.lists[g]) == 0 || p.lists[g][0].class != 0) {
			bad++
		}
	}
	c.add(p)
	exchanged := c.exchanges(0)
	if c.f == FormDigits {
		return
	}
	// Letters read without case, then with one slip more. Where both cases
	// were typed, and at most one group is bad or two were exchanged, no case
	// was lost.
	if !c.oneCase && (bad < 2 || exchanged) {
		return
	}
	lost := plan{cost: costCaseLost}
	for g := range c.n {
		lost.lists[g] = c.options(g, g*groupSize, groupSize, anyCase)
	}
	c.add(lost)
	c.exchanges(anyCase)
	for g := range c.n {
		one := lost
		one.lists[g] = c.onlySlips(g, g*groupSize, groupSize)
		c.add(one)
	}
}

// holed reports whether the group at a symbol has a "?" or a character that no
// code has, which explains why it is bad.
func (c *cutter) holed(at int) bool {
	for _, s := range c.syms[at : at+groupSize] {
		if _, ok := c.f.value(s.r); !ok && s.r != 'O' && s.r != 'I' && s.r != 'l' {
			return true
		}
	}
	return false
}

// onlySlips is the options of a piece read without case that need a slip.
func (c *cutter) onlySlips(place, at, size int) []option {
	var out []option
	for _, o := range c.options(place, at, size, slips|anyCase) {
		if o.class != 0 {
			out = append(out, o)
		}
	}
	return out
}

// exchanges plans each pair of groups exchanged, the others as they are, and
// reports whether one of these fits without a hole.
func (c *cutter) exchanges(m mode) bool {
	fits := false
	for i := range c.n {
		for j := i + 1; j < c.n; j++ {
			p := plan{cost: costExchanged, exchanged: [2]int8{int8(i), int8(j)}}
			if m&anyCase != 0 {
				p.cost += costCaseLost
			}
			whole := true
			for g := range c.n {
				from := g
				switch g {
				case i:
					from = j
				case j:
					from = i
				}
				p.lists[g] = c.options(g, from*groupSize, groupSize, m)
				whole = whole && len(p.lists[g]) > 0 && p.lists[g][0].class == 0
			}
			c.add(p)
			fits = fits || whole
		}
	}
	return fits
}

// typedGroups is the groups at the dashes that were typed, nil where these do
// not show n groups of which at least one is too short or too long.
func (c *cutter) typedGroups() [][]symbol {
	groups := splitAt(c.syms, gapDash)
	if groups == nil {
		groups = splitAt(c.syms, gapSpace)
	}
	if len(groups) != c.n || !isTyped(groups) {
		return nil
	}
	for _, g := range groups {
		if len(g) != groupSize {
			return groups
		}
	}
	return nil
}

// typed plans a text whose dashes show which groups are too short or too long:
// any number of them.
func (c *cutter) typed(groups [][]symbol) {
	var p plan
	at, odd, bad := 0, 0, 0
	for g, syms := range groups {
		p.lists[g] = c.options(g, at, len(syms), slips|lastHope)
		if len(syms) != groupSize {
			odd++
		} else if len(p.lists[g]) == 0 || p.lists[g][0].class != 0 {
			bad++
		}
		at += len(syms)
	}
	c.add(p)
	if c.f == FormDigits || odd != 1 || !c.oneCase && bad == 0 {
		return
	}
	lost := plan{cost: costCaseLost}
	at = 0
	for g, syms := range groups {
		if len(syms) == groupSize {
			lost.lists[g] = c.options(g, at, len(syms), anyCase)
		} else {
			lost.lists[g] = c.onlySlips(g, at, len(syms))
		}
		at += len(syms)
	}
	c.add(lost)
}

// irregular plans a text without helpful dashes that has d symbols too many:
// one odd group in letters, where one of the others may be bad too, and up to
// three in digits.
func (c *cutter) irregular(d int) {
	most := 1
	if c.f == FormDigits {
		most = 3
	}
	for odd := max(d, -d, 1); odd <= most; odd++ {
		if (odd-d)%2 != 0 {
			continue
		}
		bad := 0
		if odd == 1 && c.f == FormLetters {
			bad = 1
		}
		pairs := (odd - max(d, -d)) / 2 // of a missing and a surplus symbol
		c.align(plan{cost: int32(pairs * costPair)}, 0, 0, odd, bad, 0)
		if c.f == FormLetters && (c.oneCase || len(c.plans) == 0) {
			c.align(plan{cost: costCaseLost}, 0, 0, odd, 0, anyCase)
		}
	}
}

// align goes through the ways to cut what is left at a place: odd groups that
// are one symbol too short or long are still to come, and bad ones that have
// the right length and a slip.
func (c *cutter) align(p plan, place, at, odd, bad int, m mode) {
	left := len(c.syms) - at - (c.n-place)*groupSize
	if left < -odd || left > odd || odd > c.n-place {
		return
	}
	if place == c.n {
		c.add(p)
		return
	}
	if at+groupSize <= len(c.syms) {
		p.lists[place] = c.options(place, at, groupSize, m)
		if len(p.lists[place]) > 0 {
			c.align(p, place+1, at+groupSize, odd, bad, m)
		} else if bad > 0 {
			p.lists[place] = c.options(place, at, groupSize, m|slips)
			if len(p.lists[place]) > 0 {
				c.align(p, place+1, at+groupSize, odd, bad-1, m)
			}
		}
	}
	if odd == 0 {
		return
	}
	for _, size := range [...]int{groupSize - 1, groupSize + 1} {
		if at+size > len(c.syms) {
			continue
		}
		if m&anyCase != 0 {
			p.lists[place] = c.onlySlips(place, at, size)
		} else {
			p.lists[place] = c.options(place, at, size, slips)
		}
		if len(p.lists[place]) > 0 {
			c.align(p, place+1, at+size, odd-1, bad, m)
		}
	}
}
