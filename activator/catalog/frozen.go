package catalog

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/manual-activator/manual-activator/codes/product"
)

// CompareExported holds the file against the definitions of its last export: what a
// definition never changes, because programs in the field and codes on their way were
// made for it, is its type, strength, reuse, pre-conditions and leaves; and no id may be
// gone, since its number could come back with another meaning. The error is a
// *MistakesError with lines.
func (p *Product) CompareExported(old []product.Definition) error {
	changes := compare(old, p.Definitions)
	if len(changes) == 0 {
		return nil
	}
	text, err := read(p.Path)
	if err != nil || sha256.Sum256(text) != p.Digest {
		text = nil // not the file that p was read from: no lines
	}
	d, values := open(p.Path, bytes.TrimPrefix(text, []byte("\uFEFF")))
	for _, c := range changes {
		at, ok := definitionPath(values, c.id)
		if !ok { // gone, so it has no line
			d.found = append(d.found, Mistake{File: p.Path, Key: "definition." + c.field, Problem: c.problem, Remedy: c.remedy})
			continue
		}
		d.mistake(at.key(c.field), c.problem, c.remedy)
	}
	return d.err()
}

// definitionPath finds a definition in a decoded file.
func definitionPath(values map[string]any, id uint8) (path, bool) {
	list, _ := values["definition"].([]any)
	for i, v := range list {
		if t, ok := v.(map[string]any); ok && t["id"] == int64(id) {
			return at("definition").element(i), true
		}
	}
	return "", false
}

type change struct {
	id                     uint8
	field, problem, remedy string
}

func compare(old, new []product.Definition) []change {
	var found []change
	for _, was := range old {
		i := slices.IndexFunc(new, func(d product.Definition) bool { return d.ID == was.ID })
		if i < 0 {
			found = append(found, change{was.ID, "id",
				fmt.Sprintf("definition %d (%s, %q) was exported and is gone", was.ID, was.Type, clip(was.Name)),
				"put it back: programs in the field ask for it, and its id must never mean anything else"})
			continue
		}
		is := new[i]
		differs := func(field, before, now string) {
			if before != now {
				found = append(found, change{was.ID, field,
					fmt.Sprintf("definition %d was exported with %s %s, found %s", was.ID, field, before, now),
					"change it back, and add a new definition with a new id"})
			}
		}
		differs("type", was.Type.String(), is.Type.String())
		differs("strength", was.Strength(), is.Strength())
		differs("reusable", fmt.Sprint(was.Reusable), fmt.Sprint(is.Reusable))
		differs("requires", fmt.Sprint(was.Requires), fmt.Sprint(is.Requires))
		differs("leaves", fmt.Sprint(was.Leaves), fmt.Sprint(is.Leaves))
	}
	return found
}
