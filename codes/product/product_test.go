package product

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"
)

// testKey returns a signer and its anchor, drawn from a seed byte.
func testKey(t testing.TB, seed byte) (note.Signer, string) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, ed25519.SeedSize)), "example-vendor/profile")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	return s, vkey
}

func testAnchor(t testing.TB, seed byte) note.Verifier {
	t.Helper()
	_, text := testKey(t, seed)
	v, err := ParseAnchor(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// studio is a set of definitions with every type, valid as a whole.
func studio() []Definition {
	return []Definition{
		{ID: 1, Type: Release, Name: "Press Studio", Description: "Runs on this machine.", Menu: "Help > Activate", ShelfLife: 10},
		{ID: 2, Type: Deactivate, Name: "Deactivate", ShelfLife: 10, Requires: []uint8{1}},
		{ID: 3, Type: Reactivate, Name: "Reactivate", ShelfLife: 10},
		{ID: 4, Type: TrialDays, Name: "More days", Parameter: Parameter{Default: 14, Least: 1, Most: 60}},
		{ID: 5, Type: TrialHours, Name: "More hours", Parameter: Parameter{Default: 8, Least: 1, Most: 100}},
		{ID: 6, Type: TrialRuns, Name: "More starts", Parameter: Parameter{Default: 20, Least: 1, Most: 500}},
		{ID: 7, Type: ExpireOn, Name: "Last day"},
		{ID: 8, Type: Unlimited, Name: "No expiry", Reusable: true},
		{ID: 9, Type: Feature, Name: "Options", Requires: []uint8{1}, Parameter: Parameter{Most: 7, Bits: []string{"color", "spot \"gold\"", "nesting"}}},
		{ID: 10, Type: CheckIn, Name: "Give options back", Requires: []uint8{9}},
		{ID: 11, Type: Recover, Name: "Repair"},
		{ID: 12, Type: Composite, Name: "Studio with options", Leaves: []uint8{1, 9}},
		{ID: 13, Type: Choice, Name: "Pick", Leaves: []uint8{4, 9, 12}},
	}
}

func testProfile(t testing.TB) *Profile {
	_, anchor := testKey(t, 1)
	p := &Profile{
		Vendor: "Example Vendor", Anchor: anchor, UID: codes.UID{1, 2, 3}, ID: "press-studio", Name: "Press Studio",
		Release: 4, Releases: []uint16{3, 4}, Trial: Trial{Days: 14},
		Policy:      Policy{Weights: map[string][3]int{"mac": {3, 1, 3}, "system drive": {3, 2, 3}}, Tolerance: 3, DeskTolerance: 6},
		Definitions: studio(), Keys: []PublicKey{{ID: 0, Key: [32]byte{9}}, {ID: 1}},
		Roster: []codes.Vouch{{1}, {2}, {2, 1}}, Sunset: [][8]byte{{7}}, Test: true, SignedOn: 1056, Serial: 1,
	}
	if err := p.Valid(); err != nil {
		t.Fatal(err)
	}
	return p
}

func testLicense() *License {
	return &License{
		UID: codes.UID{1, 2, 3}, Product: "press-studio", Customer: "Müller & Söhne\n\"Druck\"\u202e", Order: "A-4711",
		Number: codes.NewLicenseNumber(0, 1, 77), Key: codes.LicenseKey{1, 2, 3, 4}, Seats: 2,
		Grants: Grants{Definitions: []uint8{1, 9}, Bits: map[uint8]uint32{9: 3}, Release: 4}, Release: 4, Test: true, SignedOn: 1056,
	}
}

func TestTypeCodesAreFixed(t *testing.T) {
	want := "release=1 trial-days=2 trial-hours=3 trial-runs=4 expire-on=5 unlimited=6 feature=7 deactivate=8 check-in=9 reactivate=10 recover=11 composite=12 choice=13 "
	have := ""
	for _, typ := range Types() {
		have += fmt.Sprintf("%s=%d ", typ, uint8(typ))
		back, err := ParseType(typ.String())
		if err != nil || back != typ {
			t.Errorf("ParseType(%q): have %v, %v", typ.String(), back, err)
		}
	}
	if have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	if _, err := ParseType("none"); err == nil {
		t.Error("ParseType(none): have no error")
	}
	if have, want := Type(99).String(), "type 99"; have != want {
		t.Errorf("have %q, want %q", have, want)
	}
}

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		d    Definition
		want uint8
	}{{Definition{}, 0}, {Definition{Reusable: true}, 1}, {Definition{Signed: true}, 2}, {Definition{Reusable: true, Signed: true}, 3}} {
		if have := c.d.Flags(); have != c.want {
			t.Errorf("%+v: have %d, want %d", c.d, have, c.want)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `""`},
		{"Press Studio", `"Press Studio"`},
		{`a "b" \`, `"a \"b\" \\"`},
		{"Müller", `"Müller"`},
		{"a\nb\x00\x7f\u0085", `"a\u000ab\u0000\u007f\u0085"`},
		{"\u202ehidden\ufeff\u200b", `"\u202ehidden\ufeff\u200b"`},
		{"\xff\xc3", `"\xff\xc3"`},
		{"\U000e0041", `"\U000e0041"`},
		{"\ufffd", "\"\ufffd\""},
	} {
		if have := quote(c.text); have != c.want {
			t.Errorf("quote(%q): have %s, want %s", c.text, have, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		have, err := unquote(quote(s))
		if err != nil || have != s {
			t.Fatalf("have %q, %v, want %q", have, err, s)
		}
	})
	for _, text := range []string{``, `"`, `a`, `"a`, "`a`", `'a'`, `"\a"`, `"\n"`, "\"\t\"", `"a"b"`} {
		if s, err := unquote(text); err == nil {
			t.Errorf("unquote(%s): have %q, want an error", text, s)
		}
	}
}

func TestGrants(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "all"},
		{"all", "all"},
		{"4 1", "1 4"},
		{"1,4:bits=7", "1 4:bits=0x7"},
		{"release=3", "all release=3"},
		{"all 4:bits=0b11 release=3", "all 4:bits=0x3 release=3"},
		{"255:bits=0xffffffff", "255:bits=0xffffffff"},
		{"0", `grants: unknown item "0": expected an id such as 4, bits such as 4:bits=0x7, release=3 or all`},
		{"256", `grants: unknown item "256": expected an id such as 4, bits such as 4:bits=0x7, release=3 or all`},
		{"4:seats=1", `grants: unknown item "4:seats=1": expected an id such as 4, bits such as 4:bits=0x7, release=3 or all`},
		{"4:bits=x", `grants: bits "x" of definition 4: expected a number from 0 to 0xffffffff`},
		{"4 4", `grants: definition 4 is given twice`},
		{"release=0", `grants: release "0": expected a number from 1 to 65535`},
		{"release=1 release=2", `grants: release is given twice (1 and 2)`},
		{"all 4", `grants: "all" and definition 4 exclude each other: name single definitions or all of them`},
	} {
		g, err := ParseGrants(c.text)
		have := g.String()
		if err != nil {
			have = err.Error()
		}
		if have != c.want {
			t.Errorf("%q: have %s, want %s", c.text, have, c.want)
		}
	}
	g, _ := ParseGrants("1", "9:bits=0x3", "release=4")
	defs := studio()
	byID := func(id uint8) Definition { return defs[id-1] }
	for id, want := range map[uint8]bool{1: true, 2: true, 3: true, 4: false, 9: true, 10: true, 11: true, 12: false} {
		if have := g.Covers(byID(id)); have != want {
			t.Errorf("Covers(%d): have %v, want %v", id, have, want)
		}
	}
	if !g.CoversParameter(byID(9), 3) || g.CoversParameter(byID(9), 4) || !g.CoversRelease(4) || g.CoversRelease(5) {
		t.Error("parameter or release is judged wrongly")
	}
	if err := g.Check(defs); err != nil {
		t.Error(err)
	}
	for text, want := range map[string]string{
		"14": "grants: the product has no definition 14", "1:bits=1": "grants: definition 1 is of type release: bits are for features only",
		"all 14:bits=1":                   "grants: the product has no definition 14",
		"1 20 15:bits=1 14":               "grants: the product has no definition 14, 15, 20",
		"all 1:bits=1 3:bits=1 20:bits=1": "grants: the product has no definition 20; definition 1 is of type release: bits are for features only; definition 3 is of type reactivate: bits are for features only",
	} {
		g, err := ParseGrants(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Check(defs); err == nil || err.Error() != want {
			t.Errorf("%q: have %v, want %s", text, err, want)
		}
	}
}
