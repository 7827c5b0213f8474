package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/spf13/cobra"
)

// evil is what an attacker puts wherever a text is taken: it clears the screen, writes
// the title, turns the reading direction around, by the controls of ASCII, by those
// above, and by characters that do not show.
const evil = "Mallory\x1b[2J\x1b]0;owned\x07\u009b31m\u202e\u2066\u200b\u2028\x7f\r\x08x"

// vendorAt is a vendor folder in a test, with the programs run on it.
type vendorAt struct {
	*testing.T
	dir      string
	machines string          // the folder of recorded machines
	commands map[string]bool // that were run
}

// run runs a program and demands that nothing it prints, on either output, is more
// than what prints. It returns what it printed on standard output.
func (v *vendorAt) run(stdin, name string, args ...string) string {
	v.Helper()
	env := map[string]string{
		"ACTIVATOR_DIR": filepath.Join(v.dir, "vendor"), "ACTIVATOR_PASSPHRASE": "a passphrase for scripts", "HOME": v.dir,
		"PROTECTOR_PRODUCT": filepath.Join(v.dir, "studio.profile"), "USER": "anna",
	}
	var out, errs bytes.Buffer
	var err error
	if name == "activator" {
		run(v.Context(), args, strings.NewReader(stdin), &out, &errs, func(key string) string { return env[key] })
	} else {
		cmd := exec.Command(program(name), args...)
		for key, value := range env {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
		err = cmd.Run()
	}
	for stream, text := range map[string]string{"stdout": out.String(), "stderr": errs.String()} {
		if i := strings.IndexFunc(text, acted); i >= 0 {
			v.Errorf("%s %q: have %q on %s, want only what prints", name, args, text[max(0, i-40):min(len(text), i+40)], stream)
		}
		if strings.Contains(text, "panic:") {
			v.Errorf("%s %q panics: %s", name, args, text)
		}
	}
	if slices.Contains(args, "--json") && out.Len() > 0 {
		for d := json.NewDecoder(bytes.NewReader(out.Bytes())); ; {
			var value any
			if err := d.Decode(&value); err == io.EOF {
				break
			} else if err != nil {
				v.Errorf("%s %q: have %v on stdout, want JSON", name, args, err)
				break
			}
		}
	}
	if testing.Verbose() {
		v.Logf("%s %q: %v\n%s%s", name, args, err, out.String(), errs.String())
	}
	if err != nil && !strings.HasPrefix(err.Error(), "exit status") {
		v.Errorf("%s %q: %v", name, args, err)
	}
	return out.String()
}

// acted reports whether a terminal might act on r. Signs that stand before a number, in Arabic and Syriac, are format
// characters and show all the same; hashes in a leaf have one now and then.
func acted(r rune) bool {
	if unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
		return false
	}
	return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) || r == unicode.ReplacementChar
}

// both runs activator for people and for programs.
func (v *vendorAt) both(args ...string) {
	v.Helper()
	v.say("", args...)
}

func (v *vendorAt) say(stdin string, args ...string) {
	v.Helper()
	v.commands[strings.Join(args[:min(2, len(args))], " ")] = true
	v.commands[args[0]] = true
	v.run(stdin, "activator", args...)
	v.run(stdin, "activator", append(slices.Clone(args), "--json")...)
}

// A customer's name, an order, a reference, a reason, an operator, a desk, a product
// file, a file name, a code: an attacker writes terminal commands into each text that
// the programs take, and somebody looks at it later, by any command, for people or for
// programs. They never reach the terminal.
func TestTextsNeverSteerTheTerminal(t *testing.T) {
	machines, err := filepath.Abs("../../testdata/machines")
	if err != nil {
		t.Fatal(err)
	}
	v := &vendorAt{T: t, dir: t.TempDir(), machines: machines, commands: map[string]bool{}}
	t.Chdir(v.dir)
	v.run("", "activator", "init", "--work-factor", "10", "--vendor", "Vendor \u202e"+evil, "--desk", "desk")
	v.run("", "activator", "init", "--work-factor", "10", "--vendor", "Example Vendor", "--desk", "desk \u009b31m\u202e\u2028")
	v.run("", "activator", "init", "--work-factor", "10", "--vendor", "Example Vendor", "--desk", "desk")
	v.edit("press-studio", "pool = 10000", "pool = 5")
	v.edit("press-studio", `description = "Switches options on."`, `description = "Switches \u001b[31m\u202e\u0007 on."`)
	v.both("product", "check", "press-studio")
	v.both("product", "list")
	v.edit("press-studio", `description = "Switches \u001b[31m\u202e\u0007 on."`, `description = "Switches \u009b31m\u202e\u2028 on."`)
	v.both("product", "check", "press-studio")
	v.edit("press-studio", `description = "Switches \u009b31m\u202e\u2028 on."`, `description = "Switches options on."`)
	v.both("product", "new", evil)
	v.both("product", "show", "press-studio")
	v.both("product", "show", evil)
	v.both("product", "export", "press-studio", "-o", filepath.Join(v.dir, "studio.profile"), "--force")
	v.both("product", "export", "press-studio", "-o", filepath.Join(v.dir, evil))

	v.both("license", "add", "--product", "press-studio", "--customer", evil, "--order", "1")
	v.both("license", "add", "--product", "press-studio", "--customer", "Print Shop", "--order", evil)
	v.both("license", "add", "--product", "press-studio", "--customer", "a\u0085b\u061c", "--order", "2")
	v.write("orders.csv", "customer,order,product\n\""+evil+"\",7,press-studio\nPrint Shop,8,"+evil+"\n=cmd(),9,press-studio\n")
	v.both("license", "import", "orders.csv", "-o", evil+".csv")
	v.both("license", "import", evil, "-o", "out.csv")
	serial := v.field(v.run("", "activator", "license", "add", "--product", "press-studio", "--customer", "Print Shop", "--order", "3", "--seats", "2", "--json"), "serial")
	v.both("license", "change", serial, "--customer", evil, "--reason", evil)
	v.both("license", "change", serial, "--grant", evil, "--reason", evil)
	v.both("license", "change", serial, "--seats", "3", "--reason", evil)

	request := func(state, id string) string {
		return v.field(v.protector(state, "request", id, "--json"), "code")
	}
	for _, state := range []string{"one", "two", "three", "four"} {
		v.protector(state, "serial", serial)
	}
	r := request("one", "1")
	v.both("read", r, evil)
	v.both("read", evil)
	v.both("read", r[:len(r)-1]+"?"+evil)
	v.say(evil+"\n"+r+"\n"+evil, "read", "-")
	v.both("issue", r, "--override", evil, "--operator", evil)
	v.both("issue", r, "--correct", evil, "--as", "4", "--reply", evil)
	v.both("issue", evil)
	answer := v.field(v.run("", "activator", "issue", r, "--json"), "activation_code")
	v.protector("one", "enter", answer+evil)
	v.protector("one", "enter", answer)
	v.protector("one", "enter", evil)
	v.protector("one", "serial", evil)
	v.protector("one", "license", evil)
	v.protector("one", "status")
	v.both("license", "name", serial, evil, "--name", evil)
	v.both("license", "name", serial, v.fingerprint(serial), "--name", evil)
	v.both("issue", request("two", "1"), "--override", evil)
	d := v.field(v.protector("one", "deactivate", "--yes", "--json"), "code")
	v.both("confirm", d, "--reference", evil)
	v.both("confirm", d, "--reference", evil+"2")
	v.both("confirm", d, "--refund", evil, "--override", evil)
	v.both("confirm", evil, "--reference", evil)
	v.both("refund", serial, "--reference", evil, "--override", evil)
	v.both("gone", serial, "--reason", evil, "--cause", evil)
	v.both("gone", serial, "--reason", evil)
	v.both("gone", evil, "--reason", evil)
	v.both("license", "revoke", serial, "--reason", evil)
	v.both("license", "restore", serial, "--reason", evil)
	for _, command := range []string{"show", "find"} {
		v.both("license", command, serial)
		v.both("license", command, evil)
	}
	v.both("license", "find", "Mallory")
	v.both("license", "list")
	v.both("journal", "list")
	v.both("journal", "list", "--operator", evil)
	for n := 1; n < 30; n++ {
		v.both("journal", "show", fmt.Sprint(n))
	}
	v.both("journal", "show", evil)
	v.both("journal", "verify")
	v.both("journal", "checkpoint")
	v.both("journal", "checkpoint", "-o", evil)
	v.both("journal", "export")
	v.write("codes.csv", "code,note,"+evil+"\n"+request("four", "1")+",=cmd(),\""+evil+"\"\n"+evil+",x,y\n")
	v.both("batch", "codes.csv", "-o", "answers.csv", "--name", evil)
	v.both("batch", "codes.csv", "-o", evil+".csv")
	v.both("batch", "codes.csv", "-o", evil+".csv", "--resume")
	v.both("batch", evil, "-o", "answers2.csv", "--format", evil)
	v.say(evil+"\n"+r+"\n", "batch", "-", "-o", "-", "--format", "jsonl")
	v.both("journal", "export")
	v.run("", "activator", "journal", "export", "--format", "csv")
	v.both("journal", "export", "-o", evil+".jsonl")
	v.both("journal", "export", "--format", "csv", "-o", "journal.csv")
	for n := 1; n < 30; n++ {
		v.both("journal", "prove", fmt.Sprint(n))
		v.both("journal", "receipt", fmt.Sprint(n))
		v.write(fmt.Sprint("proof-", n), v.run("", "activator", "journal", "prove", fmt.Sprint(n), "--with", "reference,reason,customer"))
		v.both("journal", "check-proof", fmt.Sprint("proof-", n), "--key", evil)
	}
	v.both("journal", "check-proof", evil, "--key", evil)
	v.both("journal", "prove", evil, "-o", evil)
	v.both("journal", "receipt", evil)
	v.both("journal", "migrate", "--to", evil)
	v.both("journal", "merge", evil)
	v.run("", "activator", "init", "--dir", "laptop", "--join", "vendor", "--desk", evil, "--registry", "1")
	v.run("", "activator", "init", "--dir", "laptop", "--join", "vendor", "--desk", "laptop", "--registry", "1")
	v.run("", "activator", "license", "add", "--dir", "laptop", "--product", "press-studio", "--customer", "Print Shop", "--order", "3")
	v.run("", "activator", "license", "revoke", "--dir", "laptop", serial, "--reason", evil)
	if out := v.run("", "activator", "journal", "merge", "laptop"); !strings.Contains(out, "Brought in") || strings.Contains(out, "Nothing collided") {
		t.Errorf("merge: have %q, want a collision", out)
	}
	v.both("journal", "list")
	v.both("journal", "list", "--kind", "merge")
	v.both("journal", "migrate", "--to", "postgres://"+evil+"@127.0.0.1:1/"+evil)
	v.both("journal", "redact", "3", "--reason", evil, "--yes")
	v.both("journal", "redact", "--customer", evil, "--reason", evil, "--yes")
	v.both("license", "reissue", serial, "--reason", evil, "-o", filepath.Join(v.dir, evil+".license"))
	v.both("license", "recover", serial, "--customer", evil, "--order", evil)
	v.both("license", "recover", evil, "--customer", evil)
	v.both("keys", "rotate", "--reason", evil)
	v.both("keys", "revoke", "0", "--reason", evil)
	v.both("keys", "revoke", evil, "--reason", evil)
	v.both("keys", "adopt", evil)
	v.both("keys", "passphrase", "--new-file", evil)
	v.both("keys", "backup", "--shares", "2", "--need", "2", "-o", filepath.Join(v.dir, evil+".shares"))
	v.both("keys", "restore", "--dir", filepath.Join(v.dir, "restored"), "--share", evil)
	v.say(evil+"\n", "keys", "restore", "--dir", filepath.Join(v.dir, "restored"), "--share", "-")
	v.both("journal", "migrate", "--to", "postgres://"+evil+"/journal")
	v.both("journal", "migrate", "--to", evil)
	v.both("journal", "merge", evil)
	v.both("replies")
	v.write("vendor/replies/en.txt", "Ahoy\x1b[2J {{.Nothing}}")
	v.both("replies")
	v.both("issue", request("three", "1"), "--reply", "en")
	v.both("keys", "list")
	v.both("backup", filepath.Join(v.dir, evil+".backup"), "--work-factor", "10")
	v.both("restore", evil)
	v.write("machine.json", "{\"\u009b31m\":\""+strings.ReplaceAll(evil, "\\", "")+"\"}")
	v.both("compare", "machine.json", evil)
	v.both("version")
	v.both(evil)
	v.both("--"+evil, "read")
	v.harmless("journal.csv", "answers.csv", evil+".csv", evil+".jsonl", "out.csv")
	for _, c := range v.unheard() {
		t.Errorf("activator %s: have no run of it with hostile texts, want one", c)
	}
}

// harmless demands that files which were written, where they were, hold what prints:
// somebody looks at them in a terminal, or opens them in a spreadsheet.
func (v *vendorAt) harmless(names ...string) {
	v.Helper()
	written := 0
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(v.dir, name))
		if err != nil {
			continue
		}
		written++
		if i := bytes.IndexFunc(b, func(r rune) bool { return r != '\t' && acted(r) }); i >= 0 {
			v.Errorf("%q: have %q, want only what prints", name, b[max(0, i-60):min(len(b), i+60)])
		}
		for line := range strings.SplitSeq(string(b), "\n") {
			for field := range strings.SplitSeq(line, ",") {
				if strings.HasPrefix(strings.Trim(field, `"`), "=") {
					v.Errorf("%q: have the formula %q in a table", name, field)
				}
			}
		}
	}
	if written < 2 {
		v.Errorf("have %d files written, want at least 2", written)
	}
}

// unheard lists commands that were not run.
func (v *vendorAt) unheard() []string {
	var missing []string
	var walk func(prefix string, c *cobra.Command)
	walk = func(prefix string, c *cobra.Command) {
		for _, sub := range c.Commands() {
			name := strings.TrimSpace(prefix + " " + sub.Name())
			if sub.HasSubCommands() {
				walk(name, sub)
				continue
			}
			taken := v.commands[name] || name == "init" || name == "demo" // demo takes no text
			if !taken {
				missing = append(missing, name)
			}
		}
	}
	a := &app{env: os.Getenv, now: time.Now, out: &sink{w: io.Discard}, err: io.Discard}
	walk("", a.root())
	return missing
}

func (v *vendorAt) protector(state string, args ...string) string {
	v.Helper()
	machines := []string{"workstation", "laptop-docked", "plant-controller", "workstation"}
	machine := machines[slices.Index([]string{"one", "two", "three", "four"}, state)]
	return v.run("", "protector", append([]string{"--state", filepath.Join(v.dir, state), "--machine", filepath.Join(v.machines, machine+".json")}, args...)...)
}

// field is a field of JSON.
func (v *vendorAt) field(text, name string) string {
	v.Helper()
	have, err := field(text, name)
	if err != nil || have == "" {
		v.Fatalf("%s: have %q, %v in %s", name, have, err, text)
	}
	return have
}

// fingerprint is that of the first machine of a license.
func (v *vendorAt) fingerprint(serial string) string {
	v.Helper()
	return v.field(v.run("", "activator", "license", "show", serial, "--json"), "machines.0.fingerprint")
}

func (v *vendorAt) write(name, text string) {
	v.Helper()
	path := filepath.Join(v.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		v.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		v.Fatal(err)
	}
}

// edit replaces a text in a product file.
func (v *vendorAt) edit(product, old, with string) {
	v.Helper()
	path := filepath.Join(v.dir, "vendor", "products", product+".toml")
	b, err := os.ReadFile(path)
	if err != nil {
		v.Fatal(err)
	}
	if !bytes.Contains(b, []byte(old)) {
		v.Fatalf("%s has no %q", path, old)
	}
	if err := os.WriteFile(path, bytes.Replace(b, []byte(old), []byte(with), 1), 0o600); err != nil {
		v.Fatal(err)
	}
}
