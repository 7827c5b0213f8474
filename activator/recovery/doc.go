// Package recovery splits a secret into shares that are kept on paper, of which some bring
// it back and fewer tell nothing.
//
//	all, err := recovery.Split(rand.Reader, secret, 2, 3) // any 2 of 3
//	page := all[0].Page(recovery.Info{...})               // to print
//
//	var r recovery.Reader
//	err = r.Page(page)                                    // or r.Typed, line by line
//	secret, err := recovery.Combine(r.Shares()...)
//
// # What is split
//
// A key is drawn and split by Shamir's scheme over the scalar field of P-256
// (github.com/cloudflare/circl/secretsharing). The secret itself is encrypted under this
// key, by ChaCha20-Poly1305, in the set's common part, which stands on every share. So
// shares stay short however long the secret is, and whoever types them types the common
// part once.
//
//	common part: version 1 | need 1 | count 1 | count times check 4 | encrypted secret
//	share:       version 1 | set 4 | number 1 | value 32
//	set         = first 4 bytes of SHA-256("manual-activator/1 recovery set" 00 common part)
//	check       = first 4 bytes of SHA-256("manual-activator/1 recovery share" 00 number 1 | value 32)
//	key         = HKDF-SHA256(the scalar, 32 bytes big-endian; no salt; info "manual-activator/1 recovery key")
//
// The nonce is 12 zero bytes, since a key encrypts once; all before the encrypted secret is
// authenticated with it.
//
// # What is noticed
//
// A slip in typing: by the check character of its group. A share of another set: by the
// set in it. A share that is not as it was written, by whom ever: by its check in the
// common part. Too few, or one twice: by their numbers. A common part that was changed: by
// the set that every share names, and by the encryption.
//
// # On paper
//
// Both parts are written as lines of four groups of six (codes.FormatLine), length first in
// two bytes, zeros behind. Lines of the share are called B1, B2 and on, lines of the common
// part C1, C2 and on.
package recovery
