package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// span is a part of the document, in bytes.
type span struct{ offset, length int }

// document is a product file: its values as go-toml decodes them, the places of
// keys and values, and the mistakes found so far.
type document struct {
	file   string
	text   []byte
	keys   map[path]span // where a key, or the header of a table, stands
	values map[path]span // where a value stands, if it has a place of its own
	found  []Mistake
	bad    map[path]bool // what has a mistake already
	whole  bool          // one mistake says all
	more   bool          // there are mistakes that are not listed
}

// path names a key: its parts, each behind a NUL; elements of lists as "#0".
type path string

func (p path) key(name string) path { return p + "\x00" + path(name) }

func (p path) element(i int) path { return p.key(fmt.Sprintf("#%d", i)) }

// parent cuts the last part off.
func (p path) parent() path { return p[:max(strings.LastIndexByte(string(p), 0), 0)] }

// String returns the key as people write it: "definition.parameter.most".
func (p path) String() string {
	var parts []string
	for part := range strings.SplitSeq(string(p), "\x00") {
		if part != "" && !strings.HasPrefix(part, "#") {
			parts = append(parts, part)
		}
	}
	return clip(strings.Join(parts, "."))
}

// open decodes text. A file that is no TOML has one mistake, where go-toml
// stopped.
func open(file string, text []byte) (*document, map[string]any) {
	d := &document{file: file, text: text, keys: make(map[path]span), values: make(map[path]span), bad: make(map[path]bool)}
	if !utf8.Valid(text) {
		return d.stop(Mistake{Problem: "the file is not UTF-8 text", Remedy: "save it as UTF-8"}), nil
	}
	values := make(map[string]any)
	if err := toml.Unmarshal(text, &values); err != nil {
		m := Mistake{Problem: strings.TrimPrefix(err.Error(), "toml: "), Remedy: "mend the TOML here; what follows is read after that"}
		var at *toml.DecodeError
		if errors.As(err, &at) {
			m.Line, m.Column = at.Position()
			m.Key = clip(strings.Join(at.Key(), "."))
			m.source, m.Column = d.line(m.Line, m.Column)
		}
		return d.stop(m), nil
	}
	d.index()
	return d, values
}

// stop records the only mistake of a file that cannot be read further.
func (d *document) stop(m Mistake) *document {
	m.File = d.file
	d.found, d.whole = []Mistake{m}, true
	return d
}

// index finds the places of all keys and values. The text was decoded before, so
// the parser meets no error.
func (d *document) index() {
	var p unstable.Parser
	p.Reset(d.text)
	tables := make(map[path]int) // number of elements of arrays of tables
	var at path
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			at = ""
			keys := e.Key()
			var whole span
			for keys.Next() {
				at = at.key(string(keys.Node().Data))
				whole = join(whole, keys.Node().Raw)
				last := keys.IsLast()
				if last && e.Kind == unstable.ArrayTable {
					tables[at]++
				}
				if n := tables[at]; n > 0 {
					d.place(d.keys, at, whole)
					at = at.element(n - 1)
				}
			}
			d.place(d.keys, at, whole)
		case unstable.KeyValue:
			d.keyValue(at, e)
		}
	}
}

// keyValue finds the places of one key and its value.
func (d *document) keyValue(at path, e *unstable.Node) {
	keys := e.Key()
	var whole span
	for keys.Next() {
		at = at.key(string(keys.Node().Data))
		whole = join(whole, keys.Node().Raw)
		d.place(d.keys, at, whole)
	}
	d.value(at, e.Value())
}

func (d *document) value(at path, n *unstable.Node) {
	if n.Raw.Length > 0 {
		d.place(d.values, at, span{int(n.Raw.Offset), int(n.Raw.Length)})
	}
	children := n.Children()
	switch n.Kind {
	case unstable.Array:
		for i := 0; children.Next(); {
			if children.Node().Kind == unstable.Comment {
				continue
			}
			d.value(at.element(i), children.Node())
			i++
		}
	case unstable.InlineTable:
		for children.Next() {
			if children.Node().Kind == unstable.KeyValue {
				d.keyValue(at, children.Node())
			}
		}
	}
}

func (d *document) place(places map[path]span, at path, s span) {
	if _, known := places[at]; !known {
		places[at] = s
	}
}

func join(s span, r unstable.Range) span {
	if s.length == 0 {
		return span{int(r.Offset), int(r.Length)}
	}
	return span{s.offset, int(r.Offset) + int(r.Length) - s.offset}
}

// maxMistakes is the number of mistakes that are listed; a file with more is
// not what anybody wrote by hand.
const maxMistakes = 200

// mistake records a mistake at the value of a key, or at the key if the value
// has no place, or at the nearest table around it.
func (d *document) mistake(at path, problem, remedy string) {
	d.bad[at] = true
	if d.full() {
		d.more = true
		return
	}
	d.found = append(d.found, d.locate(at, problem, remedy))
}

// full reports whether no more mistakes are listed.
func (d *document) full() bool { return len(d.found) >= maxMistakes }

func (d *document) locate(at path, problem, remedy string) Mistake {
	m := Mistake{File: d.file, Key: at.String(), Problem: problem, Remedy: remedy}
	for p := at; p != ""; p = p.parent() {
		s, ok := d.values[p]
		if !ok || p != at {
			s, ok = d.keys[p]
		}
		if ok {
			m.Line, m.Column, m.source, m.length = d.position(s)
			return m
		}
	}
	return m
}

// position returns line and column of a part, the line itself, and the length
// of the part inside that line, both in characters.
func (d *document) position(s span) (line, column int, source string, length int) {
	line = bytes.Count(d.text[:s.offset], []byte("\n")) + 1
	start := bytes.LastIndexByte(d.text[:s.offset], '\n') + 1
	source, column = d.line(line, s.offset-start+1)
	part, _, _ := bytes.Cut(d.text[s.offset:s.offset+s.length], []byte("\n"))
	return line, column, source, utf8.RuneCount(part)
}

// line returns a line, if it is short enough to be shown, and turns a column in
// bytes into one in characters.
func (d *document) line(number, column int) (string, int) {
	rest := d.text
	for range number - 1 {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	source, _, _ := bytes.Cut(rest, []byte("\n"))
	source = bytes.TrimSuffix(source, []byte("\r"))
	column = utf8.RuneCount(source[:min(max(column-1, 0), len(source))]) + 1
	if len(source) > 1000 {
		return "", column
	}
	return string(source), column
}

// err returns all mistakes in the order of the file, or nil.
func (d *document) err() error {
	if len(d.found) == 0 {
		return nil
	}
	sortMistakes(d.found)
	if d.more {
		d.found = append(d.found, Mistake{File: d.file, Problem: fmt.Sprintf("more than %d mistakes: the rest is not listed", maxMistakes), Remedy: "mend these first"})
	}
	return &MistakesError{File: d.file, Mistakes: d.found}
}
