package activator

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// A backup whose end is damaged or lost is not restored as far as it goes, wherever that is: in a file, between two of
// them, or behind the last one.
func TestUnpackOfDamagedBackup(t *testing.T) {
	files := map[string]string{"activator.toml": "desk = \"front\"\n", "products/press-studio.toml": strings.Repeat("#", 700), "journal.db": strings.Repeat("j", 1024)}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range []string{"activator.toml", "products/press-studio.toml", "journal.db"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name])), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	damage := errors.New("what follows cannot be decrypted")
	for n := 0; n < b.Len(); n += 64 {
		err := unpack(io.MultiReader(bytes.NewReader(b.Bytes()[:n]), iotest.ErrReader(damage)), t.TempDir(), nil)
		if !errors.Is(err, damage) {
			t.Errorf("damaged after %d of %d bytes: have %v, want %v", n, b.Len(), err, damage)
		}
	}
	taken := t.TempDir()
	if err := os.WriteFile(filepath.Join(taken, "products"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unpack(bytes.NewReader(b.Bytes()), taken, nil); err == nil {
		t.Error("a file that cannot be written: have no error, want one")
	}
	dir := t.TempDir()
	if err := unpack(&b, dir, nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if have, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(have) != want {
			t.Errorf("%s: have %q, %v, want %q", name, have, err, want)
		}
	}
}
