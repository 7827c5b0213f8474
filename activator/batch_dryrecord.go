package activator

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// A dryRecord is what follows from an entry that was not recorded, and what lies behind
// it. It is read where it was written, so nothing in it is checked:
//
//	place of the record before, of the same license 8 | entry 8 | time in microseconds 8 |
//	not genuine 1 | number of effects, a varint | effects
//
// An effect begins with a byte that says which; then come its fields but for the license,
// numbers as varints, texts with their length before them. A confirmation has an effect for
// each answer of its machine's line, of which there may be hundreds.
type dryRecord []byte

// The first byte of an effect.
const (
	dryClaim = iota
	dryMark
	dryTake
	dryFree
	drySet
)

// appendDry appends the record of an entry; before is where the one before it begins.
func appendDry(b []byte, before dryPlace, e *journal.Entry, id journal.EntryID) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(before))
	b = binary.BigEndian.AppendUint64(b, uint64(id))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	b = appendNumbers(appendFlag(b, e.State == journal.StateNotGenuine), uint64(len(e.Effects)))
	for _, x := range e.Effects {
		switch x := x.(type) {
		case journal.Claim:
			b = appendText(appendText(append(b, dryClaim, byte(x.Scope)), x.Key), x.Value)
		case journal.Mark:
			b = appendText(append(b, dryMark, byte(x.Scope)), x.Key)
		case journal.TakeSeat:
			b = appendNumbers(append(b, dryTake), uint64(x.Fingerprint), uint64(x.Slot), uint64(x.Limit))
			b = appendText(b, x.Excess)
		case journal.FreeSeat:
			b = appendNumbers(append(b, dryFree), uint64(x.Fingerprint))
		case journal.SetLicense:
			b = append(appendFlag(append(b, drySet), x.New), x.Product[:]...)
			b = appendNumbers(b, uint64(x.Seats), uint64(x.Release))
			b = appendText(appendText(appendText(b, x.State), x.Order), x.Grants)
		default:
			panic(fmt.Sprintf("activator: a row of a batch has no %T", x))
		}
	}
	return b
}

func appendFlag(b []byte, on bool) []byte {
	if on {
		return append(b, 1)
	}
	return append(b, 0)
}

func appendNumbers(b []byte, ns ...uint64) []byte {
	for _, n := range ns {
		b = binary.AppendUvarint(b, n)
	}
	return b
}

func appendText[T string | []byte](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// before is the place of the record before.
func (r dryRecord) before() dryPlace { return dryPlace(binary.BigEndian.Uint64(r)) }

// entry is what was remembered of the entry of a license. Keys and values are the
// record's own.
func (r dryRecord) entry(l codes.LicenseNumber) (e journal.Entry, id journal.EntryID) {
	id = journal.EntryID(binary.BigEndian.Uint64(r[8:]))
	e.At = time.UnixMicro(int64(binary.BigEndian.Uint64(r[16:]))).UTC()
	if r = r[24:]; r.byte() != 0 {
		e.State = journal.StateNotGenuine
	}
	e.Effects = make([]journal.Effect, r.number())
	for i := range e.Effects {
		kind := r[0]
		r = r[1:]
		switch kind {
		case dryClaim:
			e.Effects[i] = journal.Claim{License: l, Scope: journal.Scope(r.byte()), Key: r.bytes(), Value: r.bytes()}
		case dryMark:
			e.Effects[i] = journal.Mark{License: l, Scope: journal.Scope(r.byte()), Key: r.bytes()}
		case dryTake:
			e.Effects[i] = journal.TakeSeat{License: l, Fingerprint: codes.Fingerprint(r.number()), Slot: int(r.number()), Limit: int(r.number()), Excess: string(r.bytes())}
		case dryFree:
			e.Effects[i] = journal.FreeSeat{License: l, Fingerprint: codes.Fingerprint(r.number())}
		case drySet:
			x := journal.SetLicense{Number: l, New: r.byte() != 0, Product: codes.UID(r)}
			r = r[len(x.Product):]
			x.Seats, x.Release = int(r.number()), uint16(r.number())
			x.State, x.Order, x.Grants = string(r.bytes()), string(r.bytes()), string(r.bytes())
			e.Effects[i] = x
		}
	}
	return e, id
}

func (r *dryRecord) byte() byte {
	b := (*r)[0]
	*r = (*r)[1:]
	return b
}

func (r *dryRecord) number() uint64 {
	n, size := binary.Uvarint(*r)
	*r = (*r)[size:]
	return n
}

func (r *dryRecord) bytes() []byte {
	n := r.number()
	b := (*r)[:n:n]
	*r = (*r)[n:]
	return b
}
