package codes

import (
	"slices"
	"unicode"
)

// option is one way to read a group: six symbols whose check holds, and the slip
// that explains what was typed.
type option struct {
	sym   [groupSize]uint8
	part  value // what the group adds to the code's value
	cost  int32
	class Class // slip undone; 0: none
	pos   int8  // of the slip, within the group as proposed
	src   []symbol
}

// kind is the kind that an option of the first group names, 0 for none.
func (o *option) kind(f Form) Kind { return kindOf(rune(f.char(o.sym[0])), f) }

// A reading lists what one typed symbol can stand for: one value, two when case
// counts for nothing, none when it is unheard or foreign.
type reading struct {
	v [2]uint8
	n uint8
}

// mode says which slips a group is searched for.
type mode uint8

const (
	slips    mode = 1 << iota // one slip in the group, beyond a "?"
	anyCase                   // letters stand for both cases
	lastHope                  // swaps that leave the check right
	modes    = iota
)

// groupReader makes the options of one group at a place.
type groupReader struct {
	f        Form
	place    int
	mode     mode
	flipCost int32 // of a letter in the other case, in mode anyCase
	weight   value // of the group's last data character
	kinds    []Kind
	src      []symbol
	out      []option
	heard    [groupSize]rune // of the arrangement in hand: what was typed at each position, 0 in a hole
}

// read fills out with the options for the symbols, cheapest first.
func (g *groupReader) read(src []symbol) []option {
	g.src, g.out = src, nil
	var rd [groupSize + 1]reading
	holes := 0
	for i, s := range src {
		rd[i] = g.reading(s.r)
		if rd[i].n == 0 {
			holes++
		}
	}
	switch len(src) {
	case groupSize:
		g.whole(&rd, holes)
	case groupSize - 1:
		if g.mode&slips != 0 && holes == 0 {
			g.missing(&rd)
		}
	case groupSize + 1:
		if g.mode&slips != 0 && holes <= 1 {
			g.surplus(&rd, holes)
		}
	}
	slices.SortStableFunc(g.out, func(a, b option) int { return int(a.cost - b.cost) })
	return g.out
}

// reading is what a typed character can stand for.
func (g *groupReader) reading(r rune) (rd reading) {
	if v, ok := g.f.value(r); ok {
		rd = reading{v: [2]uint8{v}, n: 1}
	}
	if g.mode&anyCase == 0 || r >= 0x80 {
		return rd
	}
	other := unicode.ToUpper(r)
	if other == r {
		other = unicode.ToLower(r)
	}
	if v, ok := g.f.value(other); ok && other != r {
		rd.v[rd.n] = v
		rd.n++
	}
	return rd
}

// whole reads six symbols: as typed, with a hole solved, with one wrong
// character, with two neighbors swapped.
func (g *groupReader) whole(rd *[groupSize + 1]reading, holes int) {
	if holes > 1 {
		return
	}
	for i := range groupSize {
		g.heard[i] = g.src[i].r
	}
	if holes == 1 {
		hole := 0
		for rd[hole].n > 0 {
			hole++
		}
		g.variants(rd, hole, g.holeClass(hole))
		return
	}
	g.variants(rd, -1, 0)
	if len(g.out) > 0 && g.mode&anyCase == 0 {
		if g.mode&lastHope != 0 {
			g.swaps(rd, costLast)
		}
		return
	}
	if g.mode&slips == 0 {
		return
	}
	for i := range groupSize {
		g.variants(rd, i, ClassWrong)
	}
	g.swaps(rd, costSwapped)
}

// holeClass is the slip at a symbol without a value.
func (g *groupReader) holeClass(i int) Class {
	if g.src[i].r == unheard {
		return ClassUnheard
	}
	return ClassWrong
}

func (g *groupReader) swaps(rd *[groupSize + 1]reading, cost int32) {
	for i := range groupSize - 1 {
		if rd[i] == rd[i+1] {
			continue
		}
		rd[i], rd[i+1] = rd[i+1], rd[i]
		g.heard[i], g.heard[i+1] = g.heard[i+1], g.heard[i]
		g.each(rd, -1, ClassSwapped, i, cost)
		rd[i], rd[i+1] = rd[i+1], rd[i]
		g.heard[i], g.heard[i+1] = g.heard[i+1], g.heard[i]
	}
}

// missing reads five symbols with a hole at each position.
func (g *groupReader) missing(rd *[groupSize + 1]reading) {
	for hole := range groupSize {
		var with [groupSize + 1]reading
		for i := range groupSize {
			g.heard[i] = 0
			if i < hole {
				with[i], g.heard[i] = rd[i], g.src[i].r
			} else if i > hole {
				with[i], g.heard[i] = rd[i-1], g.src[i-1].r
			}
		}
		g.each(&with, hole, ClassMissing, hole, costMissing)
	}
}

// surplus reads seven symbols without each of them in turn.
func (g *groupReader) surplus(rd *[groupSize + 1]reading, holes int) {
	for out := range groupSize + 1 {
		if holes == 1 && rd[out].n > 0 || out > 0 && g.src[out].r == g.src[out-1].r {
			continue
		}
		class, cost := ClassSurplus, int32(costSurplus)
		if out < groupSize && sameLetter(g.src[out].r, g.src[out+1].r) || out > 0 && sameLetter(g.src[out].r, g.src[out-1].r) {
			class, cost = ClassDoubled, costRepeat
		}
		var with [groupSize + 1]reading
		for i, j := 0, 0; j <= groupSize; j++ {
			if j != out {
				with[i], g.heard[i] = rd[j], g.src[j].r
				i++
			}
		}
		g.each(&with, -1, class, min(out, groupSize-1), cost)
	}
}

// variants is each with the cost of a wrong or unheard character.
func (g *groupReader) variants(rd *[groupSize + 1]reading, hole int, class Class) {
	g.each(rd, hole, class, max(hole, 0), 0)
}

// each goes through the choices of case and keeps those whose check holds; a
// hole is solved.
func (g *groupReader) each(rd *[groupSize + 1]reading, hole int, class Class, pos int, cost int32) {
	var a [groupSize]uint8
	var two [groupSize]int
	n := 0
	for i := range groupSize {
		a[i] = rd[i].v[0]
		if i == hole {
			a[i] = 0
		} else if rd[i].n == 2 {
			two[n] = i
			n++
		}
	}
	var st states
	for mask := range 1 << n {
		c := cost
		for j, i := range two[:n] {
			b := mask >> j & 1
			a[i] = rd[i].v[b]
			c += int32(b) * g.flipCost
		}
		if hole < 0 {
			if g.f.check(g.place, a[:5]) == a[5] {
				g.keep(a, class, pos, c)
			}
			continue
		}
		st.run(g.f, g.place, &a)
		v := st.solve(g.f, hole)
		if class == ClassWrong && (rd[hole].n > 0 && rd[hole].v[0] == v || rd[hole].n > 1 && rd[hole].v[1] == v) {
			continue // no slip: kept as a variant
		}
		a[hole] = v
		g.keep(a, class, pos, c+g.holeCost(rd, hole, v, class, a))
		a[hole] = 0
	}
}

// holeCost is the cost of a solved value.
func (g *groupReader) holeCost(rd *[groupSize + 1]reading, hole int, v uint8, class Class, a [groupSize]uint8) int32 {
	if class == ClassMissing {
		if hole > 0 && a[hole-1] == v || hole < groupSize-1 && a[hole+1] == v {
			return costRepeat - costMissing
		}
		return 0
	}
	c := g.f.costOf(g.heard[hole], v)
	if class == ClassWrong && rd[hole].n == 0 {
		c -= costForeign
	}
	return c
}

// keep adds an option, unless the first group then names no wanted kind or is
// out of range, or the same symbols are there already.
func (g *groupReader) keep(a [groupSize]uint8, class Class, pos int, cost int32) {
	o := option{sym: a, cost: cost, class: class, pos: int8(pos), src: g.src}
	if g.place == 0 && !slices.Contains(g.kinds, o.kind(g.f)) {
		return
	}
	for i := range g.out {
		if g.out[i].sym == a {
			if g.out[i].cost > cost {
				o.part = g.out[i].part
				g.out[i] = o
			}
			return
		}
	}
	base := g.f.base()
	n := uint64(0)
	for i, v := range a[:5] {
		if i > 0 || g.place > 0 {
			n = n*base + uint64(v)
		}
	}
	o.part = g.weight.mulAdd(n, 0)
	if g.place == 0 && !o.part.fits(kinds[o.kind(g.f)].bits) {
		return
	}
	g.out = append(g.out, o)
}
