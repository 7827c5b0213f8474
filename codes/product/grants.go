package product

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Grants say what a license bought. The zero value grants everything.
type Grants struct {
	Definitions []uint8          // ascending; empty: all
	Bits        map[uint8]uint32 // by feature definition, the bits it may have; absent: all
	Release     uint16           // the highest release; 0: any
}

// Covers reports whether the license bought d. Definitions that only end or
// restore what was bought (deactivate, check-in, reactivate, recover) are always
// covered.
func (g Grants) Covers(d Definition) bool {
	switch d.Type {
	case Deactivate, CheckIn, Reactivate, Recover:
		return true
	}
	return len(g.Definitions) == 0 || slices.Contains(g.Definitions, d.ID)
}

// CoversParameter reports whether the license bought this parameter of d: every
// bit of it, where the grants name bits.
func (g Grants) CoversParameter(d Definition, parameter uint32) bool {
	mask, ok := g.Bits[d.ID]
	return !ok || d.Type != Feature || parameter&^mask == 0
}

// CoversRelease reports whether the license bought release v.
func (g Grants) CoversRelease(v uint16) bool { return g.Release == 0 || v <= g.Release }

// String returns the canonical text: items separated by spaces, "all" or the
// ids in ascending order, an id with its bits as "4:bits=0x7", and last
// "release=3".
//
//	all
//	1 2 4:bits=0x7 release=3
//	all 4:bits=0x7
func (g Grants) String() string {
	var items []string
	if len(g.Definitions) == 0 {
		items = append(items, "all")
		for _, id := range slices.Sorted(maps.Keys(g.Bits)) {
			items = append(items, fmt.Sprintf("%d:bits=%#x", id, g.Bits[id]))
		}
	}
	for _, id := range g.Definitions {
		if mask, ok := g.Bits[id]; ok {
			items = append(items, fmt.Sprintf("%d:bits=%#x", id, mask))
			continue
		}
		items = append(items, strconv.Itoa(int(id)))
	}
	if g.Release != 0 {
		items = append(items, fmt.Sprintf("release=%d", g.Release))
	}
	return strings.Join(items, " ")
}

// ParseGrants reads items as the command line gives them, each possibly several
// items separated by spaces or commas: a definition's id, "ID:bits=MASK" (a
// number as Go writes it: 7, 0x7, 0b111), "release=N", "all". The order does not
// matter. Without an id, all definitions are granted.
func ParseGrants(items ...string) (Grants, error) {
	var g Grants
	all := false
	split := func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' }
	for _, item := range items {
		for word := range strings.FieldsFuncSeq(item, split) {
			if word == "all" {
				all = true
				continue
			}
			if err := g.add(word); err != nil {
				return Grants{}, err
			}
		}
	}
	slices.Sort(g.Definitions)
	if all {
		for _, id := range g.Definitions {
			if _, ok := g.Bits[id]; !ok {
				return Grants{}, fmt.Errorf("grants: \"all\" and definition %d exclude each other: name single definitions or all of them", id)
			}
		}
		g.Definitions = nil
	}
	return g, nil
}

// add takes one item into g.
func (g *Grants) add(word string) error {
	const want = `expected an id such as 4, bits such as 4:bits=0x7, release=3 or all`
	if text, ok := strings.CutPrefix(word, "release="); ok {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return fmt.Errorf("grants: release %q: expected a number from 1 to 65535", text)
		}
		if g.Release != 0 {
			return fmt.Errorf("grants: release is given twice (%d and %d)", g.Release, n)
		}
		g.Release = uint16(n)
		return nil
	}
	number, option, hasOption := strings.Cut(word, ":")
	id, err := strconv.ParseUint(number, 10, 8)
	if err != nil || id == 0 {
		return fmt.Errorf("grants: unknown item %q: %s", word, want)
	}
	if slices.Contains(g.Definitions, uint8(id)) {
		return fmt.Errorf("grants: definition %d is given twice", id)
	}
	g.Definitions = append(g.Definitions, uint8(id))
	if !hasOption {
		return nil
	}
	text, ok := strings.CutPrefix(option, "bits=")
	if !ok {
		return fmt.Errorf("grants: unknown item %q: %s", word, want)
	}
	mask, err := strconv.ParseUint(text, 0, 32)
	if err != nil {
		return fmt.Errorf("grants: bits %q of definition %d: expected a number from 0 to 0xffffffff", text, id)
	}
	if g.Bits == nil {
		g.Bits = make(map[uint8]uint32)
	}
	g.Bits[uint8(id)] = uint32(mask)
	return nil
}

// Check reports all that does not fit the definitions of a product, in one error: ids that it
// has not, and bits of definitions that are no features. Where that is all right, it reports
// what has no canonical text.
func (g Grants) Check(defs []Definition) error {
	var missing []uint8
	var wrong []string
	for _, id := range slices.Sorted(maps.Keys(g.Bits)) {
		switch i := slices.IndexFunc(defs, func(d Definition) bool { return d.ID == id }); {
		case i < 0:
			missing = append(missing, id)
		case defs[i].Type != Feature:
			wrong = append(wrong, fmt.Sprintf("definition %d is of type %s: bits are for features only", id, defs[i].Type))
		}
	}
	for _, id := range g.Definitions {
		if !slices.ContainsFunc(defs, func(d Definition) bool { return d.ID == id }) {
			missing = append(missing, id)
		}
	}
	if slices.Sort(missing); len(missing) > 0 {
		wrong = slices.Insert(wrong, 0, "the product has no definition "+strings.ReplaceAll(list(slices.Compact(missing)), " ", ", "))
	}
	if len(wrong) > 0 {
		return errors.New("grants: " + strings.Join(wrong, "; "))
	}
	return g.valid()
}

// valid reports what has no canonical text.
func (g Grants) valid() error {
	for i, id := range g.Definitions {
		if id == 0 {
			return fmt.Errorf("grants: definition id 0: ids run from 1 to 255")
		}
		if i > 0 && g.Definitions[i-1] >= id {
			return fmt.Errorf("grants: definition ids must ascend: %d stands before %d", g.Definitions[i-1], id)
		}
	}
	for id := range g.Bits {
		if id == 0 {
			return fmt.Errorf("grants: definition id 0: ids run from 1 to 255")
		}
		if len(g.Definitions) > 0 && !slices.Contains(g.Definitions, id) {
			return fmt.Errorf("grants: bits of definition %d, which is not granted", id)
		}
	}
	return nil
}

// MarshalText writes the canonical text.
func (g Grants) MarshalText() ([]byte, error) {
	if err := g.valid(); err != nil {
		return nil, err
	}
	return []byte(g.String()), nil
}

// UnmarshalText reads what [ParseGrants] reads.
func (g *Grants) UnmarshalText(text []byte) error {
	h, err := ParseGrants(string(text))
	if err != nil {
		return err
	}
	*g = h
	return nil
}
