package fingerprint

import (
	"cmp"
	"slices"
	"strings"
)

// Change says what became of a component, or of one of its instances, between
// two profiles.
type Change string

// The changes of a component. An instance is Same, Gone or Added.
const (
	Same    Change = "same"
	Partial Change = "partial" // some instances are still there, others came or went
	Changed Change = "changed" // instances on both sides, and none in common
	Gone    Change = "gone"    // there were some, there are none
	Added   Change = "new"     // there were none, there are some
	Unread  Change = "unread"  // one side could not read the kind: it counts nothing
)

// Differs reports whether the change is one: everything but Same and Unread.
func (c Change) Differs() bool {
	return c == Partial || c == Changed || c == Gone || c == Added
}

// Part is one instance in a comparison.
type Part struct {
	Label  string // for people; the size of memory, and empty where nothing names it
	Change Change // Same, Gone or Added
	id     string
}

// Compared is what became of one kind of hardware.
type Compared struct {
	Kind   Kind
	Other  string // the word of a kind this version does not know
	Change Change
	Weight int    // what the change counts
	Parts  []Part // the instances of both sides that count, the same ones first
}

// Word returns the kind's word, as [Component.Word] does.
func (c Compared) Word() string { return Component{Kind: c.Kind, Other: c.Other}.Word() }

// Name returns the kind's name for people.
func (c Compared) Name() string {
	if c.Kind == Unknown && c.Other != "" {
		return c.Other
	}
	return c.Kind.Name()
}

// Comparison is how a machine differs from an earlier profile of, supposedly, the
// same machine. [Comparison.Judge] holds it against tolerances.
type Comparison struct {
	Components []Compared      // every kind that at least one side read, in fixed order
	Moved      bool            // the earlier profile's state was moved here
	Sum        int             // of the weights
	unique     map[Kind]Change // of the unique kinds that the earlier machine had parts of
	// Reason says why nothing could be compared; empty otherwise. It is so for
	// two hashed profiles of different products.
	Reason string
}

// Compare compares an earlier profile with a later one. Sets of identifiers are
// compared: order, duplicates, labels and what does not count play no part. A
// kind that one side could not read counts nothing and is reported as [Unread].
// moved says that the state with the earlier profile is not in the place where it
// was written; then changes count their third weight.
//
// Profiles with raw identifiers, and hashed ones of the same product (see
// [Profile.Hash]), may be mixed. With moved or without, the sum is the same in
// both directions. Nil is a profile in which nothing was read.
func Compare(earlier, later *Profile, weights Weights, moved bool) Comparison {
	c := Comparison{Moved: moved}
	a, b, reason := align(earlier, later)
	c.Reason = reason
	for _, word := range words(a, b) {
		then, was := a.component(word)
		now, is := b.component(word)
		one := Compared{Kind: then.Kind, Other: then.Other, Change: Unread}
		if !was {
			one.Kind, one.Other = now.Kind, now.Other
		}
		if one.Kind.unique() && len(then.IDs()) > 0 {
			if c.unique == nil {
				c.unique = map[Kind]Change{}
			}
			c.unique[one.Kind] = Unread
		}
		if was && is && reason == "" {
			one.Parts = parts(then, now)
			one.Change = sum(one.Parts)
			one.Weight = weights.count(word, one.Change, moved)
			c.Sum += one.Weight
			if _, had := c.unique[one.Kind]; had {
				c.unique[one.Kind] = one.Change
			}
		}
		c.Components = append(c.Components, one)
	}
	return c
}

// Differences returns the components that differ, in their order.
func (c Comparison) Differences() []Compared {
	return c.which(Change.Differs)
}

// Unread returns the components that one side could not read.
func (c Comparison) Unread() []Compared {
	return c.which(func(x Change) bool { return x == Unread })
}

func (c Comparison) which(is func(Change) bool) []Compared {
	var list []Compared
	for _, one := range c.Components {
		if is(one.Change) {
			list = append(list, one)
		}
	}
	return list
}

// Kinds returns the known kinds that differ, for the status byte of a request
// ([Status]). They are those of [Profile.Changed].
func (c Comparison) Kinds() []Kind {
	var kinds []Kind
	for _, one := range c.Differences() {
		if one.Kind != Unknown {
			kinds = append(kinds, one.Kind)
		}
	}
	return kinds
}

// Identified reports whether something that identifies a machine could be
// compared at all: a network card, processor or system drive that one side has
// and the other could read.
func (c Comparison) Identified() bool {
	return slices.ContainsFunc(c.Components, func(one Compared) bool {
		return one.Kind.Identifies() && one.Change != Unread && len(one.Parts) > 0
	})
}

// unique reports whether no other machine has a part of this kind with the same
// identifier. Machines of one model share all the rest.
func (k Kind) unique() bool { return k == MAC || k == SystemDrive }

// KeepsUnique reports whether a unique part of the earlier machine is still there, a
// network card or a system drive, or whether it had none. unread is true where none
// was found and one of these kinds could not be read.
func (c Comparison) KeepsUnique() (keeps, unread bool) {
	keeps = len(c.unique) == 0
	for _, change := range c.unique {
		keeps = keeps || change == Same || change == Partial
		unread = unread || change == Unread
	}
	return keeps, unread && !keeps
}

// words returns the words of the kinds of both profiles, known kinds first in
// their order, each once.
func words(a, b *Profile) []string {
	all := slices.Concat(a.Components, b.Components)
	slices.SortStableFunc(all, func(a, b Component) int {
		return cmp.Or(cmp.Compare(a.Kind-1, b.Kind-1), strings.Compare(a.Other, b.Other)) // Unknown (0) last
	})
	var list []string
	for _, c := range all {
		list = append(list, c.Word())
	}
	return slices.Compact(list)
}

// component returns the component of a tidy profile with this word.
func (p *Profile) component(word string) (Component, bool) {
	for _, c := range p.Components {
		if c.Word() == word {
			return c, true
		}
	}
	return Component{}, false
}

// parts lists the instances of both sides that count: same, gone, new, each
// sorted by identifier.
func parts(then, now Component) []Part {
	before, after := then.counting(), now.counting()
	var same, gone, fresh []Part
	for id, label := range before {
		if late, still := after[id]; still {
			same = append(same, Part{Label: cmp.Or(late, label), Change: Same, id: id})
		} else {
			gone = append(gone, Part{Label: label, Change: Gone, id: id})
		}
	}
	for id, label := range after {
		if _, old := before[id]; !old {
			fresh = append(fresh, Part{Label: label, Change: Added, id: id})
		}
	}
	for _, list := range [][]Part{same, gone, fresh} {
		slices.SortFunc(list, func(a, b Part) int { return strings.Compare(a.id, b.id) })
	}
	return slices.Concat(same, gone, fresh)
}

// counting returns the labels of the instances that count, by identifier.
func (c Component) counting() map[string]string {
	labels := make(map[string]string)
	for _, i := range c.Instances {
		if !i.Counts() {
			continue
		}
		label := i.Label
		if label == "" && c.Kind == Memory && strings.HasSuffix(i.ID, "B") {
			label = i.ID // a size, which tells nobody's machine from another
		}
		if old, twice := labels[i.ID]; !twice || label < old {
			labels[i.ID] = label
		}
	}
	return labels
}

// sum says what became of a component by its parts.
func sum(parts []Part) Change {
	n := map[Change]int{}
	for _, p := range parts {
		n[p.Change]++
	}
	switch {
	case n[Gone] == 0 && n[Added] == 0:
		return Same
	case n[Same] > 0:
		return Partial
	case n[Added] == 0:
		return Gone
	case n[Gone] == 0:
		return Added
	}
	return Changed
}
