package product

import (
	"bytes"
	"reflect"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// FuzzProfile signs whatever the fuzzer invents: what opens must be the one
// canonical text of a valid profile.
func FuzzProfile(f *testing.F) {
	signer, _ := testKey(f, 1)
	anchor := testAnchor(f, 1)
	p := testProfile(f)
	f.Add(string(p.Canonical()))
	f.Add(string(bytes.Replace(p.Canonical(), []byte("requires 1"), []byte("requires 1 1"), 1)))
	p.Definitions, p.Keys, p.Roster, p.Sunset, p.Policy.Weights = p.Definitions[:1], nil, nil, nil, nil
	f.Add(string(p.Canonical()))
	f.Add(profileLine + "\nvendor \"\\xff\"\n")
	f.Add("manual-activator/2 product profile\n")
	f.Fuzz(func(t *testing.T, text string) {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			return
		}
		p, err := Open(signed, anchor)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a sentence")
			}
			return
		}
		if have := string(p.Canonical()); have != text && trimmed(have) != trimmed(text) {
			t.Errorf("have %q, want %q", have, text)
		}
		again, err := parseProfile(p.Canonical())
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("have %+v, %v, want %+v", again, err, p)
		}
	})
}

// FuzzOpenProfile opens what the fuzzer invents as it is: nothing opens but
// what was signed.
func FuzzOpenProfile(f *testing.F) {
	signer, _ := testKey(f, 1)
	anchor := testAnchor(f, 1)
	p := testProfile(f)
	signed, err := Sign(p, signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(bytes.ReplaceAll(signed, []byte("\n"), []byte("\r\n")))
	f.Add(p.Canonical())
	f.Add([]byte("\n\n\u2014 a b\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if have, err := Open(b, anchor); err == nil && !reflect.DeepEqual(have, p) {
			t.Errorf("opened %q", b)
		}
		_, _ = OpenUnpinned(b)
	})
}

// FuzzLicense does for the license file what FuzzProfile does for the profile.
func FuzzLicense(f *testing.F) {
	signer, _ := testKey(f, 1)
	anchor := testAnchor(f, 1)
	l := testLicense()
	f.Add(string(l.Canonical()))
	l.Grants, l.Customer = Grants{}, ""
	f.Add(string(l.Canonical()))
	f.Add(licenseLine + "\nproduct p\nuid 00\n")
	f.Fuzz(func(t *testing.T, text string) {
		if l, err := parseLicense([]byte(text)); err == nil {
			again, err := parseLicense(l.Canonical())
			if err != nil || !reflect.DeepEqual(again, l) {
				t.Errorf("have %+v, %v, want %+v", again, err, l)
			}
		}
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			return
		}
		l, err := OpenLicense(signed, anchor)
		if err == nil && trimmed(string(l.Canonical())) != trimmed(text) {
			t.Errorf("have %q, want %q", l.Canonical(), text)
		}
	})
}

// trimmed undoes what [trim] forgives around a text.
func trimmed(s string) string { return string(trim([]byte(s))) }
