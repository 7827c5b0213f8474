package product

import (
	"reflect"
	"strings"
	"testing"
)

// mistakes returns the mistakes of a set as "path: text: remedy".
func mistakes(defs []Definition) []string {
	var out []string
	for _, p := range Check(defs) {
		if p.Severity == Mistake {
			out = append(out, p.Path()+": "+p.Text)
		}
	}
	return out
}

func TestCheckAcceptsTheSet(t *testing.T) {
	if have := mistakes(studio()); len(have) > 0 {
		t.Errorf("have %s", strings.Join(have, "\n"))
	}
	var notes []string
	for _, p := range Check(studio()) {
		notes = append(notes, p.Path()+": "+p.Text)
	}
	if len(notes) > 0 {
		t.Errorf("have %s", strings.Join(notes, "\n"))
	}
	signed := studio()
	for i, d := range signed {
		signed[i].Signed = !d.Type.Ends()
	}
	if found := Check(signed); len(found) > 0 {
		t.Errorf("all signed: have %v", found)
	}
}

// TestCheckNotes: what is signed can be granted, and a short answer to another
// definition changes how long it holds.
func TestCheckNotes(t *testing.T) {
	defs := []Definition{
		{ID: 1, Type: Release, Name: "Program", Signed: true, ShelfLife: 10},
		{ID: 2, Type: ExpireOn, Name: "Rental", ShelfLife: 10},
		{ID: 3, Type: Unlimited, Name: "For ever", ShelfLife: 10},
		{ID: 4, Type: Feature, Name: "Options", ShelfLife: 10, Parameter: Parameter{Most: 7}},
	}
	var notes []string
	for _, p := range Check(defs) {
		notes = append(notes, p.Severity.String()+" "+p.Path()+": "+p.Text)
	}
	const text = ".strength: definition 1 is signed, and a short answer to this one changes its last day"
	if have, want := strings.Join(notes, "\n"), "note definition[1]"+text+"\nnote definition[2]"+text; have != want {
		t.Errorf("have\n%s\nwant\n%s", have, want)
	}
	defs[0].Signed = false
	if found := Check(defs); len(found) > 0 {
		t.Errorf("all short: have %v", found)
	}
}

func TestCheckRules(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(d []Definition) []Definition
		want   string // mistakes, joined by " | "
	}{
		{"none", func(d []Definition) []Definition { return nil }, "definition: the product has no definition"},
		{"id 0", func(d []Definition) []Definition { d[3].ID = 0; d[12].Leaves = []uint8{9, 12}; return d },
			"definition[3].id: id 0: ids run from 1 to 255"},
		{"id twice", func(d []Definition) []Definition { d[7].ID = 7; return d }, `definition[7].id: id 7 is already taken by "Last day"`},
		{"type", func(d []Definition) []Definition { d[6].Type = 99; return d },
			`definition[6].type: unknown type "type 99": expected one of release, trial-days, trial-hours, trial-runs, expire-on, unlimited, feature, deactivate, check-in, reactivate, recover, composite, choice`},
		{"name", func(d []Definition) []Definition { d[0].Name = ""; return d }, "definition[0].name: the definition has no name"},
		{"long name", func(d []Definition) []Definition { d[0].Name = strings.Repeat("x", 201); return d }, "definition[0].name: the name has 201 bytes, at most 200 fit"},
		{"long description", func(d []Definition) []Definition { d[0].Description = strings.Repeat("x", 5000); return d }, "definition[0].description: the description has 5000 bytes, at most 4096 fit"},
		{"long menu", func(d []Definition) []Definition { d[0].Menu = strings.Repeat("x", 201); return d }, "definition[0].menu: the menu has 201 bytes, at most 200 fit"},
		{"escape sequence", func(d []Definition) []Definition {
			d[0].Name, d[0].Menu, d[0].Description = "\x1b[31mred", "a\u202eb", "\xff"
			return d
		},
			`definition[0].name: the name "\u001b[31mred" holds a character that cannot be seen | definition[0].description: the description "\xff" is not UTF-8 text | definition[0].menu: the menu "a\u202eb" holds a character that cannot be seen`},
		{"shelf life", func(d []Definition) []Definition { d[0].ShelfLife = 3651; d[1].ShelfLife = -1; return d },
			"definition[0].shelf_life: shelf life of 3651 days: expected 0 to 3650 | definition[1].shelf_life: shelf life of -1 days: expected 0 to 3650"},
		{"no deactivate", func(d []Definition) []Definition { return append(d[:1], d[2:]...) },
			"definition[1].type: reactivate without a definition of type deactivate: there is nothing to reverse"},
		{"parameter of release", func(d []Definition) []Definition { d[0].Parameter.Most = 1; return d },
			"definition[0].parameter: a definition of type release takes no parameter from the product file"},
		{"trial of nothing", func(d []Definition) []Definition { d[3].Parameter = Parameter{}; return d },
			"definition[3].parameter.least: a trial-days answer that adds nothing"},
		{"trial too long", func(d []Definition) []Definition { d[3].Parameter.Most = 3651; return d },
			"definition[3].parameter.most: most 3651: a trial-days answer carries at most 3650"},
		{"least most", func(d []Definition) []Definition { d[4].Parameter = Parameter{Default: 5, Least: 6, Most: 5}; return d },
			"definition[4].parameter.most: most 5 is below least 6"},
		{"default", func(d []Definition) []Definition { d[4].Parameter.Default = 101; return d },
			"definition[4].parameter.default: default 101 is outside 1 to 100"},
		{"bits", func(d []Definition) []Definition { d[0].Parameter.Bits = []string{"a"}; return d },
			"definition[0].parameter.bits: a definition of type release has no bits"},
		{"bits without name", func(d []Definition) []Definition { d[8].Parameter.Most = 8; return d },
			"definition[8].parameter.most: most 0x8 has bits without a name: 3 names reach 0x7"},
		{"bit names", func(d []Definition) []Definition { d[8].Parameter.Bits = []string{"a", "", "a"}; return d },
			`definition[8].parameter.bits[1]: the name of bit 1: found 0 bytes: expected a name of 1 to 200 | definition[8].parameter.bits[2]: bit 2 is named "a" like bit 0`},
		{"33 bits", func(d []Definition) []Definition { d[8].Parameter.Bits = make([]string, 33); return d },
			"definition[8].parameter.bits[32]: 33 names of bits: the parameter has 32"},
		{"deactivate alone", func(d []Definition) []Definition { d[1].Requires = nil; return d },
			"definition[1].requires: a deactivate definition needs a pre-condition: what would it give back?"},
		{"check-in of two", func(d []Definition) []Definition { d[9].Requires = []uint8{1, 9}; return d },
			"definition[9].requires: check-in gives back one pre-condition, found 2"},
		{"reactivate requires", func(d []Definition) []Definition { d[2].Requires = []uint8{1}; d[10].Requires = []uint8{1}; return d },
			"definition[2].requires: a reactivate definition has no pre-conditions: when it is needed, nothing is active | definition[10].requires: a recover definition has no pre-conditions: when it is needed, nothing is active"},
		{"requires", func(d []Definition) []Definition { d[6].Requires = []uint8{2, 3, 7, 12, 99}; return d },
			"definition[6].requires[0]: pre-condition 2 is of type deactivate, which is never active by itself | definition[6].requires[1]: pre-condition 3 is of type reactivate, which is never active by itself | definition[6].requires[2]: the definition is its own pre-condition | definition[6].requires[3]: pre-condition 12 is of type composite, which is never active by itself | definition[6].requires[4]: pre-condition 99 does not exist"},
		{"order", func(d []Definition) []Definition { d[6].Requires = []uint8{4, 1, 4}; return d },
			"definition[6].requires[1]: definition 1 stands behind 4 | definition[6].requires[2]: definition 4 is named twice"},
		{"circle", func(d []Definition) []Definition {
			d[0].Requires, d[3].Requires, d[4].Requires = []uint8{4}, []uint8{5}, []uint8{1}
			return d
		}, "definition[0].requires[0]: definitions 1 and 4 wait for each other | definition[3].requires[0]: definitions 4 and 5 wait for each other | definition[4].requires[0]: definitions 5 and 1 wait for each other"},
		{"leaves of release", func(d []Definition) []Definition { d[0].Leaves = []uint8{4}; return d },
			"definition[0].leaves: a definition of type release has no leaves"},
		{"one leaf", func(d []Definition) []Definition { d[11].Leaves = []uint8{1}; return d },
			"definition[11].leaves: a composite needs at least two leaves, found 1"},
		{"leaves", func(d []Definition) []Definition {
			d[11].Leaves = []uint8{2, 3, 10, 11, 12, 13, 77}
			d[12].Leaves = []uint8{2, 13}
			return d
		}, "definition[11].leaves[0]: leaf 2 is of type deactivate, which is never a leaf | definition[11].leaves[1]: leaf 3 is of type reactivate, which is never a leaf | definition[11].leaves[2]: leaf 10 is of type check-in, which is never a leaf | definition[11].leaves[3]: leaf 11 is of type recover, which is never a leaf | definition[11].leaves[4]: the composite is its own leaf | definition[11].leaves[5]: leaf 13 is of type choice, which is never a leaf | definition[11].leaves[6]: leaf 77 does not exist | definition[12].leaves[0]: leaf 2 is of type deactivate, which is never a leaf | definition[12].leaves[1]: the choice is its own leaf"},
		{"composite in composite", func(d []Definition) []Definition {
			return append(d, Definition{ID: 14, Type: Composite, Name: "All", Leaves: []uint8{8, 12}})
		}, "definition[13].leaves[1]: leaf 12 is a composite itself"},
		{"last day in a choice", func(d []Definition) []Definition { d[12].Leaves = []uint8{4, 7, 9}; return d },
			"definition[12].leaves[1]: leaf 7 sets a last day, and the answer to a choice has no room for it"},
		{"last day in a composite of a choice", func(d []Definition) []Definition { d[11].Leaves = []uint8{1, 7}; return d },
			"definition[12].leaves[2]: leaf 12 sets a last day, and the answer to a choice has no room for it"},
		{"check-in of a last day", func(d []Definition) []Definition { d[9].Requires = []uint8{7}; return d },
			"definition[9].requires[0]: giving back definition 7 would lift its last day"},
		{"reusable", func(d []Definition) []Definition {
			for i := range d {
				d[i].Reusable = true
			}
			return d
		}, "definition[0].reusable: definition 2 depends on it: an old answer would revive a copy that was given back | definition[1].reusable: a deactivate definition cannot be reusable | definition[2].reusable: a reactivate definition cannot be reusable | definition[3].reusable: it is a trial: a reusable answer would extend it again and again | definition[4].reusable: it is a trial: a reusable answer would extend it again and again | definition[5].reusable: it is a trial: a reusable answer would extend it again and again | definition[8].reusable: definition 10 depends on it: an old answer would revive a copy that was given back | definition[9].reusable: a check-in definition cannot be reusable | definition[10].reusable: a recover definition cannot be reusable | definition[11].reusable: definition 2 depends on its leaf 1: an old answer would revive a copy that was given back | definition[12].reusable: its leaf 4 is a trial: a reusable answer would extend it again and again"},
		{"reusable behind a pre-condition", func(d []Definition) []Definition { d[0].Requires = []uint8{8}; return d },
			"definition[7].reusable: definition 2 depends on it: an old answer would revive a copy that was given back"},
		{"reusable choice of a composite", func(d []Definition) []Definition {
			d[12].Leaves, d[12].Reusable = []uint8{8, 12}, true
			return d
		}, "definition[12].reusable: definition 2 depends on its leaf 1: an old answer would revive a copy that was given back"},
		{"signed", func(d []Definition) []Definition { d[0].Signed = true; return d },
			"definition[2].strength: the product has signed definitions, so reactivate must be signed too | definition[10].strength: the product has signed definitions, so recover must be signed too | definition[11].strength: leaf 1 is signed, so the composite must be signed too | definition[12].strength: leaf 12 is signed, so the choice must be signed too"},
		{"signed deactivate", func(d []Definition) []Definition { d[1].Signed = true; return d },
			"definition[1].strength: a deactivate definition is never answered by a code, so it cannot be signed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if have := strings.Join(mistakes(c.change(studio())), " | "); have != c.want {
				t.Errorf("have %s\nwant %s", strings.ReplaceAll(have, " | ", "\n     "), strings.ReplaceAll(c.want, " | ", "\n     "))
			}
		})
	}
}

// A set in which everything points at everything is judged. (Where every way through it was
// gone, this test would not end.)
func TestCheckIsBounded(t *testing.T) {
	var all []uint8
	for range 100 {
		for id := 1; id < 256; id++ {
			all = append(all, uint8(id))
		}
	}
	for _, typ := range Types() {
		var defs []Definition
		for id := 1; id < 256; id++ {
			defs = append(defs, Definition{ID: uint8(id), Type: typ, Name: "x", Requires: all[:255], Leaves: all, Reusable: true})
		}
		if len(Check(defs)) == 0 {
			t.Errorf("%s: have no mistakes", typ)
		}
	}
}

func TestDefinitionsText(t *testing.T) {
	text := FormatDefinitions(studio())
	have, err := ParseDefinitions(text)
	if err != nil || !reflect.DeepEqual(have, studio()) {
		t.Errorf("have %+v, %v", have, err)
	}
	if have, err := ParseDefinitions(nil); err != nil || len(have) != 0 {
		t.Errorf("nothing: have %+v, %v", have, err)
	}
	for _, bad := range []string{"x", string(text) + "x", string(text[:len(text)-1]), strings.Replace(string(text), "shelf-life 10", "shelf-life 010", 1)} {
		if _, err := ParseDefinitions([]byte(bad)); err == nil {
			t.Errorf("%.20q...: have no error", bad)
		}
	}
}

func TestWeights(t *testing.T) {
	p := Policy{Weights: map[string][3]int{"mac": {5, 4, 3}, "board": {2, 2, 2}}}
	for kind, want := range map[string][3]int{"mac": {5, 4, 3}, "system drive": {3, 2, 3}, "board": {2, 2, 2}, "machine id": {}} {
		if have := p.Weight(kind); have != want {
			t.Errorf("%s: have %v, want %v", kind, have, want)
		}
	}
	if len(DefaultWeights()) != 8 {
		t.Errorf("have %v", DefaultWeights())
	}
}
