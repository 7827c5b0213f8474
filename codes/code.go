package codes

import "fmt"

// Code is a code whose form is right: known kind, right group checks, value in
// range. It is comparable and can be a map key. The zero Code is no code.
//
// Whether a Code is genuine is another question: see [Statement], [Answer],
// [SignedAnswer] and [Serial].
type Code struct {
	kind      Kind
	v         value  // of an E: key id 8 | day 14 | parameter 32
	signature string // of an E, 64 bytes; a string, so that codes can be compared
}

// newCode checks what a value of the kind must be.
func newCode(k Kind, v value) (Code, error) {
	c := Code{kind: k, v: v}
	if !v.fits(kinds[k].bits) {
		return Code{}, &ValueError{Kind: k, Field: "value", Reason: fmt.Sprintf("is 2^%d or more", kinds[k].bits)}
	}
	if field := c.zeroField(); field != "" {
		return Code{}, &ValueError{Kind: k, Field: field, Reason: "is 0, which no code has"}
	}
	return c, nil
}

// zeroField names a field that is 0 and must not be, or "".
func (c Code) zeroField() string {
	switch c.kind {
	case KindRequest, KindConfirmation:
		s := c.Statement()
		switch {
		case s.Random == 0:
			return "random"
		case s.License == 0:
			return "license number"
		case s.Definition == 0:
			return "definition"
		}
	case KindSerial:
		if c.v.hi == 0 && c.v.mid>>44 == 0 {
			return "license number"
		}
	}
	return ""
}

// Kind is what the code is; 0 for the zero Code.
func (c Code) Kind() Kind { return c.kind }

// License is the license number that the code names: requests, confirmations and
// serial numbers name one; for others it is 0.
func (c Code) License() LicenseNumber {
	switch c.kind {
	case KindRequest, KindConfirmation:
		return c.Statement().License
	case KindSerial:
		return c.Serial().License
	}
	return 0
}

// IsZero reports whether c is the zero Code.
func (c Code) IsZero() bool { return c == Code{} }

// String is the code's one canonical text in letters, its groups joined by "-".
// A serial number's text is a secret: it carries the license key.
func (c Code) String() string {
	var short [longestText]byte
	return string(c.spell(short[:0]))
}

// spell appends String.
func (c Code) spell(b []byte) []byte {
	switch c.kind {
	case 0:
		return b
	case KindSigned:
		return c.spellSigned(b)
	}
	return spell(b, c.kind, FormLetters, c.v)
}

// AppendText appends String; there is no error.
func (c Code) AppendText(b []byte) ([]byte, error) { return c.spell(b), nil }

// Digits is the code in decimal digits, for voice and keypad, its groups
// joined by "-"; empty for a signed activation code, which has no such form.
func (c Code) Digits() string {
	if kinds[c.kind].digitGroups == 0 {
		return ""
	}
	var short [longestText]byte
	return string(c.AppendDigits(short[:0]))
}

// AppendDigits appends what [Code.Digits] returns to b, nothing where the kind has no form in
// digits, and returns the longer slice.
func (c Code) AppendDigits(b []byte) []byte {
	if kinds[c.kind].digitGroups == 0 {
		return b
	}
	return spell(b, c.kind, FormDigits, c.v)
}

// MarshalText is String.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is [Parse]; an empty text is the zero Code.
func (c *Code) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*c = Code{}
		return nil
	}
	v, err := Parse(string(text))
	if err == nil {
		*c = v
	}
	return err
}

// must panics: the caller asked a code of one kind for another kind's content.
func (c Code) must(ok bool, method string) {
	if !ok {
		panic("codes: " + method + " of " + c.kind.String())
	}
}
