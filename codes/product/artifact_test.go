package product

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	_ "github.com/manual-activator/manual-activator/internal/oneseed"
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
