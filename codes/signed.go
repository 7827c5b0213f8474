package codes

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
)

// SignedAnswer is the content of a signed activation code (E). Most significant
// bit first, 579 bits:
//
//	zeros 13 | key id 8 | day 14 | parameter 32 | signature 512
type SignedAnswer struct {
	KeyID     uint8  // of the vendor's signing key
	Day       Day    // last day on which the code may be typed; 0 for no limit
	Parameter uint32 // meaning depends on the definition's type
	Signature [ed25519.SignatureSize]byte
}

const (
	signedBits   = 8 + 14 + 32 + 8*ed25519.SignatureSize // of the value, without the zeros
	signedDigits = 99                                    // data characters behind the letter
	lineGroups   = 5                                     // of a long code in a mail
)

// Code writes the answer. It panics when Day is above [MaxDay].
func (a SignedAnswer) Code() Code {
	if a.Day > MaxDay {
		panic("codes: SignedAnswer.Code: day is out of range")
	}
	head := uint64(a.KeyID)<<46 | uint64(a.Day)<<32 | uint64(a.Parameter)
	return Code{kind: KindSigned, v: value{lo: head}, signature: string(a.Signature[:])}
}

// SignedAnswer reads a signed activation code. It panics for other kinds: ask
// Kind first.
func (c Code) SignedAnswer() SignedAnswer {
	c.must(c.kind == KindSigned, "SignedAnswer")
	return SignedAnswer{
		KeyID: uint8(c.v.lo >> 46), Day: Day(c.v.lo >> 32 & uint64(MaxDay)), Parameter: uint32(c.v.lo),
		Signature: [ed25519.SignatureSize]byte([]byte(c.signature)),
	}
}

// Tag is what stands for the tag of a signed answer in the key that follows: the
// first 8 bytes of SHA-256(signature). It proves nothing.
func (a SignedAnswer) Tag() uint64 {
	h := sha256.Sum256(a.Signature[:])
	return binary.BigEndian.Uint64(h[:])
}

// A Commitment binds a signed answer to the key that its request was tagged
// under, without revealing the key: mac(k, "commit"), leftmost 128 bits.
type Commitment [16]byte

// Commitment is the commitment to k.
func (k Key) Commitment() Commitment {
	t := k.Tagger()
	return Commitment(t.sum(t.begin("commit"))[:16])
}

// Signed is everything that the signature of a signed answer covers.
type Signed struct {
	Terms  Terms // with day and parameter
	Commit Commitment
	Vouch  Vouch // of the license: an answer that is genuine vouches for it
}

// Message is what the vendor signs with the key of this id, 91 bytes after the
// label:
//
//	"manual-activator/1 signed activation code" | 00 | key id 1 | terms 39 |
//	commit 16 | vouch 12
func (s *Signed) Message(keyID uint8) []byte {
	b := make([]byte, 0, 128)
	b = append(b, labelPrefix+"signed activation code\x00"...)
	b = append(b, keyID)
	b = s.Terms.append(b)
	b = append(b, s.Commit[:]...)
	return append(b, s.Vouch[:]...)
}

// Signs reports whether a signs s under a public key: day and parameter are those
// of the terms, and the signature is genuine as RFC 8032 has it, in its one
// encoding.
func (a SignedAnswer) Signs(s *Signed, public [ed25519.PublicKeySize]byte) bool {
	return a.Day == s.Terms.Day && a.Parameter == s.Terms.Parameter &&
		ed25519.Verify(public[:], s.Message(a.KeyID), a.Signature[:])
}

// signedCode is the code of 99 data characters.
func signedCode(data []uint8) (Code, error) {
	n, step := new(big.Int), new(big.Int)
	for len(data) > 0 {
		w := min(10, len(data))
		m, a := uint64(1), uint64(0)
		for _, d := range data[:w] {
			m, a = m*58, a*58+uint64(d)
		}
		n.Add(n.Mul(n, step.SetUint64(m)), new(big.Int).SetUint64(a))
		data = data[w:]
	}
	if n.BitLen() > signedBits {
		return Code{}, &ValueError{Kind: KindSigned, Field: "value", Reason: fmt.Sprintf("is 2^%d or more", signedBits)}
	}
	var b [(signedBits + 7) / 8]byte
	n.FillBytes(b[:])
	head, signature := b[:len(b)-ed25519.SignatureSize], b[len(b)-ed25519.SignatureSize:]
	var eight [8]byte
	copy(eight[8-len(head):], head)
	return Code{kind: KindSigned, v: value{lo: binary.BigEndian.Uint64(eight[:])}, signature: string(signature)}, nil
}

// spellSigned appends a signed code: groups joined by '-'.
func (c Code) spellSigned(b []byte) []byte {
	n := new(big.Int).SetUint64(c.v.lo)
	n.Lsh(n, 8*ed25519.SignatureSize)
	n.Or(n, new(big.Int).SetBytes([]byte(c.signature)))
	var data [1 + signedDigits]uint8
	step, rest := new(big.Int).SetUint64(base58to10), new(big.Int)
	for end := len(data); end > 1; {
		n.DivMod(n, step, rest)
		r := rest.Uint64()
		for range 10 {
			if end == 1 {
				break
			}
			end--
			data[end] = uint8(r % 58)
			r /= 58
		}
	}
	data[0] = byteClass[KindSigned]
	return FormLetters.grouped(b, data[:])
}

// Lines is String in lines of at most five groups, for a mail or a screen: each
// but the last ends in the "-" that joins it to the next. Only a signed code has
// more than one.
func (c Code) Lines() []string {
	groups := strings.SplitAfter(c.String(), "-")
	var lines []string
	for len(groups) > 0 {
		n := min(lineGroups, len(groups))
		lines = append(lines, strings.Join(groups[:n], ""))
		groups = groups[n:]
	}
	return lines
}
