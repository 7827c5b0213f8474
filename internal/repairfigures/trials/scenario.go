package trials

import (
	"math/rand/v2"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// Scenario is one way in which a code arrives wrong.
type Scenario struct {
	Name  string
	Form  codes.Form
	Least float64 // share of trials whose only proposal must be the right code
	Kinds string  // letters of the kinds it is promised for
	mangle
}

// mangle changes the groups of a code's text; the result is typed with dashes
// or without as the scenario says.
type mangle struct {
	slip   slip
	groups int // how many get the slip; 0: all
	typing typing
	then   func(*rand.Rand, string) string // case, after the slips
}

// slip changes one group, which has no dashes. It must change it.
type slip func(r *rand.Rand, group, alphabet string) string

type typing byte

const (
	eitherDashes typing = iota
	dashes
	noDashes
)

const (
	letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	digits  = "0123456789"
)

// Scenarios lists the promises of docs/format.md, for letters and for digits.
func Scenarios() []Scenario {
	var out []Scenario
	add := func(f codes.Form, name string, least float64, m mangle) {
		out = append(out, Scenario{name, f, least, "RDAS", m})
	}
	l, d := codes.FormLetters, codes.FormDigits
	add(l, "one wrong character", 0.999, mangle{slip: wrong, groups: 1})
	add(l, "one wrong character in each group", 0.999, mangle{slip: wrong})
	add(l, "two neighbors swapped", 0.999, mangle{slip: swap, groups: 1})
	add(l, "two neighbors swapped in each group", 0.995, mangle{slip: swap})
	add(l, "one ? in each group", 0.999, mangle{slip: unheard})
	add(l, "wrong, swapped or ? in each group, at random", 0.995, mangle{slip: anySlip})
	add(l, "a character missing, dashes typed", 0.999, mangle{slip: drop, groups: 1, typing: dashes})
	add(l, "a character missing, no dashes", 0.999, mangle{slip: drop, groups: 1, typing: noDashes})
	add(l, "a character doubled, dashes typed", 0.999, mangle{slip: double, groups: 1, typing: dashes})
	add(l, "a character doubled, no dashes", 0.999, mangle{slip: double, groups: 1, typing: noDashes})
	add(l, "missing or doubled in each group, dashes typed", 0.999, mangle{slip: dropOrDouble, typing: dashes})
	add(l, "two groups exchanged", 0.999, mangle{then: exchange})
	add(l, "all letters small", 0.999, mangle{then: lower})
	add(l, "all letters capital", 0.999, mangle{then: upper})
	add(l, "case at random", 0.999, mangle{then: mixed})
	add(l, "all letters small, one wrong character", 0.999, mangle{slip: wrongLetter, groups: 1, then: lower})
	add(l, "all letters capital, one wrong character", 0.999, mangle{slip: wrongLetter, groups: 1, then: upper})
	add(l, "all letters small, one missing or doubled", 0.999, mangle{slip: dropOrDouble, groups: 1, then: lower})
	add(d, "one wrong digit", 0.999, mangle{slip: wrong, groups: 1})
	add(d, "one wrong digit in three groups", 0.999, mangle{slip: wrong, groups: 3})
	add(d, "one wrong digit in four groups", 0.999, mangle{slip: wrong, groups: 4})
	add(d, "one wrong digit in six groups", 0.999, mangle{slip: wrong, groups: 6})
	out[len(out)-1].Kinds = "RD"
	add(d, "two neighbors swapped", 0.999, mangle{slip: swap, groups: 1})
	add(d, "two neighbors swapped in three groups", 0.995, mangle{slip: swap, groups: 3})
	add(d, "one ? in each group", 0.999, mangle{slip: unheard})
	add(d, "a digit missing, dashes typed", 0.999, mangle{slip: drop, groups: 1, typing: dashes})
	add(d, "a digit missing, no dashes", 0.999, mangle{slip: drop, groups: 1, typing: noDashes})
	add(d, "a digit doubled, no dashes", 0.999, mangle{slip: double, groups: 1, typing: noDashes})
	add(d, "missing in three groups, dashes typed", 0.999, mangle{slip: drop, groups: 3, typing: dashes})
	add(d, "missing in three groups, no dashes", 0.999, mangle{slip: drop, groups: 3, typing: noDashes})
	add(d, "doubled in three groups, no dashes", 0.999, mangle{slip: double, groups: 3, typing: noDashes})
	add(d, "missing or doubled in two groups, no dashes", 0.999, mangle{slip: dropOrDouble, groups: 2, typing: noDashes})
	add(d, "missing or doubled in three groups, no dashes", 0.999, mangle{slip: dropOrDouble, groups: 3, typing: noDashes})
	add(d, "two groups exchanged", 0.999, mangle{then: exchange})
	return out
}

// apply spells the code and mangles it.
func (m mangle) apply(r *rand.Rand, c codes.Code, f codes.Form) string {
	text, alphabet := c.String(), letters
	if f == codes.FormDigits {
		text, alphabet = c.Digits(), digits
	}
	groups := strings.Split(text, "-")
	if m.slip != nil {
		n := m.groups
		if n == 0 {
			n = len(groups)
		}
		for _, g := range r.Perm(len(groups))[:n] {
			groups[g] = m.slip(r, groups[g], alphabet)
		}
	}
	text = strings.Join(groups, "-")
	if m.then != nil {
		text = m.then(r, text)
	}
	if m.typing == noDashes || m.typing == eitherDashes && r.IntN(2) == 0 {
		text = strings.ReplaceAll(text, "-", "")
	}
	return text
}

func other(r *rand.Rand, alphabet string, not func(byte) bool) byte {
	for {
		if c := alphabet[r.IntN(len(alphabet))]; !not(c) {
			return c
		}
	}
}

func wrong(r *rand.Rand, g, alphabet string) string {
	i := r.IntN(len(g))
	return g[:i] + string(other(r, alphabet, func(c byte) bool { return c == g[i] })) + g[i+1:]
}

// wrongLetter is wrong even when case is lost.
func wrongLetter(r *rand.Rand, g, alphabet string) string {
	i := r.IntN(len(g))
	return g[:i] + string(other(r, alphabet, func(c byte) bool {
		return strings.EqualFold(string(c), g[i:i+1])
	})) + g[i+1:]
}

func swap(r *rand.Rand, g, _ string) string {
	var at []int
	for i := range len(g) - 1 {
		if g[i] != g[i+1] {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return g // six equal characters: nothing to swap
	}
	i := at[r.IntN(len(at))]
	return g[:i] + g[i+1:i+2] + g[i:i+1] + g[i+2:]
}

func unheard(r *rand.Rand, g, _ string) string {
	i := r.IntN(len(g))
	return g[:i] + "?" + g[i+1:]
}

func anySlip(r *rand.Rand, g, alphabet string) string {
	return []slip{wrong, swap, unheard}[r.IntN(3)](r, g, alphabet)
}

func drop(r *rand.Rand, g, _ string) string {
	i := r.IntN(len(g))
	return g[:i] + g[i+1:]
}

func double(r *rand.Rand, g, _ string) string {
	i := r.IntN(len(g))
	return g[:i+1] + g[i:]
}

func dropOrDouble(r *rand.Rand, g, alphabet string) string {
	return []slip{drop, double}[r.IntN(2)](r, g, alphabet)
}

func exchange(r *rand.Rand, text string) string {
	g := strings.Split(text, "-")
	for {
		i, j := r.IntN(len(g)), r.IntN(len(g))
		if i != j && g[i] != g[j] {
			g[i], g[j] = g[j], g[i]
			return strings.Join(g, "-")
		}
	}
}

func lower(_ *rand.Rand, text string) string { return strings.ToLower(text) }

func upper(_ *rand.Rand, text string) string { return strings.ToUpper(text) }

func mixed(r *rand.Rand, text string) string {
	b := []byte(text)
	for i := range b {
		s := string(b[i])
		if r.IntN(2) == 0 {
			s = strings.ToLower(s)
		} else {
			s = strings.ToUpper(s)
		}
		b[i] = s[0]
	}
	return string(b)
}
