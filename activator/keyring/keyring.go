package keyring

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// Keyring is an unlocked keyring. Its methods may be called from several
// goroutines. Printing one shows nothing of what it holds.
type Keyring struct{ in *secrets }

type secrets struct {
	mu       sync.RWMutex
	contents *contents                  // nil: wiped
	identity func() *age.X25519Identity // the operator's; a function, as the roots are
	public   Listing
	dir      string      // where the files are
	file     os.FileInfo // of keyring.age as it was read, to notice another one
}

// Options are what a new keyring is made of.
type Options struct {
	Vendor     string           // the vendor's name, 1 to 200 bytes
	Registry   uint8            // 0 to 15; desks that register licenses apart take different ones
	WorkFactor int              // scrypt, log2: MinWorkFactor to MaxWorkFactor; 0: DefaultWorkFactor
	Rand       io.Reader        // the root secret comes from here: crypto/rand.Reader
	Now        func() time.Time // the date of the first epoch
}

// Listing is what may be known of a keyring by everybody.
type Listing struct {
	Vendor     string  `json:"vendor"`
	Name       string  `json:"name"`       // of keys: "NAME/profile", "NAME/journal"
	Registry   uint8   `json:"registry"`   // 0 to 15
	Recipients int     `json:"recipients"` // how many operators can open the keyring
	Epochs     []Epoch `json:"epochs"`     // ascending; the last one is current
}

// Epoch is the public side of one key epoch.
type Epoch struct {
	Number          uint8     `json:"epoch"`
	Created         time.Time `json:"created"`
	State           State     `json:"state"`
	Anchor          string    `json:"anchor"`           // verifier of product profiles and license files
	JournalVerifier string    `json:"journal_verifier"` // verifier of journal heads
	CodesKey        []byte    `json:"codes_key"`        // Ed25519, verifies signed activation codes; its key id is the epoch
}

// Create makes a keyring with epoch 0 in dir and returns it unlocked. Nothing
// that is there is ever overwritten.
func Create(dir string, passphrase []byte, o Options) (*Keyring, error) {
	if o.Rand == nil || o.Now == nil {
		panic("keyring: Create needs Options.Rand and Options.Now")
	}
	var err error
	if o.WorkFactor, err = checkPassphrase(passphrase, o.WorkFactor); err != nil {
		return nil, err
	}
	if err := free(dir); err != nil {
		return nil, err
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	c := &contents{vendor: o.Vendor, name: keyName(o.Vendor), registry: o.Registry, recipients: []string{id.Recipient().String()},
		epochs: []epoch{{created: o.Now().UTC().Truncate(time.Second), state: Current, root: newRoot()}}}
	if _, err := io.ReadFull(o.Rand, c.epochs[0].root.bytes()[:]); err != nil {
		return nil, fmt.Errorf("draw the root secret: %w", err)
	}
	return establish(dir, c, id, passphrase, o.WorkFactor)
}

// checkPassphrase refuses what no identity can be encrypted with, and returns the
// work factor to use.
func checkPassphrase(passphrase []byte, workFactor int) (int, error) {
	if workFactor == 0 {
		workFactor = DefaultWorkFactor
	}
	switch {
	case len(passphrase) == 0:
		return 0, fail(ErrPassphrase, "the passphrase is empty: expected at least one character, better four random words")
	case workFactor < MinWorkFactor || workFactor > MaxWorkFactor:
		return 0, fmt.Errorf("work factor %d: expected %d to %d", workFactor, MinWorkFactor, MaxWorkFactor)
	}
	return workFactor, nil
}

// establish writes the files of a new keyring.
func establish(dir string, c *contents, id *age.X25519Identity, passphrase []byte, workFactor int) (*Keyring, error) {
	if err := c.valid(); err != nil {
		return nil, err
	}
	keys, err := c.seal()
	if err != nil {
		return nil, err
	}
	identity, err := sealIdentity(id, passphrase, workFactor)
	if err != nil {
		return nil, fmt.Errorf("encrypt %s: %w", IdentityFile, err)
	}
	if err := createSecret(filepath.Join(dir, KeysFile), keys); err != nil {
		return nil, err
	}
	if err := createSecret(filepath.Join(dir, IdentityFile), identity); err != nil {
		return nil, errors.Join(err, os.Remove(filepath.Join(dir, KeysFile))) // just made, of no use alone
	}
	return unlocked(c, id, dir)
}

// Open unlocks the keyring in dir. Its errors wrap ErrMissing, ErrNotRegular,
// ErrExposed, ErrWorkFactor, ErrPassphrase, ErrMismatch or ErrDamaged.
func Open(dir string, passphrase []byte) (*Keyring, error) {
	idPath, keysPath := filepath.Join(dir, IdentityFile), filepath.Join(dir, KeysFile)
	idFile, err := readSecret(idPath)
	if err != nil {
		return nil, err
	}
	keysFile, err := readSecret(keysPath)
	if err != nil {
		return nil, err
	}
	id, err := openIdentity(idPath, idFile, passphrase)
	if err != nil {
		return nil, err
	}
	c, err := openContents(keysPath, keysFile, id)
	if err != nil {
		return nil, err
	}
	return unlocked(c, id, dir)
}

// unlocked is a keyring whose files are in dir.
func unlocked(c *contents, id *age.X25519Identity, dir string) (*Keyring, error) {
	info, err := os.Stat(filepath.Join(dir, KeysFile))
	if err != nil {
		return nil, err
	}
	k := opened(c, id)
	k.in.dir, k.in.file = dir, info
	return k, nil
}

// opened is a keyring in memory.
func opened(c *contents, id *age.X25519Identity) *Keyring {
	public := Listing{Vendor: c.vendor, Name: c.name, Registry: c.registry, Recipients: len(c.recipients)}
	for _, e := range c.epochs {
		public.Epochs = append(public.Epochs, Epoch{
			Number: e.number, Created: e.created, State: e.state,
			Anchor:          anchor(c.name, "profile", e.root.public(forProfiles)),
			JournalVerifier: anchor(c.name, "journal", e.root.public(forJournal)),
			CodesKey:        e.root.public(forCodes),
		})
	}
	return &Keyring{&secrets{contents: c, identity: func() *age.X25519Identity { return id }, public: public}}
}

// Outdated reports whether keyring.age is not the file that was opened any more:
// somebody changed the keys meanwhile.
func (k *Keyring) Outdated() bool {
	now, err := os.Stat(filepath.Join(k.in.dir, KeysFile))
	return err != nil || !os.SameFile(now, k.in.file) || !now.ModTime().Equal(k.in.file.ModTime())
}

// epoch returns the secrets of an epoch. The caller holds the lock.
func (s *secrets) epoch(number uint8) (epoch, error) {
	if s.contents == nil {
		return epoch{}, fail(ErrWiped, "the keyring is locked: open it again")
	}
	for _, e := range s.contents.epochs {
		if e.number == number && e.state == Revoked {
			return epoch{}, fail(ErrEpoch, "key epoch %d is revoked", number)
		}
		if e.number == number {
			return e, nil
		}
	}
	return epoch{}, fail(ErrEpoch, "the keyring has no key epoch %d", number)
}

func (k *Keyring) current() Epoch { return k.in.public.Epochs[len(k.in.public.Epochs)-1] }

// List returns what may be known by everybody. It works on a wiped keyring too.
func (k *Keyring) List() Listing {
	l := k.in.public
	l.Epochs = append([]Epoch(nil), l.Epochs...)
	return l
}

// Epoch returns the current key epoch, 0 to 15.
func (k *Keyring) Epoch() uint8 { return k.current().Number }

// Registry returns the registry number of this desk's licenses, 0 to 15.
func (k *Keyring) Registry() uint8 { return k.in.public.Registry }

// Vendor returns the vendor's name.
func (k *Keyring) Vendor() string { return k.in.public.Vendor }

// Master returns a new object for the license keys of an epoch. It holds its
// own copy of the secret, which Wipe does not reach.
func (k *Keyring) Master(number uint8) (*codes.Master, error) {
	k.in.mu.RLock()
	defer k.in.mu.RUnlock()
	e, err := k.in.epoch(number)
	if err != nil {
		return nil, err
	}
	secret := e.root.derive(forLicenses)
	defer clear(secret)
	return codes.NewMaster(secret), nil
}

// ProfileSigner signs product profiles and license files. After Wipe its Sign
// fails with ErrWiped.
func (k *Keyring) ProfileSigner() note.Signer { return k.signer(k.Epoch(), forProfiles, k.Anchor()) }

// FormerProfileSigners sign beside ProfileSigner, the newest first, so that programs
// that trust a key of a retired epoch honor what is signed. Revoked keys sign nothing.
func (k *Keyring) FormerProfileSigners() []note.Signer {
	var all []note.Signer
	for _, e := range slices.Backward(k.in.public.Epochs) {
		if e.State == Retired {
			all = append(all, k.signer(e.Number, forProfiles, e.Anchor))
		}
	}
	return all
}

// FormerSigners are the anchors of retired epochs, each with the day on which the next
// epoch began: license files that it alone signed later are not ours.
func (k *Keyring) FormerSigners() ([]product.FormerSigner, error) {
	var all []product.FormerSigner
	for i, e := range k.in.public.Epochs {
		if e.State != Retired {
			continue
		}
		day, err := codes.DayOf(k.in.public.Epochs[i+1].Created) // the last epoch is never retired
		if err != nil {
			return nil, fmt.Errorf("key epoch %d: %w", k.in.public.Epochs[i+1].Number, err)
		}
		all = append(all, product.FormerSigner{Anchor: e.Anchor, Until: day})
	}
	return all, nil
}

// RevokedEpochs are the epochs whose licenses are honored no more, ascending.
func (k *Keyring) RevokedEpochs() []uint8 {
	var all []uint8
	for _, e := range k.in.public.Epochs {
		if e.State == Revoked {
			all = append(all, e.Number)
		}
	}
	return all
}

// JournalSigner signs journal heads. After Wipe its Sign fails with ErrWiped.
func (k *Keyring) JournalSigner() note.Signer {
	return k.signer(k.Epoch(), forJournal, k.JournalVerifier())
}

func (k *Keyring) signer(epoch uint8, p purpose, anchor string) note.Signer {
	v, err := note.NewVerifier(anchor)
	if err != nil {
		panic("keyring: " + err.Error()) // the anchor is our own
	}
	return &signer{in: k.in, number: epoch, purpose: p, verifier: v}
}

// Anchor returns the trust anchor that the vendor's program carries: the
// verifier of ProfileSigner as product.ParseAnchor reads it.
func (k *Keyring) Anchor() string { return k.current().Anchor }

// JournalVerifier returns the verifier of JournalSigner.
func (k *Keyring) JournalVerifier() string { return k.current().JournalVerifier }

// CodesPublicKeys returns the keys that verify signed activation codes, of all
// epochs that are not revoked. The key id is the epoch.
func (k *Keyring) CodesPublicKeys() []product.PublicKey {
	var keys []product.PublicKey
	for _, e := range k.in.public.Epochs {
		if e.State != Revoked {
			keys = append(keys, product.PublicKey{ID: e.Number, Key: [ed25519.PublicKeySize]byte(e.CodesKey)})
		}
	}
	return keys
}

// Wipe clears the secrets. What needs them fails with ErrWiped afterwards.
func (k *Keyring) Wipe() {
	k.in.mu.Lock()
	defer k.in.mu.Unlock()
	if k.in.contents == nil {
		return
	}
	for _, e := range k.in.contents.epochs {
		clear(e.root.bytes()[:])
	}
	k.in.contents, k.in.identity = nil, nil
}

// String shows the public part.
func (k *Keyring) String() string {
	return fmt.Sprintf("keyring of %q, registry %d, epoch %d", k.Vendor(), k.Registry(), k.Epoch())
}
