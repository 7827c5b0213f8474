package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

const evil = "Mallory\x1b[2J\x1b]0;owned\x07\u009b31m\u202e\u2066\u200b\u2028\x7f\r\x08x"

// acted reports whether a terminal might act on r.
func acted(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
}

// The customer's own name, in a license file, a code, a file name or a recorded
// machine: whatever it holds, the terminal gets letters, also as JSON.
func TestTextsNeverSteerTheTerminal(t *testing.T) {
	dir := t.TempDir()
	v := protectortest.New(time.Now())
	anchor = v.Anchor
	defer func() { anchor = "" }()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	profile := write("studio.profile", string(v.Export()))
	license := write(strings.ReplaceAll(evil, "/", "")+".license", string(v.LicenseFile(0x42, func(l *product.License) { l.Customer, l.Order = evil, evil })))
	machine, err := filepath.Abs("../../testdata/machines/workstation.json")
	if err != nil {
		t.Fatal(err)
	}
	labels, err := os.ReadFile(machine)
	if err != nil {
		t.Fatal(err)
	}
	hostile := write("machine.json", strings.ReplaceAll(string(labels), `"label": "`, `"label": "\u001b[2J\u009b31m\u202e`))
	if bytes.Equal(labels, []byte(hostile)) {
		t.Fatal("the recorded machine has no labels")
	}
	shown := 0
	try := func(args ...string) {
		t.Helper()
		for _, more := range [][]string{nil, {"--json"}} {
			all := append([]string{"--state", filepath.Join(dir, "st"), "--product", profile, "--machine", machine}, append(args, more...)...)
			var out, errs bytes.Buffer
			run(all, strings.NewReader(evil+"\n"), &out, &errs)
			for _, text := range []string{out.String(), errs.String()} {
				shown += strings.Count(text, "Mallory")
				if i := strings.IndexFunc(text, acted); i >= 0 {
					t.Errorf("%q: have %q, want only what prints", args, text[max(0, i-40):min(len(text), i+40)])
				}
			}
		}
	}
	try("license", license)
	try("license", evil)
	try("serial", evil)
	try("status")
	try("request", "1")
	try("request", evil)
	try("request", "1", "-o", filepath.Join(dir, evil))
	try("enter", evil)
	try("enter", "-")
	try("enter", "--file", license)
	try("deactivate")
	try("check-in", evil, "--yes")
	try("profile")
	try("profile", "--machine", hostile)
	try("profile", "--save", filepath.Join(dir, evil+".json"))
	try("status", "--product", evil)
	try("status", "--state", filepath.Join(profile, evil))
	try("use")
	try(evil)
	if shown < 10 {
		t.Errorf("have the hostile text shown %d times, want it shown with its letters", shown)
	}
}
