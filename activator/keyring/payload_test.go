package keyring

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"reflect"
	"testing"

	"filippo.io/age"

	"github.com/manual-activator/manual-activator/codes"
)

// What shares hold makes the same keyring again, all epochs, under another passphrase.
func TestSecretsAndRestore(t *testing.T) {
	k, _ := create(t)
	for range 2 {
		c, err := k.Rotate(rand.Reader, later)
		k = enforce(t, c, err)
	}
	c, err := k.Revoke(0)
	k = enforce(t, c, err)
	secrets, err := k.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	fresh := []byte("another")
	if _, err := Restore(dir, secrets, fresh, MinWorkFactor); err != nil {
		t.Fatal(err)
	}
	have := reopen(t, dir, fresh)
	if !reflect.DeepEqual(have.List(), k.List()) {
		t.Errorf("have %+v\nwant %+v", have.List(), k.List())
	}
	for e := uint8(1); e < 3; e++ {
		a, err1 := have.Master(e)
		b, err2 := k.Master(e)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if !a.LicenseKey(codes.UID{1}, 7).Equal(b.LicenseKey(codes.UID{1}, 7)) {
			t.Errorf("epoch %d gives other license keys", e)
		}
	}
	if _, err := Restore(dir, secrets, fresh, MinWorkFactor); !errors.Is(err, ErrExists) {
		t.Errorf("over a keyring: have %v, want ErrExists", err)
	}
	if _, err := Restore(t.TempDir(), secrets, nil, MinWorkFactor); !errors.Is(err, ErrPassphrase) {
		t.Errorf("no passphrase: have %v", err)
	}
	for i := range secrets {
		if _, err := FromSecrets(secrets[:i]); err == nil && (len(secrets)-i)%37 != 0 {
			t.Errorf("cut to %d bytes: have no error", i)
		}
	}
	if _, err := FromSecrets(append([]byte{2}, secrets[1:]...)); err == nil {
		t.Error("another version: have no error")
	}
	k.Wipe()
	if _, err := k.Secrets(); !errors.Is(err, ErrWiped) {
		t.Errorf("after Wipe: have %v", err)
	}
}

// A backup opens with the secrets of the epoch that it was made in, and with no others.
func TestBackupRecipient(t *testing.T) {
	first, _ := create(t)
	c, err := first.Rotate(rand.Reader, later)
	second := enforce(t, c, err)
	c, err = second.Revoke(0)
	revoked := enforce(t, c, err)
	foreign, err := Create(t.TempDir(), passphrase, Options{Vendor: "Other", WorkFactor: MinWorkFactor, Rand: rand.Reader, Now: options().Now})
	if err != nil {
		t.Fatal(err)
	}
	seal := func(k *Keyring) []byte {
		to, err := k.BackupRecipient(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		other, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		w, err := age.Encrypt(&b, other.Recipient(), to)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, "backup")
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	open := func(file []byte, k *Keyring) bool {
		ids, err := k.BackupIdentities()
		if err != nil {
			t.Fatal(err)
		}
		r, err := age.Decrypt(bytes.NewReader(file), ids...)
		if err != nil {
			return false
		}
		text, err := io.ReadAll(r)
		return err == nil && string(text) == "backup"
	}
	old, new := seal(first), seal(second)
	for what, c := range map[string]struct {
		file []byte
		k    *Keyring
		want bool
	}{
		"of before, keys of before": {old, first, true}, "of before, keys of now": {old, second, true}, "of before, its epoch revoked": {old, revoked, true},
		"of now, keys of before": {new, first, false}, "of now": {new, second, true}, "another vendor's": {new, foreign, false},
	} {
		if have := open(c.file, c.k); have != c.want {
			t.Errorf("%s: opened %v, want %v", what, have, c.want)
		}
	}
}
