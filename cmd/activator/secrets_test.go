package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/mr-tron/base58"
)

// open decrypts the keyring with the age library alone, and returns its secrets: the
// operator's identity, each root, and what derives from each.
func openSecrets(t *testing.T, dir, passphrase string) map[string][]byte {
	t.Helper()
	decrypt := func(name string, id age.Identity) []byte {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := age.Decrypt(f, id)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	by, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		t.Fatal(err)
	}
	text := decrypt("identity.age", by)
	ids, err := age.ParseIdentities(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{"identity": []byte(ids[0].(*age.X25519Identity).String())}
	const prefix = "MANUAL-ACTIVATOR-ROOT-SECRET-"
	for line := range strings.Lines(string(decrypt("keyring.age", ids[0]))) {
		_, secret, ok := strings.Cut(strings.TrimSpace(line), prefix)
		if !ok {
			continue
		}
		root, err := hex.DecodeString(secret)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.Fields(line)[1]
		all["root "+name] = root
		for _, purpose := range []string{"license master secret", "codes signing key", "profiles signing key", "journal signing key"} {
			b, err := hkdf.Key(sha256.New, root, nil, "manual-activator/1 "+purpose, 32)
			if err != nil {
				t.Fatal(err)
			}
			all[purpose+" "+name] = b
			if strings.HasSuffix(purpose, "key") {
				all[purpose+" "+name+", expanded"] = ed25519.NewKeyFromSeed(b)
			}
		}
	}
	return all
}

// spellings are the ways in which a secret could stand in a text or a file.
func spellings(secret []byte) [][]byte {
	h := hex.EncodeToString(secret)
	decimal := strings.Trim(fmt.Sprint(secret), "[]")
	out := [][]byte{secret, []byte(h), []byte(strings.ToUpper(h)), []byte(base58.Encode(secret)), []byte(decimal), []byte(strings.ReplaceAll(decimal, " ", ", ")),
		[]byte(strings.TrimRight(base32.StdEncoding.EncodeToString(secret), "="))}
	for skip := range 3 { // base64 of a text that the secret is a part of
		if len(secret) < 12 {
			break
		}
		inner := secret[skip:]
		inner = inner[:len(inner)/3*3]
		out = append(out, []byte(base64.StdEncoding.EncodeToString(inner)), []byte(base64.URLEncoding.EncodeToString(inner)))
	}
	return out
}

// TestNoSecretAnywhere runs a vendor's life with every command that touches keys, also
// with mistakes, and looks for the secrets in all that it said and wrote.
func TestNoSecretAnywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the program some dozens of times")
	}
	dir := t.TempDir()
	vendor := filepath.Join(dir, "vendor")
	const first, second, wrong = "first passphrase, quite long", "second passphrase, longer still", "a wrong passphrase, also long"
	env := append(os.Environ(), "HOME="+filepath.Join(dir, "home"), "XDG_CONFIG_HOME="+filepath.Join(dir, "home"), "ACTIVATOR_DIR="+vendor, "GOTRACEBACK=all")
	var said bytes.Buffer
	pass := first
	run := func(args ...string) string {
		t.Helper()
		c := exec.Command(program("activator"), args...)
		c.Dir, c.Env = dir, append(env, "ACTIVATOR_PASSPHRASE="+pass, "ACTIVATOR_NEW_PASSPHRASE="+second)
		var out, errs bytes.Buffer
		c.Stdout, c.Stderr = &out, &errs
		c.Run() // some are to fail
		fmt.Fprintf(&said, "%q\n%s%s", args, out.String(), errs.String())
		return out.String()
	}
	must := func(args ...string) string {
		t.Helper()
		before := said.Len()
		out := run(args...)
		if out == "" {
			t.Fatalf("%q said nothing on standard output:\n%s", args, said.String()[before:])
		}
		return out
	}
	must("init", "--vendor", "Example Vendor", "--work-factor", "10", "--desk", "front")
	path := filepath.Join(vendor, "products", "press-studio.toml")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(b, []byte("pool = 10000"), []byte("pool = 5"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	life := func() {
		must("product", "export", "press-studio", "-o", "press-studio.profile", "--force")
		must("license", "add", "--product", "press-studio", "--customer", "Acme", "-o", "a.license", "--force", "--json")
		must("license", "list")
		run("issue", "R62YJm-svywrZ-LLa1hL-bfVgei-Cme1vh")
		run("issue", "nonsense")
		run("read", "S17aKj-VkDegs-EHgNjE-c5SV6j-SqbD6G")
		must("keys", "list", "--json")
		must("journal", "verify")
		must("journal", "list", "--json")
		must("journal", "export")
		run("--no-such-flag")
	}
	life()
	must("keys", "backup", "--shares", "3", "--need", "2", "-o", "safes")
	must("backup", "one.backup", "--work-factor", "10")
	secrets := openSecrets(t, vendor, first)
	must("keys", "rotate", "--reason", "a test")
	must("license", "reissue", strings.Fields(strings.SplitN(run("license", "list"), "\n", 2)[1])[0], "--reason", "a test")
	must("keys", "passphrase", "--work-factor", "10")
	run("keys", "list") // the old passphrase
	pass = wrong
	run("keys", "rotate", "--reason", "x")
	run("backup", "two.backup")
	pass = second
	must("keys", "revoke", "0", "--reason", "a test")
	life()
	must("backup", "two.backup", "--work-factor", "10")
	files, err := filepath.Glob(filepath.Join(dir, "safes", "*.txt"))
	if err != nil || len(files) != 3 {
		t.Fatalf("have shares %v, %v", files, err)
	}
	must("--dir", "again", "keys", "restore", "--share", files[0], "--share", files[2], "--backup", "one.backup", "--work-factor", "10")
	run("--dir", "again", "keys", "restore", "--share", files[0])
	run("--dir", "other", "keys", "restore", "--share", files[0], "--share", path)
	for name, secret := range openSecrets(t, vendor, second) {
		secrets[name+" (rotated)"] = secret
	}
	for name, secret := range openSecrets(t, filepath.Join(dir, "again"), second) {
		secrets[name+" (restored)"] = secret
	}
	for _, p := range []string{first, second, wrong} {
		secrets["passphrase "+p] = []byte(p)
	}
	if len(secrets) < 20 {
		t.Fatalf("have %d secrets to look for, want 20 or more", len(secrets))
	}
	noSecret(t, "what the program said", said.Bytes(), secrets)
	looked := 0
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		noSecret(t, path, content, secrets)
		info, err := e.Info()
		if err != nil {
			return err
		}
		public := strings.HasSuffix(path, ".profile")
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 && !public {
			t.Errorf("%s can be read by others: mode %04o", path, info.Mode().Perm())
		}
		looked++
		return nil
	})
	if err != nil || looked < 15 {
		t.Errorf("looked into %d files, %v", looked, err)
	}
	// The search itself: a secret in a text is found.
	for name, secret := range secrets {
		found := 0
		for _, form := range spellings(secret) {
			if finds(append(append([]byte("noise "), form...), " noise"...), secret) {
				found++
			}
		}
		if found != len(spellings(secret)) {
			t.Errorf("%s would not be found", name)
		}
	}
}

func finds(in, secret []byte) bool {
	for _, form := range spellings(secret) {
		if bytes.Contains(in, form) {
			return true
		}
	}
	return false
}

func noSecret(t *testing.T, where string, content []byte, secrets map[string][]byte) {
	t.Helper()
	for name, secret := range secrets {
		if finds(content, secret) {
			t.Errorf("%s holds the %s", where, name)
		}
	}
}
