package keyring

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"golang.org/x/mod/sumdb/note"
)

var later = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

// enforce does all steps of a change.
func enforce(t *testing.T, c *Change, err error) *Keyring {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Prepare(), c.Commit()); err != nil {
		t.Fatal(err)
	}
	return c.Next()
}

func reopen(t *testing.T, dir string, pass []byte) *Keyring {
	t.Helper()
	k, err := Open(dir, pass)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestRotate(t *testing.T) {
	first, dir := create(t)
	c, err := first.Rotate(rand.Reader, later)
	second := enforce(t, c, err)
	if !first.Outdated() || second.Outdated() {
		t.Errorf("outdated: have %v and %v, want true and false", first.Outdated(), second.Outdated())
	}
	k := reopen(t, dir, passphrase)
	if !reflect.DeepEqual(k.List(), second.List()) {
		t.Errorf("have %+v\nwant %+v", k.List(), second.List())
	}
	if k.Epoch() != 1 || k.Anchor() == first.Anchor() || k.JournalVerifier() == first.JournalVerifier() {
		t.Errorf("epoch %d has the keys of epoch 0", k.Epoch())
	}
	before, err := first.Master(0)
	if err != nil {
		t.Fatal(err)
	}
	after, err := k.Master(0)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := k.Master(1)
	if err != nil {
		t.Fatal(err)
	}
	lk := before.LicenseKey(codes.UID{1}, 7)
	if !lk.Equal(after.LicenseKey(codes.UID{1}, 7)) || lk.Equal(fresh.LicenseKey(codes.UID{1}, 7)) {
		t.Error("the license keys of epoch 0 changed, or those of epoch 1 are the same")
	}
	former, err := k.FormerSigners()
	if want := []product.FormerSigner{{Anchor: first.Anchor(), Until: day(t, later)}}; err != nil || !slices.Equal(former, want) {
		t.Errorf("have %v, %v, want %v", former, err, want)
	}
	signed, err := note.Sign(&note.Note{Text: "text\n"}, append([]note.Signer{k.ProfileSigner()}, k.FormerProfileSigners()...)...)
	if err != nil {
		t.Fatal(err)
	}
	for _, anchor := range []string{first.Anchor(), k.Anchor()} {
		v, err := note.NewVerifier(anchor)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := note.Open(signed, note.VerifierList(v)); err != nil {
			t.Errorf("%s: %v", anchor, err)
		}
	}
	if have := k.CodesPublicKeys(); len(have) != 2 || have[0].ID != 0 || have[1].ID != 1 {
		t.Errorf("have keys %v, want those of both epochs", have)
	}
	if len(k.RevokedEpochs()) != 0 {
		t.Errorf("have %v revoked, want none", k.RevokedEpochs())
	}
}

func day(t *testing.T, at time.Time) codes.Day {
	d, err := codes.DayOf(at)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRevoke(t *testing.T) {
	k, dir := create(t)
	refuses := func(number uint8, want string) {
		t.Helper()
		if _, err := k.Revoke(number); !errors.Is(err, ErrEpoch) || err.Error() != want {
			t.Errorf("revoke %d: have %v, want %s", number, err, want)
		}
	}
	refuses(0, "key epoch 0 is the current one: begin a new one first, with activator keys rotate")
	refuses(1, "the keyring has no key epoch 1")
	for range 2 {
		c, err := k.Rotate(rand.Reader, later)
		k = enforce(t, c, err)
	}
	c, err := k.Revoke(0)
	enforce(t, c, err)
	k = reopen(t, dir, passphrase)
	refuses(0, "key epoch 0 is revoked already")
	if _, err := k.Master(0); !errors.Is(err, ErrEpoch) {
		t.Errorf("the master of a revoked epoch: have %v", err)
	}
	if have := k.RevokedEpochs(); !slices.Equal(have, []uint8{0}) {
		t.Errorf("have %v revoked, want 0", have)
	}
	if have := k.FormerProfileSigners(); len(have) != 1 {
		t.Errorf("have %v, want the key of epoch 1 alone", have)
	}
	if former, err := k.FormerSigners(); err != nil || len(former) != 1 {
		t.Errorf("have %v, %v, want the key of epoch 1 alone", former, err)
	}
	if have := k.CodesPublicKeys(); len(have) != 2 || have[0].ID != 1 {
		t.Errorf("have keys %v, want those of epochs 1 and 2", have)
	}
}

func TestSixteenEpochs(t *testing.T) {
	k, _ := create(t)
	for range 15 {
		c, err := k.Rotate(rand.Reader, later)
		k = enforce(t, c, err)
	}
	if _, err := k.Rotate(rand.Reader, later); !errors.Is(err, ErrLastEpoch) || k.Epoch() != 15 {
		t.Errorf("epoch %d: have %v, want ErrLastEpoch", k.Epoch(), err)
	}
	if _, err := k.Rotate(bytes.NewReader(nil), later); err == nil {
		t.Error("no randomness: have no error")
	}
}

// An old identity.age opens nothing of after a change of the passphrase, and the old
// passphrase neither.
func TestChangePassphrase(t *testing.T) {
	k, dir := create(t)
	before := read(t, dir)
	fresh := []byte("another passphrase")
	c, err := k.ChangePassphrase(fresh, MinWorkFactor)
	if err != nil {
		t.Fatal(err)
	}
	enforce(t, c, nil)
	if have := reopen(t, dir, fresh); !reflect.DeepEqual(have.List(), k.List()) {
		t.Errorf("have %+v\nwant %+v", have.List(), k.List())
	}
	if _, err := Open(dir, passphrase); !errors.Is(err, ErrPassphrase) {
		t.Errorf("old passphrase: have %v, want ErrPassphrase", err)
	}
	write(t, dir, IdentityFile, before[IdentityFile])
	if _, err := Open(dir, passphrase); !errors.Is(err, ErrMismatch) {
		t.Errorf("old identity: have %v, want ErrMismatch", err)
	}
	for _, bad := range []struct {
		pass   string
		factor int
	}{{"", 0}, {"x", 9}, {"x", 21}} {
		if _, err := k.ChangePassphrase([]byte(bad.pass), bad.factor); err == nil {
			t.Errorf("%+v: have no error", bad)
		}
	}
}

// A crash between any two steps leaves a keyring that opens: the one of before where
// nothing was recorded, the new one where it was.
func TestSettle(t *testing.T) {
	fresh := []byte("another passphrase")
	changes := map[string]func(*Keyring) (*Change, error){
		"rotate":     func(k *Keyring) (*Change, error) { return k.Rotate(rand.Reader, later) },
		"passphrase": func(k *Keyring) (*Change, error) { return k.ChangePassphrase(fresh, MinWorkFactor) },
	}
	for name, change := range changes {
		for _, c := range []struct {
			step             string
			prepared, placed int // files
			recorded, done   bool
		}{
			{"one of the files written", 1, 0, false, false},
			{"all written", 2, 0, false, false},
			{"recorded", 2, 0, true, true},
			{"recorded, one in place", 2, 1, true, true},
			{"all in place", 2, 2, true, true},
		} {
			t.Run(fmt.Sprint(name, ", ", c.step), func(t *testing.T) {
				k, dir := create(t)
				ch, err := change(k)
				if err != nil {
					t.Fatal(err)
				}
				journal := map[string]bool{}
				for i, f := range ch.files[:min(c.prepared, len(ch.files))] {
					path := filepath.Join(dir, f.name+nextSuffix)
					if err := createSecret(path, f.data); err != nil {
						t.Fatal(err)
					}
					if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
						t.Errorf("%s: have mode %v, %v, want 0600", path, info.Mode(), err)
					}
					if i < c.placed {
						if err := promote(dir, f.name); err != nil {
							t.Fatal(err)
						}
					}
				}
				if c.recorded {
					for _, d := range ch.Digests() {
						journal[d] = true
					}
				}
				for range 2 { // settling twice is as settling once
					if err := Settle(dir, func(d string) (bool, error) { return journal[d], nil }); err != nil {
						t.Fatal(err)
					}
				}
				pass, want := passphrase, k.List()
				if c.done {
					want = ch.Next().List()
					if name == "passphrase" {
						pass = fresh
					}
				}
				if have := reopen(t, dir, pass); !reflect.DeepEqual(have.List(), want) {
					t.Errorf("have %+v\nwant %+v", have.List(), want)
				}
				if left, _ := filepath.Glob(filepath.Join(dir, "*"+nextSuffix)); len(left) > 0 {
					t.Errorf("have %v left", left)
				}
			})
		}
	}
}

func TestSettleErrors(t *testing.T) {
	k, dir := create(t)
	c, err := k.Rotate(rand.Reader, later)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	if err := c.Prepare(); !errors.Is(err, ErrExists) {
		t.Errorf("prepared twice: have %v, want ErrExists", err)
	}
	if left, err := prepared(dir); err != nil || len(left) != 1 {
		t.Errorf("have %v, %v left, want what the first one prepared", left, err)
	}
	boom := errors.New("boom")
	if err := Settle(dir, func(string) (bool, error) { return false, boom }); !errors.Is(err, boom) {
		t.Errorf("have %v, want %v", err, boom)
	}
	if err := c.Discard(); err != nil {
		t.Fatal(err)
	}
	k.Wipe()
	if _, err := k.Rotate(rand.Reader, later); !errors.Is(err, ErrWiped) {
		t.Errorf("after Wipe: have %v, want ErrWiped", err)
	}
}
