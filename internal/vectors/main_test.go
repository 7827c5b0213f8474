package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPublishedVectors holds the published files against what is made today.
func TestPublishedVectors(t *testing.T) {
	for _, f := range files {
		if err := update(filepath.Join("..", "..", "testdata", "vectors", f.name), f.make(), false); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
}

// TestPublishedVectorsNeverChange tries what the program must refuse.
func TestPublishedVectorsNeverChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checks.json")
	made := checkVectors()
	if err := update(path, made, false); err == nil {
		t.Error("new vectors without -add: have no error")
	}
	if err := update(path, made[:5], true); err != nil {
		t.Fatal(err)
	}
	if err := update(path, made, true); err != nil {
		t.Fatal(err)
	}
	published, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := append([]vector(nil), made...)
	c := changed[3].body.(checkCase)
	c.Check = "?"
	changed[3].body = c
	for name, try := range map[string][]vector{"changed": changed, "dropped": made[1:], "twice": append(made[:1:1], made...)} {
		if err := update(path, try, true); err == nil {
			t.Errorf("%s: have no error", name)
		}
	}
	now, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(now, published) {
		t.Errorf("a refused run changed the file: %v", err)
	}
	if !strings.HasPrefix(string(published), "[\n{") {
		t.Errorf("file begins %.10q", published)
	}
}
