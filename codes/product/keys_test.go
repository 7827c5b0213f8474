package product

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"golang.org/x/mod/sumdb/note"
)

// rotated is testProfile after the key of seed 1 followed that of seed 2, of which
// files up to the day count.
func rotated(t testing.TB, until codes.Day) *Profile {
	p := testProfile(t)
	_, former := testKey(t, 2)
	p.Signers = []FormerSigner{{former, until}}
	p.Keys, p.Refused = p.Keys[:1], []uint8{1, 3}
	p.Normalize()
	if err := p.Valid(); err != nil {
		t.Fatal(err)
	}
	return p
}

// Both keys open what both signed, and what is read is what was written.
func TestSignedByTwo(t *testing.T) {
	now, _ := testKey(t, 1)
	before, _ := testKey(t, 2)
	p := rotated(t, 1000)
	signed, err := Sign(p, now, before)
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []byte{1, 2} {
		have, err := Open(signed, testAnchor(t, seed))
		if err != nil || !reflect.DeepEqual(have, p) {
			t.Errorf("key %d: have %+v, %v\nwant %+v", seed, have, err, p)
		}
	}
	if _, err := Open(signed, testAnchor(t, 3)); !errors.Is(err, ErrForeignKey) {
		t.Errorf("a third key: have %v, want ErrForeignKey", err)
	}
	if have, err := OpenUnpinned(signed); err != nil || have.Anchor != p.Anchor {
		t.Errorf("OpenUnpinned: have %v", err)
	}
	if _, err := Sign(p, before, now); err == nil {
		t.Error("the anchor is not the first signer's: have no error")
	}
	// A good signature does not make up for a bad one of a trusted key.
	text, signatures := split(signed)
	bad := slices.Concat(text, []byte("\n"), []byte(strings.Replace(string(signatures), "AA", "AB", 1)))
	if string(bad) == string(signed) {
		i := len(signed) - 10
		bad = slices.Clone(signed)
		bad[i] ^= 1
	}
	_, err1 := Open(bad, testAnchor(t, 1))
	_, err2 := Open(bad, testAnchor(t, 2))
	if _, err := Open(bad, testAnchor(t, 1), testAnchor(t, 2)); err == nil || err1 == nil && err2 == nil {
		t.Errorf("one signature of two is bad: have %v, %v, %v", err, err1, err2)
	}
}

// A license file counts under the program's anchor, the profile's key, and former
// keys up to their last day.
func TestLicenseOfFormerKey(t *testing.T) {
	const last = 1000
	p := rotated(t, last)
	sign := func(day codes.Day, seeds ...byte) []byte {
		l := testLicense()
		l.SignedOn = day
		var signers []note.Signer
		for _, seed := range seeds {
			s, _ := testKey(t, seed)
			signers = append(signers, s)
		}
		signed, err := SignLicense(l, signers[0], signers[1:]...)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	for _, c := range []struct {
		what   string
		file   []byte
		anchor byte
		want   error
	}{
		{"newest key", sign(last+9, 1), 1, nil},
		{"newest key, program with the former", sign(last+9, 1), 2, nil},
		{"former key, in time", sign(last, 2), 1, nil},
		{"former key, a day late", sign(last+1, 2), 1, ErrForeignKey},
		{"former key late, but built in", sign(last+1, 2), 2, nil},
		{"both, late", sign(last+9, 1, 2), 1, nil},
		{"both, former first", sign(last+9, 2, 1), 1, nil},
		{"a third key", sign(last, 3), 1, ErrForeignKey},
		{"a third key and a late former one", sign(last+1, 3, 2), 1, ErrForeignKey},
	} {
		if _, err := p.OpenLicense(c.file, testAnchor(t, c.anchor)); !errors.Is(err, c.want) {
			t.Errorf("%s: have %v, want %v", c.what, err, c.want)
		}
	}
	_, err := p.OpenLicense(sign(last+1, 2), testAnchor(t, 1))
	if want := "a key that the vendor gave up on 2026-09-27: ask the vendor for the file again"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("have %v, want ...%s", err, want)
	}
}

func TestRefusedEpochs(t *testing.T) {
	p := rotated(t, 1000)
	for e, want := range []bool{false, true, false, true, false} {
		if have := p.RefusesEpoch(codes.NewLicenseNumber(uint8(e), 1, 77)); have != want {
			t.Errorf("epoch %d: have %v, want %v", e, have, want)
		}
	}
}

// What no profile may say of its keys, in its text and in its fields.
func TestKeysRefused(t *testing.T) {
	now, _ := testKey(t, 1)
	p := rotated(t, 1000)
	text := string(p.Canonical())
	line := "signer 2026-09-27 " + p.Signers[0].Anchor + "\n"
	_, third := testKey(t, 3)
	other := "signer 2026-09-27 " + third + "\n"
	first, second := line, other
	if first > second {
		first, second = second, first
	}
	for what, change := range map[string][2]string{
		"a signer twice":            {line, line + line},
		"signers out of order":      {line, second + first},
		"the profile's own key":     {line, "signer 2026-09-27 " + p.Anchor + "\n"},
		"no day":                    {line, "signer " + p.Signers[0].Anchor + "\n"},
		"day zero":                  {line, "signer 2024-01-01 " + p.Signers[0].Anchor + "\n"},
		"an anchor that is none":    {line, "signer 2026-09-27 example-vendor/profile\n"},
		"a signer behind refused":   {line + "refused 1\n", "refused 1\n" + line},
		"refused twice":             {"refused 1\n", "refused 1\nrefused 1\n"},
		"refused, descending":       {"refused 1\nrefused 3\n", "refused 3\nrefused 1\n"},
		"refused epoch 16":          {"refused 3\n", "refused 16\n"},
		"refused in another form":   {"refused 3\n", "refused 03\n"},
		"the key of a refused one":  {"refused 1\n", "refused 0\nrefused 1\n"},
		"refused none":              {"refused 1\n", "refused none\n"},
		"sixteen signers and more":  {line, strings.Repeat(line, 16)},
		"refused behind the test":   {"refused 3\ntest yes\n", "test yes\nrefused 3\n"},
		"a day in another spelling": {"signer 2026-09-27", "signer 2026-9-27"},
	} {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("%s: the profile holds no %q", what, change[0])
		}
		signed, err := note.Sign(&note.Note{Text: strings.Replace(text, change[0], change[1], 1)}, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(signed, testAnchor(t, 1)); !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrNotCanonical) {
			t.Errorf("%s: have %v, want it refused", what, err)
		}
	}
}

// A vendor's tool cannot sign such keys either: their fields hold more than their text.
func TestFieldsOfKeysRefused(t *testing.T) {
	_, third := testKey(t, 3)
	for what, c := range map[string]struct {
		change func(*Profile)
		want   string
	}{
		"no last day":              {func(p *Profile) { p.Signers[0].Until = 0 }, "the last day of a former signer is missing"},
		"a last day beyond all":    {func(p *Profile) { p.Signers[0].Until = codes.MaxDay + 1 }, "the last day of a former signer is missing"},
		"an anchor that is none":   {func(p *Profile) { p.Signers[0].Anchor = "example-vendor/profile" }, "anchor"},
		"the profile's own key":    {func(p *Profile) { p.Signers[0].Anchor = p.Anchor }, "is the key that signs the profile"},
		"a signer twice":           {func(p *Profile) { p.Signers = append(p.Signers, p.Signers[0]) }, "each once"},
		"too many signers":         {func(p *Profile) { p.Signers = make([]FormerSigner, MaxSigners+1) }, "former signers: at most"},
		"refused epoch 16":         {func(p *Profile) { p.Refused = []uint8{1, 16} }, "refused key epoch 16: expected 0 to 15"},
		"refused twice":            {func(p *Profile) { p.Refused = []uint8{1, 1} }, "refused key epochs must ascend"},
		"the key of a refused one": {func(p *Profile) { p.Refused = []uint8{p.Keys[0].ID} }, "of a key epoch that is refused"},
		"signers out of order": {func(p *Profile) {
			p.Signers = append(p.Signers, FormerSigner{third, 1000})
			slices.SortFunc(p.Signers, func(a, b FormerSigner) int { return strings.Compare(b.Anchor, a.Anchor) })
		}, "in the order of their anchors"},
	} {
		p := rotated(t, 1000)
		c.change(p)
		if err := p.Valid(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: have %v, want %s", what, err, c.want)
		}
	}
}
