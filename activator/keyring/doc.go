// Package keyring keeps the vendor's secrets: one root secret per key epoch,
// from which everything else derives.
//
//	k, err := keyring.Open(dir, passphrase)
//	if err != nil {
//		return err // ErrPassphrase, ErrDamaged, ...: a sentence with the remedy
//	}
//	defer k.Wipe()
//	master, err := k.Master(k.Epoch())       // license keys
//	signed, err := product.Sign(profile, k.ProfileSigner())
//
// # Two files
//
// identity.age is encrypted with the operator's passphrase (scrypt) and holds
// that operator's X25519 identity. keyring.age is encrypted to X25519 recipients
// and holds the root secrets. age allows one scrypt recipient alone, so this is
// how people can be added and removed without new passphrases for the others.
// Both are ordinary age files: the age tool opens them.
//
//	age -d identity.age > identity.txt && age -d -i identity.txt keyring.age
//
// # What derives from a root
//
// HKDF-SHA256 (RFC 5869) with an empty salt and these infos, 32 bytes each:
//
//	manual-activator/1 license master secret    HMAC key of license keys
//	manual-activator/1 codes signing key        Ed25519 seed, signed activation codes
//	manual-activator/1 profiles signing key     Ed25519 seed, product profiles and license files
//	manual-activator/1 journal signing key      Ed25519 seed, journal heads
//
// # What is promised
//
// No error, format verb or JSON of a value of this package shows a secret. Files
// are written with mode 0600, whole or not at all, and never over a file that is
// there. Files that others can read are refused. An age file that asks for more
// scrypt work than 2^20 is refused before any work is done.
//
// # What is not
//
// Wipe clears the secrets of the keyring itself; copies that the Go runtime or
// the age package made may stay in memory until they are reused. Whoever can
// read the memory of the running desk, or has the files and the passphrase, has
// every secret in them.
package keyring
