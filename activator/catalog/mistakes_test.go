package catalog

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// All mistakes at once, each with its place and its remedy.
func TestTenMistakes(t *testing.T) {
	text, err := os.ReadFile("testdata/ten-mistakes.toml")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Parse("products/ten-mistakes.toml", text)
	var e *MistakesError
	if !errors.As(err, &e) {
		t.Fatalf("have %v", err)
	}
	want := `products/ten-mistakes.toml:1:7: uid: found "00112233445566778899aabbccddee": expected 32 hex digits, not all zero: activator product new draws one; never take that of another product
products/ten-mistakes.toml:3:11: release: found the text "4": expected a whole number from 1 to 65535: write it without quotes and without a fraction
products/ten-mistakes.toml:4:1: relases: unknown key: did you mean releases?
products/ten-mistakes.toml:8:18: hardware.desk_tolerance: 6 is below tolerance 7: the desk would refuse what the program forgives: raise it, or lower tolerance
products/ten-mistakes.toml:11:1: hardware.weights.system-drvie: unknown kind of hardware "system-drvie": did you mean system-drive?
products/ten-mistakes.toml:15:8: definition.type: unknown type "relase": did you mean release?
products/ten-mistakes.toml:22:13: definition.requires: definition 2: pre-condition 9 does not exist: name the id of a definition of this product
products/ten-mistakes.toml:28:12: definition.reusable: found the text "yes": expected true or false: write it as true or false, without quotes
products/ten-mistakes.toml:29:25: definition.parameter.default: definition 4: default 9 is outside 0 to 8: expected least <= default <= most
products/ten-mistakes.toml:29:46: definition.parameter.most: definition 4: most 0x8 has bits without a name: 2 names reach 0x3: name every bit or lower it`
	if have := e.Error(); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	drawn := `products/ten-mistakes.toml:11:1: hardware.weights.system-drvie: unknown kind of hardware "system-drvie": did you mean system-drive?
    11 | system-drvie = [3, 2, 3]
       | ~~~~~~~~~~~~

`
	if have := e.Drawn(); !strings.Contains(have, drawn) {
		t.Errorf("have %s\nwant ...%s...", have, drawn)
	}
	if have := e.Drawn(); !strings.Contains(have, "22 | requires = [9]\n       |             ~\n") {
		t.Errorf("have %s", have)
	}
}

// One mistake more in an otherwise right file, and its whole text.
func TestMistakes(t *testing.T) {
	const good = `uid = "00112233445566778899aabbccddeeff"
name = "P"
release = 4
releases = [2, 3]
[[definition]]
id = 1
type = "release"
name = "Release"
`
	if _, err := Parse("p.toml", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"no uid", "uid = \"00112233445566778899aabbccddeeff\"", "", "p.toml: uid: missing: expected 32 hex digits: activator product new draws one; never take that of another product"},
		{"uid of zeros", "00112233445566778899aabbccddeeff", noUID, `p.toml:1:7: uid: found "` + noUID + `": expected 32 hex digits, not all zero: activator product new draws one; never take that of another product`},
		{"uid is a number", `"00112233445566778899aabbccddeeff"`, "12", `p.toml:1:7: uid: found the number 12: expected a text: write it as "..."`},
		{"no name", `name = "P"`, "", `p.toml: name: missing: expected the product's name: write it as name = "Press Studio"`},
		{"empty name", `"P"`, `""`, `p.toml:2:8: name: found 0 bytes: expected a name of 1 to 200: write it as one line of plain text`},
		{"escape sequence", `"P"`, `"\u001b[31m"`, `p.toml:2:8: name: "\u001b[31m" holds a character that cannot be seen: write it as one line of plain text`},
		{"no release", "release = 4", "", "p.toml: release: missing: expected the number of the current release, from 1: write release = 1 for the first one"},
		{"release 0", "release = 4", "release = 0", "p.toml:3:11: release: found 0: expected a whole number from 1 to 65535: change the number"},
		{"release too large", "release = 4", "release = 65536", "p.toml:3:11: release: found 65536: expected a whole number from 1 to 65535: change the number"},
		{"fraction", "release = 4", "release = 4.5", "p.toml:3:11: release: found the fraction 4.5: expected a whole number from 1 to 65535: write it without quotes and without a fraction"},
		{"date", "release = 4", "release = 2026-11-22", "p.toml:3:11: release: found the date or time 2026-11-22: expected a whole number from 1 to 65535: write it without quotes and without a fraction"},
		{"later release", "[2, 3]", "[2, 4]", "p.toml:4:16: releases: release 4 is not before the current release 4: list the earlier releases only"},
		{"release twice", "[2, 3]", "[3, 3]", "p.toml:4:16: releases: release 3 is listed twice: list it once"},
		{"list of texts", "[2, 3]", `[2, "3"]`, `p.toml:4:16: releases: found the text "3": expected a whole number from 1 to 65535: write it without quotes and without a fraction`},
		{"no list", "[2, 3]", "3", "p.toml:4:12: releases: found the number 3: expected a list of numbers: write it as [1, 2]"},
		{"unknown table", "[[definition]]", "[harware]\n[[definition]]", "p.toml:5:2: harware: unknown key: did you mean hardware?"},
		{"unknown key", "release = 4", "release = 4\nprice = 100", "p.toml:4:1: price: unknown key: known here: uid, name, release, releases, test, pool, hardware, trial, limits, defaults, definition"},
		{"one bracket", "[[definition]]", "[definition]", "p.toml:5:2: definition: found a table: expected tables: write [[definition]] with two brackets and its keys below"},
		{"table is a text", "release = 4", "release = 4\nlimits = \"none\"", `p.toml:4:10: limits: found the text "none": expected a table: write [limits] and its keys below`},
		{"no id", "id = 1", "", "p.toml:5:3: definition.id: missing: expected a number from 1 to 255: give it a number that no definition of the product ever had"},
		{"id 256", "id = 1", "id = 256", "p.toml:6:6: definition.id: found 256: expected a whole number from 1 to 255: change the number"},
		{"no type", `type = "release"`, "", `p.toml:5:3: definition.type: missing: expected what accepting the answer does: write it as type = "release"; known are release, trial-days, trial-hours, trial-runs, expire-on, unlimited, feature, deactivate, check-in, reactivate, recover, composite, choice`},
		{"no definition name", `name = "Release"`, "", "p.toml:5:3: definition.name: definition 1: the definition has no name: say in a word or two what the customer asks for"},
		{"strength", `name = "Release"`, "name = \"Release\"\nstrength = \"strong\"", `p.toml:9:12: definition.strength: found "strong": expected short or signed: write strength = "short", or leave it out`},
		{"shelf life", `name = "Release"`, "name = \"Release\"\nshelf_life = 4000", "p.toml:9:14: definition.shelf_life: found 4000: expected a whole number from 0 to 3650: change the number"},
		{"parameter", `name = "Release"`, "name = \"Release\"\n[definition.parameter]\nmost = 3", "p.toml:9:2: definition.parameter: definition 1: a definition of type release takes no parameter from the product file: remove it: the last day is chosen at the desk, answer by answer"},
		{"bits", `name = "Release"`, "name = \"Release\"\n[[definition]]\nid = 2\ntype = \"feature\"\nname = \"F\"\nparameter.bits = [\"a\", \"a\"]", `p.toml:13:24: definition.parameter.bits: definition 2: bit 1 is named "a" like bit 0: give each bit its own name`},
		{"weights", "[[definition]]", "[hardware.weights]\nmac = [1, 2]\n[[definition]]", "p.toml:6:1: hardware.weights.mac: found a list: expected three numbers: weight, partial, moved: write it as mac = [3, 1, 3]"},
		{"weight", "[[definition]]", "[hardware.weights]\nmac = [1, 2, 101]\n[[definition]]", "p.toml:6:14: hardware.weights.mac: found 101: expected a whole number from 0 to 100: change the number"},
		{"weight twice", "[[definition]]", "[hardware.weights]\nsystem-drive = [2, 1, 3]\nsystem_drive = [2, 1, 3]\n[[definition]]", "p.toml:7:1: hardware.weights.system_drive: system drive has two weights: write it once"},
		{"weight that falls", "[[definition]]", "[hardware.weights]\nmac = [1, 2, 3]\n[[definition]]", "p.toml:6:1: hardware.weights.mac: mac weighs 1, in part 2 and moved 3: more changes would count less: keep the second number at or below the first, and the third at or above it"},
		{"default seats", "[[definition]]", "[defaults]\nseats = 0\n[[definition]]", "p.toml:6:9: defaults.seats: found 0: expected a whole number from 1 to 1000000: change the number"},
		{"default grants", "[[definition]]", "[defaults]\ngrants = [\"7x\"]\n[[definition]]", `p.toml:6:1: defaults.grants: unknown item "7x": expected an id such as 4, bits such as 4:bits=0x7, release=3 or all: write grants = ["all"] or, for example, grants = ["1", "4:bits=0x7"]`},
		{"grants of nothing", "[[definition]]", "[defaults]\ngrants = [\"7\"]\n[[definition]]", "p.toml:6:1: defaults.grants: the product has no definition 7: name ids of definitions of this product"},
		{"no definition", "[[definition]]\nid = 1\ntype = \"release\"\nname = \"Release\"\n", "", "p.toml: definition: the product has no definition: add at least one, usually of type release"},
		{"no toml", "name = \"P\"", "name = P", "p.toml:2:8: unexpected character U+0050 'P' at start of value: mend the TOML here; what follows is read after that"},
		{"key twice", "name = \"P\"", "name = \"P\"\nname = \"Q\"", "p.toml:3:1: "},
		{"two documents deep", "release = 4", "release = 4\ntrial = {days = 1, days = 2}", "p.toml:4:"},
		{"not utf-8", "name = \"P\"", "name = \"\xff\"", "p.toml: the file is not UTF-8 text: save it as UTF-8"},
		{"column in characters", `name = "P"`, `name = "Ä"; x`, "p.toml:2:11: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatalf("no %q", c.old)
			}
			_, err := Parse("p.toml", []byte(strings.Replace(good, c.old, c.new, 1)))
			if err == nil {
				t.Fatal("have no mistake")
			}
			have := err.Error()
			if strings.HasSuffix(c.want, ": ") || strings.HasSuffix(c.want, ":") { // the rest is go-toml's
				have = have[:min(len(have), len(c.want))]
			}
			if have != c.want {
				t.Errorf("have %s\nwant %s", err, c.want)
			}
		})
	}
}

func TestDrawing(t *testing.T) {
	for _, c := range []struct {
		m    Mistake
		want string
	}{
		{Mistake{}, ""},
		{Mistake{Line: 7, Column: 3, source: "\tä = 1", length: 2}, "7 |  ä = 1\n  |   ~~"},
		{Mistake{Line: 12, Column: 99, source: "short", length: 5}, "12 | short\n   |      ~"},
		{Mistake{Line: 1, Column: 1, source: strings.Repeat("x", 300), length: 300}, "1 | " + strings.Repeat("x", 100) + "...\n  | " + strings.Repeat("~", 103)},
	} {
		if have := c.m.Drawing(); have != c.want {
			t.Errorf("have %q, want %q", have, c.want)
		}
	}
}

// What a hand cannot write must not cost much either.
func TestHugeFiles(t *testing.T) {
	head := "uid = \"00112233445566778899aabbccddeeff\"\nname = \"P\"\nrelease = 4\n"
	for name, text := range map[string]string{
		"too large":        strings.Repeat("#", maxFile+1),
		"unknown keys":     strings.Repeat("a", 10) + " = 1\n" + func() string { return manyKeys(5000) }(),
		"one line":         "x = [" + strings.Repeat("1,", 100000) + "1]",
		"long requires":    head + "[[definition]]\nid = 1\ntype = \"release\"\nname = \"x\"\nrequires = [" + strings.Repeat("1,", 100000) + "1]",
		"many definitions": head + strings.Repeat("[[definition]]\nid = 1\ntype = \"composite\"\nleaves = [1, 2, 3]\n", 4000),
		"deep":             "a = " + strings.Repeat("[", 400000),
		"deep tables":      strings.Repeat("[a"+strings.Repeat(".a", 100)+"]\n", 4000),
	} {
		_, err := Parse("p.toml", []byte(text))
		var e *MistakesError
		if !errors.As(err, &e) || len(e.Mistakes) > maxMistakes+1 {
			t.Errorf("%s: have %.200v", name, err)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("k")
		for ; i > 0; i /= 26 {
			b.WriteByte(byte('a' + i%26))
		}
		b.WriteString("_ = 1\n")
	}
	return b.String()
}

// FuzzCatalog: a file is either refused with mistakes that say something and
// have a place inside it, or it makes a valid product profile.
func FuzzCatalog(f *testing.F) {
	f.Add(Sample(testUID))
	f.Add(Blank("new", testUID))
	ten, err := os.ReadFile("testdata/ten-mistakes.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ten)
	f.Add([]byte("[[definition]]\n[[definition.parameter]]\n[definition.parameter.bits]\n"))
	f.Add([]byte("definition = [{id=1}, 2, [3]]\n\"\" = 1\n\"#0\" = {}\n[a.\"\"]\n"))
	anchor := testAnchor(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse("products/p.toml", text)
		if err != nil {
			var e *MistakesError
			if !errors.As(err, &e) || len(e.Mistakes) == 0 {
				t.Fatalf("have %v", err)
			}
			lines := strings.Count(string(text), "\n") + 1
			for _, m := range e.Mistakes {
				if m.Problem == "" || m.Line < 0 || m.Line > lines || m.Line > 0 && m.Column < 1 {
					t.Errorf("have %+v", m)
				}
			}
			_ = e.Drawn()
			return
		}
		profile := p.Profile()
		profile.Vendor, profile.Anchor, profile.SignedOn, profile.Serial = "V", anchor, 1, 1
		if err := profile.Valid(); err != nil {
			t.Errorf("a product file without mistakes makes no valid profile: %v", err)
		}
	})
}
