package keyring

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"
)

// A backup is encrypted to an identity of its own, which the passphrase opens, and to the
// secrets of the current epoch, which shares bring back. The second is a recipient of our
// own, the stanza
//
//	-> manual-activator.EPOCH base64(salt 16)
//	base64(file key, by ChaCha20-Poly1305, nonce 0, key HKDF-SHA256(root, salt, "manual-activator/1 backup key"))
//
// which the age tool passes over.
const backupStanza = "manual-activator."

// BackupRecipient makes the secrets of the current epoch open a backup.
func (k *Keyring) BackupRecipient(rand io.Reader) (age.Recipient, error) {
	c, _, err := k.copied()
	if err != nil {
		return nil, err
	}
	return &rootRecipient{c.epochs[len(c.epochs)-1], rand}, nil
}

// BackupIdentities open the backups that were made with the keys of this keyring's epochs,
// revoked ones too.
func (k *Keyring) BackupIdentities() ([]age.Identity, error) {
	c, _, err := k.copied()
	if err != nil {
		return nil, err
	}
	var all []age.Identity
	for _, e := range c.epochs {
		all = append(all, &rootIdentity{e})
	}
	return all, nil
}

type rootRecipient struct {
	e    epoch
	rand io.Reader
}

type rootIdentity struct{ e epoch }

func (e epoch) backupKey(salt []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, e.root.bytes()[:], salt, "manual-activator/1 backup key", chacha20poly1305.KeySize)
}

// Wrap implements [age.Recipient].
func (r *rootRecipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(r.rand, salt); err != nil {
		return nil, err
	}
	key, err := r.e.backupKey(salt)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	return []*age.Stanza{{
		Type: fmt.Sprintf("%s%d", backupStanza, r.e.number), Args: []string{base64.RawStdEncoding.EncodeToString(salt)},
		Body: aead.Seal(nil, make([]byte, chacha20poly1305.NonceSize), fileKey, nil),
	}}, nil
}

// Unwrap implements [age.Identity].
func (r *rootIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	for _, s := range stanzas {
		if s.Type != fmt.Sprintf("%s%d", backupStanza, r.e.number) || len(s.Args) != 1 {
			continue
		}
		salt, err := base64.RawStdEncoding.DecodeString(s.Args[0])
		if err != nil || len(salt) != 16 || len(s.Body) != 16+chacha20poly1305.Overhead {
			return nil, fmt.Errorf("the backup's header is damaged")
		}
		key, err := r.e.backupKey(salt)
		if err != nil {
			return nil, err
		}
		defer clear(key)
		aead, err := chacha20poly1305.New(key)
		if err != nil {
			return nil, err
		}
		if fileKey, err := aead.Open(nil, make([]byte, chacha20poly1305.NonceSize), s.Body, nil); err == nil {
			return fileKey, nil
		}
	}
	return nil, age.ErrIncorrectIdentity
}
