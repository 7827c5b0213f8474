package batch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
)

// jsonLines reads one object per line.
type jsonLines struct{ lines lines }

func (j *jsonLines) next() (*record, error) {
	for {
		line, err := j.lines.next()
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		r := &record{line: j.lines.n, raw: string(line)}
		if j.lines.rest != nil {
			r.raw, r.rest = string(line[:1000]), append(j.lines.rest, line...)
			r.mistake = fmt.Sprintf("the line is longer than %d bytes: no row is", maxRow)
		}
		return r, nil
	}
}

// jsonRow reads the members of a row's object. A value may be a text or a number, and
// choose a list.
func (in *Input) jsonRow(r *record) activator.Row {
	row := activator.Row{Line: r.line, Mistake: r.mistake, Quoted: r.quoted, Carry: r}
	if row.Mistake != "" {
		row.Text = r.raw
		return row
	}
	members, err := object(r.raw)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends within the object")
	}
	if err != nil {
		row.Text = r.raw
		row.Mistake, row.Quoted = "the line is no JSON object", err.Error()
		return row
	}
	var v values
	seen := map[*string]bool{}
	for _, m := range members {
		var into *string
		switch columnName(m.name) {
		case "code":
			into = &row.Text
		case "reference":
			into = &v.reference
		case "refund":
			into = &v.refund
		case "definition":
			into = &v.definition
		case "choose":
			into = &v.choose
		case "parameter":
			into = &v.parameter
		case "shelf_life":
			into = &v.shelfLife
		default:
			continue
		}
		if seen[into] && row.Mistake == "" {
			row.Mistake, row.Quoted = "a member is there twice", shown(m.name)
		}
		seen[into] = true
		*into = plain(m.value)
	}
	fill(&row, v)
	return row
}

type member struct {
	name  string
	value json.RawMessage
}

// object reads an object's members in their order.
func object(text string) ([]member, error) {
	d := json.NewDecoder(strings.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("expected { at its beginning")
	}
	var ms []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: name.(string)} // between braces the decoder takes nothing else
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		ms = append(ms, m)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something stands behind its }")
	}
	return ms, nil
}

// plain is a value as a cell would have it.
func plain(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return strings.TrimSpace(s) // null is empty
	}
	return strings.Trim(string(v), "[] ")
}
