package unprivileged_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/manual-activator/manual-activator/internal/unprivileged"
)

// A folder that is read-only is so for whoever runs this in the end.
func TestBound(t *testing.T) {
	if !unprivileged.Bound() {
		unprivileged.Run(t, "TestBound")
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err == nil {
		t.Error("writing into a read-only folder: have no error, want one")
	}
}
