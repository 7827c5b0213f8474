package product

import (
	"bytes"
	"errors"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/codes"
)

// A license file has one form: the same license spelled in another way, the signature
// over that spelling right, is no license file. So two files are never one license.
func TestLicenseFileHasOneForm(t *testing.T) {
	signer, _ := testKey(t, 1)
	anchor := testAnchor(t, 1)
	l := testLicense()
	text := l.Canonical()
	spelled := func(old, with string) []byte {
		t.Helper()
		if !bytes.Contains(text, []byte(old)) {
			t.Fatalf("the license file has no %q", old)
		}
		signed, err := note.Sign(&note.Note{Text: string(bytes.Replace(text, []byte(old), []byte(with), 1))}, signer)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	if _, err := OpenLicense(spelled("", ""), anchor); err != nil {
		t.Fatalf("as it is: have %v, want it taken", err)
	}
	serial := serialOf(l)
	for name, signed := range map[string][]byte{
		"serial number in digits": spelled(serial.String(), serial.Digits()),
		"a number with a zero":    spelled("\nseats ", "\nseats 0"),
	} {
		if _, err := OpenLicense(signed, anchor); !errors.Is(err, ErrNotCanonical) {
			t.Errorf("%s: have %v, want %v", name, err, ErrNotCanonical)
		}
	}
}

// serialOf is the serial number in a license file.
func serialOf(l *License) codes.Code { return codes.NewSerial(l.UID, l.Number, l.Key).Code() }
