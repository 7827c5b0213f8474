package product

import (
	"fmt"
	"math"
	"slices"
)

// parameter: its range, by type.
func (c *checker) parameter() {
	d := c.this()
	p := d.Parameter
	if len(p.Bits) > 0 && d.Type != Feature {
		c.mistake("parameter.bits", -1, fmt.Sprintf("a definition of type %s has no bits", d.Type), "remove them, or use type feature")
	}
	switch {
	case d.Type.Trial() && p.Least == 0:
		c.mistake("parameter.least", -1, fmt.Sprintf("a %s answer that adds nothing", d.Type), "give default, least and most, each 1 or more")
	case d.Type.Known() && !d.Type.Trial() && d.Type != Feature && (p.Default != 0 || p.Least != 0 || p.Most != 0):
		remedy := "remove it"
		if d.Type == Release || d.Type == ExpireOn {
			remedy = "remove it: the last day is chosen at the desk, answer by answer"
		}
		c.mistake("parameter", -1, fmt.Sprintf("a definition of type %s takes no parameter from the product file", d.Type), remedy)
		return
	}
	if most := mostFor(d.Type); p.Most > most {
		c.mistake("parameter.most", -1, fmt.Sprintf("most %d: a %s answer carries at most %d", p.Most, d.Type, most), "lower it")
	}
	switch {
	case p.Least > p.Most:
		c.mistake("parameter.most", -1, fmt.Sprintf("most %d is below least %d", p.Most, p.Least), "expected least <= default <= most")
	case p.Default < p.Least || p.Default > p.Most:
		c.mistake("parameter.default", -1, fmt.Sprintf("default %d is outside %d to %d", p.Default, p.Least, p.Most), "expected least <= default <= most")
	}
	c.bits()
}

// mostFor returns the largest parameter a type can carry.
func mostFor(t Type) uint32 {
	switch t {
	case TrialDays:
		return MaxTrialDays
	case TrialHours:
		return MaxTrialHours
	case TrialRuns:
		return MaxTrialRuns
	}
	return math.MaxUint32
}

func (c *checker) bits() {
	p := c.this().Parameter
	if len(p.Bits) == 0 || c.this().Type != Feature {
		return
	}
	if len(p.Bits) > 32 {
		c.mistake("parameter.bits", 32, fmt.Sprintf("%d names of bits: the parameter has 32", len(p.Bits)), "split the feature into two definitions")
		return
	}
	if mask := uint64(1)<<len(p.Bits) - 1; uint64(p.Most) > mask {
		c.mistake("parameter.most", -1, fmt.Sprintf("most %#x has bits without a name: %d names reach %#x", p.Most, len(p.Bits), mask), "name every bit or lower it")
	}
	for i, name := range p.Bits {
		if err := CheckName(name); err != nil {
			c.mistake("parameter.bits", i, fmt.Sprintf("the name of bit %d: %v", i, err), "name it in plain text")
		} else if first := slices.Index(p.Bits, name); first < i {
			c.mistake("parameter.bits", i, fmt.Sprintf("bit %d is named %q like bit %d", i, clip(name), first), "give each bit its own name")
		}
	}
}

// requires: the pre-conditions.
func (c *checker) requires() {
	d := c.this()
	switch {
	case d.Type.Ends() && len(d.Requires) == 0:
		c.mistake("requires", -1, fmt.Sprintf("a %s definition needs a pre-condition: what would it give back?", d.Type), "name the definition that must be active, such as requires = [1]")
	case d.Type == CheckIn && len(d.Requires) > 1:
		c.mistake("requires", -1, fmt.Sprintf("check-in gives back one pre-condition, found %d", len(d.Requires)), "write a check-in definition for each")
	case (d.Type == Reactivate || d.Type == Recover) && len(d.Requires) > 0:
		c.mistake("requires", -1, fmt.Sprintf("a %s definition has no pre-conditions: when it is needed, nothing is active", d.Type), "remove them")
		return
	}
	if c.tooLong("requires", d.Requires) {
		return
	}
	for i, id := range d.Requires {
		if !c.ascends("requires", d.Requires, i) {
			continue
		}
		r, ok := c.find(id)
		switch {
		case id == d.ID:
			c.mistake("requires", i, "the definition is its own pre-condition", "name another one or none")
		case !ok:
			c.mistake("requires", i, fmt.Sprintf("pre-condition %d does not exist", id), "name the id of a definition of this product")
		case r.Type.Known() && !r.Type.Activatable():
			c.mistake("requires", i, fmt.Sprintf("pre-condition %d is of type %s, which is never active by itself", id, r.Type), "name a single definition that can be active: release, trial, expire-on, unlimited or feature")
		case d.Type == CheckIn && r.Type == ExpireOn:
			c.mistake("requires", i, fmt.Sprintf("giving back definition %d would lift its last day", id), "give back what the last day ends, such as the release")
		case c.reach[id].has(d.ID):
			c.mistake("requires", i, fmt.Sprintf("definitions %d and %d wait for each other", d.ID, id), "remove one of the two pre-conditions")
		}
	}
}

// tooLong reports a list that names more definitions than there can be.
func (c *checker) tooLong(field string, ids []uint8) bool {
	if len(ids) < 256 {
		return false
	}
	c.mistake(field, 255, fmt.Sprintf("%d ids: a product has at most 255 definitions", len(ids)), "name each once")
	return true
}

// ascends reports whether element i of a list of ids may stand where it stands.
func (c *checker) ascends(field string, ids []uint8, i int) bool {
	switch {
	case slices.Contains(ids[:i], ids[i]):
		c.mistake(field, i, fmt.Sprintf("definition %d is named twice", ids[i]), "name it once")
	case i == 0 || ids[i-1] < ids[i]:
		return true
	default:
		c.mistake(field, i, fmt.Sprintf("definition %d stands behind %d", ids[i], ids[i-1]), "write the ids in ascending order")
	}
	return false
}

// leaves: what composites and choices hold.
func (c *checker) leaves() {
	d := c.this()
	if !d.Type.Group() {
		if len(d.Leaves) > 0 && d.Type.Known() {
			c.mistake("leaves", -1, fmt.Sprintf("a definition of type %s has no leaves", d.Type), "remove them, or use type composite or choice")
		}
		return
	}
	if len(d.Leaves) < 2 {
		c.mistake("leaves", -1, fmt.Sprintf("a %s needs at least two leaves, found %d", d.Type, len(d.Leaves)), "name the definitions it consists of, such as leaves = [1, 3]")
	}
	if d.Type == Choice && len(d.Leaves) > 32 {
		c.mistake("leaves", 32, fmt.Sprintf("%d leaves: a choice has at most 32, one for each bit", len(d.Leaves)), "split it into two choices")
	}
	if c.tooLong("leaves", d.Leaves) {
		return
	}
	for i, id := range d.Leaves {
		if !c.ascends("leaves", d.Leaves, i) {
			continue
		}
		leaf, ok := c.find(id)
		switch {
		case id == d.ID:
			c.mistake("leaves", i, fmt.Sprintf("the %s is its own leaf", d.Type), "name other definitions")
		case !ok:
			c.mistake("leaves", i, fmt.Sprintf("leaf %d does not exist", id), "name the id of a definition of this product")
		case d.Type == Choice && c.expires(*leaf):
			c.mistake("leaves", i, fmt.Sprintf("leaf %d sets a last day, and the answer to a choice has no room for it", id), "remove it, or put it into a composite, whose answer carries a day")
		case leaf.Type.Activatable() || !leaf.Type.Known() || leaf.Type == Composite && d.Type == Choice:
		case leaf.Type == Composite:
			c.mistake("leaves", i, fmt.Sprintf("leaf %d is a composite itself", id), "name its leaves instead")
		default:
			c.mistake("leaves", i, fmt.Sprintf("leaf %d is of type %s, which is never a leaf", id, leaf.Type), "remove it")
		}
	}
}

// expires reports whether activating d needs a last day.
func (c *checker) expires(d Definition) bool {
	found := false
	if d.Type != Choice {
		c.flat(d, func(leaf Definition) bool {
			found = leaf.Type == ExpireOn
			return !found
		})
	}
	return found
}

// flat calls f for each single definition that an answer for d can activate.
func (c *checker) flat(d Definition, f func(leaf Definition) bool) {
	if !d.Type.Group() {
		f(d)
		return
	}
	for _, id := range d.Leaves[:min(len(d.Leaves), 256)] {
		leaf, ok := c.find(id)
		if !ok || leaf.Type == Choice {
			continue
		}
		if leaf.Type != Composite {
			if !f(*leaf) {
				return
			}
			continue
		}
		if d.Type == Composite { // a mistake of its own
			continue
		}
		for _, id := range leaf.Leaves[:min(len(leaf.Leaves), 256)] { // a composite holds no composite
			if inner, ok := c.find(id); ok && !inner.Type.Group() && !f(*inner) {
				return
			}
		}
	}
}

// reusable: an old answer must not revive what was given back.
func (c *checker) reusable() {
	d := c.this()
	if !d.Reusable {
		return
	}
	switch d.Type {
	case Deactivate, CheckIn, Reactivate, Recover:
		c.mistake("reusable", -1, fmt.Sprintf("a %s definition cannot be reusable", d.Type), "remove reusable")
		return
	}
	c.flat(d, func(leaf Definition) bool {
		what := "it"
		if d.Type.Group() {
			what = fmt.Sprintf("its leaf %d", leaf.ID)
		}
		by := c.bound[leaf.ID]
		switch {
		case leaf.Type.Trial():
			c.mistake("reusable", -1, fmt.Sprintf("%s is a trial: a reusable answer would extend it again and again", what), "remove reusable")
		case by != 0:
			c.mistake("reusable", -1, fmt.Sprintf("definition %d depends on %s: an old answer would revive a copy that was given back", by, what), "remove reusable")
		default:
			return true
		}
		return false
	})
}

// strength: what is signed cannot be had by a short code.
func (c *checker) strength() {
	d := c.this()
	switch {
	case d.Signed && d.Type.Ends():
		c.mistake("strength", -1, fmt.Sprintf("a %s definition is never answered by a code, so it cannot be signed", d.Type), "remove strength")
	case d.Signed:
	case (d.Type == Reactivate || d.Type == Recover) && c.signed:
		c.mistake("strength", -1, fmt.Sprintf("the product has signed definitions, so %s must be signed too", d.Type), `write strength = "signed"`)
	case d.Type.Group():
		c.groupStrength(d)
	}
}

func (c *checker) groupStrength(d Definition) {
	for _, id := range d.Leaves[:min(len(d.Leaves), 256)] {
		leaf, ok := c.find(id)
		if !ok || leaf.Type.Ends() {
			continue
		}
		signed := leaf.Signed
		c.flat(*leaf, func(inner Definition) bool {
			signed = signed || inner.Signed
			return !signed
		})
		if signed {
			c.mistake("strength", -1, fmt.Sprintf("leaf %d is signed, so the %s must be signed too", id, d.Type), `write strength = "signed"`)
			return
		}
	}
}
