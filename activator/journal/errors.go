package journal

import (
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/codes"
)

// ErrNoEntry says that there is no entry of this number.
var ErrNoEntry = errors.New("no entry of this number")

// What a *TakenError is about.
const (
	TakenClaim  = "claim"   // Scope and Key are set
	TakenSeat   = "seat"    // the fingerprint has a seat, the slot is taken, or the seats cannot be made fewer
	TakenNumber = "license" // the license number is registered or in a pool
	TakenOrder  = "order"   // the product's order belongs to another license
	TakenIntent = "intent"  // an entry with this intent exists: it is one's own
	TakenLine   = "line"    // the batch's line was done
)

// TakenError says that what may be done once was done: a constraint of the store refused, and which entry has it.
type TakenError struct {
	What    string // TakenClaim, ...
	License codes.LicenseNumber
	Scope   Scope   // of a claim
	Key     []byte  // of a claim
	Index   int     // which of the entries given to Append
	Entry   EntryID // the entry that has it; 0 when that is one of the same Append
	Within  int     // that one's index, else -1
}

// Error says what is taken, of which license, and which entry has it.
func (e *TakenError) Error() string {
	what := e.What
	if e.What == TakenClaim {
		what = e.Scope.String()
	}
	by := fmt.Sprintf("entry %v", e.Entry)
	if e.Within >= 0 {
		by = fmt.Sprintf("item %d of the same append", e.Within+1)
	}
	if e.License == 0 {
		return fmt.Sprintf("%s is taken by %s", what, by)
	}
	return fmt.Sprintf("%s of license %v is taken by %s", what, e.License, by)
}

// StaleError says that the facts behind a decision have aged: read and decide again.
type StaleError struct {
	Licenses []codes.LicenseNumber // those that were touched, as far as known
	Entry    EntryID               // the first newer entry that touches them; 0 when not known
	Why      string                // a short text
}

// Error says why the facts have aged, and by which entry where that is known.
func (e *StaleError) Error() string {
	if e.Entry != 0 {
		return fmt.Sprintf("facts have aged: %s by entry %v; read and decide again", e.Why, e.Entry)
	}
	return fmt.Sprintf("facts have aged: %s; read and decide again", e.Why)
}

// LostError says that the connection to a store was lost. What was asked for may be done or not: an append is told by
// its entries' Intent.
type LostError struct{ Err error }

// Error is the text of Err.
func (e *LostError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *LostError) Unwrap() error { return e.Err }

// ValueError says that a row of a table has a value that no store writes there, such as a number out of its range. A
// journal with such a row was changed from outside.
type ValueError struct {
	Table string
	Err   error // which value, and what was expected
}

// Error names the table and the value.
func (e *ValueError) Error() string { return fmt.Sprintf("table %s: %v", e.Table, e.Err) }

// Unwrap returns what is wrong with the value.
func (e *ValueError) Unwrap() error { return e.Err }
