package fingerprint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// Bits is the width of a fingerprint.
const Bits = 26

// ErrNoIdentity is returned by [Profile.Fold] when nothing was found that tells
// this machine from another: no built-in network card, no CPU id, no serial of
// the system drive. The profile's notes say why.
var ErrNoIdentity = errors.New("nothing on this machine identifies it: no built-in network card, no processor id and no serial number of the system drive could be read")

// Fold returns the fingerprint of the machine for the product with this uid, 26
// bits. It is the top 26 bits of
//
//	HMAC-SHA256(key: uid (16 bytes), "manual-activator/1 fingerprint V" ‖ 00 ‖ instances)
//
// V being the profile's version in decimal and each instance
//
//	kind (1 byte) ‖ length (2 bytes, big-endian) ‖ identifier in normal form, UTF-8
//
// of the instances that count of the kinds that identify ([Kind.Identifies]),
// by kind, then by identifier, each once. The order in which things were found
// does not matter. Two products get unrelated fingerprints of the same machine.
// The error wraps [ErrNoIdentity] when there is no such instance, and [ErrHashed]
// when the profile holds hashes.
func (p *Profile) Fold(uid [16]byte) (fp uint32, err error) {
	if p.Version < 1 || p.Version > maxVersion {
		return 0, fmt.Errorf("hardware profile: version %d, want 1 to %d", p.Version, maxVersion)
	}
	if p.Hashed != nil {
		return 0, fmt.Errorf("hardware profile: %w", ErrHashed)
	}
	tidied := Profile{Version: p.Version, Components: p.Components}
	tidied.Tidy()

	b := cryptobyte.NewBuilder(fmt.Appendf(nil, "manual-activator/1 fingerprint %d\x00", p.Version))
	found := false
	for _, c := range tidied.Components {
		if !c.Kind.Identifies() {
			continue
		}
		for _, id := range c.IDs() {
			found = true
			b.AddUint8(uint8(c.Kind))
			b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(id)) })
		}
	}
	if !found {
		return 0, ErrNoIdentity
	}
	message, err := b.Bytes()
	if err != nil {
		return 0, fmt.Errorf("hardware profile: %w", err)
	}
	mac := hmac.New(sha256.New, uid[:])
	mac.Write(message)
	return binary.BigEndian.Uint32(mac.Sum(nil)) >> (32 - Bits), nil
}

// Strength says how well a profile tells its machine from others.
type Strength uint8

// The strengths, in rising order.
const (
	NoIdentity Strength = iota // nothing identifies: Fold fails
	Weak                       // only the CPU model: all machines of one make look alike, as in a container
	Fair                       // one unique part: a network card or the system drive
	Strong                     // network card and system drive
)

// String returns a sentence about the strength for people.
func (s Strength) String() string {
	switch s {
	case Weak:
		return "weak: only the processor's model identifies this machine (a container or a plain virtual machine?); others of the same model look the same"
	case Fair:
		return "fair: one unique part identifies this machine, its network cards or its system drive"
	case Strong:
		return "strong: network cards and system drive identify this machine"
	default:
		return "none: nothing identifies this machine"
	}
}

// Strength returns how well the profile tells its machine from others.
func (p *Profile) Strength() Strength {
	counts := func(k Kind) bool {
		c, _ := p.Component(k)
		return len(c.IDs()) > 0
	}
	switch mac, drive := counts(MAC), counts(SystemDrive); {
	case mac && drive:
		return Strong
	case mac || drive:
		return Fair
	case counts(CPU):
		return Weak
	}
	return NoIdentity
}
