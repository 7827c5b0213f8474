package keyring

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/lockedfile"
)

// A Change is a keyring as it is to be. It comes into force in three steps, so that a
// crash between any two of them can be settled: Prepare writes the new files beside
// the old ones, the caller records their digests in the journal, Commit puts them in
// place. See [Settle].
type Change struct {
	dir   string
	next  *Keyring
	files []changedFile // in the order of Commit
}

type changedFile struct {
	name string
	data []byte
}

const nextSuffix = ".next" // of a file that is prepared

// Next is the keyring after the change. It is usable before Commit.
func (c *Change) Next() *Keyring { return c.next }

// Digests names each file of the change by the SHA-256 of its content, in hex: that is
// public, as the files are encrypted, and no two files have the same.
func (c *Change) Digests() []string {
	var all []string
	for _, f := range c.files {
		all = append(all, digest(f.data))
	}
	return all
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Rotate begins a new epoch: new licenses and signatures are made with new secrets,
// those of the present epoch still verify. There are at most 16 epochs.
func (k *Keyring) Rotate(rand io.Reader, now time.Time) (*Change, error) {
	return k.change(func(c *contents) error {
		last := &c.epochs[len(c.epochs)-1]
		if last.number == maxEpoch {
			return fail(ErrLastEpoch, "key epoch %d is the last one there can be: a license number has 4 bits for it; begin a vendor folder of another name for new products", maxEpoch)
		}
		last.state = Retired
		e := epoch{number: last.number + 1, created: now.UTC().Truncate(time.Second), state: Current, root: newRoot()}
		if _, err := io.ReadFull(rand, e.root.bytes()[:]); err != nil {
			return fmt.Errorf("draw the root secret: %w", err)
		}
		c.epochs = append(c.epochs, e)
		return nil
	})
}

// Revoke gives up an epoch whose secret is not the vendor's alone any more. The current
// one cannot be given up: rotate first.
func (k *Keyring) Revoke(number uint8) (*Change, error) {
	return k.change(func(c *contents) error {
		for i := range c.epochs {
			e := &c.epochs[i]
			switch {
			case e.number != number:
				continue
			case e.state == Current:
				return fail(ErrEpoch, "key epoch %d is the current one: begin a new one first, with activator keys rotate", number)
			case e.state == Revoked:
				return fail(ErrEpoch, "key epoch %d is revoked already", number)
			}
			e.state = Revoked
			return nil
		}
		return fail(ErrEpoch, "the keyring has no key epoch %d", number)
	})
}

// change edits a copy of the contents and encrypts it to the same recipients.
func (k *Keyring) change(edit func(*contents) error) (*Change, error) {
	c, id, err := k.copied()
	if err != nil {
		return nil, err
	}
	if err := edit(c); err != nil {
		return nil, err
	}
	return k.changed(c, id)
}

// ChangePassphrase makes a new identity under a new passphrase, and encrypts the
// secrets to it: an old copy of identity.age opens no keyring.age of later, whatever
// passphrase it had. workFactor is as in [Options].
func (k *Keyring) ChangePassphrase(passphrase []byte, workFactor int) (*Change, error) {
	workFactor, err := checkPassphrase(passphrase, workFactor)
	if err != nil {
		return nil, err
	}
	c, before, err := k.copied()
	if err != nil {
		return nil, err
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	i := slices.Index(c.recipients, before.Recipient().String())
	if i < 0 {
		return nil, fail(ErrMismatch, "%s is not encrypted to the identity in %s: restore both from one backup", KeysFile, IdentityFile)
	}
	c.recipients[i] = id.Recipient().String()
	identity, err := sealIdentity(id, passphrase, workFactor)
	if err != nil {
		return nil, fmt.Errorf("encrypt %s: %w", IdentityFile, err)
	}
	return k.changed(c, id, changedFile{IdentityFile, identity})
}

// copied returns a copy of what is in the keyring.
func (k *Keyring) copied() (*contents, *age.X25519Identity, error) {
	k.in.mu.RLock()
	defer k.in.mu.RUnlock()
	if k.in.contents == nil {
		return nil, nil, fail(ErrWiped, "the keyring is locked: open it again")
	}
	c := *k.in.contents
	c.recipients = slices.Clone(c.recipients)
	c.epochs = slices.Clone(c.epochs)
	for i := range c.epochs {
		own := newRoot()
		*own.bytes() = *c.epochs[i].root.bytes()
		c.epochs[i].root = own
	}
	return &c, k.in.identity(), nil // nil in a keyring from shares that has no files
}

// changed makes a change of new contents and of files beside keyring.age. It opens
// what it encrypted: a keyring that cannot be read must not come into force.
func (k *Keyring) changed(c *contents, id *age.X25519Identity, also ...changedFile) (*Change, error) {
	if err := c.valid(); err != nil {
		return nil, err
	}
	keys, err := c.seal()
	if err != nil {
		return nil, err
	}
	back, err := openContents(KeysFile, keys, id)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(back.text(), c.text()) {
		return nil, fail(ErrDamaged, "%s as it was encrypted holds something else than it should: nothing was changed", KeysFile)
	}
	next := opened(c, id)
	next.in.dir = k.in.dir
	return &Change{dir: k.in.dir, next: next, files: append([]changedFile{{KeysFile, keys}}, also...)}, nil
}

// Lock keeps other processes from changing the keyring of a folder.
func Lock(dir string) (unlock func(), err error) {
	path := filepath.Join(dir, LockFile)
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); err == nil { // for its owner alone, as all files here
		f.Close()
	}
	unlock, err = lockedfile.MutexAt(path).Lock()
	if err != nil {
		return nil, fmt.Errorf("the keyring cannot be locked: %w", err)
	}
	return unlock, nil
}

// LockFile is an empty file of the vendor folder; it is no part of a backup.
const LockFile = "keyring.lock"

// Prepare writes the new files beside those in force, encrypted and for their owner
// alone. The caller holds the [Lock].
func (c *Change) Prepare() error {
	for i, f := range c.files {
		if err := createSecret(filepath.Join(c.dir, f.name+nextSuffix), f.data); err != nil {
			return errors.Join(err, c.discard(c.files[:i])) // another one that is there is not ours
		}
	}
	return nil
}

// Commit puts the prepared files in place.
func (c *Change) Commit() error {
	for _, f := range c.files {
		if err := promote(c.dir, f.name); err != nil {
			return err
		}
	}
	info, err := os.Stat(filepath.Join(c.dir, KeysFile))
	if err != nil {
		return err
	}
	c.next.in.file = info
	return syncDir(c.dir)
}

func promote(dir, name string) error {
	path := filepath.Join(dir, name)
	return os.Rename(path+nextSuffix, path)
}

// Discard removes what Prepare wrote.
func (c *Change) Discard() error { return c.discard(c.files) }

func (c *Change) discard(files []changedFile) error {
	var errs []error
	for _, f := range files {
		if err := os.Remove(filepath.Join(c.dir, f.name+nextSuffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Settle ends a change that was cut off: a prepared file whose digest was recorded is
// put in place, another one is removed, since nothing was ever done with it.
func Settle(dir string, recorded func(digest string) (bool, error)) error {
	if pending, err := prepared(dir); err != nil || len(pending) == 0 {
		return err
	}
	unlock, err := Lock(dir) // whoever is at it may be about to end it
	if err != nil {
		return err
	}
	defer unlock()
	pending, err := prepared(dir)
	if err != nil {
		return err
	}
	for _, name := range pending {
		path := filepath.Join(dir, name+nextSuffix)
		data, err := readSecret(path)
		if err != nil {
			return err
		}
		known, err := recorded(digest(data))
		switch {
		case err != nil:
			return err
		case known:
			err = promote(dir, name)
		default:
			err = os.Remove(path)
		}
		if err != nil {
			return err
		}
	}
	return syncDir(dir)
}

// prepared are the files of the keyring that have a next one beside them.
func prepared(dir string) ([]string, error) {
	var names []string
	for _, name := range []string{KeysFile, IdentityFile} {
		_, err := os.Lstat(filepath.Join(dir, name+nextSuffix))
		switch {
		case err == nil:
			names = append(names, name)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return names, nil
}
