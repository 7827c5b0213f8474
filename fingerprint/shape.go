package fingerprint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

const (
	maxDepth   = 5                             // profile, list, component, list, instance
	maxFields  = 16                            // of one object; the form has at most four
	maxObjects = 1 + 2*maxParts + MaxInstances // the profile, components and notes, instances
)

// checkShape fails on a field that occurs twice in one object, of which the JSON
// decoder would silently take the last, and, before anything is built, on what
// is deeper or larger than the form can be. Syntax errors are left to the
// decoder.
func checkShape(data []byte) error {
	objects := 0
	type level struct {
		keys   map[string]bool // nil in a list
		isName bool            // the next string is a field's name
	}
	var stack []level
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if err != nil {
			return nil //nolint:nilerr // the strict decoder reports it with its line
		}
		if delim, ok := token.(json.Delim); ok && (delim == '}' || delim == ']') {
			stack = stack[:len(stack)-1]
			if len(stack) == 0 {
				return nil
			}
			continue
		}
		if len(stack) > 0 {
			top := &stack[len(stack)-1]
			if name, ok := token.(string); ok && top.isName {
				if top.keys[strings.ToLower(name)] {
					line := 1 + bytes.Count(data[:decoder.InputOffset()], []byte{'\n'})
					return fmt.Errorf("line %d: field %q occurs twice in one object", line, clip(tidy(name)))
				}
				if len(top.keys) == maxFields {
					return fmt.Errorf("an object has more than %d fields", maxFields)
				}
				top.keys[strings.ToLower(name)] = true
				top.isName = false
				continue
			}
			top.isName = top.keys != nil
		}
		switch token {
		case json.Delim('{'):
			if objects++; objects > maxObjects {
				return fmt.Errorf("more than %d instances", MaxInstances)
			}
			stack = append(stack, level{keys: map[string]bool{}, isName: true})
		case json.Delim('['):
			stack = append(stack, level{})
		}
		if len(stack) == 0 {
			return nil
		}
		if len(stack) > maxDepth {
			return errors.New("nested deeper than a hardware profile is")
		}
	}
}
