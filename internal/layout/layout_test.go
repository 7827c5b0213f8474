package layout

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/manual-activator/manual-activator"

// never lists what the packages below a folder must not import, directly or not.
var never = map[string][]string{
	"codes":             {"fingerprint", "activator", "protector", "tui", "cmd"},
	"fingerprint":       {"codes", "activator", "protector", "tui", "cmd"},
	"protector":         {"activator", "tui", "cmd"},
	"activator":         {"protector", "tui", "cmd"},
	"tui":               {"protector", "cmd"},
	"activator/journal": {"activator", "activator/catalog", "activator/keyring", "fingerprint"},
}

// pure lists packages that touch no file, clock or randomness of their own.
var pure = map[string][]string{
	"codes":         {"os", "crypto/rand", "math/rand", "net"},
	"codes/product": {"crypto/rand", "math/rand", "net"},
}

type listed struct {
	ImportPath string
	Deps       []string
	Imports    []string
}

func list(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Deps,Imports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: have %v, want the packages of the module", err)
	}
	var all []listed
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module+"/")
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("have %d packages, want at least 10", len(all))
	}
	return all
}

func below(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func TestNeverImports(t *testing.T) {
	for _, p := range list(t) {
		for folder, forbidden := range never {
			if !below(p.ImportPath, folder) {
				continue
			}
			for _, dep := range p.Deps {
				dep, ours := strings.CutPrefix(dep, module+"/")
				if !ours {
					continue
				}
				for _, f := range forbidden {
					// activator/journal/sqlite may import activator/journal.
					if dep == f || below(dep, f) && !below(dep, folder) && f != "activator" || f == "activator" && dep == f {
						t.Errorf("%s imports %s: have it, want it never", p.ImportPath, dep)
					}
				}
				if folder == "protector" && below(dep, "activator") {
					t.Errorf("%s imports %s: have it, want it never", p.ImportPath, dep)
				}
			}
		}
	}
}

func TestPurePackages(t *testing.T) {
	seen := 0
	for _, p := range list(t) {
		for _, imported := range p.Imports {
			for _, f := range pure[p.ImportPath] {
				if imported == f {
					t.Errorf("%s imports %s: have it, want no I/O, clock or randomness of its own", p.ImportPath, f)
				}
			}
		}
		if pure[p.ImportPath] != nil {
			seen++
		}
	}
	if seen != len(pure) {
		t.Errorf("have %d of the pure packages, want %d", seen, len(pure))
	}
}

// TestStranger keeps the independent checker independent: it has the standard library and nothing else.
func TestStranger(t *testing.T) {
	for _, p := range list(t) {
		if p.ImportPath != "internal/thirdparty" {
			continue
		}
		for _, dep := range p.Deps {
			if first, _, _ := strings.Cut(dep, "/"); strings.Contains(first, ".") {
				t.Errorf("%s imports %s: have it, want the standard library alone", p.ImportPath, dep)
			}
		}
		return
	}
	t.Error("internal/thirdparty: have no such package")
}
