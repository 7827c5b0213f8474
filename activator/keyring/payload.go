package keyring

import (
	"fmt"
	"time"

	"filippo.io/age"
	"golang.org/x/crypto/cryptobyte"
)

// What is split into shares, as short as it can be, since people type it:
//
//	version 1 | registry 1 | vendor, length first 1 | name of keys, length first 1
//	for each epoch: number 4 bits, state 4 bits | created, seconds since 1970, 4 | root 32
//
// The state is 0 for current, 1 for retired, 2 for revoked. A name of keys that follows
// from the vendor's is empty.
const payloadVersion = 1

var payloadStates = []State{Current, Retired, Revoked}

// Secrets returns everything that is secret in the keyring, with what is needed to make
// one of it again: for shares. The caller clears it.
func (k *Keyring) Secrets() ([]byte, error) {
	c, _, err := k.copied()
	if err != nil {
		return nil, err
	}
	name := c.name
	if name == keyName(c.vendor) {
		name = ""
	}
	b := cryptobyte.NewBuilder(nil)
	b.AddUint8(payloadVersion)
	b.AddUint8(c.registry)
	for _, text := range []string{c.vendor, name} {
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte(text)) })
	}
	for _, e := range c.epochs {
		for i, s := range payloadStates {
			if s == e.state {
				b.AddUint8(e.number<<4 | uint8(i))
			}
		}
		b.AddUint32(uint32(e.created.Unix()))
		b.AddBytes(e.root.bytes()[:])
	}
	return b.Bytes()
}

// parsePayload reads what Secrets wrote. The recipients are missing.
func parsePayload(data []byte) (*contents, error) {
	bad := fmt.Errorf("what the shares hold is no keyring of this version")
	s := cryptobyte.String(data)
	var version uint8
	var vendor, name cryptobyte.String
	c := &contents{}
	if !s.ReadUint8(&version) || version != payloadVersion || !s.ReadUint8(&c.registry) ||
		!s.ReadUint8LengthPrefixed(&vendor) || !s.ReadUint8LengthPrefixed(&name) {
		return nil, bad
	}
	if c.vendor, c.name = string(vendor), string(name); c.name == "" {
		c.name = keyName(c.vendor)
	}
	for !s.Empty() {
		e := epoch{root: newRoot()}
		var head uint8
		var created uint32
		if !s.ReadUint8(&head) || !s.ReadUint32(&created) || !s.CopyBytes(e.root.bytes()[:]) || int(head&15) >= len(payloadStates) {
			return nil, bad
		}
		e.number, e.state, e.created = head>>4, payloadStates[head&15], time.Unix(int64(created), 0).UTC()
		c.epochs = append(c.epochs, e)
	}
	return c, nil
}

// FromSecrets is a keyring in memory of what Secrets gave: to open a backup with, and to
// see what it holds.
func FromSecrets(secrets []byte) (*Keyring, error) {
	c, err := parsePayload(secrets)
	if err != nil {
		return nil, err
	}
	c.recipients = []string{"nobody"}
	if err := c.valid(); err != nil {
		return nil, fmt.Errorf("what the shares hold is no keyring: %w", err)
	}
	return opened(c, nil), nil
}

// Restore makes a keyring in dir of what Secrets gave, under a new passphrase, as Create
// makes one. workFactor is as in [Options].
func Restore(dir string, secrets, passphrase []byte, workFactor int) (*Keyring, error) {
	workFactor, err := checkPassphrase(passphrase, workFactor)
	if err != nil {
		return nil, err
	}
	c, err := parsePayload(secrets)
	if err != nil {
		return nil, err
	}
	if err := free(dir); err != nil {
		return nil, err
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	c.recipients = []string{id.Recipient().String()}
	return establish(dir, c, id, passphrase, workFactor)
}
