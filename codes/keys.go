package codes

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
	"io"

	"github.com/manual-activator/manual-activator/internal/slab"
)

// labelPrefix begins the label of every hash in the format, so that none is
// ever a hash of another format or version.
const labelPrefix = "manual-activator/1 "

// LicenseKey is the 88 bits that a serial number carries. It prints as
// "LICENSE KEY (hidden)" whatever the verb, except where fmt cannot call its
// methods: in an unexported field of another struct. Do not print such a struct.
type LicenseKey [11]byte

const hiddenLicenseKey = "LICENSE KEY (hidden)"

// String does not reveal the key.
func (k LicenseKey) String() string { return hiddenLicenseKey }

// GoString does not reveal the key.
func (k LicenseKey) GoString() string { return hiddenLicenseKey }

// Format does not reveal the key, whatever the verb.
func (k LicenseKey) Format(f fmt.State, _ rune) { io.WriteString(f, hiddenLicenseKey) }

// MarshalText does not reveal the key, so neither JSON nor a log does.
func (k LicenseKey) MarshalText() ([]byte, error) { return []byte(hiddenLicenseKey), nil }

// Equal compares in constant time.
func (k LicenseKey) Equal(o LicenseKey) bool { return subtle.ConstantTimeCompare(k[:], o[:]) == 1 }

// Stretch is LK, the first key of a license:
//
//	LK = HMAC-SHA256(uid, "manual-activator/1 stretched license key" | 00 | license number 4 | key 11)
//
// The uid stands in the key's place, as the salt does in HKDF's extract step,
// because HMAC keys under 112 bits are refused in FIPS mode.
func (k LicenseKey) Stretch(uid UID, l LicenseNumber) Key {
	s := NewStretcher(uid)
	s.keys().Most = 1
	return s.Stretch(k, l)
}

// Stretcher stretches license keys of one product: [LicenseKey.Stretch], faster from
// the second key on. It is not for concurrent use.
type Stretcher struct {
	mac  func() hash.Hash // a function: fmt looks through pointers of a struct, not into these
	keys func() *slab.Of[hidden]
	buf  [64]byte
}

// NewStretcher makes a Stretcher for the product with this uid.
func NewStretcher(uid UID) *Stretcher {
	m := hmac.New(sha256.New, uid[:])
	keys := &slab.Of[hidden]{Most: 32}
	return &Stretcher{mac: func() hash.Hash { return m }, keys: func() *slab.Of[hidden] { return keys }}
}

// Stretch is as [LicenseKey.Stretch].
func (s *Stretcher) Stretch(k LicenseKey, l LicenseNumber) Key {
	m := s.mac()
	m.Reset()
	m.Write(stretchInput(s.buf[:0], k, l))
	defer clear(s.buf[:])
	return s.keys().Take(1)[:1][0].key([32]byte(m.Sum(s.buf[:0])))
}

// Format does not reveal anything, whatever the verb.
func (s *Stretcher) Format(f fmt.State, _ rune) { io.WriteString(f, hiddenLicenseKey) }

func stretchInput(b []byte, k LicenseKey, l LicenseNumber) []byte {
	b = append(b, labelPrefix+"stretched license key\x00"...)
	b = binary.BigEndian.AppendUint32(b, uint32(l))
	return append(b, k[:]...)
}

// Master derives license keys from the vendor's master secret of one epoch. It
// keeps one HMAC object to be quick, so it is not for concurrent use: Clone it
// for each worker. It prints as "MASTER SECRET (hidden)".
type Master struct {
	secret func() []byte // functions, as in Stretcher
	mac    func() hash.Hash
	buf    *[64]byte // a message, then its sum
}

const hiddenMaster = "MASTER SECRET (hidden)"

// NewMaster takes the master secret, 16 bytes or more (32 are right). A shorter
// one panics: it is a mistake in the keyring, not in an input.
func NewMaster(secret []byte) *Master {
	if len(secret) < 16 {
		panic("codes: NewMaster: a master secret has at least 16 bytes")
	}
	s := append([]byte(nil), secret...)
	m := hmac.New(sha256.New, s)
	return &Master{secret: func() []byte { return s }, mac: func() hash.Hash { return m }, buf: new([64]byte)}
}

// Clone is a Master of the same secret for another goroutine.
func (m *Master) Clone() *Master { return NewMaster(m.secret()) }

// LicenseKey is mac(master, "license key", uid, license number), leftmost 88 bits.
// The caller takes the Master of the license number's epoch.
func (m *Master) LicenseKey(uid UID, l LicenseNumber) LicenseKey {
	b := append(m.buf[:0], labelPrefix+"license key\x00"...)
	b = append(b, uid[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(l))
	mac := m.mac()
	mac.Reset()
	mac.Write(b)
	defer clear(m.buf[:])
	return LicenseKey(mac.Sum(m.buf[:0])[:11])
}

// String does not reveal the secret.
func (m *Master) String() string { return hiddenMaster }

// Format does not reveal the secret, whatever the verb.
func (m *Master) Format(f fmt.State, _ rune) { io.WriteString(f, hiddenMaster) }

// Key is a 32-byte HMAC key: the stretched license key or one that followed it.
// It cannot be compared with ==, and prints as "KEY (hidden)". The zero Key is
// no key and panics when used.
type Key struct {
	_ [0]func()  // not comparable
	b **[32]byte // fmt follows one pointer, where a verb is wrong, and not two
}

// A hidden is the memory of a key: its bytes, and the pointer to them to which a Key points.
type hidden struct {
	at *[32]byte // to b
	b  [32]byte
}

func (h *hidden) key(b [32]byte) Key {
	h.at, h.b = &h.b, b
	return Key{b: &h.at}
}

const hiddenKey = "KEY (hidden)"

// KeyFrom takes 32 bytes that [Key.Bytes] gave.
func KeyFrom(b []byte) (Key, error) {
	if len(b) != 32 {
		return Key{}, fmt.Errorf("key: expected 32 bytes, found %d", len(b))
	}
	return newKey([32]byte(b)), nil
}

// Bytes is the key itself, for a state file or a keyring.
func (k Key) Bytes() [32]byte {
	if k.b == nil {
		panic("codes: use of a zero Key")
	}
	return **k.b
}

// IsZero reports whether k is the zero Key, no key at all.
func (k Key) IsZero() bool { return k.b == nil }

// Equal compares in constant time. A zero Key equals nothing.
func (k Key) Equal(o Key) bool {
	return k.b != nil && o.b != nil && subtle.ConstantTimeCompare((*k.b)[:], (*o.b)[:]) == 1
}

// ID names the key without revealing it: mac(k, "key id"), leftmost 64 bits.
func (k Key) ID() [8]byte {
	t := k.Tagger()
	return [8]byte(t.sum(t.begin("key id"))[:8])
}

// String does not reveal the key.
func (k Key) String() string { return hiddenKey }

// GoString does not reveal the key.
func (k Key) GoString() string { return hiddenKey }

// Format does not reveal the key, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, hiddenKey) }

// MarshalText does not reveal the key.
func (k Key) MarshalText() ([]byte, error) { return []byte(hiddenKey), nil }

func newKey(b [32]byte) Key { return new(hidden).key(b) }
