package product

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sort"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// Profile is what ships inside the vendor's program: everything the customer's
// side needs to know about a product. It holds no secret.
type Profile struct {
	Vendor   string    // the vendor's name, for people
	Anchor   string    // the verifier (see [ParseAnchor]) of the key that signs this profile
	UID      codes.UID // random, in every tag and in the fingerprint
	ID       string    // the name of the product file, such as "press-studio"
	Name     string    // for people
	Release  uint16    // the release this profile ships with
	Releases []uint16  // all that are in the field, ascending; the last one is Release
	Trial    Trial
	Policy   Policy
	// Definitions in the order of their ids.
	Definitions []Definition
	// Keys verify signed activation codes (E), in the order of their ids. An id is
	// the key epoch that the key belongs to.
	Keys []PublicKey
	// Signers are the keys that signed license files before Anchor did and are
	// still honored, in the order of their anchors. At most [MaxSigners].
	Signers []FormerSigner
	// Refused lists the key epochs whose licenses are honored no more, ascending:
	// their secret is not the vendor's alone. Empty in all but bad times.
	Refused []uint8
	// Roster lists the vouches of the licenses the vendor drew, ascending, each once.
	Roster []codes.Vouch
	// Sunset lists the hashes of revoked and refunded licenses, ascending, each once.
	Sunset [][8]byte
	// Test products accept a recorded machine in place of the real one.
	Test bool
	// SignedOn is the day of signing, never 0. No clock is right that shows an earlier day.
	SignedOn codes.Day
	// Serial rises with each export of the product; a copy that has seen a
	// higher one refuses a lower one. From 1.
	Serial uint64
}

// Trial is what the program may do without any code. All zero: nothing.
type Trial struct {
	Days  int // elapsed days, 0 to 3650
	Hours int // running hours, 0 to 87600
	Runs  int // starts, 0 to 1000000
}

// PublicKey verifies signed activation codes. ID is the key id inside the code.
type PublicKey struct {
	ID  uint8
	Key [ed25519.PublicKeySize]byte
}

// FormerSigner is a key that the vendor replaced and that was not stolen.
type FormerSigner struct {
	Anchor string    // the verifier, see [ParseAnchor]; never the profile's own
	Until  codes.Day // license files signed later by this key alone are refused
}

// MaxSigners is how many former signers fit: a keyring has 16 key epochs.
const MaxSigners = 15

// Definition returns the definition with the given id.
func (p *Profile) Definition(id uint8) (Definition, bool) {
	i, ok := sort.Find(len(p.Definitions), func(i int) int { return int(id) - int(p.Definitions[i].ID) })
	if !ok {
		return Definition{}, false
	}
	return p.Definitions[i], true
}

// Key returns the public key with the given id.
func (p *Profile) Key(id uint8) (PublicKey, bool) {
	i := slices.IndexFunc(p.Keys, func(k PublicKey) bool { return k.ID == id })
	if i < 0 {
		return PublicKey{}, false
	}
	return p.Keys[i], true
}

// Vouched reports whether v is in the roster. Vouches are public: the search is
// not constant in time.
func (p *Profile) Vouched(v codes.Vouch) bool {
	_, ok := slices.BinarySearchFunc(p.Roster, v, compareVouch)
	return ok
}

// RefusesEpoch reports whether the vendor gave up the license's key epoch.
func (p *Profile) RefusesEpoch(l codes.LicenseNumber) bool {
	return slices.Contains(p.Refused, l.Epoch())
}

// Sunsets reports whether the profile lists the license as revoked or refunded.
func (p *Profile) Sunsets(uid codes.UID, l codes.LicenseNumber) bool {
	_, ok := slices.BinarySearchFunc(p.Sunset, SunsetHash(uid, l), compareHash)
	return ok
}

// SunsetHash returns the entry of a license in a sunset list: the first 8 bytes
// of SHA-256("manual-activator/1 sunset" 00 U(16) L(4)).
func SunsetHash(uid codes.UID, l codes.LicenseNumber) [8]byte {
	const label = "manual-activator/1 sunset\x00"
	b := make([]byte, 0, len(label)+len(uid)+4)
	b = append(b, label...)
	b = append(b, uid[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(l))
	sum := sha256.Sum256(b)
	return [8]byte(sum[:8])
}

// Normalize brings lists into the order that an artifact has: definitions and
// keys by id, former signers by anchor, releases, refused epochs, roster and sunset
// list ascending with each entry once.
func (p *Profile) Normalize() {
	slices.SortStableFunc(p.Definitions, func(a, b Definition) int { return int(a.ID) - int(b.ID) })
	slices.SortStableFunc(p.Keys, func(a, b PublicKey) int { return int(a.ID) - int(b.ID) })
	slices.SortStableFunc(p.Signers, func(a, b FormerSigner) int { return strings.Compare(a.Anchor, b.Anchor) })
	slices.Sort(p.Refused)
	p.Refused = slices.Compact(p.Refused)
	slices.Sort(p.Releases)
	p.Releases = slices.Compact(p.Releases)
	slices.SortFunc(p.Roster, compareVouch)
	p.Roster = slices.Compact(p.Roster)
	slices.SortFunc(p.Sunset, compareHash)
	p.Sunset = slices.Compact(p.Sunset)
}

func compareVouch(a, b codes.Vouch) int { return bytes.Compare(a[:], b[:]) }

func compareHash(a, b [8]byte) int { return bytes.Compare(a[:], b[:]) }
