package activator

import (
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/codes"
)

// licenseKeys derives the keys of licenses. It keeps what one license has in common
// with the next, so it is for one goroutine at a time. The zero licenseKeys is ready.
type licenseKeys struct {
	of         *keyring.Keyring
	masters    map[uint8]*codes.Master
	stretchers map[codes.UID]*codes.Stretcher
}

// printed is the 88-bit license key that the serial number carries.
func (l *licenseKeys) printed(k *keyring.Keyring, uid codes.UID, n codes.LicenseNumber) (codes.LicenseKey, error) {
	if l.of != k { // the keys were changed
		*l = licenseKeys{of: k, masters: map[uint8]*codes.Master{}, stretchers: map[codes.UID]*codes.Stretcher{}}
	}
	m := l.masters[n.Epoch()]
	if m == nil {
		var err error
		if m, err = k.Master(n.Epoch()); err != nil {
			return codes.LicenseKey{}, fmt.Errorf("license %v: %w", n, err)
		}
		l.masters[n.Epoch()] = m
	}
	return m.LicenseKey(uid, n), nil
}

// key is LK of a license.
func (l *licenseKeys) key(k *keyring.Keyring, uid codes.UID, n codes.LicenseNumber) (codes.Key, error) {
	printed, err := l.printed(k, uid, n)
	if err != nil {
		return codes.Key{}, err
	}
	s := l.stretchers[uid]
	if s == nil {
		s = codes.NewStretcher(uid)
		l.stretchers[uid] = s
	}
	return s.Stretch(printed, n), nil
}

// unlockFile adds what the keyring has for a license.
func (d *Desk) unlockFile(f *file) error {
	k, err := d.keys()
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return f.unlock(&d.licenses, k)
}

// unlock adds what the keyring has for a license; where the keys of its epoch were
// revoked there is no license key.
func (f *file) unlock(l *licenseKeys, k *keyring.Keyring) (err error) {
	f.signer = k
	f.lk, err = l.key(k, f.license.License.Product, f.license.License.Number)
	if f.givenUp = errors.Is(err, keyring.ErrEpoch); f.givenUp {
		return nil
	}
	return err
}
