package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/big"
)

// The sample vendor, license and machine that the vectors are about.
var (
	sampleMaster  = seq(0x00, 32)
	sampleUID     = seq(0xa0, 16)
	sampleLicense = uint32(0x00c0ffee)
	sampleKey     = mac(sampleMaster, "license key", sampleUID, be32(sampleLicense))[:11]
	sampleLK      = mac(sampleUID, "stretched license key", be32(sampleLicense), sampleKey)
)

func seq(first byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i)
	}
	return b
}

func be16(n uint16) []byte { return binary.BigEndian.AppendUint16(nil, n) }
func be32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
func be64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// message is a label and its fields.
func message(label string, fields ...[]byte) []byte {
	m := append([]byte("manual-activator/1 "+label), 0)
	for _, f := range fields {
		m = append(m, f...)
	}
	return m
}

func mac(key []byte, label string, fields ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message(label, fields...))
	return h.Sum(nil)
}

// leftmost is the first bits of b.
func leftmost(b []byte, bits int) uint64 {
	return binary.BigEndian.Uint64(b) >> (64 - bits)
}

// statement is the content of an R or D.
type statement struct {
	kind               byte
	random             uint32
	fingerprint        uint32
	license            uint32
	definition, status uint8
	tag                uint64
}

func (s statement) fields() [][]byte {
	return [][]byte{be32(s.random), be32(s.fingerprint), be32(s.license), {s.definition}, {s.status}}
}

func (s statement) value() *big.Int {
	return packed(num(32, uint64(s.random)), num(26, uint64(s.fingerprint)), num(32, uint64(s.license)),
		num(8, uint64(s.definition)), num(8, uint64(s.status)), num(34, s.tag))
}

// tagged is the statement with its tag under a key, for release 7 and type 1.
func (s statement) tagged(key []byte) statement { return s.taggedFor(key, 7, 1) }

func (s statement) taggedFor(key []byte, release uint16, typ uint8) statement {
	label := "request"
	if s.kind == 'D' {
		label = "confirmation"
	}
	s.tag = leftmost(mac(key, label, append([][]byte{sampleUID, be16(release), {typ}}, s.fields()...)...), 34)
	return s
}

// answer is the content of an A.
type answer struct {
	day       uint16
	parameter uint32
	tag       uint64
}

func (a answer) value() *big.Int {
	return packed(num(14, uint64(a.day)), num(32, uint64(a.parameter)), num(64, a.tag))
}

// grant is the definition that an answer grants.
type grant struct{ id, typ, flags uint8 }

// terms are the fields that the tag of an answer to s covers: release 7,
// definition, type 1, flags 0.
func (a answer) terms(s statement) [][]byte { return a.termsFor(s, 7, grant{s.definition, 1, 0}) }

func (a answer) termsFor(s statement, release uint16, g grant) [][]byte {
	random := s.random
	if g.flags&1 != 0 { // reusable
		random = 0
	}
	return [][]byte{sampleUID, be32(s.license), be16(release), {g.id}, {g.typ}, {g.flags},
		be32(s.fingerprint), be32(random), be16(a.day), be32(a.parameter)}
}

func serialValue(license uint32, key []byte) *big.Int {
	h := sha256.Sum256(message("serial", sampleUID, be32(license), key))
	return packed(num(32, uint64(license)), raw(key), num(20, leftmost(h[:], 20)))
}

// The sample life: a request, its answer, a deactivation, a request after it.
var (
	sampleRequest = statement{kind: 'R', random: 0x89abcdef, fingerprint: 0x2a3b4c5, license: sampleLicense,
		definition: 3, status: 0x80}.tagged(sampleLK)
	sampleAnswer = func() answer {
		a := answer{day: 1066, parameter: 5}
		a.tag = leftmost(mac(sampleLK, "activation code", a.terms(sampleRequest)...), 64)
		return a
	}()
	sampleC       = mac(sampleLK, "activation key", append(sampleAnswer.terms(sampleRequest), be64(sampleAnswer.tag))...)
	sampleConfirm = statement{kind: 'D', random: 0x13579bdf, fingerprint: 0x2a3b4c5, license: sampleLicense,
		definition: 9, status: 0}.tagged(sampleC)
	sampleT = mac(sampleC, "deactivated", append(append([][]byte{sampleUID}, sampleConfirm.fields()...), be64(sampleConfirm.tag))...)
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }
