package codes

import (
	"cmp"
	"slices"
)

// maxSigned bounds the candidates for a signed code: a signature costs far more than
// a tag, and four groups with a slip are more than a mail does to a code.
const maxSigned = 1 << 12

// repairSigned proposes what a signed code may have been: one slip or "?" in a group,
// a missing or surplus character where the groups are seen, or one of them anywhere.
// Nobody reads such a code out, so case is not taken for lost, and no groups for
// exchanged.
func (s *search) repairSigned(syms []symbol) []Proposal {
	groups := signedGroups(syms)
	if groups == nil {
		return nil
	}
	s.f = FormLetters
	lists := make([][]option, len(groups))
	for g, src := range groups {
		r := groupReader{f: s.f, place: g, mode: slips, kinds: []Kind{KindSigned}}
		if lists[g] = r.read(src); len(lists[g]) == 0 {
			return nil
		}
	}
	picks := s.bounded(lists)
	slices.SortStableFunc(picks, func(a, b signedPick) int { return cmp.Compare(a.cost, b.cost) })
	var out []Proposal
	for _, p := range picks {
		var data [1 + signedDigits]uint8
		for g := range lists {
			copy(data[g*5:], p.options[g].sym[:5])
		}
		c, err := signedCode(data[1:])
		if err != nil {
			continue
		}
		s.stats.Candidates++
		s.stats.Trials++
		if !s.judge.Genuine(c) {
			continue
		}
		var changes []Change
		for g, o := range p.options {
			changes = append(changes, o.changes(s.f, g)...)
		}
		out = append(out, Proposal{c, changes})
	}
	return out
}

// A signedPick is one option for each group.
type signedPick struct {
	options []option
	cost    int32
}

// bounded lists all picks, the longest lists shortened to the limit.
func (s *search) bounded(lists [][]option) []signedPick {
	for size(lists) > maxSigned {
		s.stats.Cut = true
		long := 0
		for g := range lists {
			if len(lists[g]) > len(lists[long]) {
				long = g
			}
		}
		lists[long] = lists[long][:len(lists[long])-1]
	}
	picks := []signedPick{{}}
	for _, list := range lists {
		var next []signedPick
		for _, p := range picks {
			for _, o := range list {
				next = append(next, signedPick{append(slices.Clip(p.options), o), p.cost + o.cost})
			}
		}
		picks = next
	}
	return picks
}

// size is the number of picks, up to a large limit.
func size(lists [][]option) int {
	n := 1
	for _, l := range lists {
		if n *= len(l); n > 1<<40 {
			return n
		}
	}
	return n
}

// signedGroups cuts the symbols of a signed code with slips into its groups, nil
// where that cannot be told.
func signedGroups(syms []symbol) [][]symbol {
	want := KindSigned.groups(FormLetters)
	if groups, typed := split(syms); typed && len(groups) == want && isTyped(groups) {
		return groups
	}
	switch d := len(syms) - longestCode; {
	case d == 0:
		return sixes(syms)
	case d != 1 && d != -1:
		return nil
	}
	slip := misaligned(FormLetters, KindSigned, want, syms)
	if slip.Group < 0 {
		return nil
	}
	groups := sixes(syms[:slip.Group*groupSize])
	rest := len(syms) - (want-1-slip.Group)*groupSize
	groups = append(groups, syms[slip.Group*groupSize:rest:rest])
	return append(groups, sixes(syms[rest:])...)
}

// signedSymbols are the symbols of the signed code with slips that a text is, or
// that is the only code of a longer text; nil for none.
func signedSymbols(text string) []symbol {
	syms := read(text, longestText)
	if len(syms) > longestText && len(text) <= maxNear {
		m := Find(text)
		if len(m) != 1 {
			return nil
		}
		syms = read(text[m[0].Start:m[0].End], longestText)
	}
	if len(syms) < longestCode-KindSigned.groups(FormLetters) || len(syms) > longestText {
		return nil
	}
	return syms
}
