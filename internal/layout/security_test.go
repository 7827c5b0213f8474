package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/security.md says what shows each claim, as
//
//	*Shown by* `internal/attack` TestInventedSerial, TestInventedLicenseFile; `protector`
//	TestForgedState; `gone.txtar`.
//
// A name in quotes is a package's folder, whose tests follow, or a script. These tests
// keep document and tests together.

// A shown is what one claim names.
type shown struct {
	line    int
	tests   []string // folder, a blank, the test's name
	scripts []string
}

var (
	shownBy   = regexp.MustCompile(`(?s)\*Shown by\* (.*?)(?:\.\n|\n\n|\z)`)
	shownWord = regexp.MustCompile("`([^`]+)`|\\b((?:Test|Fuzz)[A-Za-z0-9_]+)\\b")
)

func readSecurity(t *testing.T) (string, []shown) {
	t.Helper()
	b, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	var all []shown
	for _, at := range shownBy.FindAllStringSubmatchIndex(text, -1) {
		s := shown{line: strings.Count(text[:at[0]], "\n") + 1}
		folder := ""
		for _, w := range shownWord.FindAllStringSubmatch(text[at[2]:at[3]], -1) {
			switch {
			case strings.HasSuffix(w[1], ".txtar"):
				s.scripts = append(s.scripts, w[1])
			case w[1] != "":
				folder = w[1]
			default:
				s.tests = append(s.tests, folder+" "+w[2])
			}
		}
		all = append(all, s)
	}
	if len(all) < 20 {
		t.Fatalf("docs/security.md: have %d claims with tests, want at least 20", len(all))
	}
	return text, all
}

// testsIn lists the tests of a folder.
func testsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, err := filepath.Glob(filepath.Join("../..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}

// Every test and every script that docs/security.md names exists.
func TestSecurityNamesTests(t *testing.T) {
	_, claims := readSecurity(t)
	folders := map[string]map[string]bool{}
	for _, c := range claims {
		if len(c.tests)+len(c.scripts) == 0 {
			t.Errorf("docs/security.md:%d: have a claim shown by nothing, want a test", c.line)
		}
		for _, test := range c.tests {
			folder, name, _ := strings.Cut(test, " ")
			if folders[folder] == nil {
				folders[folder] = testsIn(t, folder)
			}
			if !folders[folder][name] {
				t.Errorf("docs/security.md:%d: have %s of %s, want a test that is there", c.line, name, folder)
			}
		}
		for _, script := range c.scripts {
			found := 0
			for _, folder := range []string{"testdata/script", "cmd/protector/testdata/script"} {
				if _, err := os.Stat(filepath.Join("../..", folder, script)); err == nil {
					found++
				}
			}
			if found == 0 {
				t.Errorf("docs/security.md:%d: have %s, want a script that is there", c.line, script)
			}
		}
	}
}

// Every claim of what holds names what shows it, and every attack that is played
// stands in the document.
func TestSecurityIsWhole(t *testing.T) {
	text, claims := readSecurity(t)
	_, holds, ok := strings.Cut(text, "\n## What holds, and by what\n")
	holds, _, end := strings.Cut(holds, "\n## ")
	if !ok || !end {
		t.Fatal("docs/security.md: have no chapter `What holds, and by what`, want one, and one after it")
	}
	paragraphs := 0
	for p := range strings.SplitSeq(holds, "\n\n") {
		if p = strings.TrimSpace(p); !strings.HasPrefix(p, "**") {
			continue
		}
		paragraphs++
		if !strings.Contains(p, "*Shown by*") {
			t.Errorf("docs/security.md: have no test with the claim %q, want one", strings.SplitN(p, "\n", 2)[0])
		}
	}
	if paragraphs < 20 {
		t.Errorf("docs/security.md: have %d claims, want at least 20", paragraphs)
	}
	named := map[string]bool{}
	for _, c := range claims {
		for _, test := range c.tests {
			named[test] = true
		}
	}
	for name := range testsIn(t, "internal/attack") {
		if strings.HasPrefix(name, "Test") && !named["internal/attack "+name] {
			t.Errorf("docs/security.md: have no word of %s, want every attack in it", name)
		}
	}
}
