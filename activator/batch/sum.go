package batch

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
)

// The hash of an input goes through its rows:
//
//	h(0) = SHA-256("manual-activator/1 batch input" | 00 | format | 00 | columns)
//	h(n) = SHA-256(h(n-1) | row n)
//
// Columns and fields are written as their count and each one's length before it, 4
// bytes big-endian. So the hash of a row stands for everything up to it, and does not
// depend on delimiters, quotes and line ends.

func (in *Input) begin() {
	b := append([]byte("manual-activator/1 batch input\x00"), in.Format...)
	b = append(b, 0)
	in.sum = sha256.Sum256(appendTexts(b, in.Columns))
	for i, c := range in.Columns {
		in.Columns[i] = Legible(c)
	}
}

// next returns the next record, legible, with the hash of the input up to it as it was
// written.
func (in *Input) next() (*record, [32]byte, error) {
	r, err := in.rows.next()
	if err != nil {
		return nil, in.sum, err
	}
	var buf [1024]byte
	b := append(buf[:0], in.sum[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(r.line))
	b = appendTexts(b, r.fields)
	b = append(b, r.raw...)
	b = append(b, r.rest...)
	in.sum = sha256.Sum256(b)
	for i, f := range r.fields {
		r.fields[i] = Legible(f)
	}
	r.raw = Legible(r.raw)
	return r, in.sum, nil
}

func appendTexts(b []byte, texts []string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(texts)))
	for _, t := range texts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(t)))
		b = append(b, t...)
	}
	return b
}

// CountRows reads a table and returns how many rows it has: what reading alone costs.
func CountRows(r io.Reader) (n int, err error) {
	in, err := Open(r, CSV)
	if err != nil {
		return 0, err
	}
	for ; ; n++ {
		if _, _, err := in.next(); err != nil {
			if errors.Is(err, io.EOF) {
				return n, nil
			}
			return n, err
		}
	}
}
