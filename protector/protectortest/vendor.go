// Package protectortest is a vendor for tests: it signs product profiles and license
// files, hands out serial numbers and answers request codes, with keys that live as
// long as the test. A program that links package protector can use it to test its
// dialogs without a vendor's desk.
//
// It keeps no journal and checks nothing that a desk must check besides the tag.
package protectortest

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// The definitions of a new Vendor's product.
const (
	Release    = 1  // release
	Deactivate = 2  // deactivate, pre-condition 1
	Reactivate = 3  // reactivate
	Trial      = 4  // trial-days
	Feature    = 5  // feature
	CheckIn    = 6  // check-in of 5
	Bundle     = 7  // composite of 1 and 5
	Extra      = 8  // feature, pre-condition 1
	Hours      = 9  // trial-hours
	Runs       = 10 // trial-runs
	Rental     = 11 // expire-on
	Unlimited  = 12 // unlimited
	Recover    = 13 // recover
	Pick       = 14 // choice of 4, 5 and 7
)

// Vendor is a vendor of one product.
type Vendor struct {
	// Profile is the product. Change it as the test needs; Export signs it.
	Profile product.Profile
	// Anchor is what the program has in code.
	Anchor string

	// Signing is the key that signed answers are signed with, its id SigningID. The
	// profile has it.
	Signing   ed25519.PrivateKey
	SigningID uint8

	signer  note.Signer
	former  []note.Signer   // of epochs before, not given up
	masters []*codes.Master // by epoch
	keys    map[codes.LicenseNumber][]codes.Key
}

// New returns a vendor of a product with one definition of each type, and two
// features. The profile is signed on this day.
func New(signed time.Time) *Vendor {
	skey, vkey, err := note.GenerateKey(rand.Reader, "test-vendor/profile")
	if err != nil {
		panic("protectortest: " + err.Error())
	}
	var drawn [48]byte
	rand.Read(drawn[:])
	return newVendor(signed, skey, vkey, drawn)
}

// The key of every fixed vendor. It protects nothing.
const (
	fixedKey    = "PRIVATE+KEY+test-vendor/profile+cb9e70fc+ARx8r5nEJ3BwjI9zs4EGHHLsKs44LcH5+i7HWlJbTbxc"
	fixedAnchor = "test-vendor/profile+cb9e70fc+AX6DA2dHF4BDDarVnYwBIv0L+RJtfWySCNVFgAbE8S3u"
)

// Fixed returns a vendor that is the same in every process: for fuzz targets, whose
// corpus outlives them.
func Fixed(signed time.Time) *Vendor {
	var drawn [48]byte
	copy(drawn[:], "the same secret in every process and the same id")
	return newVendor(signed, fixedKey, fixedAnchor, drawn)
}

// newVendor makes a vendor of a signing key and of a secret with the product's uid.
func newVendor(signed time.Time, skey, vkey string, drawn [48]byte) *Vendor {
	signer, err := note.NewSigner(skey)
	if err != nil {
		panic("protectortest: " + err.Error())
	}
	day, err := codes.DayOf(signed)
	if err != nil {
		panic("protectortest: " + err.Error())
	}
	v := &Vendor{Anchor: vkey, signer: signer, keys: map[codes.LicenseNumber][]codes.Key{}}
	v.masters = []*codes.Master{codes.NewMaster(drawn[:32])}
	v.Profile = product.Profile{
		Vendor: "Test Vendor", Anchor: vkey, ID: "press-studio", Name: "Press Studio",
		Release: 1, Releases: []uint16{1}, Test: true, SignedOn: day,
		Policy: product.Policy{Tolerance: 3, DeskTolerance: 6},
		Definitions: []product.Definition{
			{ID: Release, Type: product.Release, Name: "Release", Description: "releases the copy protection", ShelfLife: 10},
			{ID: Deactivate, Type: product.Deactivate, Name: "Deactivate", Description: "gives the license back", Requires: []uint8{Release}},
			{ID: Reactivate, Type: product.Reactivate, Name: "Reactivate", Description: "reverses a deactivation", ShelfLife: 10},
			{ID: Trial, Type: product.TrialDays, Name: "Longer trial", Description: "extends the trial", ShelfLife: 10, Parameter: product.Parameter{Default: 14, Least: 1, Most: 60}},
			{ID: Feature, Type: product.Feature, Name: "Options", Description: "switches options on", ShelfLife: 10, Parameter: product.Parameter{Most: 7, Bits: []string{"color", "duplex", "fold"}}},
			{ID: CheckIn, Type: product.CheckIn, Name: "Check-in", Description: "gives the options back", Requires: []uint8{Feature}},
			{ID: Bundle, Type: product.Composite, Name: "Bundle", Description: "release and options", ShelfLife: 10, Leaves: []uint8{Release, Feature}},
			{ID: Extra, Type: product.Feature, Name: "Extra", Description: "an option of a released copy", Requires: []uint8{Release}, Parameter: product.Parameter{Most: 100}},
			{ID: Hours, Type: product.TrialHours, Name: "More hours", Description: "extends the trial by running time", ShelfLife: 10, Parameter: product.Parameter{Default: 8, Least: 1, Most: 100}},
			{ID: Runs, Type: product.TrialRuns, Name: "More starts", Description: "extends the trial by starts", ShelfLife: 10, Parameter: product.Parameter{Default: 20, Least: 1, Most: 500}},
			{ID: Rental, Type: product.ExpireOn, Name: "Rental", Description: "sets a last day", ShelfLife: 10},
			{ID: Unlimited, Type: product.Unlimited, Name: "No expiry", Description: "switches every expiry off", ShelfLife: 10},
			{ID: Recover, Type: product.Recover, Name: "Repair", Description: "repairs the state and the clock", ShelfLife: 10},
			{ID: Pick, Type: product.Choice, Name: "Pick", Description: "what the desk picks", ShelfLife: 10, Leaves: []uint8{Trial, Feature, Bundle}},
		},
	}
	v.Profile.UID = codes.UID(drawn[32:])
	seed := sha256.Sum256(append([]byte("codes "), drawn[:]...))
	v.Signing, v.SigningID = ed25519.NewKeyFromSeed(seed[:]), 1
	v.Profile.Keys = []product.PublicKey{{ID: v.SigningID, Key: [ed25519.PublicKeySize]byte(v.Signing.Public().(ed25519.PublicKey))}}
	return v
}

// Vouch puts a license into the roster and returns its serial number.
func (v *Vendor) Vouch(number codes.LicenseNumber) codes.Serial {
	s := v.Serial(number)
	v.Profile.Roster = append(v.Profile.Roster, s.Key.Stretch(v.Profile.UID, number).Vouch(v.Profile.UID, number))
	return s
}

// Serial returns the serial number of a license that nobody vouches for yet.
func (v *Vendor) Serial(number codes.LicenseNumber) codes.Serial {
	return codes.NewSerial(v.Profile.UID, number, v.masters[number.Epoch()].LicenseKey(v.Profile.UID, number))
}

// Withdraw puts a license into the sunset list.
func (v *Vendor) Withdraw(number codes.LicenseNumber) {
	v.Profile.Sunset = append(v.Profile.Sunset, product.SunsetHash(v.Profile.UID, number))
}

// Export signs the next product profile.
func (v *Vendor) Export() []byte {
	v.Profile.Serial++
	return v.Sign()
}

// Sign signs the product profile with the serial it has.
func (v *Vendor) Sign() []byte {
	v.Profile.Normalize()
	signed, err := product.Sign(&v.Profile, v.signer, v.former...)
	if err != nil {
		panic("protectortest: " + err.Error())
	}
	return signed
}

// LicenseFile signs a license file. Change what l says in edit.
func (v *Vendor) LicenseFile(number codes.LicenseNumber, edit func(*product.License)) []byte {
	l := &product.License{
		UID: v.Profile.UID, Product: v.Profile.ID, Customer: "Druckerei Müller", Order: "A-1", Number: number,
		Key: v.Serial(number).Key, Seats: 1, Release: v.Profile.Release, Test: v.Profile.Test, SignedOn: v.Profile.SignedOn,
	}
	if edit != nil {
		edit(l)
	}
	signed, err := product.SignLicense(l, v.signer, v.former...)
	if err != nil {
		panic("protectortest: " + err.Error())
	}
	return signed
}

// Answer says what an answer grants.
type Answer struct {
	As        uint8 // the definition granted; 0: the one asked for
	Parameter uint32
	Day       codes.Day // shelf-life; 0: none
}

// Issue answers a request code.
func (v *Vendor) Issue(request codes.Code, a Answer) (codes.Code, error) {
	if request.Kind() != codes.KindRequest {
		return codes.Code{}, fmt.Errorf("this is a %s", request.Kind())
	}
	s := request.Statement()
	key, release, err := v.genuine(s)
	if err != nil {
		return codes.Code{}, err
	}
	if a.As == 0 {
		a.As = s.Definition
	}
	d, ok := v.Profile.Definition(a.As)
	if !ok {
		return codes.Code{}, fmt.Errorf("no definition %d", a.As)
	}
	return v.IssueUnder(key, release, d, s, a), nil
}

// IssueUnder makes an answer without any check, as somebody would who has the key.
func (v *Vendor) IssueUnder(key codes.Key, release uint16, d product.Definition, s codes.Statement, a Answer) codes.Code {
	t := codes.Terms{
		UID: v.Profile.UID, License: s.License, Release: release, Definition: d.ID, Type: uint8(d.Type), Flags: d.Flags(),
		Fingerprint: s.Fingerprint, Random: s.Random, Day: a.Day, Parameter: a.Parameter,
	}
	if d.Reusable {
		t.Random = 0
		key = v.first(s.License)
	}
	code := codes.Answer{Day: a.Day, Parameter: a.Parameter, Tag: key.AnswerTag(t)}.Code()
	if d.Signed {
		code = v.SignUnder(key, t)
	}
	if !d.Reusable && d.Type != product.Recover { // both leave the machine's key as it is
		v.keys[s.License] = append(v.keys[s.License], key.After(t, code.Answer().Tag))
	}
	return code
}

// SignUnder makes a signed answer of any terms to a request under a key.
func (v *Vendor) SignUnder(key codes.Key, t codes.Terms) codes.Code {
	covers := codes.Signed{Terms: t, Commit: key.Commitment(), Vouch: v.first(t.License).Vouch(v.Profile.UID, t.License)}
	a := codes.SignedAnswer{KeyID: v.SigningID, Day: t.Day, Parameter: t.Parameter}
	a.Signature = [ed25519.SignatureSize]byte(ed25519.Sign(v.Signing, covers.Message(a.KeyID)))
	return a.Code()
}

// Confirm accepts a confirmation code, of a deactivation or a check-in.
func (v *Vendor) Confirm(confirmation codes.Code) (codes.Statement, error) {
	if confirmation.Kind() != codes.KindConfirmation {
		return codes.Statement{}, fmt.Errorf("this is a %s", confirmation.Kind())
	}
	s := confirmation.Statement()
	key, _, err := v.genuine(s)
	if err != nil {
		return s, err
	}
	next := key.Deactivated(v.Profile.UID, s)
	if d, _ := v.Profile.Definition(s.Definition); d.Type == product.CheckIn {
		next = key.CheckedIn(v.Profile.UID, s)
	}
	v.keys[s.License] = append(v.keys[s.License], next)
	return s, nil
}

// first is LK of a license.
func (v *Vendor) first(number codes.LicenseNumber) codes.Key {
	return v.Serial(number).Key.Stretch(v.Profile.UID, number)
}

// genuine finds the key and release under which a statement is tagged.
func (v *Vendor) genuine(s codes.Statement) (codes.Key, uint16, error) {
	d, ok := v.Profile.Definition(s.Definition)
	if !ok {
		return codes.Key{}, 0, fmt.Errorf("no definition %d", s.Definition)
	}
	for _, key := range append([]codes.Key{v.first(s.License)}, v.keys[s.License]...) {
		for _, release := range v.Profile.Releases {
			if codes.EqualTags(key.StatementTag(v.Profile.UID, release, uint8(d.Type), s), s.Tag) {
				return key, release, nil
			}
		}
	}
	return codes.Key{}, 0, errors.New("not genuine")
}

// Machine returns the hardware profile of an invented machine: one network card, a
// processor, a system drive and memory, all of them told by n.
func Machine(n uint32) *fingerprint.Profile {
	return Parts(n, n, n, 8)
}

// Parts returns the hardware profile of a machine put together from parts.
func Parts(card, cpu, drive uint32, gigabytes int) *fingerprint.Profile {
	b := binary.BigEndian.AppendUint32(nil, card)
	one := func(k fingerprint.Kind, id string) fingerprint.Component {
		return fingerprint.Component{Kind: k, Instances: []fingerprint.Instance{fingerprint.NewInstance(k, id, "", "")}}
	}
	return fingerprint.New(
		one(fingerprint.MAC, fmt.Sprintf("3c:52:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3])),
		one(fingerprint.CPU, fmt.Sprintf("GenuineIntel 6-%d-1", cpu)),
		one(fingerprint.SystemDrive, fmt.Sprintf("S4EWNX0R%06d", drive)),
		one(fingerprint.Memory, fmt.Sprintf("%d GB", gigabytes)),
	)
}
