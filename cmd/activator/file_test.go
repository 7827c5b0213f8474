package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that changes between its hash and its end has no end: what is missing would
// pass for done.
func TestSourceChangedWhileRead(t *testing.T) {
	const text = "code\none\ntwo\nthree\n"
	for name, change := range map[string]func(path string) error{
		"cut off":   func(p string) error { return os.Truncate(p, 9) },
		"longer":    func(p string) error { return os.WriteFile(p, []byte(text+"four\n"), 0o600) },
		"replaced":  func(p string) error { return os.WriteFile(p, []byte(strings.ToUpper(text)), 0o600) },
		"as it was": func(string) error { return nil },
	} {
		path := filepath.Join(t.TempDir(), "orders.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		src, err := openFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(src, make([]byte, 5)); err != nil {
			t.Fatal(err)
		}
		if err := change(path); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(src)
		src.close()
		if len(rest) > len(text)-5 {
			t.Errorf("%s: have %q, want nothing of what was put behind the file", name, rest)
		}
		if changed := err != nil && strings.Contains(err.Error(), "orders.csv was changed while it was read"); changed != (name != "as it was") {
			t.Errorf("%s: have error %v", name, err)
		}
	}
}

// An output replaces a file, if told so, and never a folder or a device.
func TestOutputReplacesFilesAlone(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	paths := []string{dir}
	if os.Symlink(os.DevNull, link) == nil { // not every system lets everybody
		paths = append(paths, link)
	}
	for _, path := range paths {
		if o, err := begin(path, 0o600, true); err == nil || !strings.Contains(err.Error(), "is not replaced") {
			o.drop()
			t.Errorf("%s: have error %v, want one", path, err)
		}
	}
	o, err := begin(file, 0o600, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.finish([]byte("after")); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "after" {
		t.Errorf("have %q, %v", b, err)
	}
}
