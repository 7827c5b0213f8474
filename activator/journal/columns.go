package journal

import (
	"github.com/manual-activator/manual-activator/codes"
)

// Columns are the fields of an entry that a store keeps beside the leaf, to search by. They repeat the leaf, and
// [Verify] compares them. Comparable by ==.
type Columns struct {
	At          int64 // microseconds since 1970
	Kind        Kind
	Verdict     Verdict
	Operator    string
	State       string
	Product     codes.UID
	License     codes.LicenseNumber
	Fingerprint int64 // -1 without a machine
	Intent      [16]byte
	Batch       string
	Line        int64 // -1 without a batch
}

// Columns returns the entry's columns.
func (e *Entry) Columns() Columns {
	c := Columns{
		At: e.At.UnixMicro(), Kind: e.Kind, Verdict: e.Verdict, Operator: e.Operator, State: e.State,
		Product: e.Product, License: e.License, Fingerprint: -1, Intent: e.Intent, Batch: e.Batch, Line: -1,
	}
	if e.Machine {
		c.Fingerprint = int64(e.Fingerprint)
	}
	if e.Batch != "" {
		c.Line = int64(e.Line)
	}
	return c
}
