package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// Commands for scripts that tell of a day: what happens before the story begins in
// one line, and what people do to folders.

// sell registers a license of press-studio and keeps it in $SERIAL and $LICENSE:
// sell args of license add...
func sell(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: sell args...")
	}
	all := append([]string{"license", "add", "--json"}, args...)
	if !strings.Contains(strings.Join(args, " "), "--product") {
		all = append(all, "--product", "press-studio")
	}
	ts.Check(ts.Exec("activator", all...))
	get(ts, false, []string{"SERIAL", "serial"})
	get(ts, false, []string{"LICENSE", "license"})
}

// ask takes a request code from a machine into $R, its digits into $R_DIGITS, the
// fingerprint into $FP: ask MACHINE [definition] [--new].
func ask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: ask MACHINE [definition] [--new]")
	}
	at(ts, false, append([]string{args[0], "request"}, args[1:]...))
	get(ts, false, []string{"R", "code"})
	get(ts, false, []string{"R_DIGITS", "code_digits"})
	get(ts, false, []string{"FP", "fingerprint"})
}

// activate goes the whole way for a machine, without a word: serial number
// $SERIAL, request, answer in $A, typed: activate MACHINE [definition].
func activate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: activate MACHINE [definition]")
	}
	at(ts, false, []string{args[0], "serial", ts.Getenv("SERIAL")})
	ask(ts, false, args)
	ts.Check(ts.Exec("activator", "issue", "--json", ts.Getenv("R")))
	get(ts, false, []string{"A", "activation_code"})
	at(ts, false, []string{args[0], "enter", ts.Getenv("A")})
}

// giveBack deactivates a machine; the confirmation code is in $D: giveback MACHINE.
func giveBack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: giveback MACHINE")
	}
	at(ts, false, []string{args[0], "deactivate", "--yes"})
	get(ts, false, []string{"D", "code"})
}

// says looks for a sentence on stdout, however its lines are broken:
// says REGEXP. A space in it is any white space.
func says(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: says REGEXP")
	}
	have := strings.Join(strings.Fields(ts.ReadFile("stdout")), " ")
	found, err := regexp.MatchString(args[0], have)
	ts.Check(err)
	if found == neg {
		ts.Fatalf("says %q: have %v, want %v", args[0], found, !neg)
	}
}

// copyFolder copies a folder and all in it: a backup, a clone. What is at the
// destination goes: copyfolder FROM TO.
func copyFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: copyfolder FROM TO")
	}
	to := ts.MkAbs(args[1])
	ts.Check(os.RemoveAll(to))
	ts.Check(os.CopyFS(to, os.DirFS(ts.MkAbs(args[0]))))
}

// machineFile is the recorded hardware of a machine: one that the script made in
// its own folder, else one of testdata/machines.
func machineFile(ts *testscript.TestScript, name string) string {
	own := ts.MkAbs(name + ".json")
	if _, err := os.Stat(own); err == nil {
		return own
	}
	return filepath.Join(ts.Getenv("MACHINES"), name+".json")
}

// example puts a worked example of docs/products.md into the vendor folder, as a product for tests with a small pool,
// exports it and makes it the customer's: example NAME PRODUCT.
func example(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: example NAME PRODUCT")
	}
	page, err := os.ReadFile(ts.Getenv("PRODUCTS_PAGE"))
	ts.Check(err)
	found := regexp.MustCompile("(?s)<!-- example: " + args[0] + " -->\n```toml\n(.*?)```").FindSubmatch(page)
	if found == nil {
		ts.Fatalf("docs/products.md has no example %q", args[0])
	}
	text := regexp.MustCompile(`(?m)^release = .*$`).ReplaceAll(found[1], []byte("$0\ntest = true\npool = 5"))
	ts.Check(os.WriteFile(filepath.Join(ts.Getenv("ACTIVATOR_DIR"), "products", args[1]+".toml"), text, 0o600))
	profile := ts.MkAbs(args[1] + ".profile")
	ts.Check(ts.Exec("activator", "product", "export", args[1], "-o", profile, "--force"))
	ts.Setenv("PROTECTOR_PRODUCT", profile)
}
