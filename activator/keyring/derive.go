package keyring

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
)

// purpose is what a derived secret is for. It is a part of the HKDF info, so two
// purposes never share a secret.
type purpose string

const (
	forLicenses purpose = "license master secret"
	forCodes    purpose = "codes signing key"
	forProfiles purpose = "profiles signing key"
	forJournal  purpose = "journal signing key"
)

// derive returns the 32 bytes of a purpose.
func (r root) derive(p purpose) []byte {
	b, err := hkdf.Key(sha256.New, r.bytes()[:], nil, "manual-activator/1 "+string(p), 32)
	if err != nil {
		panic("keyring: " + err.Error()) // only for more than 8160 bytes
	}
	return b
}

// private returns the Ed25519 key of a purpose.
func (r root) private(p purpose) ed25519.PrivateKey {
	seed := r.derive(p)
	defer clear(seed)
	return ed25519.NewKeyFromSeed(seed)
}

// public returns the Ed25519 public key of a purpose.
func (r root) public(p purpose) ed25519.PublicKey {
	private := r.private(p)
	defer clear(private)
	return private.Public().(ed25519.PublicKey)
}

// root is the root secret of an epoch. It stands behind a function because
// package fmt looks through one pointer even in a field that has no methods of
// its own to it (an unexported one, a wrong verb), and because functions have
// no ==.
type root struct{ bytes func() *[32]byte }

func newRoot() root {
	b := lockedBytes()
	return root{func() *[32]byte { return b }}
}

const hiddenRoot = "ROOT SECRET (hidden)"

// Format keeps the secret out of every verb of package fmt.
func (r root) Format(f fmt.State, _ rune) { fmt.Fprint(f, hiddenRoot) }

// MarshalText keeps the secret out of JSON.
func (r root) MarshalText() ([]byte, error) { return []byte(hiddenRoot), nil }
