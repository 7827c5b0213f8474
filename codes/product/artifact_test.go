package product

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"
)

func TestProfileText(t *testing.T) {
	p := testProfile(t)
	p.Definitions = p.Definitions[:9]
	have := string(p.Canonical())
	head := fmt.Sprintf(`manual-activator/1 product profile
vendor "Example Vendor"
anchor %s
uid 01020300000000000000000000000000
id press-studio
name "Press Studio"
release 4
releases 3 4
trial 14 0 0
tolerance 3 6
invalidate-on-move no
reactivate-on-release no
weight 3 1 3 mac
weight 3 2 3 system drive
definition 1 release
name "Press Studio"
description "Runs on this machine."
menu "Help > Activate"
shelf-life 10
strength short
reusable no
requires none
parameter 0 0 0
leaves none
`, p.Anchor)
	if !strings.HasPrefix(have, head) {
		t.Errorf("have %s\nwant %s...", have, head)
	}
	tail := `definition 9 feature
name "Options"
description ""
menu ""
shelf-life 0
strength short
reusable no
requires 1
parameter 0 0 7
bit "color"
bit "spot \"gold\""
bit "nesting"
leaves none
key 0 CQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
key 1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
test yes
signed 2026-11-22
serial 1
roster 3
AQAAAAAAAAAAAAAA
AgAAAAAAAAAAAAAA
AgEAAAAAAAAAAAAA
sunset 1
0700000000000000
`
	if !strings.HasSuffix(have, tail) {
		t.Errorf("have %s\nwant ...%s", have, tail)
	}
}

func TestLicenseText(t *testing.T) {
	l := testLicense()
	want := `manual-activator/1 license
product press-studio
uid 01020300000000000000000000000000
customer "Müller & Söhne\u000a\"Druck\"\u202e"
order "A-4711"
serial ` + codes.NewSerial(l.UID, l.Number, l.Key).Code().String() + `
seats 2
grants 1 9:bits=0x3 release=4
release 4
test yes
signed 2026-11-22
`
	if have := string(l.Canonical()); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

func TestSignAndOpen(t *testing.T) {
	signer, _ := testKey(t, 1)
	anchor := testAnchor(t, 1)
	p := testProfile(t)
	signed, err := Sign(p, signer)
	if err != nil {
		t.Fatal(err)
	}
	have, err := Open(signed, testAnchor(t, 2), anchor)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(have, p) {
		t.Errorf("have %+v\nwant %+v", have, p)
	}
	if have, err := OpenUnpinned(signed); err != nil || !reflect.DeepEqual(have, p) {
		t.Errorf("OpenUnpinned: have %+v, %v", have, err)
	}
	d, ok := have.Definition(9)
	if !ok || d.Name != "Options" {
		t.Errorf("Definition(9): have %+v, %v", d, ok)
	}
	if d, ok := have.Definition(99); ok {
		t.Errorf("Definition(99): have %+v", d)
	}
	if !have.Vouched(codes.Vouch{2, 1}) || have.Vouched(codes.Vouch{3}) || have.Vouched(codes.Vouch{}) {
		t.Error("Vouched: judged wrongly")
	}
	if k, ok := have.Key(1); !ok || k.ID != 1 {
		t.Errorf("Key(1): have %v, %v", k, ok)
	}
	if _, ok := have.Key(7); ok {
		t.Error("Key(7): have a key")
	}
	// Mail programs and editors change what is around the text.
	for name, file := range map[string][]byte{
		"crlf":        bytes.ReplaceAll(signed, []byte("\n"), []byte("\r\n")),
		"mark":        append([]byte("\uFEFF"), signed...),
		"blank lines": append(slices.Clone(signed), "\n\n\r\n"...),
	} {
		if _, err := Open(file, anchor); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSunset(t *testing.T) {
	uid, l := codes.UID{1}, codes.LicenseNumber(5)
	p := &Profile{Sunset: [][8]byte{SunsetHash(uid, 9), SunsetHash(uid, l), SunsetHash(codes.UID{2}, 7)}}
	p.Normalize()
	if !p.Sunsets(uid, l) || p.Sunsets(uid, 6) || p.Sunsets(codes.UID{2}, l) {
		t.Error("Sunsets: judged wrongly")
	}
	if have, want := fmt.Sprintf("%x", SunsetHash(codes.UID{}, 1)), "c29a1af59d619e65"; have != want {
		t.Errorf("have %s, want %s", have, want)
	}
}

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

func TestProfileRoundTrip(t *testing.T) {
	signer, anchorText := testKey(t, 1)
	anchor := testAnchor(t, 1)
	text := rapid.StringN(1, 20, 100).Filter(func(s string) bool { return CheckName(s) == nil })
	rapid.Check(t, func(t *rapid.T) {
		p := &Profile{
			Vendor: text.Draw(t, "vendor"), Anchor: anchorText, UID: codes.UID{rapid.Byte().Draw(t, "uid"), 1}, ID: "p-1", Name: text.Draw(t, "name"),
			Releases: rapid.SliceOfN(rapid.Uint16Min(1), 1, 4).Draw(t, "releases"), SignedOn: codes.Day(rapid.IntRange(1, int(codes.MaxDay)).Draw(t, "day")),
			Serial: rapid.Uint64Range(1, 1<<63-1).Draw(t, "serial"), Test: rapid.Bool().Draw(t, "test"),
			Definitions: studio()[:rapid.IntRange(3, 13).Draw(t, "definitions")],
		}
		for range rapid.IntRange(0, 20).Draw(t, "roster") {
			p.Roster = append(p.Roster, codes.Vouch{rapid.Byte().Draw(t, "vouch")})
			p.Sunset = append(p.Sunset, [8]byte{rapid.Byte().Draw(t, "sunset")})
		}
		for i := range p.Definitions {
			p.Definitions[i].Description = rapid.String().Filter(func(s string) bool { return oneLine(s) == nil }).Draw(t, "description")
		}
		p.Normalize()
		p.Release = p.Releases[len(p.Releases)-1]
		signed, err := Sign(p, signer)
		if err != nil {
			t.Fatal(err)
		}
		have, err := Open(signed, anchor)
		if err != nil || !reflect.DeepEqual(have, p) {
			t.Fatalf("have %+v, %v\nwant %+v", have, err, p)
		}
	})
}

func TestLicenseRoundTrip(t *testing.T) {
	signer, _ := testKey(t, 1)
	anchor := testAnchor(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		l := testLicense()
		l.Customer = string(rapid.SliceOf(rapid.Byte()).Draw(t, "customer"))
		l.Order = rapid.String().Draw(t, "order")
		l.Grants = Grants{}
		bits := rapid.MapOf(rapid.Uint8Min(1), rapid.Uint32()).Draw(t, "bits")
		if len(bits) > 0 {
			l.Grants.Bits = bits
			if rapid.Bool().Draw(t, "listed") {
				l.Grants.Definitions = slices.Sorted(maps.Keys(bits))
			}
		}
		l.Grants.Release = rapid.Uint16().Draw(t, "release")
		signed, err := SignLicense(l, signer)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range signed {
			if b < 0x20 && b != '\n' {
				t.Fatalf("a control character is written raw: %q", signed)
			}
		}
		have, err := OpenLicense(signed, anchor)
		if err != nil || !reflect.DeepEqual(have, l) {
			t.Fatalf("have %+v, %v\nwant %+v", have, err, l)
		}
	})
}

func TestAnchor(t *testing.T) {
	_, good := testKey(t, 1)
	if _, err := ParseAnchor(good); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "x", good + " ", " " + good, strings.Replace(good, "example", "Example", 1), strings.ToUpper(good), good[:len(good)-1]} {
		if _, err := ParseAnchor(bad); err == nil {
			t.Errorf("%q: have no error", bad)
		}
	}
}

// A license file holds a key; printing the value does not show it.
func TestPrintingHidesTheKey(t *testing.T) {
	l := testLicense()
	l.Key = codes.LicenseKey{200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210}
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	shown := []string{string(b)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		shown = append(shown, fmt.Sprintf(verb, l), fmt.Sprintf(verb, *l))
	}
	for _, have := range shown {
		for _, secret := range []string{"200 201", "c8c9", "c8, 0xc9", "200,201"} {
			if strings.Contains(strings.ToLower(have), secret) {
				t.Errorf("%s shows the key", have)
			}
		}
	}
}

var add = flag.Bool("add", false, "write published artifacts that are missing")

// The artifacts of these keys and values are published: they never change.
func TestGolden(t *testing.T) {
	signer, _ := testKey(t, 1)
	profile, err := Sign(testProfile(t), signer)
	if err != nil {
		t.Fatal(err)
	}
	license, err := SignLicense(testLicense(), signer)
	if err != nil {
		t.Fatal(err)
	}
	for name, have := range map[string][]byte{"press-studio.profile": profile, "press-studio.license": license} {
		path := filepath.Join("testdata", name)
		if _, err := os.Stat(path); *add && errors.Is(err, os.ErrNotExist) { // never over one that is there
			if err := os.WriteFile(path, have, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, want) {
			t.Errorf("%s: have %s\nwant %s", name, have, want)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	signer, _ := testKey(b, 1)
	anchor := testAnchor(b, 1)
	p := testProfile(b)
	p.Roster = make([]codes.Vouch, 10_000)
	for i := range p.Roster {
		sum := sha256.Sum256([]byte(fmt.Sprint(i)))
		copy(p.Roster[i][:], sum[:])
	}
	p.Normalize()
	signed, err := Sign(p, signer)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("roster of 10000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Open(signed, anchor); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("vouched", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !p.Vouched(p.Roster[4321]) {
				b.Fatal("not vouched")
			}
		}
	})
}
