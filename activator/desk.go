package activator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/codes"
)

// Config says which desk to open and what it may use.
type Config struct {
	Dir string // the vendor folder
	// Unlock gives the passphrase. It is called at most once, and only when a
	// secret is needed: listing and checking product files work without it.
	Unlock func() ([]byte, error)
	Now    func() time.Time
	Rand   io.Reader // crypto/rand.Reader
	// Heads is a folder of the operator's, not of the vendor's, where the last head of
	// the journal is kept: it shows when a former copy was put back. Empty: nowhere.
	Heads string
	// Journal is the address of a PostgreSQL database that holds the journal,
	// postgres://...; empty for what the vendor folder's settings say.
	Journal string
}

// Desk is the vendor's desk: catalogue, keyring and journal of one vendor
// folder. It is safe for concurrent use. Work is done through a [Session].
type Desk struct {
	dir     string
	name    string
	catalog *catalog.Catalog
	store   steady
	unlock  func() ([]byte, error)
	now     func() time.Time
	rand    io.Reader
	apart   *uint8 // the registry of a desk that works apart; nil: the keyring's
	mirror  string // a folder for a copy of the journal; empty for none
	// recordedAny says that this desk appended to the journal.
	recordedAny atomic.Bool
	// readOnly is why nothing can be recorded; nil where it can.
	readOnly error
	heads    string
	place    place

	restoring bool // the journal may be older than the keys

	changing sync.RWMutex // held by who records, under a key that stays in force; and alone by who changes it

	mu       sync.Mutex
	ring     *keyring.Keyring
	coming   *keyring.Keyring // while the keys change: those that come into force
	ringErr  error
	growing  sync.Mutex
	grew     bool  // it was looked whether the journal is the one seen last
	grownErr error // it is not
	licenses licenseKeys
	recorded map[codes.UID]productRecord
}

// Open opens the desk of a vendor folder. A product file with mistakes does not
// stop it: the product's codes are refused until the file is mended.
func Open(ctx context.Context, c Config) (*Desk, error) {
	s, err := readSettings(c.Dir)
	if err != nil {
		return nil, err
	}
	cat, err := catalog.Load(filepath.Join(c.Dir, productsDir))
	if err != nil {
		return nil, err
	}
	d := &Desk{
		dir: c.Dir, name: s.Desk, catalog: cat, heads: c.Heads, apart: s.Registry, mirror: s.Mirror, unlock: c.Unlock, now: c.Now, rand: c.Rand,
		recorded: map[codes.UID]productRecord{},
	}
	d.place = s.place(c.Dir, c.Journal)
	opened, err := d.place.open(ctx, ownVerifiers{d}, false)
	if errors.As(err, new(*journal.LostError)) {
		return nil, err
	}
	if err != nil {
		// A full disk, a folder or a database that cannot be written to: what is there can be read.
		d.readOnly = err
		if opened, err = d.place.open(ctx, ownVerifiers{d}, true); err != nil {
			return nil, d.readOnly
		}
	}
	d.store = steady{opened, steadyPauses}
	return d, nil
}

// Close gives back the journal and wipes the keys.
func (d *Desk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ring != nil {
		d.ring.Wipe()
		d.ring = nil
	}
	d.ringErr = errors.New("the desk is closed")
	return errors.Join(d.mirrorJournal(context.Background()), d.store.Close())
}

// Name is the desk's name, as the journal keeps it.
func (d *Desk) Name() string { return d.name }

// keys unlocks the keyring, once.
func (d *Desk) keys() (*keyring.Keyring, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ring == nil && d.ringErr == nil {
		d.ring, d.ringErr = d.openRing()
	}
	return d.ring, d.ringErr
}

func (d *Desk) openRing() (*keyring.Keyring, error) {
	pass, err := d.unlock()
	if err != nil {
		return nil, err
	}
	defer clear(pass)
	if err := keyring.Settle(d.dir, d.keysRecorded); err != nil {
		return nil, fmt.Errorf("a change of the keys was cut off and cannot be settled: %w", err)
	}
	k, err := keyring.Open(d.dir, pass)
	if err != nil {
		return nil, err
	}
	err = d.sameVendor(k)
	if err == nil && !d.restoring { // what is restored is brought up to date
		err = d.knowsRevoked(context.Background(), k)
	}
	if err != nil {
		k.Wipe()
		return nil, err
	}
	return k, nil
}

// A strangersError says that the keyring of a vendor folder is not the journal's.
type strangersError struct {
	dir string
	err error
}

func (e *strangersError) Error() string {
	return fmt.Sprintf("keyring and journal of %s do not belong together (%v): put back the files that do, or restore a backup", e.dir, e.err)
}

func (e *strangersError) Unwrap() error { return e.err }

// sameVendor refuses a keyring that is not the journal's: every code would seem not
// genuine.
func (d *Desk) sameVendor(k *keyring.Keyring) error {
	head, err := d.store.Head(context.Background())
	if err != nil || head.Size == 0 {
		return err
	}
	if _, err := journal.ParseCheckpoint(head.Checkpoint, verifiersOf(k)); err != nil {
		return &strangersError{d.dir, err}
	}
	if _, err := journal.ParseCheckpoint(head.Checkpoint, d.writers(k, nil)); err != nil {
		return fmt.Errorf("the journal of %s is signed with a former key, so it ends before the keys were changed, or somebody with a former key changed it: put back the journal that belongs to the keyring, or restore a backup", d.dir)
	}
	return nil
}

// trusted refuses to work on a journal that was put back to a former state. It looks
// once.
func (d *Desk) trusted(ctx context.Context) error {
	d.growing.Lock()
	defer d.growing.Unlock()
	if d.grew {
		return d.grownErr
	}
	err := d.store.again(ctx, func() error { return d.grown(ctx) })
	if errors.As(err, new(*journal.LostError)) {
		return err // it was not looked at
	}
	d.grew, d.grownErr = true, err
	return err
}

// Unlock opens the keyring now, so that a wrong passphrase shows before work begins.
func (d *Desk) Unlock() error {
	_, err := d.keys()
	return err
}

// Keys lists what everybody may know of the keyring.
func (d *Desk) Keys() (keyring.Listing, error) {
	k, err := d.keys()
	if err != nil {
		return keyring.Listing{}, err
	}
	return k.List(), nil
}

// registry is the registry whose license numbers this desk draws.
func (d *Desk) registry(k *keyring.Keyring) uint8 {
	if d.apart != nil {
		return *d.apart
	}
	return k.Registry()
}

// signer signs the heads of the journal.
func (d *Desk) signer() (note.Signer, error) {
	k, err := d.keys()
	if err != nil {
		return nil, err
	}
	if k.Outdated() {
		return nil, errOutdated
	}
	return k.JournalSigner(), nil
}

// underKey has f record under the journal's key, which stays in force meanwhile.
func (d *Desk) underKey(f func(note.Signer) ([]journal.EntryID, error)) ([]journal.EntryID, error) {
	d.changing.RLock()
	defer d.changing.RUnlock()
	signer, err := d.signer()
	if err != nil {
		return nil, err
	}
	ids, err := f(signer)
	if err != nil && !isRace(err) && !errors.As(err, new(*journal.LostError)) {
		if _, outdated := d.signer(); outdated != nil { // why the journal's head is not known here
			err = outdated
		}
	}
	return ids, err
}

// licenseKey is LK of a license.
func (d *Desk) licenseKey(uid codes.UID, n codes.LicenseNumber) (codes.Key, error) {
	k, err := d.keys()
	if err != nil {
		return codes.Key{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.licenses.key(k, uid, n)
}

// serial is the serial number of a license.
func (d *Desk) serial(uid codes.UID, n codes.LicenseNumber) (codes.Code, error) {
	k, err := d.printedKey(uid, n)
	if err != nil {
		return codes.Code{}, err
	}
	return codes.NewSerial(uid, n, k).Code(), nil
}

// printedKey is the 88-bit license key that the serial number carries.
func (d *Desk) printedKey(uid codes.UID, n codes.LicenseNumber) (codes.LicenseKey, error) {
	k, err := d.keys()
	if err != nil {
		return codes.LicenseKey{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.licenses.printed(k, uid, n)
}

// KeysRevoked reports whether a license has no serial number any more, since the keys
// of its epoch were revoked.
func (s *Session) KeysRevoked(n codes.LicenseNumber) (bool, error) {
	k, err := s.desk.keys()
	if err != nil {
		return false, err
	}
	return slices.Contains(k.RevokedEpochs(), n.Epoch()), nil
}

// Serial makes a license's serial number again.
func (s *Session) Serial(l *License) (codes.Code, error) {
	if err := s.may(ActRegister); err != nil {
		return codes.Code{}, err
	}
	return s.desk.serial(l.Product, l.Number)
}
