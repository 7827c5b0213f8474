package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/manual-activator/manual-activator/activator/journal/postgres/pgtest"
	"github.com/manual-activator/manual-activator/internal/unprivileged"
)

// programs is the folder of both programs, built once for all tests with a clock
// that they can set by $FAKETIME.
var programs string

// builtPrograms names the folder in a test program that runs as another user.
const builtPrograms = "ACTIVATOR_TEST_PROGRAMS"

// TestScriptsUnprivileged runs the scripts that need a user whom permissions bind.
func TestScriptsUnprivileged(t *testing.T) {
	if unprivileged.Bound() {
		t.Skip("TestScripts runs them")
	}
	unprivileged.Run(t, "TestScripts/read_only_folder", builtPrograms+"="+programs)
}

func TestMain(m *testing.M) {
	os.Exit(func() int {
		if programs = os.Getenv(builtPrograms); programs != "" {
			return m.Run()
		}
		dir, err := os.MkdirTemp("", "activator-test-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		if err := os.Chmod(dir, 0o755); err != nil { // for the scripts that run as nobody
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		build := exec.Command("go", "build", "-tags", "testclock", "-o", dir+string(filepath.Separator), ".", "../protector")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building the programs: %v\n%s", err, out)
			return 1
		}
		programs = dir
		defer pgtest.Stop()
		return m.Run()
	}())
}

// program is the path of a program.
func program(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(programs, name)
}

// TestScripts runs what a person would type, in testdata/script at the top of
// the tree. $MACHINES is the folder of recorded machines.
func TestScripts(t *testing.T) { testscript.Run(t, scripts(t, "../../testdata/script")) }

// TestTeamScripts runs those in testdata/team, which need a PostgreSQL server: "database" makes one on it, with its
// address in $DATABASE.
func TestTeamScripts(t *testing.T) {
	server := pgtest.Shared(t)
	p := scripts(t, "../../testdata/team")
	p.Cmds["database"] = func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) > 0 {
			ts.Fatalf("usage: database")
		}
		name, err := server.Database()
		ts.Check(err)
		ts.Defer(func() { server.Drop(name) })
		ts.Setenv("DATABASE", server.URL(name))
	}
	testscript.Run(t, p)
}

// scripts says how the scripts of a folder are run.
func scripts(t *testing.T, dir string) testscript.Params {
	machines, err := filepath.Abs("../../testdata/machines")
	if err != nil {
		t.Fatal(err)
	}
	return testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition: func(cond string) (bool, error) {
			if cond == "permissions" { // folders can be made read-only for this user
				return unprivileged.Bound(), nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", programs+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("ACTIVATOR_DIR", filepath.Join(e.WorkDir, "vendor"))
			e.Setenv("ACTIVATOR_PASSPHRASE", "a passphrase for scripts")
			e.Setenv("MACHINES", machines)
			e.Setenv("PRODUCTS_PAGE", filepath.Join(machines, "..", "..", "docs", "products.md"))
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("USER", "anna")
			e.Setenv("ESCAPE", "Evil\x1b[31mRed\u202e\x07")
			e.Setenv("PROTECTOR_PRODUCT", filepath.Join(e.WorkDir, "press-studio.profile"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":     statusIs,
			"sell":       sell,
			"says":       says,
			"ask":        ask,
			"activate":   activate,
			"giveback":   giveBack,
			"copyfolder": copyFolder,
			"office":     office,
			"example":    example,
			"pool":       smallPool,
			"at":         at,
			"replace":    replace,
			"lines":      lines,
			"groups":     groups,
			"readonly":   readonly,
			"get":        get,
			"json":       jsonHas,
			"slip":       slip,
			"tamper":     tamper,
			"junk":       junk,
		},
	}
}
