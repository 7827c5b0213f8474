package journal

import (
	"fmt"
)

// Valid says whether a store takes the entry: the first thing that it would refuse, or nil. It reads the entry
// alone; constraints between entries are the store's.
func (e *Entry) Valid() error {
	err := e.valid()
	if err != nil {
		return fmt.Errorf("journal entry (%.40q): %w", e.Kind, err)
	}
	return nil
}

func (e *Entry) valid() error {
	year := e.At.UTC().Year()
	switch {
	case e.At.IsZero() || year < 1 || year > 9999:
		return fmt.Errorf("time is %v, want one of the years 1 to 9999", e.At)
	case !isWord(string(e.Kind)):
		return fmt.Errorf("kind is %.40q, want a word of a to z and '-'", e.Kind)
	case !e.Verdict.valid():
		return fmt.Errorf("verdict is %.40q, want ok, repeat, refused or unreadable", e.Verdict)
	case e.Line < 0 || int64(e.Line) > 1<<31-1 || e.Line != 0 && e.Batch == "":
		return fmt.Errorf("line %d of batch %.40q, want a line from 0 to 2^31-1, and 0 without a batch", e.Line, e.Batch)
	case e.Fingerprint > maxFingerprint:
		return fmt.Errorf("fingerprint is %#x, want 26 bits", uint32(e.Fingerprint))
	case !e.Machine && (e.Fingerprint != 0 || e.Random != 0):
		return fmt.Errorf("fingerprint or random is set without Machine")
	case len(e.Detail) > MaxDetail:
		return fmt.Errorf("detail is %d bytes long, at most %d are allowed", len(e.Detail), MaxDetail)
	}
	for _, t := range [...]struct{ name, text string }{{"operator", e.Operator}, {"desk", e.Desk}, {"via", e.Via},
		{"batch", e.Batch}, {"state", e.State}, {"code", e.Code}, {"answer", e.Answer}} {
		if len(t.text) > MaxText {
			return tooLong(t.name, len(t.text))
		}
	}
	for i := range e.Checks {
		c := &e.Checks[i]
		switch c.Result {
		case Passed, Failed, Warning, NotApplicable, Overridden:
		default:
			return fmt.Errorf("check %.40q has the result %.40q, want passed, failed, warning, not applicable or overridden", c.Name, c.Result)
		}
		if n := max(len(c.Name), len(c.Detail)); n > MaxText {
			return tooLong("check", n)
		}
	}
	for i := range e.Personal {
		p := &e.Personal[i]
		if !isWord(p.Field) {
			return fmt.Errorf("personal field is %.40q, want a word of a to z and '-'", p.Field)
		}
		for j := range i {
			if e.Personal[j].Field == p.Field {
				return fmt.Errorf("personal field %.40q is there twice", p.Field)
			}
		}
		if len(p.Text) > MaxText {
			return tooLong(p.Field, len(p.Text))
		}
		if p.Redacted && p.Text != "" {
			return fmt.Errorf("personal field %.40q is redacted and has a text", p.Field)
		}
	}
	for i, f := range e.Effects {
		if _, ok := f.(Restate); ok && i > 0 {
			return fmt.Errorf("effect %d says what is restated, want that first", i+1)
		}
		if err := e.validEffect(f); err != nil {
			return fmt.Errorf("effect %d (%T): %w", i+1, f, err)
		}
	}
	return nil
}

func (e *Entry) validEffect(f Effect) error {
	if l, ofOne := licenseOf(f); ofOne && (l == 0 || l != e.License) {
		return fmt.Errorf("is of license %v, the entry of %v", l, e.License)
	}
	switch f := f.(type) {
	case Claim:
		if len(f.Value) > 512 {
			return fmt.Errorf("value is %d bytes long, at most 512 are allowed", len(f.Value))
		}
		return validKey(f.Scope, f.Key)
	case Mark:
		return validKey(f.Scope, f.Key)
	case TakeSeat:
		switch {
		case f.Fingerprint > maxFingerprint:
			return fmt.Errorf("fingerprint is %#x, want 26 bits", uint32(f.Fingerprint))
		case f.Slot < 1 || f.Slot > maxSeats || f.Limit < 0 || f.Limit > maxSeats:
			return fmt.Errorf("slot %d of %d, want a slot from 1 and a limit from 0, up to %d", f.Slot, f.Limit, maxSeats)
		case f.Slot > f.Limit && f.Excess == "":
			return fmt.Errorf("slot %d is above the limit %d, and Excess does not say why", f.Slot, f.Limit)
		case len(f.Excess) > MaxText:
			return tooLong("excess", len(f.Excess))
		}
	case FreeSeat:
		if f.Fingerprint > maxFingerprint {
			return fmt.Errorf("fingerprint is %#x, want 26 bits", uint32(f.Fingerprint))
		}
	case SetLicense:
		switch {
		case f.Product == [16]byte{}:
			return fmt.Errorf("has no product")
		case f.Seats < 0 || f.Seats > maxSeats:
			return fmt.Errorf("%d seats, want 0 to %d", f.Seats, maxSeats)
		case f.State != Live && f.State != Revoked && f.State != Refunded:
			return fmt.Errorf("state is %.40q, want live, revoked or refunded", f.State)
		case max(len(f.Order), len(f.Grants)) > MaxText:
			return tooLong("order or grants", max(len(f.Order), len(f.Grants)))
		}
	case AddPool:
		if f.Product == [16]byte{} || len(f.Numbers) == 0 || len(f.Numbers) > maxPool {
			return fmt.Errorf("%d numbers, want a product and 1 to %d numbers", len(f.Numbers), maxPool)
		}
		for _, n := range f.Numbers {
			if n == 0 {
				return fmt.Errorf("has the number 0, which is no license")
			}
		}
	case Erase:
		return f.valid()
	case MergeLog:
		if f.First >= f.Size || f.Size > MaxIndex+1 {
			return fmt.Errorf("is of the entries %d up to %d, want the first below the size, and at most 2^%d", f.First, f.Size, indexBits)
		}
		return ValidOrigin(f.Origin)
	case Restate:
		if f.Index > MaxIndex {
			return fmt.Errorf("is of entry %d, want at most 2^%d - 1", f.Index, indexBits)
		}
		return ValidOrigin(f.Origin)
	default:
		return fmt.Errorf("is not one of this package's types, used as a value")
	}
	return nil
}

func (f Erase) valid() error {
	switch {
	case !isWord(f.Field):
		return fmt.Errorf("personal field is %.40q, want a word of a to z and '-'", f.Field)
	case len(f.Runs) == 0 || len(f.Runs) > MaxRuns:
		return fmt.Errorf("%d runs of entries, want 1 to %d", len(f.Runs), MaxRuns)
	}
	for i, r := range f.Runs {
		if r.First > r.Last || r.Last > MaxIndex || i > 0 && r.First <= f.Runs[i-1].Last+1 {
			return fmt.Errorf("run %d is of the entries %d to %d, want runs in ascending order, with an entry between two", i+1, r.First, r.Last)
		}
	}
	return ValidOrigin(f.Origin)
}

const (
	maxSeats = 1 << 30
	maxPool  = 250_000
)

func validKey(s Scope, key []byte) error {
	if s == 0 || len(key) < 1 || len(key) > 64 {
		return fmt.Errorf("scope %d with a key of %d bytes, want a scope from 1 and 1 to 64 bytes", s, len(key))
	}
	return nil
}

func tooLong(name string, n int) error {
	return fmt.Errorf("%s is %d bytes long, at most %d are allowed", name, n, MaxText)
}

// isWord says whether s is 1 to 32 characters of a to z and '-'.
func isWord(s string) bool {
	if len(s) < 1 || len(s) > 32 {
		return false
	}
	for i := range len(s) {
		if (s[i] < 'a' || s[i] > 'z') && s[i] != '-' {
			return false
		}
	}
	return true
}
