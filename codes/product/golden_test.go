package product

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

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
