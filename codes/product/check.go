package product

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says whether a problem stops.
type Severity uint8

const (
	Mistake Severity = iota // the product cannot be exported
	Note                    // the product can be exported; a person should know
)

// String is "mistake" or "note".
func (s Severity) String() string {
	if s == Note {
		return "note"
	}
	return "mistake"
}

// Problem is one thing to say about a set of definitions.
type Problem struct {
	Severity Severity
	Index    int    // of the definition in the set; -1: about the set
	ID       uint8  // of the definition, if Index is not -1
	Field    string // as product files spell it: "type", "requires", "parameter.most"; "" for the whole
	Element  int    // of a list, from 0; -1: the field as a whole
	Text     string // what was found and what was expected
	Remedy   string // what to do
}

// Path names the place, such as "definition[2].requires[0]".
func (p Problem) Path() string {
	if p.Index < 0 {
		return "definition"
	}
	s := fmt.Sprintf("definition[%d]", p.Index)
	if p.Field != "" {
		s += "." + p.Field
	}
	if p.Element >= 0 {
		s += fmt.Sprintf("[%d]", p.Element)
	}
	return s
}

// Error makes a problem an error of one line.
func (p Problem) Error() string {
	s := p.Text
	if p.Index >= 0 {
		s = fmt.Sprintf("definition %d: %s", p.ID, s)
	}
	if p.Remedy != "" {
		s += ": " + p.Remedy
	}
	return s
}

// Check returns everything there is to say about a set of definitions, in the
// order of the set: first what is wrong, then notes. The rules are those of the
// design: what deactivates needs something that can be given back, no leaf and
// no reusable answer may revive a deactivated copy, and strength is never
// stepped down.
func Check(defs []Definition) []Problem {
	c := &checker{defs: defs}
	c.set()
	for i := range defs {
		c.at = i
		c.identity()
		c.texts()
		c.parameter()
		c.requires()
		c.leaves()
		c.reusable()
		c.strength()
		c.notes()
	}
	slices.SortStableFunc(c.found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Index, b.Index))
	})
	return c.found
}

// checker goes over the set once, definition by definition.
type checker struct {
	defs  []Definition
	first [256]int // index + 1 of the first definition with an id, 0: none
	at    int
	found []Problem
	// What the set as a whole says.
	signed      bool
	deactivates bool
	reach       [256]ids   // what the pre-conditions of a definition lead to
	bound       [256]uint8 // by id: the deactivate or check-in that depends on it, 0: none
}

func (c *checker) this() Definition { return c.defs[c.at] }

func (c *checker) mistake(field string, element int, text, remedy string) {
	c.found = append(c.found, Problem{Severity: Mistake, Index: c.at, ID: c.this().ID, Field: field, Element: element, Text: text, Remedy: remedy})
}

func (c *checker) find(id uint8) (*Definition, bool) {
	i := c.first[id]
	if i == 0 {
		return nil, false
	}
	return &c.defs[i-1], true
}

// ids is a set of definitions.
type ids [4]uint64

func (s *ids) add(id uint8)      { s[id>>6] |= 1 << (id & 63) }
func (s *ids) has(id uint8) bool { return s[id>>6]>>(id&63)&1 == 1 }

// set gathers what rules about single definitions ask for.
func (c *checker) set() {
	if len(c.defs) == 0 {
		c.found = append(c.found, Problem{Severity: Mistake, Index: -1, Element: -1,
			Text: "the product has no definition", Remedy: "add at least one, usually of type release"})
	}
	for i, d := range c.defs {
		if c.first[d.ID] == 0 {
			c.first[d.ID] = i + 1
		}
		c.signed = c.signed || d.Signed && !d.Type.Ends()
		c.deactivates = c.deactivates || d.Type == Deactivate
		for _, id := range d.Requires {
			c.reach[d.ID].add(id)
		}
	}
	for via := range c.reach { // Warshall: paths through more and more definitions
		for from := range c.reach {
			if c.reach[from].has(uint8(via)) {
				for i, more := range c.reach[via] {
					c.reach[from][i] |= more
				}
			}
		}
	}
	for _, d := range c.defs {
		for id := 1; d.Type.Ends() && id < 256; id++ {
			if c.bound[id] == 0 && c.reach[d.ID].has(uint8(id)) {
				c.bound[id] = d.ID
			}
		}
	}
}

// identity: id and type.
func (c *checker) identity() {
	d := c.this()
	if d.ID == 0 {
		c.mistake("id", -1, "id 0: ids run from 1 to 255", "give it a number that no definition of the product ever had")
	} else if first := c.first[d.ID] - 1; first != c.at {
		c.mistake("id", -1, fmt.Sprintf("id %d is already taken by %q", d.ID, clip(c.defs[first].Name)), "give it a number that no definition of the product ever had")
	}
	if !d.Type.Known() {
		_, err := ParseType(d.Type.String())
		c.mistake("type", -1, err.Error(), "choose one of these")
	}
	if d.Type == Reactivate && !c.deactivates {
		c.mistake("type", -1, "reactivate without a definition of type deactivate: there is nothing to reverse", "add a deactivate definition or remove this one")
	}
	if d.ShelfLife < 0 || d.ShelfLife > MaxShelfLife {
		c.mistake("shelf_life", -1, fmt.Sprintf("shelf life of %d days: expected 0 to %d", d.ShelfLife, MaxShelfLife), "write 0 for an answer that waits forever")
	}
}

// texts: what people read.
func (c *checker) texts() {
	d := c.this()
	if d.Name == "" {
		c.mistake("name", -1, "the definition has no name", "say in a word or two what the customer asks for")
	}
	for _, f := range []struct {
		field, text string
		most        int
		remedy      string
	}{
		{"name", d.Name, MaxName, "move the rest into the description"},
		{"description", d.Description, MaxText, "shorten it"},
		{"menu", d.Menu, MaxName, "shorten it"},
	} {
		if len(f.text) > f.most {
			c.mistake(f.field, -1, fmt.Sprintf("the %s has %d bytes, at most %d fit", f.field, len(f.text), f.most), f.remedy)
		} else if err := oneLine(f.text); err != nil {
			c.mistake(f.field, -1, fmt.Sprintf("the %s %v", f.field, err), "write it as one line of plain text")
		}
	}
}

// notes: a short answer of these types changes until when something signed holds, and
// the holder of a serial number can make short answers.
func (c *checker) notes() {
	d := c.this()
	if d.Signed || d.Type != ExpireOn && d.Type != Unlimited {
		return
	}
	for _, other := range c.defs {
		if other.Signed && (other.Type == Release || other.Type == ExpireOn) {
			c.found = append(c.found, Problem{Severity: Note, Index: c.at, ID: d.ID, Field: "strength", Element: -1,
				Text:   fmt.Sprintf("definition %d is signed, and a short answer to this one changes its last day", other.ID),
				Remedy: `write strength = "signed" here too`})
			return
		}
	}
}
