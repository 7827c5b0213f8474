package catalog

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"golang.org/x/mod/sumdb/note"
)

var testUID = codes.UID{0xaa, 15: 0xbb}

// testAnchor returns a trust anchor whose private key nobody has.
func testAnchor(t testing.TB) string {
	t.Helper()
	anchor, err := note.NewEd25519VerifierKey("example-vendor/profile", make([]byte, ed25519.PublicKeySize))
	if err != nil {
		t.Fatal(err)
	}
	return anchor
}

func parseSample(t testing.TB) *Product {
	t.Helper()
	p, err := Parse("products/press-studio.toml", Sample(testUID))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSample(t *testing.T) {
	p := parseSample(t)
	if p.ID != SampleName || p.UID != testUID || p.Name != "Press Studio" || p.Release != 4 || !p.Test || p.Pool != 10000 || p.Trial.Days != 14 {
		t.Errorf("have %+v", p)
	}
	if have, want := p.AllReleases(nil), []uint16{4, 3}; !slices.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
	if p.Limits != DefaultLimits() {
		t.Errorf("the sample calls its limits the defaults: have %+v, want %+v", p.Limits, DefaultLimits())
	}
	if !reflect.DeepEqual(p.Policy.Weights, product.DefaultWeights()) {
		t.Errorf("the sample calls its weights the defaults: have %v, want %v", p.Policy.Weights, product.DefaultWeights())
	}
	if p.Policy.Tolerance != defaultTolerance || p.Policy.DeskTolerance != defaultDeskTolerance || p.Pool != defaultPool {
		t.Error("the sample calls values defaults that are none")
	}
	var types []product.Type
	for i, d := range p.Definitions {
		if int(d.ID) != i+1 {
			t.Errorf("definition %d has id %d", i, d.ID)
		}
		types = append(types, d.Type)
		if d.Name == "" || d.Description == "" || d.ShelfLife != 10 {
			t.Errorf("have %+v", d)
		}
	}
	if want := []product.Type{product.Release, product.Deactivate, product.Reactivate}; !slices.Equal(types[:3], want) {
		t.Errorf("have %v first, want %v", types[:3], want)
	}
	slices.Sort(types)
	if want := product.Types(); !slices.Equal(types, want) {
		t.Errorf("have types %v, want one of each: %v", types, want)
	}
	if d, ok := p.Definition(2); !ok || !slices.Equal(d.Requires, []uint8{1}) {
		t.Errorf("definition 2: have %+v, want pre-condition 1", d)
	}
	if _, ok := p.Definition(99); ok {
		t.Error("definition 99 exists")
	}
	if len(p.Notes) > 0 {
		t.Errorf("have notes %v, want none: every type is answered", p.Notes)
	}
}

// The sample documents every key that a file can have.
func TestSampleNamesEveryKey(t *testing.T) {
	p, d := parse("products/press-studio.toml", Sample(testUID))
	if p == nil || d.err() != nil {
		t.Fatal(d.err())
	}
	text := strings.ReplaceAll(string(Sample(testUID)), "leaves = [1, 4]", "leaves = [1, 4]\nx = 1")
	text = strings.Replace(text, "[trial]", "y = 1\n[trial]\nx = 1", 1)
	for _, table := range []string{"[hardware]", "[limits]", "[defaults]", "[definition.parameter]"} {
		text = strings.Replace(text, table, table+"\nx = 1", 1)
	}
	_, err := Parse("products/press-studio.toml", []byte(text))
	var e *MistakesError
	if !errors.As(err, &e) || len(e.Mistakes) != 7 {
		t.Fatalf("have %v, want 7 unknown keys", err)
	}
	for _, m := range e.Mistakes {
		known, ok := strings.CutPrefix(m.Remedy, "known here: ")
		if !ok {
			t.Errorf("have %s", m)
		}
		for key := range strings.SplitSeq(known, ", ") {
			if !strings.Contains(text, "\n"+key+" = ") && !strings.Contains(text, "["+key+"]") && !strings.Contains(text, "."+key+"]") {
				t.Errorf("the sample does not show the key %s", key)
			}
		}
	}
}

func TestProfile(t *testing.T) {
	p := parseSample(t)
	profile := p.Profile()
	profile.Vendor, profile.SignedOn, profile.Serial = "Example Vendor", 1056, 1
	profile.Anchor = testAnchor(t)
	if err := profile.Valid(); err != nil {
		t.Error(err)
	}
	if have, want := profile.Releases, []uint16{3, 4}; !slices.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
	profile.Definitions[1].Requires[0] = 77
	profile.Definitions[3].Parameter.Bits[0] = "changed"
	profile.Policy.Weights["mac"] = [3]int{}
	if fresh := parseSample(t); !reflect.DeepEqual(p, fresh) {
		t.Error("the profile shares memory with the product")
	}
}

func TestWeigh(t *testing.T) {
	p := parseSample(t)
	for status, want := range map[uint8]int{0: 0, 0b1000_0000: 3, 0b0100_0000: 1, 0b0010_0000: 3, 0b1110_0000: 7, 0b0001_1111: 5, 0xff: 12} {
		if have := p.Weigh(status); have != want {
			t.Errorf("%08b: have %d, want %d", status, have, want)
		}
	}
}

func TestBlank(t *testing.T) {
	for name, want := range map[string]string{
		"rip-server-2": "Rip Server 2", "Rip Server": "Rip Server", `say "hi"`: `say "hi"`, `quote"`: `Quote"`, `C:\`: `C:\`, "日本": "日本",
	} {
		p, err := Parse("products/new.toml", Blank(name, testUID))
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if p.Name != want || p.UID != testUID || len(p.Notes) > 0 || len(p.Definitions) != 3 {
			t.Errorf("%q: have %+v, want name %q", name, p, want)
		}
	}
}

// What editors do to a file does not matter.
func TestEditors(t *testing.T) {
	want := parseSample(t)
	for name, text := range map[string][]byte{
		"mark": append([]byte("\uFEFF"), Sample(testUID)...),
		"crlf": []byte(strings.ReplaceAll(string(Sample(testUID)), "\n", "\r\n")),
	} {
		have, err := Parse("products/press-studio.toml", text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		have.Digest, have.Notes = want.Digest, want.Notes
		if !reflect.DeepEqual(have, want) {
			t.Errorf("%s: have %+v\nwant %+v", name, have, want)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("press-studio.toml", Sample(testUID))
	write("copy.toml", Blank("copy", codes.UID{1}))
	write("twin.toml", Sample(testUID))
	write("broken.toml", []byte("uid = \"00000000000000000000000000000009\"\nname ="))
	write("Big.toml", Blank("x", codes.UID{2}))
	write("half.toml", []byte("uid = \"00000000000000000000000000000007\"\n"))
	write(".hidden.toml", []byte("junk"))
	write("press-studio.toml.bak", []byte("junk"))
	if err := os.Mkdir(filepath.Join(dir, "folder.toml"), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, p := range c.Products() {
		have = append(have, p.ID)
	}
	if want := []string{"copy", "press-studio"}; !slices.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
	for _, name := range []string{"press-studio", " Press-Studio ", testUID.String(), strings.ToUpper(testUID.String())} {
		if p, err := c.Product(name); err != nil || p.ID != "press-studio" {
			t.Errorf("%q: have %+v, %v", name, p, err)
		}
	}
	for name, want := range map[string]string{
		"broken": filepath.Join(dir, "broken.toml") + ":2:6: expected value, not end of input: mend the TOML here; what follows is read after that",
		"twin":   filepath.Join(dir, "twin.toml") + ":11:7: uid: " + testUID.String() + " is the uid of press-studio.toml already: draw a new one with activator product new; a uid is never used twice",
		"big":    "", "none": `unknown product "none": known are copy, press-studio`,
		"half": filepath.Join(dir, "half.toml") + ": name: missing: expected the product's name: write it as name = \"Press Studio\"", codes.UID{15: 7}.String(): "half.toml: name: ",
	} {
		_, err := c.Product(name)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: have %v, want %s", name, err, want)
		}
	}
	if _, err := c.Product("none"); !errors.Is(err, ErrUnknownProduct) {
		t.Errorf("have %v, want ErrUnknownProduct", err)
	}
	have = nil
	for _, e := range c.Broken() {
		have = append(have, filepath.Base(e.File))
	}
	if want := []string{"Big.toml", "broken.toml", "half.toml", "twin.toml"}; !slices.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
	if c, err := Load(filepath.Join(dir, "none")); err != nil || len(c.Products()) != 0 {
		t.Errorf("no folder: have %v, %v", c, err)
	}
	if _, err := (&Catalog{}).Product("x"); !errors.Is(err, ErrUnknownProduct) {
		t.Errorf("empty: have %v", err)
	}
	if _, err := LoadFile(filepath.Join(dir, "none.toml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: have %v", err)
	}
	if p, err := LoadFile(filepath.Join(dir, "copy.toml")); err != nil || p.Name != "Copy" {
		t.Errorf("have %+v, %v", p, err)
	}
}

func TestCompareExported(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "press-studio.toml")
	load := func(text string) *Product {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := LoadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	text := string(Sample(testUID))
	old := load(text)
	if err := old.CompareExported(old.Definitions); err != nil {
		t.Errorf("unchanged: have %v", err)
	}
	free := strings.NewReplacer(`name = "Deactivate"`, `name = "Switch off"`, "shelf_life = 10 ", "shelf_life = 20 ", "most = 60", "most = 90", "release = 4\nreleases = [3]", "release = 5\nreleases = [3, 4]")
	changed := load(free.Replace(text) + "\n[[definition]]\nid = 14\ntype = \"feature\"\nname = \"More\"\n")
	if err := changed.CompareExported(old.Definitions); err != nil {
		t.Errorf("what is free to change: have %v", err)
	}
	frozen := strings.NewReplacer(
		`type = "expire-on"`, `type = "unlimited"`,
		"leaves = [1, 4]", "leaves = [1, 9]",
		"requires = [4]", "requires = [9]",
		"id = 13", "id = 14",
		`name = "Rental"`, "name = \"Rental\"\nreusable = true",
	)
	changed = load(frozen.Replace(text))
	want := []string{
		path + `:157:8: definition.type: definition 8 was exported with type expire-on, found unlimited: change it back, and add a new definition with a new id`,
		path + `:159:12: definition.reusable: definition 8 was exported with reusable false, found true: change it back, and add a new definition with a new id`,
		path + `:176:1: definition.requires: definition 10 was exported with requires [4], found [9]: change it back, and add a new definition with a new id`,
		path + `:193:1: definition.leaves: definition 12 was exported with leaves [1 4], found [1 9]: change it back, and add a new definition with a new id`,
		path + `: definition.id: definition 13 (choice, "Pick") was exported and is gone: put it back: programs in the field ask for it, and its id must never mean anything else`,
	}
	err := changed.CompareExported(old.Definitions)
	if err == nil {
		t.Fatal("have no mistakes")
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("have %v\nwant %s", err, w)
		}
	}
	if have := len(strings.Split(err.Error(), "\n")); have != len(want) {
		t.Errorf("have %d mistakes, want %d", have, len(want))
	}
	if err := os.Remove(path); err != nil { // no lines then, but all mistakes
		t.Fatal(err)
	}
	var e *MistakesError
	if err := changed.CompareExported(old.Definitions); !errors.As(err, &e) || len(e.Mistakes) != 5 || e.Mistakes[0].Line != 0 {
		t.Errorf("have %v", err)
	}
}
