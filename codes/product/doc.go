// Package product holds what the vendor's desk and the customer's program must
// agree on: authorization definitions and the two signed artifacts that carry
// them, the product profile and the license file.
//
// The vendor describes a product once (package catalog reads it from a TOML
// file). [Sign] turns it into the product profile that ships inside the
// program, and [Open] gives it back to the program, but only if a trusted key
// signed it:
//
//	anchor, err := product.ParseAnchor("example-vendor/profile+1c2d3e4f+AZ...") // given in code
//	...
//	profile, err := product.Open(file, anchor)
//	if err != nil {
//		return err // a sentence for the person in front of the program
//	}
//	d, ok := profile.Definition(1)
//
// [SignLicense] and [OpenLicense] do the same for NAME.license, the file that a
// vendor may mail instead of a serial number.
//
// # What is promised
//
// Both artifacts are signed notes (golang.org/x/mod/sumdb/note) around a text of
// lines "name value". There is one text for one value: a reader parses, writes
// again, compares, and refuses what differs, even when the signature is right.
// The first line names artifact and version, so that one is never taken for the
// other and a newer version is recognized as such.
//
// [Check] knows every rule that a set of definitions must keep. Neither [Sign]
// nor [Open] lets a profile pass that breaks one.
//
// # Who should not use it
//
// A program that only shows or compares codes needs package codes alone.
package product
