package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// table reads the keys of one table. Each key that is asked for is known; done
// reports the others.
type table struct {
	d      *document
	at     path
	values map[string]any
	known  []string
}

// get returns the value of a key.
func (t *table) get(key string) (any, bool) {
	t.known = append(t.known, key)
	v, ok := t.values[key]
	return v, ok
}

func (t *table) mistake(key, problem, remedy string) { t.d.mistake(t.at.key(key), problem, remedy) }

func (t *table) missing(key, want, remedy string) {
	t.d.mistake(t.at.key(key), fmt.Sprintf("missing: expected %s", want), remedy)
}

// wrong reports a value of the wrong kind.
func (t *table) wrong(key string, found any, want string) {
	t.mistake(key, fmt.Sprintf("found %s: expected %s", describe(found), want), "write it as "+example(want))
}

// text reads a text.
func (t *table) text(key string) (string, bool) {
	v, ok := t.get(key)
	if !ok {
		return "", false
	}
	s, ok := v.(string)
	if !ok {
		t.wrong(key, v, "a text")
	}
	return s, ok
}

// number reads a whole number from least to most, or returns the default.
func (t *table) number(key string, least, most, byDefault int64) int64 {
	v, ok := t.get(key)
	if !ok {
		return byDefault
	}
	n, ok := t.inRange(t.at.key(key), v, least, most)
	if !ok {
		return byDefault
	}
	return n
}

func (t *table) inRange(at path, v any, least, most int64) (int64, bool) {
	want := fmt.Sprintf("a whole number from %d to %d", least, most)
	n, ok := v.(int64)
	switch {
	case !ok:
		t.d.mistake(at, fmt.Sprintf("found %s: expected %s", describe(v), want), "write it without quotes and without a fraction")
	case n < least || n > most:
		t.d.mistake(at, fmt.Sprintf("found %d: expected %s", n, want), "change the number")
		return 0, false
	}
	return n, ok
}

// flag reads true or false.
func (t *table) flag(key string) bool {
	v, ok := t.get(key)
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		t.wrong(key, v, "true or false")
	}
	return b
}

// numbers reads a list of whole numbers. Elements that are none are left out.
func numbers[T uint8 | uint16](t *table, key string) []T {
	v, ok := t.get(key)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		t.wrong(key, v, "a list of numbers")
		return nil
	}
	var out []T
	for i, v := range list {
		if n, ok := t.inRange(t.at.key(key).element(i), v, 1, int64(^T(0))); ok {
			out = append(out, T(n))
		} else {
			t.d.bad[t.at.key(key)] = true // what is left has other places: no more about this list
		}
	}
	return out
}

// texts reads a list of texts.
func (t *table) texts(key string) []string {
	v, ok := t.get(key)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		t.wrong(key, v, "a list of texts")
		return nil
	}
	out := make([]string, len(list))
	for i, v := range list {
		s, ok := v.(string)
		if !ok {
			t.d.mistake(t.at.key(key).element(i), fmt.Sprintf("found %s: expected a text", describe(v)), `write it as "..."`)
			t.d.bad[t.at.key(key)] = true
		}
		out[i] = s
	}
	return out
}

// table reads a table; one that is missing is empty.
func (t *table) table(key string) *table {
	sub := &table{d: t.d, at: t.at.key(key)}
	v, ok := t.get(key)
	if !ok {
		return sub
	}
	if sub.values, ok = v.(map[string]any); !ok {
		t.mistake(key, fmt.Sprintf("found %s: expected a table", describe(v)), fmt.Sprintf("write [%s] and its keys below", sub.at))
	}
	return sub
}

// tables reads a list of tables.
func (t *table) tables(key string) []*table {
	v, ok := t.get(key)
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		t.mistake(key, fmt.Sprintf("found %s: expected tables", describe(v)), fmt.Sprintf("write [[%s]] with two brackets and its keys below", key))
		return nil
	}
	var out []*table
	for i, v := range list {
		sub := &table{d: t.d, at: t.at.key(key).element(i)}
		if sub.values, ok = v.(map[string]any); !ok {
			t.d.mistake(sub.at, fmt.Sprintf("found %s: expected a table", describe(v)), fmt.Sprintf("write [[%s]] and its keys below", key))
			continue
		}
		out = append(out, sub)
	}
	return out
}

// done reports keys that nobody asked for.
func (t *table) done() {
	for _, key := range slices.Sorted(maps.Keys(t.values)) {
		if slices.Contains(t.known, key) {
			continue
		}
		if t.d.full() {
			t.d.more = true
			return
		}
		remedy := "known here: " + strings.Join(t.known, ", ")
		if near := nearest(key, t.known); near != "" {
			remedy = fmt.Sprintf("did you mean %s?", near)
		}
		at := t.at.key(key)
		delete(t.d.values, at) // the key itself is meant
		t.d.mistake(at, "unknown key", remedy)
	}
}

// describe says what kind of value was found.
func describe(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("the text %q", clip(v))
	case bool:
		return fmt.Sprint(v)
	case int64:
		return fmt.Sprintf("the number %d", v)
	case float64:
		return fmt.Sprintf("the fraction %v", v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case toml.LocalDate, toml.LocalDateTime, toml.LocalTime:
		return fmt.Sprintf("the date or time %v", v)
	}
	return "a date"
}

func example(want string) string {
	switch want {
	case "a text":
		return `"..."`
	case "a list of numbers":
		return "[1, 2]"
	case "a list of texts":
		return `["...", "..."]`
	}
	return want + ", without quotes"
}

// nearest returns the word that key is most likely a slip of, or nothing.
func nearest(key string, words []string) string {
	best, least := "", 3
	if len(key) > 40 {
		return ""
	}
	for _, w := range words {
		if n := distance(strings.ToLower(key), w); n < least && n < len(w) {
			best, least = w, n
		}
	}
	return best
}

// distance is the number of letters to insert, drop or replace from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			same := last
			if a[i] != b[j] {
				same++
			}
			last = row[j+1]
			row[j+1] = min(same, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
