package keyring

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"golang.org/x/mod/sumdb/note"
)

var passphrase = []byte("correct horse battery staple")

func options() Options {
	return Options{Vendor: "Müller & Söhne Druck", Registry: 3, WorkFactor: MinWorkFactor,
		Rand: bytes.NewReader(bytes.Repeat([]byte{0xA5, 0x3C}, 16)),
		Now:  func() time.Time { return time.Date(2026, 11, 22, 5, 56, 7, 8, time.UTC) }}
}

func create(t testing.TB) (*Keyring, string) {
	t.Helper()
	dir := t.TempDir()
	k, err := Create(dir, passphrase, options())
	if err != nil {
		t.Fatal(err)
	}
	return k, dir
}

func TestCreateAndOpen(t *testing.T) {
	made, dir := create(t)
	k, err := Open(dir, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(k.List(), made.List()) {
		t.Errorf("have %+v\nwant %+v", k.List(), made.List())
	}
	if k.Vendor() != "Müller & Söhne Druck" || k.Registry() != 3 || k.Epoch() != 0 {
		t.Errorf("have %v", k)
	}
	if !strings.HasPrefix(k.Anchor(), "muller-sohne-druck/profile+") || !strings.HasPrefix(k.JournalVerifier(), "muller-sohne-druck/journal+") {
		t.Errorf("have %s and %s", k.Anchor(), k.JournalVerifier())
	}
	if have, want := k.List().Epochs[0].Created, time.Date(2026, 11, 22, 5, 56, 7, 0, time.UTC); !have.Equal(want) {
		t.Errorf("created: have %v, want %v", have, want)
	}
	for _, c := range []struct {
		signer note.Signer
		anchor string
	}{{k.ProfileSigner(), k.Anchor()}, {k.JournalSigner(), k.JournalVerifier()}} {
		v, err := product.ParseAnchor(c.anchor)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := note.Sign(&note.Note{Text: "text\n"}, c.signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := note.Open(signed, note.VerifierList(v)); err != nil {
			t.Errorf("%s: %v", c.anchor, err)
		}
	}
	a, err := made.Master(0)
	if err != nil {
		t.Fatal(err)
	}
	b, err := k.Master(0)
	if err != nil {
		t.Fatal(err)
	}
	if !a.LicenseKey(codes.UID{1}, 7).Equal(b.LicenseKey(codes.UID{1}, 7)) {
		t.Error("the opened keyring gives other license keys than the created one")
	}
	if _, err := k.Master(1); !errors.Is(err, ErrEpoch) || err.Error() != "the keyring has no key epoch 1" {
		t.Errorf("Master(1): have %v", err)
	}
}

// What derives from a root is what licenses in the field stand on: it must
// never change.
func TestDerivationIsFixed(t *testing.T) {
	r := newRoot()
	copy(r.bytes()[:], bytes.Repeat([]byte{0xA5, 0x3C}, 16))
	for p, want := range map[purpose]string{
		forLicenses: "b2f3ac8e196c615cfad91e6ee6948643178bb69e87ffbef8a08d6be7b04f355c",
		forCodes:    "1bf9e8eb3d29474373a78122864d24840cb7d3246b55da9f15d20064a869621f",
		forProfiles: "35a01924f4999d9ea66f2d45ef2d33d19e9fd30189937b7d9374969c212b9239",
		forJournal:  "2d58887bceb96fc1141f534b4ad8d183500157f45700da8a3caec3459186d68c",
	} {
		if have := hex.EncodeToString(r.derive(p)); have != want {
			t.Errorf("%s: have %s, want %s", p, have, want)
		}
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	_, dir := create(t)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Errorf("have %v, want the two files and nothing left over", entries)
	}
	if runtime.GOOS == "windows" {
		t.Skip("no file modes")
	}
	for _, name := range Files() {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if have := info.Mode().Perm(); have != 0o600 {
			t.Errorf("%s: have mode %04o, want 0600", name, have)
		}
		for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o666, 0o610} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir, passphrase)
			if want := fmt.Sprintf("%s can be read or written by others (mode %04o): run chmod 600 %q, and think about who may have read it", path, mode, path); !errors.Is(err, ErrExposed) || err.Error() != want {
				t.Errorf("mode %04o: have %v\nwant %s", mode, err, want)
			}
		}
		if err := os.Chmod(path, 0o400); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, passphrase); err != nil {
			t.Errorf("mode 0400: have %v", err)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	_, dir := create(t)
	before := read(t, dir)
	if _, err := Create(dir, passphrase, options()); !errors.Is(err, ErrExists) {
		t.Errorf("have %v, want ErrExists", err)
	}
	if !reflect.DeepEqual(read(t, dir), before) {
		t.Error("the files changed")
	}
	for _, name := range Files() { // one alone may be somebody's last copy
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Create(dir, passphrase, options()); !errors.Is(err, ErrExists) {
			t.Errorf("%s: have %v, want ErrExists", name, err)
		} else if !strings.Contains(err.Error(), "already exists, without ") {
			t.Errorf("%s: have %v, want it to say that the other is missing", name, err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("%s: have %v, want nothing new", name, entries)
		}
	}
	if err := createSecret(filepath.Join(dir, KeysFile), []byte("x")); !errors.Is(err, ErrExists) {
		t.Errorf("createSecret: have %v, want ErrExists", err)
	}
	from := filepath.Join(t.TempDir(), "from")
	if err := os.WriteFile(from, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := renameNew(from, filepath.Join(dir, KeysFile)); !errors.Is(err, os.ErrExist) {
		t.Errorf("renameNew: have %v, want ErrExist", err)
	}
	if err := renameNew(from, from+"2"); err != nil {
		t.Errorf("renameNew: %v", err)
	}
}

func read(t *testing.T, dir string) map[string][]byte {
	files := make(map[string][]byte)
	for _, name := range Files() {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	}
	return files
}

func TestCreateRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		passphrase string
		change     func(o *Options)
		want       string
	}{
		"passphrase":  {"", func(*Options) {}, "the passphrase is empty: expected at least one character, better four random words"},
		"low work":    {"x", func(o *Options) { o.WorkFactor = 9 }, "work factor 9: expected 10 to 20"},
		"high work":   {"x", func(o *Options) { o.WorkFactor = 21 }, "work factor 21: expected 10 to 20"},
		"vendor":      {"x", func(o *Options) { o.Vendor = "" }, "the vendor's name: found 0 bytes: expected a name of 1 to 200"},
		"registry":    {"x", func(o *Options) { o.Registry = 16 }, "registry 16: expected 0 to 15"},
		"no entropy":  {"x", func(o *Options) { o.Rand = bytes.NewReader(make([]byte, 31)) }, "draw the root secret: unexpected EOF"},
		"bad entropy": {"x", func(o *Options) { o.Rand = bytes.NewReader(make([]byte, 32)) }, "epoch 0: the root secret is all zero"},
	} {
		dir := t.TempDir()
		o := options()
		c.change(&o)
		if _, err := Create(dir, []byte(c.passphrase), o); err == nil || err.Error() != c.want {
			t.Errorf("%s: have %v, want %s", name, err, c.want)
		}
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("%s: have %v, want nothing written", name, entries)
		}
	}
	if _, err := Create(filepath.Join(t.TempDir(), "none"), passphrase, options()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: have %v", err)
	}
}

// No way of printing shows a secret.
func TestNothingShowsSecrets(t *testing.T) {
	k, dir := create(t)
	e := k.in.contents.epochs[0]
	secrets := [][]byte{e.root.bytes()[:], passphrase, []byte(k.in.identity().String()), []byte("AGE-SECRET-KEY-1")}
	for _, p := range []purpose{forLicenses, forCodes, forProfiles, forJournal} {
		secrets = append(secrets, e.root.derive(p), e.root.private(p)[:32])
	}
	type holder struct {
		K *Keyring
		k Keyring
		r root
		e epoch
		s note.Signer
	}
	h := holder{k, Keyring{k.in}, e.root, e, k.ProfileSigner()}
	var shown []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{k, Keyring{k.in}, e.root, &e.root, k.ProfileSigner(), k.List(), h, &h, []any{k}, map[string]any{"k": k}} {
			shown = append(shown, fmt.Sprintf(verb, v))
		}
	}
	for _, v := range []any{k, k.List(), e.root, &e.root, map[string]any{"k": k, "r": e.root}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, string(b))
	}
	for _, bad := range [][]byte{[]byte("wrong"), nil} {
		_, err := Open(dir, bad)
		shown = append(shown, fmt.Sprintf("%v %+v %#v", err, err, err))
	}
	text := k.in.contents.text()
	for i := range text { // errors about a text whose every byte was hit once
		b := bytes.Clone(text)
		b[i] ^= 1
		if _, err := parse(b); err != nil {
			shown = append(shown, err.Error())
		}
	}
	for _, s := range secrets {
		forms := []string{string(s), hex.EncodeToString(s), strings.ToUpper(hex.EncodeToString(s)), fmt.Sprint([]byte(s)), strings.Trim(fmt.Sprint([]byte(s)), "[]")}
		for _, have := range shown {
			for _, form := range forms {
				if strings.Contains(have, form) {
					t.Errorf("%q shows a secret", have)
				}
			}
		}
	}
	if have, want := k.String(), `keyring of "Müller & Söhne Druck", registry 3, epoch 0`; have != want {
		t.Errorf("have %s, want %s", have, want)
	}
}

func TestWipe(t *testing.T) {
	k, _ := create(t)
	signer := k.ProfileSigner()
	r := k.in.contents.epochs[0].root
	var wait sync.WaitGroup
	for range 4 { // users that are at it must not be torn
		wait.Go(func() {
			for range 50 {
				if _, err := k.Master(0); err != nil && !errors.Is(err, ErrWiped) {
					t.Error(err)
				}
				if _, err := signer.Sign([]byte("x")); err != nil && !errors.Is(err, ErrWiped) {
					t.Error(err)
				}
			}
		})
	}
	k.Wipe()
	k.Wipe()
	wait.Wait()
	if *r.bytes() != [32]byte{} {
		t.Error("the root secret is still there")
	}
	if _, err := k.Master(0); !errors.Is(err, ErrWiped) {
		t.Errorf("Master: have %v, want ErrWiped", err)
	}
	for _, s := range []note.Signer{signer, k.JournalSigner()} {
		if _, err := s.Sign([]byte("x")); !errors.Is(err, ErrWiped) {
			t.Errorf("Sign: have %v, want ErrWiped", err)
		}
	}
	if k.Vendor() == "" || len(k.CodesPublicKeys()) != 1 {
		t.Error("the public part is gone")
	}
}

func TestKeyName(t *testing.T) {
	for vendor, want := range map[string]string{
		"Example Vendor": "example-vendor", "Müller & Söhne": "muller-sohne", "印刷": "vendor", "": "vendor", "--a++b--": "a-b",
		strings.Repeat("ab ", 40): strings.TrimSuffix(strings.Repeat("ab-", 14)[:40], "-"), "ＡＢＣ Ltd.": "abc-ltd",
	} {
		if have := keyName(vendor); have != want || keyName(have) != have {
			t.Errorf("%q: have %q, want %q", vendor, have, want)
		}
	}
}
