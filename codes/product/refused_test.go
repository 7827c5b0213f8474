package product

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"golang.org/x/mod/sumdb/note"
)

// Each way of bad has its own sentence.
func TestOpenRefuses(t *testing.T) {
	signer, anchorText := testKey(t, 1)
	anchor := testAnchor(t, 1)
	p, l := testProfile(t), testLicense()
	signed, err := Sign(p, signer)
	if err != nil {
		t.Fatal(err)
	}
	license, err := SignLicense(l, signer)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(text string) []byte {
		out, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	change := func(old, new string) []byte {
		if !bytes.Contains(signed, []byte(old)) {
			t.Fatalf("the profile holds no %q", old)
		}
		return sign(strings.Replace(string(p.Canonical()), old, new, 1))
	}
	name := strings.SplitN(anchorText, "+", 3)[0] + "+" + strings.SplitN(anchorText, "+", 3)[1]
	other := testAnchor(t, 2)
	for _, c := range []struct {
		what   string
		signed []byte
		by     note.Verifier
		kind   error
		want   string
	}{
		{"empty", nil, anchor, ErrOtherFile, `not a product profile: expected the first line "manual-activator/1 product profile", found ""`},
		{"junk", bytes.Repeat([]byte{0xff, 'x'}, 500), anchor, ErrOtherFile, ""},
		{"huge", make([]byte, MaxProfile+1), anchor, ErrTooLarge, "the product profile has 100663297 bytes, at most 100663296 are read"},
		{"license", license, anchor, ErrOtherFile, "expected a product profile, found a license file"},
		{"newer", bytes.Replace(signed, []byte("manual-activator/1"), []byte("manual-activator/2"), 1), anchor, ErrNewer,
			`the file begins with "manual-activator/2 product profile": it was made by a newer version; this one reads "manual-activator/1 product profile"`},
		{"unsigned", p.Canonical(), anchor, ErrNotSigned, "the product profile carries no signature: use the file as the vendor's desk wrote it"},
		{"altered", bytes.Replace(signed, []byte("test yes"), []byte("test no"), 1), anchor, ErrAltered,
			"the product profile was altered or damaged: the signature of " + name + " does not fit its text; ask the vendor for the file again"},
		{"cut", signed[:len(signed)-20], anchor, ErrAltered, "the product profile was altered or damaged: malformed note; ask the vendor for the file again"},
		{"foreign", signed, other, ErrForeignKey, fmt.Sprintf("the product profile is signed by %s, not by a key that is trusted here (%s+%08x)", name, other.Name(), other.KeyHash())},
		{"spelling", change("release 4\n", "release 04\n"), anchor, ErrNotCanonical, "the product profile is signed but not written in its one canonical form: export it again"},
		{"quoting", change(`"Press Studio"`, `"\x50ress Studio"`), anchor, ErrInvalid, `the product profile is signed but not valid: line 6: name: "\"\\x50ress Studio\"" is not written as a quoted text is written here`},
		{"missing field", change("id press-studio\n", ""), anchor, ErrInvalid, `the product profile is signed but not valid: line 5: expected "id" and a value, found a line "name"`},
		{"more", change("0700000000000000\n", "0700000000000000\nmore\n"), anchor, ErrInvalid, `the product profile is signed but not valid: line 159: expected the end, found "more"`},
		{"short roster", change("roster 3", "roster 4"), anchor, ErrInvalid, `the product profile is signed but not valid: line 157: roster: expected 12 bytes in base64, found "sunset 1"`},
		{"roster order", change("AQAAAAAAAAAAAAAA\nAgAAAAAAAAAAAAAA", "AgAAAAAAAAAAAAAA\nAQAAAAAAAAAAAAAA"), anchor, ErrInvalid, "the product profile is signed but not valid: the roster must ascend, each vouch once: entries 1 and 2"},
		{"rule", change("requires 1\n", "requires none\n"), anchor, ErrInvalid, "the product profile is signed but not valid: definition 2: a deactivate definition needs a pre-condition: what would it give back?: name the definition that must be active, such as requires = [1]"},
		{"anchor", change("anchor ", "anchor x"), anchor, ErrInvalid, ""},
	} {
		_, err := Open(c.signed, c.by)
		if !errors.Is(err, c.kind) {
			t.Errorf("%s: have %v, want %v", c.what, err, c.kind)
		} else if c.want != "" && err.Error() != c.want {
			t.Errorf("%s: have %s\nwant %s", c.what, err, c.want)
		}
	}
	if _, err := Open(signed); !errors.Is(err, ErrForeignKey) {
		t.Errorf("no anchor: have %v", err)
	}
	if _, err := OpenLicense(signed, anchor); !errors.Is(err, ErrOtherFile) || err.Error() != "expected a license file, found a product profile" {
		t.Errorf("profile as license: have %v", err)
	}
	swapped := *l
	swapped.UID = codes.UID{9}
	bad := strings.Replace(string(swapped.Canonical()), swapped.UID.String(), l.UID.String(), 1)
	if _, err := OpenLicense(sign(bad), anchor); err == nil || !strings.Contains(err.Error(), "belongs to another product") {
		t.Errorf("serial of another product: have %v", err)
	}
	if _, err := OpenUnpinned(bytes.Replace(signed, []byte("test yes"), []byte("test no"), 1)); !errors.Is(err, ErrAltered) {
		t.Errorf("unpinned and altered: have %v", err)
	}
	if _, err := OpenUnpinned(license); !errors.Is(err, ErrOtherFile) {
		t.Errorf("unpinned license: have %v", err)
	}
}

func TestSignRefuses(t *testing.T) {
	signer, _ := testKey(t, 1)
	stranger, _ := testKey(t, 2)
	if _, err := Sign(testProfile(t), stranger); err == nil || !strings.Contains(err.Error(), "its anchor is") {
		t.Errorf("stranger: have %v", err)
	}
	for name, change := range map[string]func(p *Profile){
		"control": func(p *Profile) { p.Name = "a\tb" }, "bits": func(p *Profile) { p.Definitions[8].Parameter.Bits[0] = "\n" },
		"uid": func(p *Profile) { p.UID = codes.UID{} }, "vendor": func(p *Profile) { p.Vendor = "" },
		"id": func(p *Profile) { p.ID = "Press Studio" }, "name": func(p *Profile) { p.Name = "" },
		"release": func(p *Profile) { p.Release = 5 }, "releases": func(p *Profile) { p.Releases = []uint16{4, 3, 4} },
		"trial": func(p *Profile) { p.Trial.Hours = -1 }, "tolerance": func(p *Profile) { p.Policy.DeskTolerance = 2 },
		"kind":   func(p *Profile) { p.Policy.Weights = map[string][3]int{"MAC": {}} },
		"weight": func(p *Profile) { p.Policy.Weights = map[string][3]int{"mac": {101}} },
		"order":  func(p *Profile) { p.Definitions[0], p.Definitions[3] = p.Definitions[3], p.Definitions[0] },
		"keys":   func(p *Profile) { p.Keys[1].ID = 0 }, "sunset": func(p *Profile) { p.Sunset = [][8]byte{{1}, {1}} },
		"day": func(p *Profile) { p.SignedOn = 0 }, "serial": func(p *Profile) { p.Serial = 0 },
		"definitions": func(p *Profile) { p.Definitions = nil }, "anchor": func(p *Profile) { p.Anchor = "x" },
	} {
		p := testProfile(t)
		change(p)
		if _, err := Sign(p, signer); err == nil {
			t.Errorf("%s: have no error", name)
		}
	}
	for name, change := range map[string]func(l *License){
		"uid": func(l *License) { l.UID = codes.UID{} }, "number": func(l *License) { l.Number = 0 },
		"seats": func(l *License) { l.Seats = 0 }, "grants": func(l *License) { l.Grants.Definitions = []uint8{9, 1} },
		"bits": func(l *License) { l.Grants.Bits[3] = 1 }, "product": func(l *License) { l.Product = "" },
		"release": func(l *License) { l.Release = 0 }, "day": func(l *License) { l.SignedOn = 0 },
		"customer": func(l *License) { l.Customer = strings.Repeat("x", 5000) },
	} {
		l := testLicense()
		change(l)
		if _, err := SignLicense(l, signer); err == nil {
			t.Errorf("license %s: have no error", name)
		}
	}
}

// No byte of a signed artifact can be changed, dropped or doubled unnoticed.
func TestMangle(t *testing.T) {
	signer, _ := testKey(t, 1)
	anchor := testAnchor(t, 1)
	p := testProfile(t)
	p.Definitions = p.Definitions[:3]
	profile, err := Sign(p, signer)
	if err != nil {
		t.Fatal(err)
	}
	license, err := SignLicense(testLicense(), signer)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		signed []byte
		open   func(b []byte) (any, error)
	}{
		"profile": {profile, func(b []byte) (any, error) { return Open(b, anchor) }},
		"license": {license, func(b []byte) (any, error) { return OpenLicense(b, anchor) }},
	} {
		want, err := c.open(c.signed)
		if err != nil {
			t.Fatal(err)
		}
		accepted := 0
		try := func(b []byte) {
			have, err := c.open(b)
			if err != nil {
				return
			}
			accepted++ // only the line ends behind the last signature are forgiven
			if !reflect.DeepEqual(have, want) {
				t.Errorf("%s: %q opens as something else", name, b)
			}
		}
		for i := range c.signed {
			b := slices.Clone(c.signed)
			b[i] ^= 1 << (i % 8)
			try(b)
			try(slices.Delete(slices.Clone(c.signed), i, i+1))
			try(slices.Insert(slices.Clone(c.signed), i, c.signed[i]))
			try(c.signed[:i])
		}
		if accepted > 1 {
			t.Errorf("%s: have %d mangled files accepted, want at most 1 (a doubled last line end)", name, accepted)
		}
	}
}
