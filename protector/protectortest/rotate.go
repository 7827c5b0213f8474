package protectortest

import (
	"crypto/rand"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// Rotate begins a new epoch of keys, as a desk does: new licenses have numbers of the
// new epoch, and what is signed from now on carries the signatures of the former keys
// too, so that programs which trust one of those honor it. Anchor stays what the
// programs in the field have in code; Profile.Anchor is the new one.
func (v *Vendor) Rotate() {
	skey, vkey, err := note.GenerateKey(rand.Reader, "test-vendor/profile")
	if err != nil {
		panic("protectortest: " + err.Error())
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		panic("protectortest: " + err.Error())
	}
	v.Profile.Signers = append(v.Profile.Signers, product.FormerSigner{Anchor: v.Profile.Anchor, Until: v.Profile.SignedOn})
	v.former = append([]note.Signer{v.signer}, v.former...)
	v.signer, v.Profile.Anchor = signer, vkey
	var secret [32]byte
	rand.Read(secret[:])
	v.masters = append(v.masters, codes.NewMaster(secret[:]))
}

// GiveUp refuses every epoch before the newest, as after a theft: their licenses are
// honored no more, and their keys sign nothing any more.
func (v *Vendor) GiveUp() {
	v.Profile.Refused = nil
	for e := range len(v.masters) - 1 {
		v.Profile.Refused = append(v.Profile.Refused, uint8(e))
	}
	v.Profile.Keys = nil
	v.Profile.Signers, v.former = nil, nil
}
