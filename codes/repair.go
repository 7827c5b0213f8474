package codes

import (
	"cmp"
	"math"
	"slices"
	"unicode"
)

// Limits of one reading, fixed by the format: what a repair may ask, and how
// much work a hostile text can cause.
const (
	maxTrials     = 1 << 14 // calls of Judge.Genuine
	maxCandidates = 1 << 19 // candidates whose license number is asked for
	maxPending    = 1 << 16 // candidates that can be put in order before they are tried
	maxNear       = 1 << 20 // bytes of a longer text in which a code is looked for
)

// RepairStats counts what a repair did.
type RepairStats struct {
	Candidates int  // readings that pass the group checks and are in range
	Numbers    int  // license numbers that Known was asked about
	Trials     int  // calls of Genuine
	Cut        bool // a limit left candidates out
}

// Repair proposes what a text with slips may have been, best first. It reads
// one code of one of the wanted kinds (none given: R, D, A and S), in either
// form, with at most one slip or "?" in each group: a wrong character, two
// neighbors swapped, a "?"; a missing or surplus character; two groups
// exchanged; capital and small letters confused. docs/format.md says how many
// of each are found at once, and that a signed code (E) is repaired less.
//
// A proposal passes the group checks and the judge. Known is asked once, with
// the license numbers of all candidates for R and D; Genuine is asked about the
// registered ones, and about those for A, S and E, at most 2^14 times. A missing
// tag is never computed. A text that is right and genuine gives one proposal
// without changes.
//
// A proposal is for a person to look at: no program may apply it.
func Repair(text string, want []Kind, j Judge) []Proposal {
	p, _ := RepairCount(text, want, j)
	return p
}

// RepairCount is [Repair], and says how much work it was.
func RepairCount(text string, want []Kind, j Judge) ([]Proposal, RepairStats) {
	s := search{judge: j}
	if slices.Contains(want, KindSigned) {
		if syms := signedSymbols(text); syms != nil {
			return s.repairSigned(syms), s.stats
		}
	}
	syms := read(text, maxSymbols)
	if len(syms) > maxSymbols || formOf(syms) == FormLetters && len(syms) > maxLetters {
		if len(text) > maxNear {
			return nil, s.stats
		}
		m := Find(text)
		if len(m) != 1 {
			return nil, s.stats
		}
		syms = read(text[m[0].Start:m[0].End], maxSymbols)
	}
	if len(syms) < 4*groupSize-4 {
		return nil, s.stats
	}
	s.f, s.syms = formOf(syms), syms
	s.oneCase = oneCase(syms)
	if len(want) == 0 {
		want = []Kind{KindRequest, KindConfirmation, KindActivation, KindSerial}
	}
	for _, n := range []int{KindActivation.groups(s.f), KindRequest.groups(s.f)} {
		var of []Kind
		for _, k := range want {
			if k.readable() && k.groups(s.f) == n && !slices.Contains(of, k) {
				of = append(of, k)
			}
		}
		if len(of) > 0 {
			s.plan(n, of)
		}
	}
	return s.propose(), s.stats
}

const (
	maxSymbols = 9 * (groupSize + 1) // of a text in digits with a surplus one in each group
	maxLetters = 5 * (groupSize + 1)
)

// oneCase reports whether all letters of a text are capital, or all small: then
// case was lost on the way.
func oneCase(syms []symbol) bool {
	upper, lower := 0, 0
	for _, s := range syms {
		switch {
		case unicode.IsUpper(s.r):
			upper++
		case unicode.IsLower(s.r):
			lower++
		}
	}
	return (upper == 0 || lower == 0) && upper+lower >= 4
}

// A search collects plans, each a product of the groups' options, and walks
// through them.
type search struct {
	f       Form
	syms    []symbol
	oneCase bool
	judge   Judge
	plans   []plan
	stats   RepairStats
	count   int // candidates of all plans so far
}

// plan is one way to cut the text into groups, with the options for each.
type plan struct {
	n         int
	lists     [9][]option
	cost      int32
	exchanged [2]int8 // places of two exchanged groups; equal for none
}

// pending is a candidate waiting for its trial.
type pending struct {
	kind  Kind
	v     value
	cost  int32
	plan  int32
	picks [9]uint16
}

// size is the number of readings of a plan, up to a large limit.
func (p *plan) size() int {
	n := int64(1)
	for g := range p.n {
		n = min(n*int64(len(p.lists[g])), math.MaxInt32)
	}
	return int(n)
}

// propose asks the judge and puts what is genuine in order.
func (s *search) propose() []Proposal {
	numbers := make([]LicenseNumber, 0, s.count)
	ends := make([]int, len(s.plans)) // of each plan's numbers
	var wait []pending
	// The smallest plan says most about what happened: first in the queue.
	slices.SortStableFunc(s.plans, func(a, b plan) int { return a.size() - b.size() })
	for i := range s.plans {
		s.plans[i].walk(s.f, func(k Kind, v value, picks *[9]uint16) {
			s.stats.Candidates++
			switch {
			case k == KindRequest || k == KindConfirmation:
				numbers = append(numbers, statementLicense(v))
			case len(wait) == maxPending:
				s.stats.Cut = true
			default:
				wait = append(wait, pending{k, v, s.plans[i].costOf(picks), int32(i), *picks})
			}
		})
		ends[i] = len(numbers)
	}
	wait = append(wait, s.known(numbers, ends, maxPending-len(wait))...)
	slices.SortStableFunc(wait, func(a, b pending) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), compareValues(a.v, b.v))
	})
	return s.try(wait)
}

// known asks the judge which license numbers are registered, and returns the
// candidates that carry one, walking again through the plans that have any.
func (s *search) known(numbers []LicenseNumber, ends []int, most int) (wait []pending) {
	s.stats.Numbers = len(numbers)
	if len(numbers) == 0 {
		return nil
	}
	known := s.judge.Known(numbers)
	if len(known) != len(numbers) {
		panic("codes: Judge.Known: as many answers as numbers are expected")
	}
	n := 0
	for i, end := range ends {
		if !slices.Contains(known[n:end], true) {
			n = end
			continue
		}
		s.plans[i].walk(s.f, func(k Kind, v value, picks *[9]uint16) {
			if k != KindRequest && k != KindConfirmation {
				return
			}
			if known[n] && len(wait) < most {
				wait = append(wait, pending{k, v, s.plans[i].costOf(picks), int32(i), *picks})
			} else if known[n] {
				s.stats.Cut = true
			}
			n++
		})
	}
	return wait
}

// try asks for genuine tags, in order, until what is left is far less likely
// than the best proposal. So swaps that a group check missed are tried only when
// nothing else fits.
func (s *search) try(wait []pending) (out []Proposal) {
	seen := make(map[Code]bool)
	best := int32(0)
	for i := range wait {
		w := &wait[i]
		if len(out) > 0 && w.cost > best+costMargin {
			break
		}
		c, err := newCode(w.kind, w.v)
		if err != nil || seen[c] {
			continue
		}
		if s.stats.Trials == maxTrials {
			s.stats.Cut = true
			break
		}
		seen[c] = true
		s.stats.Trials++
		if s.judge.Genuine(c) {
			if len(out) == 0 {
				best = w.cost
			}
			out = append(out, Proposal{c, s.plans[w.plan].changes(s.f, &w.picks)})
		}
	}
	return out
}

// walk calls yield for each candidate in range, always in the same order.
func (p *plan) walk(f Form, yield func(k Kind, v value, picks *[9]uint16)) {
	var picks [9]uint16
	var down func(g int, k Kind, bits uint, v value)
	down = func(g int, k Kind, bits uint, v value) {
		last := g == p.n-1
		for i := range p.lists[g] {
			o := &p.lists[g][i]
			if g == 0 {
				k = o.kind(f)
				bits = kinds[k].bits
			}
			sum := v.add(o.part)
			if !sum.fits(bits) {
				continue
			}
			picks[g] = uint16(i)
			if !last {
				down(g+1, k, bits, sum)
			} else if k == KindActivation || k == KindSerial || statementLicense(sum) != 0 {
				yield(k, sum, &picks)
			}
		}
	}
	down(0, 0, 0, value{})
}

func (p *plan) costOf(picks *[9]uint16) int32 {
	c := p.cost
	for g := range p.n {
		c += p.lists[g][picks[g]].cost
	}
	return c
}

func compareValues(a, b value) int {
	return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.mid, b.mid), cmp.Compare(a.lo, b.lo))
}
