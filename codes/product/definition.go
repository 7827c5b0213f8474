package product

import "slices"

// Definition is an authorization definition: one thing a customer can ask for.
type Definition struct {
	ID          uint8  // 1 to 255, never reused
	Type        Type   // what accepting the answer does
	Name        string // for people, one line
	Description string // what it does, for the agent and the customer
	Menu        string // where the customer finds it in the program
	// ShelfLife is the number of days an answer may wait to be typed, 0 to 3650;
	// 0 means that it waits forever.
	ShelfLife int
	Signed    bool      // answered by a signed code (E) only, never by a short one (A)
	Reusable  bool      // the answer may be typed again after a reinstall
	Requires  []uint8   // pre-conditions: ids that must be active on the machine, ascending
	Parameter Parameter // the 32 bits that the answer carries
	Leaves    []uint8   // composite and choice only, ascending
}

// Parameter describes the 32 bits that an answer carries: an amount for the
// trial types, a number or a field of bits for a feature. All other types leave
// it zero.
type Parameter struct {
	Default, Least, Most uint32
	Bits                 []string // names of bit 0, 1, ...; features only, at most 32
}

// Allows reports whether value is within the range of the parameter.
func (p Parameter) Allows(value uint32) bool { return p.Least <= value && value <= p.Most }

// Named lists the names of the bits that are set in value; bits without a name are left out.
func (p Parameter) Named(value uint32) []string {
	var names []string
	for i, name := range p.Bits {
		if value>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}

// The bits of [Definition.Flags].
const (
	FlagReusable uint8 = 1 << 0
	FlagSigned   uint8 = 1 << 1
)

// Flags returns the f of tags: bit 0 reusable, bit 1 signed.
func (d Definition) Flags() uint8 {
	var f uint8
	if d.Reusable {
		f |= FlagReusable
	}
	if d.Signed {
		f |= FlagSigned
	}
	return f
}

// Strength returns the word of product files: "signed" or "short".
func (d Definition) Strength() string {
	if d.Signed {
		return "signed"
	}
	return "short"
}

// Clone returns a copy of d that shares nothing with it.
func (d Definition) Clone() Definition {
	d.Requires = slices.Clone(d.Requires)
	d.Leaves = slices.Clone(d.Leaves)
	d.Parameter.Bits = slices.Clone(d.Parameter.Bits)
	return d
}
