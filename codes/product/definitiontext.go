package product

import (
	"bytes"
	"errors"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// FormatDefinitions returns the lines of definitions as they stand in a product
// profile (see [Profile.Canonical]): a record of what was exported.
func FormatDefinitions(defs []Definition) []byte {
	var w writer
	for _, d := range defs {
		w.definition(d)
	}
	return w.Bytes()
}

// ParseDefinitions reads what [FormatDefinitions] wrote, and nothing else. It
// does not judge the definitions; [Check] does.
func ParseDefinitions(text []byte) ([]Definition, error) {
	r := newReader(text)
	var defs []Definition
	for r.starts("definition") && len(defs) < 256 {
		defs = append(defs, r.definition())
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	if !bytes.Equal(FormatDefinitions(defs), text) {
		return nil, errors.New("the definitions are not in canonical form")
	}
	return defs, nil
}

// definition reads the lines of one definition.
func (r *reader) definition() Definition {
	var d Definition
	number, word, _ := strings.Cut(r.field("definition"), " ")
	d.ID = uint8(r.parseNumber("definition", number, 255))
	t, err := ParseType(word)
	if err != nil {
		r.fail("definition %d: %s", d.ID, clip(err.Error()))
	}
	d.Type = t
	d.Name = r.quoted("name")
	d.Description = r.quoted("description")
	d.Menu = r.quoted("menu")
	d.ShelfLife = int(r.number("shelf-life", MaxShelfLife))
	d.Signed = r.strength()
	d.Reusable = r.yesNo("reusable")
	d.Requires = readList[uint8](r, "requires")
	parameter := r.numbers("parameter", 3, 1<<32-1)
	d.Parameter = Parameter{Default: uint32(parameter[0]), Least: uint32(parameter[1]), Most: uint32(parameter[2])}
	for r.starts("bit") && len(d.Parameter.Bits) <= 32 {
		d.Parameter.Bits = append(d.Parameter.Bits, r.quoted("bit"))
	}
	d.Leaves = readList[uint8](r, "leaves")
	return d
}

func (r *reader) strength() (signed bool) {
	v := r.word("strength")
	if v != "short" && v != "signed" {
		r.fail("strength: expected short or signed, found %q", clip(v))
	}
	return v == "signed"
}

// weight reads "weight 3 1 3 system drive".
func (r *reader) weight(p *Policy) {
	parts := strings.SplitN(r.field("weight"), " ", 4)
	if r.err == nil && len(parts) != 4 {
		r.fail("weight: expected three numbers and a kind of hardware")
	}
	if r.err != nil {
		return
	}
	var v [3]int
	for i := range v {
		v[i] = int(r.parseNumber("weight", parts[i], MaxWeight))
	}
	if _, twice := p.Weights[parts[3]]; twice {
		r.fail("weight: %q stands twice", clip(parts[3]))
		return
	}
	if p.Weights == nil {
		p.Weights = make(map[string][3]int)
	}
	p.Weights[parts[3]] = v
}

// key reads "key 1 base64".
// signer reads a line of a former signer: day, blank, anchor.
func (r *reader) signer() FormerSigner {
	day, anchor, _ := strings.Cut(r.field("signer"), " ")
	if r.err != nil {
		return FormerSigner{}
	}
	until, err := codes.ParseDay(day)
	if err != nil {
		r.fail("signer: %v", err)
	}
	return FormerSigner{Anchor: anchor, Until: until}
}

func (r *reader) key() PublicKey {
	number, text, _ := strings.Cut(r.field("key"), " ")
	k := PublicKey{ID: uint8(r.parseNumber("key", number, 255))}
	r.bytes64("key", text, k.Key[:])
	return k
}
