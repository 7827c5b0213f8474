package product_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"golang.org/x/mod/sumdb/note"
)

// The vendor signs a profile, the program opens it under its anchor.
func Example() {
	skey, anchor, err := note.GenerateKey(bytes.NewReader(make([]byte, 32)), "example-vendor/profile") // in earnest: from the keyring
	if err != nil {
		log.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		log.Fatal(err)
	}
	signed, err := product.Sign(&product.Profile{
		Vendor: "Example Vendor", Anchor: anchor, UID: codes.UID{1}, ID: "press-studio", Name: "Press Studio",
		Release: 4, Releases: []uint16{3, 4}, SignedOn: 1056, Serial: 1,
		Definitions: []product.Definition{{ID: 1, Type: product.Release, Name: "Press Studio", ShelfLife: 10}},
	}, signer)
	if err != nil {
		log.Fatal(err)
	}

	trusted, err := product.ParseAnchor(anchor) // in the program's code, never in a file beside it
	if err != nil {
		log.Fatal(err)
	}
	profile, err := product.Open(signed, trusted)
	if err != nil {
		log.Fatal(err)
	}
	d, _ := profile.Definition(1)
	fmt.Println(profile.Name, profile.Release, d.Type)

	_, err = product.Open(bytes.Replace(signed, []byte("release 4"), []byte("release 5"), 1), trusted)
	fmt.Println(err)
	// Output:
	// Press Studio 4 release
	// the product profile was altered or damaged: the signature of example-vendor/profile+d9b655d0 does not fit its text; ask the vendor for the file again
}
