package codes

import "fmt"

// Kind is what a code is. Its value is the letter that the code begins with.
type Kind byte

// The kinds of version 1. P is read by [ParseHardware] only. K is reserved: its
// letter and size are known, its content is not read by this version.
const (
	KindRequest      Kind = 'R' // customer to vendor: asks for an authorization
	KindConfirmation Kind = 'D' // customer to vendor: says that a deactivation or check-in was done
	KindActivation   Kind = 'A' // vendor to customer: the answer, tagged with a shared key
	KindSerial       Kind = 'S' // vendor to customer: license number and license key
	KindSigned       Kind = 'E' // vendor to customer: an answer signed with Ed25519
	KindProfile      Kind = 'P' // customer to vendor: a hardware profile
	KindPresigned    Kind = 'K' // vendor to customer: a presigned answer; reserved
)

// kindInfo is one line of the table of kinds in docs/format.md.
type kindInfo struct {
	name, word  string
	groups      int  // letter form, 6 characters each; 0: varies
	digit       byte // first digit of the digit form; 0: no digit form
	digitGroups int  // digit form, 6 digits each; 0: no digit form
	bits        uint // of the value; 0: not read by Parse
	newer       byte // letter of the same kind in version 2
}

// kinds is the table of kinds by letter. A line without a name is no kind.
var kinds = [256]kindInfo{
	KindRequest:      {"request code", "request", 5, '1', 9, 140, 'Y'},
	KindConfirmation: {"deactivation confirmation code", "confirmation", 5, '2', 9, 140, 'U'},
	KindActivation:   {"activation code", "activation", 4, '3', 7, 110, 'H'},
	KindSerial:       {"serial number", "serial", 5, '4', 9, 140, 'X'},
	KindSigned:       {"signed activation code", "signed", 20, 0, 0, signedBits, 'L'},
	KindProfile:      {"hardware profile code", "profile", 0, 0, 0, 0, 'W'},
	KindPresigned:    {"presigned activation code", "presigned", 8, 0, 0, 0, 'Q'},
}

// kindOfDigit is the kind of a digit form by its first digit, 0 where it names none.
var kindOfDigit = func() (t [256]Kind) {
	for k, i := range kinds {
		if i.digit != 0 {
			t[i.digit] = Kind(k)
		}
	}
	return t
}()

// kindOf is the kind named by a first character, 0 when it names none.
func kindOf(r rune, f Form) Kind {
	switch {
	case r >= 0x80:
		return 0
	case f == FormDigits:
		return kindOfDigit[r]
	case f == FormLetters && kinds[r].name != "":
		return Kind(r)
	}
	return 0
}

// newerKind is the kind that version 2 names by a letter, or 0.
func newerKind(letter rune) Kind {
	for k, i := range kinds {
		if i.name != "" && rune(i.newer) == letter {
			return Kind(k)
		}
	}
	return 0
}

// String is the kind's name in a sentence, such as "request code".
func (k Kind) String() string {
	if name := kinds[k].name; name != "" {
		return name
	}
	return fmt.Sprintf("unknown kind %q", byte(k))
}

// Word is the kind's name in JSON, such as "request"; empty for an unknown kind.
func (k Kind) Word() string { return kinds[k].word }

// readable reports whether Parse reads codes of the kind.
func (k Kind) readable() bool { return kinds[k].bits > 0 }

// groups is the number of groups of the kind in a form (in letters, where the
// form is unknown); 0 where it varies or there is no such form or kind.
func (k Kind) groups(f Form) int {
	if f == FormDigits {
		return kinds[k].digitGroups
	}
	return kinds[k].groups
}

// Form is how a code is spelled: in letters (Base58) or in decimal digits.
type Form byte

// The two forms of a code; the zero Form is not known yet.
const (
	FormUnknown Form = iota
	FormLetters
	FormDigits
)

// String is "letters", "digits" or "unknown form".
func (f Form) String() string {
	switch f {
	case FormLetters:
		return "letters"
	case FormDigits:
		return "digits"
	}
	return "unknown form"
}
