package activator_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/keyring"
)

// A desk that is open while another process changes the keys says so and records nothing.
func TestKeysChangedElsewhere(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.license(1)
	other := *o
	other.open()
	if _, err := other.RotateKeys(ctx, ""); err != nil {
		t.Fatal(err)
	}
	entries := other.entries()
	_, err := o.Register(ctx, activator.Order{Product: "press-studio", Customer: "x", Seats: 1})
	if err == nil || !strings.Contains(err.Error(), "close it and open it again") {
		t.Errorf("register: have %v", err)
	}
	if _, err := o.RotateKeys(ctx, ""); err == nil || !strings.Contains(err.Error(), "close it and open it again") {
		t.Errorf("rotate: have %v", err)
	}
	if have := other.entries(); have != entries {
		t.Errorf("have %d entries, want %d", have, entries)
	}
	o.desk.Close()
	o.open()
	if l := o.license(1); l.Number.Epoch() != 1 {
		t.Errorf("have %v, want one of epoch 1", l.Number)
	}
}

// A crash between file and journal, in either order, leaves a folder that opens,
// verifies and goes on; what was recorded holds, what was not never was.
func TestKeysCrash(t *testing.T) {
	ctx := context.Background()
	file := func(o *office, name string) []byte {
		b, err := os.ReadFile(filepath.Join(o.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	put := func(o *office, name string, b []byte) {
		if err := os.WriteFile(filepath.Join(o.dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("files prepared, nothing recorded", func(t *testing.T) {
		o := newOffice(t)
		o.desk.Close()
		c, err := o.ring().Rotate(rand.Reader, o.now)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Prepare(); err != nil {
			t.Fatal(err)
		}
		o.open()
		if l := o.license(1); l.Number.Epoch() != 0 {
			t.Errorf("have %v, want one of epoch 0", l.Number)
		}
		o.verified()
		if _, err := o.RotateKeys(ctx, ""); err != nil {
			t.Errorf("rotating after that: %v", err)
		}
	})
	for _, change := range []string{"rotate", "passphrase"} {
		t.Run("recorded, files not in place: "+change, func(t *testing.T) {
			o := newOffice(t)
			keys, identity := file(o, keyring.KeysFile), file(o, keyring.IdentityFile)
			var err error
			if change == "rotate" {
				_, err = o.RotateKeys(ctx, "")
			} else {
				_, err = o.ChangePassphrase(ctx, []byte(passphrase), 10)
			}
			if err != nil {
				t.Fatal(err)
			}
			o.desk.Close()
			put(o, keyring.KeysFile+".next", file(o, keyring.KeysFile))
			put(o, keyring.KeysFile, keys)
			if change == "passphrase" {
				put(o, keyring.IdentityFile+".next", file(o, keyring.IdentityFile))
				put(o, keyring.IdentityFile, identity)
			}
			o.open()
			l := o.license(1)
			if have := l.Number.Epoch() == 1; have != (change == "rotate") {
				t.Errorf("have %v", l.Number)
			}
			o.verified()
			if left, _ := filepath.Glob(filepath.Join(o.dir, "*.next")); len(left) > 0 {
				t.Errorf("have %v left", left)
			}
		})
	}
}

// A journal that was signed with a former key is refused: that key may be a thief's.
func TestJournalOfFormerKey(t *testing.T) {
	ctx := context.Background()
	o := newOffice(t)
	o.license(1)
	o.desk.Close()
	former, err := os.ReadFile(filepath.Join(o.dir, "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	o.open()
	if _, err := o.RotateKeys(ctx, ""); err != nil {
		t.Fatal(err)
	}
	o.desk.Close()
	for _, end := range []string{"-wal", "-shm"} {
		os.Remove(filepath.Join(o.dir, "journal.db"+end))
	}
	if err := os.WriteFile(filepath.Join(o.dir, "journal.db"), former, 0o600); err != nil {
		t.Fatal(err)
	}
	o.heads = t.TempDir() // a computer that never saw this journal
	o.open()
	if err := o.desk.Unlock(); err == nil || !strings.Contains(err.Error(), "signed with a former key") {
		t.Errorf("have %v, want it refused", err)
	}
}
