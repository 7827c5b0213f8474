package keyring

import (
	"crypto/subtle"
)

// Adopt takes over the epochs of another keyring of this vendor that has more of them, or knows of a revocation: where
// two desks that work apart have a copy each, and the keys were changed at the other one. Registry, passphrase and
// recipients stay.
func (k *Keyring) Adopt(other *Keyring) (*Change, error) {
	theirs, _, err := other.copied()
	if err != nil {
		return nil, err
	}
	return k.change(func(c *contents) error {
		if c.name != theirs.name || c.vendor != theirs.vendor {
			return fail(ErrMismatch, "those are keys of %q, these of %q: only keys of one vendor can be taken over", theirs.vendor, c.vendor)
		}
		fresh := len(theirs.epochs) > len(c.epochs)
		for i, e := range c.epochs {
			if i >= len(theirs.epochs) {
				return fail(ErrMismatch, "key epoch %d is here and not there: take over these keys there", e.number)
			}
			t := theirs.epochs[i]
			switch {
			case t.number != e.number || subtle.ConstantTimeCompare(t.root.bytes()[:], e.root.bytes()[:]) == 0:
				return fail(ErrMismatch, "key epoch %d was begun at both desks, with keys of their own: they are two vendors from then on. Let one of them bring in the journal of the other as long as it can, and make that other's folder anew", e.number)
			case e.state == Revoked && t.state != Revoked:
				return fail(ErrMismatch, "key epoch %d is revoked here and not there: take over these keys there first", e.number)
			case e.state != t.state:
				fresh = true
			}
		}
		if !fresh {
			return fail(ErrEpoch, "there is nothing to take over: both desks have the same keys")
		}
		c.epochs = theirs.epochs
		return nil
	})
}
