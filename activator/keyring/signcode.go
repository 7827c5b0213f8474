package keyring

import "crypto/ed25519"

// SignCode signs the message of a signed activation code with the key of this id,
// an epoch: that of the license. The signature is the same each time.
// The errors wrap ErrEpoch, where there is no such key or it is revoked, and
// ErrWiped.
func (k *Keyring) SignCode(id uint8, message []byte) (signature [ed25519.SignatureSize]byte, err error) {
	k.in.mu.RLock()
	defer k.in.mu.RUnlock()
	e, err := k.in.epoch(id)
	if err != nil {
		return signature, err
	}
	private := e.root.private(forCodes)
	defer clear(private)
	return [ed25519.SignatureSize]byte(ed25519.Sign(private, message)), nil
}
