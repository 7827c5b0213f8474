package product

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"golang.org/x/mod/sumdb/note"
)

// document returns docs/profile.md and the files it shows, by their names.
func document(t *testing.T) (text string, examples map[string]string) {
	t.Helper()
	b, err := os.ReadFile("../../docs/profile.md")
	if err != nil {
		t.Fatal(err)
	}
	examples = map[string]string{}
	for _, e := range regexp.MustCompile("(?s)<!-- example: (\\w+) -->\n```\n(.*?)```\n").FindAllStringSubmatch(string(b), -1) {
		examples[e[1]] = e[2]
	}
	return string(b), examples
}

// resign signs the text of a file of the document, after a change, with the key
// of the document.
func resign(t *testing.T, file, old, new string) string {
	t.Helper()
	signer, _ := testKey(t, 1)
	text, _, found := strings.Cut(file, "\n\n")
	if n := strings.Count(text, old); !found || old != "" && n != 1 {
		t.Fatalf("%q: have it %d times in the example, want it once", old, n)
	}
	signed, err := note.Sign(&note.Note{Text: strings.Replace(text, old, new, 1) + "\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return string(signed)
}

// The files that docs/profile.md shows are genuine.
func TestDocument(t *testing.T) {
	text, examples := document(t)
	_, anchorText := testKey(t, 1)
	if !strings.Contains(text, "    NAME+HASH+KEY       "+anchorText+"\n") {
		t.Errorf("the document does not show the anchor %s", anchorText)
	}
	for _, name := range []string{"profile", "license"} {
		if have, want := examples[name], resign(t, examples[name], "", ""); have != want {
			t.Errorf("%s: have %s\nwant it signed as %s", name, have, want)
		}
	}
	anchor := testAnchor(t, 1)
	p, err := Open([]byte(examples["profile"]), anchor)
	if err != nil {
		t.Fatal(err)
	}
	l, err := OpenLicense([]byte(examples["license"]), anchor)
	if err != nil {
		t.Fatal(err)
	}
	if p.UID != l.UID || p.ID != l.Product {
		t.Errorf("have a profile of %s and a license file for %s", p.UID, l.UID)
	}
	vouch := l.Key.Stretch(l.UID, l.Number).Vouch(l.UID, l.Number)
	if slices.Index(p.Roster, vouch) != 0 {
		t.Errorf("have a roster that does not begin with the vouch of license %s", l.Number)
	}
	const gone codes.LicenseNumber = 0x00dec0de
	if !strings.Contains(text, "license "+gone.String()+".") || !p.Sunsets(p.UID, gone) || p.Sunsets(p.UID, l.Number) {
		t.Errorf("have a sunset list that is not that of license %s alone", gone)
	}
}

// Every change that docs/profile.md names makes a file that is refused for what
// it says: its signature is right.
func TestDocumentRefuses(t *testing.T) {
	text, examples := document(t)
	anchor := testAnchor(t, 1)
	rows := regexp.MustCompile("(?m)^\\| (profile|license) \\| `(.*)` \\| `(.*)` \\|$").FindAllStringSubmatch(text, -1)
	if len(rows) < 30 {
		t.Fatalf("have %d changes in the document, want 30 or more", len(rows))
	}
	for _, row := range rows {
		file := resign(t, examples[row[1]], row[2], row[3])
		var err error
		if row[1] == "profile" {
			_, err = Open([]byte(file), anchor)
		} else {
			_, err = OpenLicense([]byte(file), anchor)
		}
		if !errors.Is(err, ErrNotCanonical) && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s, %s for %s: have %v, want it refused", row[1], row[3], row[2], err)
		}
	}
}

// What docs/profile.md forgives around the text, and what it does not.
func TestDocumentForgives(t *testing.T) {
	_, examples := document(t)
	anchor := testAnchor(t, 1)
	profile := []byte(examples["profile"])
	own := profile[bytes.LastIndex(profile, []byte("\n\n"))+2:]
	other := []byte("— somebody/else AAAAAAAA\n")
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"byte order mark":        {join([]byte("\uFEFF"), profile), nil},
		"0D 0A":                  {bytes.ReplaceAll(profile, []byte("\n"), []byte("\r\n")), nil},
		"empty lines behind":     {join(profile, []byte("\n\r\n\n")), nil},
		"another key":            {join(profile, other), nil},
		"another key first":      {bytes.Replace(profile, own, join(other, own), 1), nil},
		"one signature twice":    {join(profile, own), nil},
		"two byte order marks":   {join([]byte("\uFEFF\uFEFF"), profile), ErrOtherFile},
		"an empty line before":   {join([]byte("\n"), profile), ErrOtherFile},
		"a blank behind":         {join(profile, []byte(" ")), ErrAltered},
		"0D alone":               {bytes.Replace(profile, []byte("\n"), []byte("\r"), 1), ErrOtherFile},
		"no last line end":       {bytes.TrimSuffix(profile, []byte("\n")), ErrAltered},
		"another key alone":      {bytes.Replace(profile, own, other, 1), ErrForeignKey},
		"a wrong one first":      {bytes.Replace(profile, own, join([]byte("— example-vendor/profile z/R5FQAA\n"), own), 1), ErrAltered},
		"no signature":           {bytes.Replace(profile, own, nil, 1), ErrNotSigned},
		"newer, no signature":    {[]byte("manual-activator/2 product profile\n"), ErrNewer},
		"a license as a profile": {[]byte(examples["license"]), ErrOtherFile},
		"101 signatures":         {join(profile, bytes.Repeat(other, 100)), ErrAltered},
	} {
		_, err := Open(c.file, anchor)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: have %v, want %v", name, err, c.want)
		}
	}
}
