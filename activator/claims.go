package activator

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/cryptobyte"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// A ref names one state of a machine's key within a license: the license key
// itself, the key after an answer, or the key after a confirmation. Ten bytes:
//
//	kind 1 | fingerprint 4 | random 4 | revision 1
//
// All but the kind are zero for the license key; the revision is zero for
// confirmations.
type ref struct {
	kind        refKind
	fingerprint codes.Fingerprint
	random      uint32
	revision    uint8
}

type refKind uint8

const (
	refLicense refKind = iota
	refAnswer
	refConfirmation
)

// refSize is how many bytes name a state.
const refSize = 10

func (r ref) bytes() []byte { return r.append(make([]byte, 0, refSize)) }

func (r ref) append(b []byte) []byte {
	b = append(b, byte(r.kind))
	b = binary.BigEndian.AppendUint32(b, uint32(r.fingerprint))
	b = binary.BigEndian.AppendUint32(b, r.random)
	return append(b, r.revision)
}

func (r ref) build(b *cryptobyte.Builder) {
	var buf [refSize]byte
	b.AddBytes(r.append(buf[:0]))
}

func (r *ref) read(s *cryptobyte.String) bool {
	var f uint32
	ok := s.ReadUint8((*uint8)(&r.kind)) && s.ReadUint32(&f) && s.ReadUint32(&r.random) && s.ReadUint8(&r.revision)
	r.fingerprint = codes.Fingerprint(f)
	return ok
}

func parseRef(b []byte) (ref, error) {
	var r ref
	s := cryptobyte.String(b)
	if !r.read(&s) || !s.Empty() || r.kind > refConfirmation {
		return ref{}, fmt.Errorf("journal: a claim names the state %x, which is not one", bytes.Clone(b))
	}
	return r, nil
}

// cause says why an answer was issued, for the limits that count.
type cause uint8

const (
	causeFirst      cause = iota // a machine's request, the ordinary case
	causeReissue                 // the machine knew its serial number only, and had been activated before
	causeReactivate              // after a deactivation
	causeRenewal                 // the first answer had expired
	causeCorrection              // the first answer was wrong
	causeRecover                 // a recovery
	causeMoved                   // the machine's parts had changed, and its seat moved to its new fingerprint
)

// An answerClaim is the value of a claim of scope "answer": everything
// that the answer's tag covers and that its key does not say already, so that
// the key after the answer can be derived again, and the answer given again. In
// place of the tag of 8 bytes a signed answer has its key id, 1 byte, and its
// signature, 64 bytes: the flags say which it is.
type answerClaim struct {
	parent     ref                // the state that the request came from
	terms      codes.Terms        // UID, License and Fingerprint follow from the place of the claim
	asked      uint8              // the definition that the request asked for
	tag        uint64             // of a signed answer what stands for it in the key that follows
	signed     codes.SignedAnswer // of a signed answer
	cause      cause
	overridden bool
	unmade     bool // by a dry run: the tag is made where somebody asks for the key after it
}

// The first byte of a claim's value.
const (
	claimVersion = 1
	claimUnmade  = 0 // of an answer whose tag is not made; never in a journal
)

// Lengths of keys of the scopes "answer" and "confirmation".
const (
	answerKeySize       = 9
	confirmationKeySize = 8
)

// size is the length of the value.
func (a *answerClaim) size() int {
	if a.terms.Flags&product.FlagSigned != 0 {
		return 29 + 1 + len(a.signed.Signature)
	}
	return 29 + 8
}

// value is written into a slice that has room for it.
func (a *answerClaim) value(into []byte) []byte {
	b := cryptobyte.NewFixedBuilder(into)
	if a.unmade {
		b.AddUint8(claimUnmade)
	} else {
		b.AddUint8(claimVersion)
	}
	a.parent.build(b)
	b.AddUint16(a.terms.Release)
	b.AddUint8(a.asked)
	b.AddUint8(a.terms.Definition)
	b.AddUint8(a.terms.Type)
	b.AddUint8(a.terms.Flags)
	b.AddUint32(a.terms.Random)
	b.AddUint16(uint16(a.terms.Day))
	b.AddUint32(a.terms.Parameter)
	if a.terms.Flags&product.FlagSigned != 0 {
		b.AddUint8(a.signed.KeyID)
		b.AddBytes(a.signed.Signature[:])
	} else {
		b.AddUint64(a.tag)
	}
	b.AddUint8(uint8(a.cause))
	if a.overridden {
		b.AddUint8(1)
	} else {
		b.AddUint8(0)
	}
	return b.BytesOrPanic()
}

func parseAnswerClaim(uid codes.UID, license codes.LicenseNumber, f codes.Fingerprint, value []byte) (answerClaim, error) {
	var a answerClaim
	var version, overridden uint8
	var day uint16
	s := cryptobyte.String(value)
	ok := s.ReadUint8(&version) && a.parent.read(&s) &&
		s.ReadUint16(&a.terms.Release) && s.ReadUint8(&a.asked) && s.ReadUint8(&a.terms.Definition) &&
		s.ReadUint8(&a.terms.Type) && s.ReadUint8(&a.terms.Flags) && s.ReadUint32(&a.terms.Random) &&
		s.ReadUint16(&day) && s.ReadUint32(&a.terms.Parameter) && a.readAnswer(&s) &&
		s.ReadUint8((*uint8)(&a.cause)) && s.ReadUint8(&overridden) && s.Empty()
	if a.unmade = version == claimUnmade; !ok || version != claimVersion && !a.unmade {
		return answerClaim{}, fmt.Errorf("journal: the answer %x of license %v was not written by this version", value, license)
	}
	a.terms.UID, a.terms.License, a.terms.Fingerprint, a.terms.Day = uid, license, f, codes.Day(day)
	a.overridden = overridden != 0
	if a.terms.Flags&product.FlagSigned != 0 {
		a.signed.Day, a.signed.Parameter = a.terms.Day, a.terms.Parameter
		a.tag = a.signed.Tag()
	}
	return a, nil
}

// readAnswer reads the tag, or key id and signature. The flags are read.
func (a *answerClaim) readAnswer(s *cryptobyte.String) bool {
	if a.terms.Flags&product.FlagSigned == 0 {
		return s.ReadUint64(&a.tag)
	}
	return s.ReadUint8(&a.signed.KeyID) && s.CopyBytes(a.signed.Signature[:])
}

// A confirmationClaim is the value of a claim of scope "confirmation".
type confirmationClaim struct {
	parent     ref // the state that was given back
	definition uint8
	kind       uint8 // the definition's type
	release    uint16
	status     uint8
	tag        uint64
	freed      bool // a seat came free with it
	overridden bool
	reference  referenceHash
}

// confirmationSize is how long such a value is.
const confirmationSize = 25 + 32

// value is written into a slice that has room for it.
func (c *confirmationClaim) value(into []byte) []byte {
	b := cryptobyte.NewFixedBuilder(into)
	b.AddUint8(claimVersion)
	c.parent.build(b)
	b.AddUint8(c.definition)
	b.AddUint8(c.kind)
	b.AddUint16(c.release)
	b.AddUint8(c.status)
	b.AddUint64(c.tag)
	var flags uint8
	if c.freed {
		flags |= 1
	}
	if c.overridden {
		flags |= 2
	}
	b.AddUint8(flags)
	b.AddBytes(c.reference[:])
	return b.BytesOrPanic()
}

func parseConfirmationClaim(license codes.LicenseNumber, value []byte) (confirmationClaim, error) {
	var c confirmationClaim
	var version, flags uint8
	var hash []byte
	s := cryptobyte.String(value)
	ok := s.ReadUint8(&version) && c.parent.read(&s) && s.ReadUint8(&c.definition) && s.ReadUint8(&c.kind) &&
		s.ReadUint16(&c.release) && s.ReadUint8(&c.status) && s.ReadUint64(&c.tag) && s.ReadUint8(&flags) &&
		s.ReadBytes(&hash, len(c.reference)) && s.Empty()
	if !ok || version != claimVersion {
		return confirmationClaim{}, fmt.Errorf("journal: the confirmation %x of license %v was not written by this version", value, license)
	}
	c.freed, c.overridden = flags&1 != 0, flags&2 != 0
	copy(c.reference[:], hash)
	return c, nil
}

// A referenceHash tells whether the same reference was given again, without
// keeping the reference where it could not be erased: salt 16, and the first 16
// bytes of SHA-256(salt | reference). All zero where none was given.
type referenceHash [32]byte

func hashReference(salt [16]byte, reference string) referenceHash {
	var h referenceHash
	if reference == "" {
		return h
	}
	var buf [128]byte
	sum := sha256.Sum256(append(append(buf[:0], salt[:]...), reference...))
	copy(h[:16], salt[:])
	copy(h[16:], sum[:16])
	return h
}

// is reports whether h was made of reference; no reference is never the same.
func (h referenceHash) is(reference string) bool {
	if reference == "" || h == (referenceHash{}) {
		return false
	}
	again := hashReference([16]byte(h[:16]), reference)
	return subtle.ConstantTimeCompare(again[:], h[:]) == 1
}
