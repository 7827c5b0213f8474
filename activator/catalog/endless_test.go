package catalog

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A file without end costs the memory of the largest product file, not its own size.
func TestEndlessFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "endless.toml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 256<<20); err != nil { // it takes no place on the disk
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := LoadFile(path)
	runtime.ReadMemStats(&after)
	if err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("have %v, want it refused for its size", err)
	}
	if have := after.TotalAlloc - before.TotalAlloc; have > 64<<20 {
		t.Errorf("have %d MiB allocated, want at most 64", have>>20)
	}
}
