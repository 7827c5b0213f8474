package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/manual-activator/manual-activator/codes"
)

// statusIs runs a program and demands an exit status: status 3 activator read ...
func statusIs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	have := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		have = exit.ExitCode()
	}
	if have != want {
		ts.Fatalf("exit status: have %d, want %d", have, want)
	}
}

// office makes a vendor folder with a small pool and exports the sample product:
// activator init, product export.
func office(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: office")
	}
	ts.Check(ts.Exec("activator", "init", "--work-factor", "10", "--vendor", "Example Vendor", "--desk", "front"))
	smallPool(ts, false, nil)
	ts.Check(ts.Exec("activator", "product", "export", "press-studio", "-o", "press-studio.profile"))
}

// smallPool makes the pool of the sample product small, to be quick.
func smallPool(ts *testscript.TestScript, _ bool, _ []string) {
	path := filepath.Join(ts.Getenv("ACTIVATOR_DIR"), "products", "press-studio.toml")
	b, err := os.ReadFile(path)
	ts.Check(err)
	small := bytes.Replace(b, []byte("pool = 10000"), []byte("pool = 5"), 1)
	if bytes.Equal(b, small) {
		ts.Fatalf("the sample product has no line %q", "pool = 10000")
	}
	ts.Check(os.WriteFile(path, small, 0o600))
}

// at runs protector on a recorded machine: at workstation request. A second
// state on the same hardware is workstation:copy.
func at(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: at MACHINE args...")
	}
	file, state, found := strings.Cut(args[0], ":")
	if !found {
		state = file
	}
	all := append([]string{"--json", "--state", state, "--machine", machineFile(ts, file)}, args[1:]...)
	err := ts.Exec("protector", all...)
	if neg != (err != nil) {
		ts.Fatalf("protector %v: have error %v, want one: %v", all, err, neg)
	}
}

// get takes a field of the JSON on stdout into a variable: get R code.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: get NAME path.of.field")
	}
	v, err := field(ts.ReadFile("stdout"), args[1])
	ts.Check(err)
	ts.Setenv(args[0], v)
}

// jsonHas compares a field of the JSON on stdout: json verdict ok. A value in
// slashes is a regular expression.
func jsonHas(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: json path.of.field value")
	}
	have, err := field(ts.ReadFile("stdout"), args[0])
	ts.Check(err)
	same := have == args[1]
	if n := len(args[1]); n > 1 && args[1][0] == '/' && args[1][n-1] == '/' {
		same, err = regexp.MatchString(args[1][1:n-1], have)
		ts.Check(err)
	}
	if same == neg {
		ts.Fatalf("%s: have %q, want %q (negated: %v)", args[0], have, args[1], neg)
	}
}

// field finds a field in JSON that must be one value. A step of the path is a
// name, an index, or the "name" of an element of a list. "len" is a length.
func field(text, path string) (string, error) {
	d := json.NewDecoder(strings.NewReader(text))
	var v any
	if err := d.Decode(&v); err != nil {
		return "", fmt.Errorf("stdout is no JSON: %w\n%s", err, text)
	}
	if d.More() {
		return "", fmt.Errorf("stdout has more than one JSON value:\n%s", text)
	}
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			next, ok := x[step]
			if !ok {
				return "", fmt.Errorf("%s: no field %q in %s", path, step, text)
			}
			v = next
		case []any:
			if step == "len" {
				v = len(x)
				continue
			}
			if i, err := strconv.Atoi(step); err == nil && i < len(x) {
				v = x[i]
				continue
			}
			v = nil
			for _, e := range x {
				if m, ok := e.(map[string]any); ok && m["name"] == step {
					v = e
				}
			}
			if v == nil {
				return "", fmt.Errorf("%s: no element %q in %s", path, step, text)
			}
		default:
			return "", fmt.Errorf("%s: nothing below %v", path, v)
		}
	}
	switch x := v.(type) {
	case string:
		return x, nil
	case nil:
		return "null", nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// slip makes a slip in a code and keeps it in a variable:
//
//	slip NAME wrong|swapped|missing|doubled|unheard GROUP CODE
//	slip NAME caseless CODE
func slip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: slip NAME kind [group] CODE")
	}
	code := args[len(args)-1]
	if args[1] == "caseless" {
		ts.Setenv(args[0], strings.ToLower(code))
		return
	}
	groups := strings.Split(code, "-")
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	g := []byte(groups[n-1])
	switch args[1] {
	case "wrong":
		g[2] = 'a' + (g[2]+1)%8
		if string(g) == groups[n-1] {
			g[2]++
		}
	case "swapped": // a swap that the group's check notices, as 9,994 of 10,000 are
		for i := 1; i+1 < len(g); i++ {
			g[i], g[i+1] = g[i+1], g[i]
			groups[n-1] = string(g)
			if _, err := codes.Parse(strings.Join(groups, "-")); err != nil {
				break
			}
			g[i], g[i+1] = g[i+1], g[i]
		}
	case "missing":
		g = append(g[:2], g[3:]...)
	case "doubled":
		g = append(g[:3], g[2:]...)
	case "unheard":
		g[2] = '?'
	default:
		ts.Fatalf("unknown slip %q", args[1])
	}
	groups[n-1] = string(g)
	ts.Setenv(args[0], strings.Join(groups, "-"))
}

// tamper changes the journal behind the program's back, past its triggers: tamper SQL.
func tamper(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tamper SQL")
	}
	db, err := sql.Open("sqlite", filepath.Join(ts.Getenv("ACTIVATOR_DIR"), "journal.db"))
	ts.Check(err)
	defer db.Close()
	rows, err := db.Query("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
	ts.Check(err)
	triggers := map[string]string{}
	for rows.Next() {
		var name, text string
		ts.Check(rows.Scan(&name, &text))
		triggers[name] = text
	}
	ts.Check(rows.Err())
	for name := range triggers {
		_, err := db.Exec("DROP TRIGGER " + name)
		ts.Check(err)
	}
	res, err := db.Exec(args[0])
	ts.Check(err)
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		ts.Fatalf("%s: changed %d rows, want some (%v)", args[0], n, err)
	}
	for _, text := range triggers {
		_, err := db.Exec(text)
		ts.Check(err)
	}
}

// groups keeps the groups of a code in variables: groups G CODE sets G1, G2, ...
func groups(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: groups NAME CODE")
	}
	for i, g := range strings.Split(args[1], "-") {
		ts.Setenv(args[0]+strconv.Itoa(i+1), g)
	}
}

// replace changes the first of a text in a file: replace OLD NEW FILE.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace OLD NEW FILE")
	}
	path := ts.MkAbs(args[2])
	b, err := os.ReadFile(path)
	ts.Check(err)
	if !bytes.Contains(b, []byte(args[0])) {
		ts.Fatalf("%s has no %q", args[2], args[0])
	}
	ts.Check(os.WriteFile(path, bytes.Replace(b, []byte(args[0]), []byte(args[1]), 1), 0o600))
}

// lines writes a file, one argument a line: lines FILE text...
func lines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: lines FILE text...")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(args[1:], "\n")+"\n"), 0o600))
}

// readonly takes the right to write in a folder away until the script ends.
func readonly(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: readonly FOLDER")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.Chmod(dir, 0o500))
	ts.Defer(func() { os.Chmod(dir, 0o700) })
}

// junk writes a file of so many bytes that are no code: junk FILE N letters|binary.
func junk(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: junk FILE N letters|binary")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
		if args[2] == "letters" {
			b[i] = "ABCDEFGHRDSAjkmnop 123456789-\n"[int(x>>24)%30]
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}
