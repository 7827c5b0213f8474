package product

import (
	"fmt"
	"strings"
)

// Type says what accepting the answer of a definition does. The numbers enter
// every tag (the t of docs/format.md) and never change.
type Type uint8

// The types of definitions. None is what a tag carries where no definition is
// meant (license only).
const (
	None       Type = 0
	Release    Type = 1  // releases the copy protection for this machine
	TrialDays  Type = 2  // extends the trial by elapsed days
	TrialHours Type = 3  // extends the trial by running hours
	TrialRuns  Type = 4  // extends the trial by starts
	ExpireOn   Type = 5  // sets a hard last day
	Unlimited  Type = 6  // switches every expiry off
	Feature    Type = 7  // general use: a number or a field of bits
	Deactivate Type = 8  // never activated; ends everything on this machine
	CheckIn    Type = 9  // never activated; gives one pre-condition back
	Reactivate Type = 10 // reverses a deactivation
	Recover    Type = 11 // repairs an inconsistent state
	Composite  Type = 12 // several leaves, fixed in the product file
	Choice     Type = 13 // several leaves, chosen by the desk
)

var typeNames = [...]string{
	None: "none", Release: "release", TrialDays: "trial-days", TrialHours: "trial-hours",
	TrialRuns: "trial-runs", ExpireOn: "expire-on", Unlimited: "unlimited", Feature: "feature",
	Deactivate: "deactivate", CheckIn: "check-in", Reactivate: "reactivate", Recover: "recover",
	Composite: "composite", Choice: "choice",
}

// Types returns every type a definition can have, in the order of their codes.
func Types() []Type {
	all := make([]Type, 0, len(typeNames)-1)
	for t := Release; t <= Choice; t++ {
		all = append(all, t)
	}
	return all
}

// String returns the word that product files use, such as "trial-days".
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// Known reports whether t is one of the types above, None excepted.
func (t Type) Known() bool { return t >= Release && t <= Choice }

// Activatable reports whether t can be active on a machine by itself. Only such
// a definition can be a pre-condition.
func (t Type) Activatable() bool { return t >= Release && t <= Feature }

// Trial reports whether t extends a trial.
func (t Type) Trial() bool { return t == TrialDays || t == TrialHours || t == TrialRuns }

// Ends reports whether t is never activated and yields a confirmation code.
func (t Type) Ends() bool { return t == Deactivate || t == CheckIn }

// Group reports whether t consists of leaves.
func (t Type) Group() bool { return t == Composite || t == Choice }

// ParseType returns the type that word names.
func ParseType(word string) (Type, error) {
	for _, t := range Types() {
		if typeNames[t] == word {
			return t, nil
		}
	}
	return None, fmt.Errorf("unknown type %q: expected one of %s", word, strings.Join(typeNames[Release:], ", "))
}

// MarshalText writes the word of t. It refuses None and unknown types.
func (t Type) MarshalText() ([]byte, error) {
	if !t.Known() {
		return nil, fmt.Errorf("%s has no word", t)
	}
	return []byte(t.String()), nil
}

// UnmarshalText reads the word of a type.
func (t *Type) UnmarshalText(text []byte) error {
	u, err := ParseType(string(text))
	if err != nil {
		return err
	}
	*t = u
	return nil
}
