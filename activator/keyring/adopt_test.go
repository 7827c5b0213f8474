package keyring

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// twin copies a keyring to another folder.
func twin(t *testing.T, dir string) (*Keyring, string) {
	t.Helper()
	other := filepath.Join(t.TempDir(), "twin")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{IdentityFile, KeysFile} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(other, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return reopen(t, other, passphrase), other
}

func TestAdopt(t *testing.T) {
	office, dir := create(t)
	laptop, at := twin(t, dir)
	if _, err := laptop.Adopt(office); !errors.Is(err, ErrEpoch) {
		t.Errorf("the same keys: have %v, want %v", err, ErrEpoch)
	}
	rotate := func(k *Keyring) *Keyring {
		c, err := k.Rotate(rand.Reader, later)
		return enforce(t, c, err)
	}
	office = rotate(rotate(office))
	if _, err := office.Adopt(laptop); !errors.Is(err, ErrMismatch) {
		t.Errorf("older keys: have %v, want %v", err, ErrMismatch)
	}
	c, err := office.Revoke(0)
	office = enforce(t, c, err)
	c, err = laptop.Adopt(office)
	enforce(t, c, err)
	laptop = reopen(t, at, passphrase)
	if !reflect.DeepEqual(laptop.List(), office.List()) {
		t.Errorf("have %+v\nwant %+v", laptop.List(), office.List())
	}
	if have, want := laptop.JournalSigner().KeyHash(), office.JournalSigner().KeyHash(); have != want {
		t.Errorf("the journal's key: have %08x, want %08x", have, want)
	}

	c, err = office.Revoke(1) // a revocation alone
	office = enforce(t, c, err)
	if _, err := office.Adopt(laptop); !errors.Is(err, ErrMismatch) {
		t.Errorf("keys that know of no revocation: have %v, want %v", err, ErrMismatch)
	}
	c, err = laptop.Adopt(office)
	laptop = enforce(t, c, err)
	if have := laptop.RevokedEpochs(); len(have) != 2 {
		t.Errorf("revoked: have %v, want 0 and 1", have)
	}

	office, laptop = rotate(office), rotate(laptop)
	if _, err := laptop.Adopt(office); !errors.Is(err, ErrMismatch) {
		t.Errorf("an epoch that both began: have %v, want %v", err, ErrMismatch)
	}
	stranger, _ := create(t)
	stranger = rotate(rotate(rotate(rotate(stranger))))
	if _, err := laptop.Adopt(stranger); !errors.Is(err, ErrMismatch) {
		t.Errorf("keys of somebody else: have %v, want %v", err, ErrMismatch)
	}
}
