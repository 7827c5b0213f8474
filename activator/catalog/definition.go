package catalog

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/codes/product"
)

// definitions reads all [[definition]] tables and holds them against the rules.
func (p *Product) definitions(t *table) {
	tables := t.tables("definition")
	defs := make([]product.Definition, len(tables))
	for i, sub := range tables {
		defs[i] = definition(sub)
	}
	if t.d.bad[t.at.key("definition")] {
		return
	}
	for _, problem := range product.Check(defs) {
		at := t.at.key("definition")
		text := problem.Text
		if problem.Index >= 0 {
			at = tables[problem.Index].at
			text = fmt.Sprintf("definition %d: %s", problem.ID, text)
			for part := range strings.SplitSeq(problem.Field, ".") {
				if t.d.bad[at.key(part)] { // said already
					at = ""
					break
				}
				at = at.key(part)
			}
			if at == "" {
				continue
			}
			if problem.Element >= 0 {
				at = at.element(problem.Element)
			}
		}
		if problem.Severity == product.Note {
			if len(p.Notes) < maxMistakes {
				p.Notes = append(p.Notes, t.d.locate(at, text, problem.Remedy))
			}
			continue
		}
		t.d.mistake(at, text, problem.Remedy)
	}
	slices.SortStableFunc(defs, func(a, b product.Definition) int { return int(a.ID) - int(b.ID) })
	p.Definitions = defs
	sortMistakes(p.Notes)
}

// definition reads one [[definition]] table.
func definition(t *table) product.Definition {
	var d product.Definition
	d.ID = uint8(t.number("id", 1, 255, 0))
	if _, ok := t.values["id"]; !ok {
		t.missing("id", "a number from 1 to 255", "give it a number that no definition of the product ever had")
	}
	if word, ok := t.text("type"); ok {
		var err error
		if d.Type, err = product.ParseType(word); err != nil {
			t.mistake("type", clip1(err.Error()), suggestType(word))
		}
	} else if !t.d.bad[t.at.key("type")] {
		t.missing("type", "what accepting the answer does", `write it as type = "release"; `+knownTypes())
	}
	d.Name, _ = t.text("name")
	d.Description, _ = t.text("description")
	d.Menu, _ = t.text("menu")
	d.ShelfLife = int(t.number("shelf_life", 0, product.MaxShelfLife, 10))
	if word, ok := t.text("strength"); ok && word != "short" && word != "signed" {
		t.mistake("strength", fmt.Sprintf("found %q: expected short or signed", clip(word)), `write strength = "short", or leave it out`)
	} else {
		d.Signed = word == "signed"
	}
	d.Reusable = t.flag("reusable")
	d.Requires = numbers[uint8](t, "requires")
	d.Leaves = numbers[uint8](t, "leaves")
	d.Parameter = parameter(t, d.Type)
	t.done()
	return d
}

// parameter reads [definition.parameter] and fills in what the type makes plain.
func parameter(t *table, typ product.Type) product.Parameter {
	sub := t.table("parameter")
	if sub.values == nil {
		if typ == product.Feature {
			return product.Parameter{Most: math.MaxUint32}
		}
		return product.Parameter{}
	}
	var p product.Parameter
	p.Bits = sub.texts("bits")
	var least, most int64
	switch {
	case typ.Trial():
		least, most = 1, map[product.Type]int64{product.TrialDays: product.MaxTrialDays, product.TrialHours: product.MaxTrialHours, product.TrialRuns: product.MaxTrialRuns}[typ]
	case typ == product.Feature && len(p.Bits) > 0 && len(p.Bits) < 32:
		most = int64(1)<<len(p.Bits) - 1
	case typ == product.Feature:
		most = math.MaxUint32
	}
	p.Least = uint32(sub.number("least", 0, math.MaxUint32, least))
	p.Most = uint32(sub.number("most", 0, math.MaxUint32, max(most, int64(p.Least))))
	p.Default = uint32(sub.number("default", 0, math.MaxUint32, int64(p.Least)))
	sub.done()
	if slices.ContainsFunc([]string{"least", "most", "default"}, func(key string) bool { return t.d.bad[sub.at.key(key)] }) {
		t.d.bad[sub.at] = true // what follows from a number that was not read
	}
	return p
}

func knownTypes() string {
	var words []string
	for _, t := range product.Types() {
		words = append(words, t.String())
	}
	return "known are " + strings.Join(words, ", ")
}

// suggestType names the type that a word is a slip of, or all.
func suggestType(word string) string {
	var words []string
	for _, t := range product.Types() {
		words = append(words, t.String())
	}
	if near := nearest(word, words); near != "" {
		return fmt.Sprintf("did you mean %s?", near)
	}
	return knownTypes()
}

// clip1 keeps what stands before the first colon: the list of types behind it
// is the remedy here.
func clip1(s string) string {
	s, _, _ = strings.Cut(s, ": expected")
	return s
}
