package sqlstore

import (
	"bytes"
	"fmt"
	"math"
)

// field is a column of a row as the driver gives it: nil, int64, string or []byte, the bytes until the next row only.
// Package database/sql converts values by way of text; where millions of rows are read, that is most of the time.
type field struct{ src any }

// Scan implements sql.Scanner.
func (f *field) Scan(src any) error {
	f.src = src
	return nil
}

// fit sets dst to a number that must be one of its type; err is set, unless it is already, if it is not.
func fit[T ~int | ~uint8 | ~uint16 | ~uint32 | ~uint64](dst *T, f *field, err *error) {
	n, ok := f.src.(int64)
	*dst = T(n)
	if back := int64(*dst); *err == nil && (!ok || back != n || (*dst < 0) != (n < 0)) {
		*err = fmt.Errorf("the database has the value %v where a %T was expected", f.src, *dst)
	}
}

// What no store would have written must not be read as something that it would have: then it differs from the leaf,
// and the entry can be named.

// notOurs stands for a text that is empty or no text at all, where there must be none of the kind.
const notOurs = "(empty)"

// number is a number, null where there is none; what looks as if there were none, or is no number, is math.MinInt64.
func (f *field) number(null int64) int64 {
	switch n, ok := f.src.(int64); {
	case f.src == nil:
		return null
	case !ok || n == null:
		return math.MinInt64
	default:
		return n
	}
}

// sixteen is a blob of 16 bytes, zero where there is none; one that is not of this form has only bytes 0xff.
func (f *field) sixteen() (out [16]byte) {
	b, ok := f.src.([]byte)
	if f.src == nil || ok && len(b) == 16 && !allZero(b) {
		copy(out[:], b)
		return out
	}
	for i := range out {
		out[i] = 0xff
	}
	return out
}

func allZero(b []byte) bool { return bytes.Count(b, []byte{0}) == len(b) }

// textOrNone is a text, empty where there is none; one that is there and empty is notOurs.
func (f *field) textOrNone() string {
	if f.src == nil {
		return ""
	}
	if s, ok := f.src.(string); ok && s != "" {
		return s
	}
	return notOurs
}
