package codes

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
)

// Terms is everything that an answer's tag covers.
type Terms struct {
	UID         UID
	License     LicenseNumber
	Release     uint16 // of the product that the request was made by
	Definition  uint8  // granted, which may be another than was asked for
	Type        uint8  // type code of the definition
	Flags       uint8  // of the definition
	Fingerprint Fingerprint
	Random      uint32 // of the request; 0 for a reusable definition
	Day         Day
	Parameter   uint32
}

// append writes the fields in their order: 39 bytes.
//
//	uid 16 | license 4 | release 2 | definition 1 | type 1 | flags 1 |
//	fingerprint 4 | random 4 | day 2 | parameter 4
func (t *Terms) append(b []byte) []byte {
	b = append(b, t.UID[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(t.License))
	b = binary.BigEndian.AppendUint16(b, t.Release)
	b = append(b, t.Definition, t.Type, t.Flags)
	b = binary.BigEndian.AppendUint32(b, uint32(t.Fingerprint))
	b = binary.BigEndian.AppendUint32(b, t.Random)
	b = binary.BigEndian.AppendUint16(b, uint16(t.Day))
	return binary.BigEndian.AppendUint32(b, t.Parameter)
}

// append writes a statement's fields without its tag: 14 bytes.
//
//	random 4 | fingerprint 4 | license 4 | definition 1 | status 1
func (s *Statement) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, s.Random)
	b = binary.BigEndian.AppendUint32(b, uint32(s.Fingerprint))
	b = binary.BigEndian.AppendUint32(b, uint32(s.License))
	return append(b, s.Definition, s.Status)
}

// Vouch is the vendor's word for a license, listed in the product profile's
// roster: mac(LK, "vouch", uid, license number), leftmost 96 bits. It is public.
type Vouch [12]byte

// Vouch is the vouch of the license whose stretched license key is k.
func (k Key) Vouch(uid UID, l LicenseNumber) Vouch {
	t := k.Tagger()
	b := t.begin("vouch")
	b = append(b, uid[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(l))
	return Vouch(t.sum(b)[:12])
}

// AnswerTag is the 64-bit tag of an activation code,
// mac(k, "activation code", terms), k being the key that the request was tagged
// under (LK for a reusable definition).
func (k Key) AnswerTag(t Terms) uint64 { return k.Tagger().AnswerTag(t) }

// StatementTag is the 34-bit tag of a request or confirmation,
//
//	mac(k, "request" or "confirmation", uid 16 | release 2 | type 1 | random 4 |
//	    fingerprint 4 | license 4 | definition 1 | status 1)
//
// k being the machine's current key. The tag already in s is not looked at.
func (k Key) StatementTag(uid UID, release uint16, typ uint8, s Statement) uint64 {
	return k.Tagger().StatementTag(uid, release, typ, s)
}

// After is the key that follows when an answer is accepted:
// mac(k, "activation key", terms, tag 8).
func (k Key) After(t Terms, tag uint64) Key { return k.Tagger().After(t, tag) }

// Deactivated is the key that a deactivation leaves, k being the key that the
// confirmation s is tagged under: mac(k, "deactivated", uid, fields of s, tag 8).
func (k Key) Deactivated(uid UID, s Statement) Key { return k.ended("deactivated", uid, s) }

// CheckedIn is the key that a check-in leaves, as [Key.Deactivated] with the
// label "checked in".
func (k Key) CheckedIn(uid UID, s Statement) Key { return k.ended("checked in", uid, s) }

func (k Key) ended(label string, uid UID, s Statement) Key {
	if s.Kind != KindConfirmation {
		panic("codes: a key is ended by a confirmation, not by a " + s.Kind.String())
	}
	g := k.Tagger()
	b := append(g.begin(label), uid[:]...)
	return g.key(binary.BigEndian.AppendUint64(s.append(b), s.Tag))
}

// EqualTags compares two tags in constant time.
func EqualTags(a, b uint64) bool {
	var x, y [8]byte
	binary.BigEndian.PutUint64(x[:], a)
	binary.BigEndian.PutUint64(y[:], b)
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// Tagger computes several tags under one key, faster than the Key's own methods from
// the second tag on, and then under another key in the same memory ([Tagger.Use]). The
// zero Tagger has no key yet. It is not for concurrent use.
type Tagger struct {
	mac   hash.Hash // fmt prints its address, whatever struct the Tagger is in
	fresh bool      // mac has nothing written to it yet
	next  func() hash.Hash
	buf   [128]byte // a message, then its sum
}

// Tagger prepares the key for several tags.
func (k Key) Tagger() *Tagger {
	t := &Tagger{}
	t.Use(k)
	return t
}

// Use prepares t for tags under k, instead of the key that it had.
func (t *Tagger) Use(k Key) {
	secret := k.Bytes()
	if t.next == nil {
		t.next = digests()
	}
	copy(t.buf[:], secret[:])
	t.mac, t.fresh = hmac.New(t.next, t.buf[:len(secret)]), true
	clear(t.buf[:len(secret)])
}

// digests hands out the same two SHA-256 digests in turn, emptied: as many as an HMAC
// works with at a time.
func digests() func() hash.Hash {
	both := [2]hash.Hash{sha256.New(), sha256.New()}
	i := 0
	return func() hash.Hash {
		i ^= 1
		both[i].Reset()
		return both[i]
	}
}

// Format does not reveal the key, whatever the verb.
func (t *Tagger) Format(f fmt.State, _ rune) { io.WriteString(f, hiddenKey) }

// AnswerTag is as [Key.AnswerTag].
func (t *Tagger) AnswerTag(terms Terms) uint64 {
	return binary.BigEndian.Uint64(t.sum(terms.append(t.begin("activation code"))))
}

// After is as [Key.After].
func (t *Tagger) After(terms Terms, tag uint64) Key {
	return t.key(binary.BigEndian.AppendUint64(terms.append(t.begin("activation key")), tag))
}

// StatementTag is as [Key.StatementTag].
func (t *Tagger) StatementTag(uid UID, release uint16, typ uint8, s Statement) uint64 {
	label := "request"
	switch s.Kind {
	case KindRequest:
	case KindConfirmation:
		label = "confirmation"
	default:
		panic("codes: StatementTag of " + s.Kind.String())
	}
	b := append(t.begin(label), uid[:]...)
	b = binary.BigEndian.AppendUint16(b, release)
	b = s.append(append(b, typ))
	return binary.BigEndian.Uint64(t.sum(b)) >> (64 - tagBits)
}

// begin starts a message: prefix, label, 00.
func (t *Tagger) begin(label string) []byte {
	b := append(t.buf[:0], labelPrefix...)
	b = append(b, label...)
	return append(b, 0)
}

// sum is the HMAC of the message b; the result is overwritten by the next begin.
func (t *Tagger) sum(b []byte) []byte {
	t.write(b)
	return t.mac.Sum(t.buf[:0])
}

func (t *Tagger) key(b []byte) Key {
	k := newKey([32]byte(t.sum(b)))
	clear(t.buf[:])
	return k
}

func (t *Tagger) write(b []byte) {
	if !t.fresh {
		t.mac.Reset()
	}
	t.fresh = false
	t.mac.Write(b)
}
