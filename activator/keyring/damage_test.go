package keyring

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"
)

func write(t testing.TB, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// known are the errors that a damaged file may end in.
func known(err error) bool {
	return errors.Is(err, ErrDamaged) || errors.Is(err, ErrPassphrase) || errors.Is(err, ErrWorkFactor) || errors.Is(err, ErrMismatch)
}

func TestWrongPassphrase(t *testing.T) {
	_, dir := create(t)
	for _, p := range []string{"wrong", "correct horse battery staple ", "Correct horse battery staple", "", "\x00"} {
		_, err := Open(dir, []byte(p))
		if !errors.Is(err, ErrPassphrase) {
			t.Errorf("%q: have %v, want ErrPassphrase", p, err)
		}
	}
	_, err := Open(dir, []byte("wrong"))
	want := fmt.Sprintf("wrong passphrase for %s (if you are sure of it, the file's first lines are damaged: restore a backup)", filepath.Join(dir, IdentityFile))
	if err == nil || err.Error() != want {
		t.Errorf("have %v\nwant %s", err, want)
	}
}

// Damage behind the passphrase's own lines is never called a wrong passphrase.
func TestDamage(t *testing.T) {
	_, dir := create(t)
	files := read(t, dir)
	mac := bytes.Index(files[IdentityFile], []byte("\n--- "))
	if mac < 0 {
		t.Fatal("identity.age has no header MAC")
	}
	id, err := openIdentity(IdentityFile, files[IdentityFile], passphrase)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Files() {
		good := files[name]
		try := func(what string, b []byte, wrong bool) {
			var err error
			if name == IdentityFile {
				_, err = openIdentity(name, b, passphrase)
			} else {
				_, err = openContents(name, b, id) // without the work of unlocking
			}
			if !known(err) {
				t.Errorf("%s %s: have %v", name, what, err)
			}
			if errors.Is(err, ErrPassphrase) && !wrong {
				t.Errorf("%s %s: have %v, want damage", name, what, err)
			}
		}
		for i := range good {
			b := bytes.Clone(good)
			b[i] ^= 1 << (i % 8)
			try(fmt.Sprintf("bit flipped in byte %d", i), b, name == IdentityFile && i < mac)
		}
		for i := 0; i < len(good); i += 7 {
			try(fmt.Sprintf("cut to %d bytes", i), good[:i], false)
		}
		try("with a byte more", append(bytes.Clone(good), 0), false)
		write(t, dir, name, make([]byte, maxFile+1))
		if _, err := Open(dir, passphrase); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s huge: have %v, want ErrDamaged", name, err)
		}
		write(t, dir, name, good)
	}
	if _, err := Open(dir, passphrase); err != nil {
		t.Errorf("undamaged: have %v", err)
	}
}

func TestFilesOfTwoKeyrings(t *testing.T) {
	_, a := create(t)
	_, b := create(t)
	write(t, a, KeysFile, read(t, b)[KeysFile])
	if _, err := Open(a, passphrase); !errors.Is(err, ErrMismatch) {
		t.Errorf("have %v, want ErrMismatch", err)
	}
}

func TestMissing(t *testing.T) {
	for _, name := range Files() {
		_, dir := create(t)
		path := filepath.Join(dir, name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, passphrase)
		if want := path + " does not exist: make a keyring with activator init, or restore a backup"; !errors.Is(err, ErrMissing) || err.Error() != want {
			t.Errorf("have %v, want %s", err, want)
		}
	}
}

func TestLinksAndFoldersAreRefused(t *testing.T) {
	_, from := create(t)
	dir := t.TempDir()
	write(t, dir, KeysFile, read(t, from)[KeysFile])
	path := filepath.Join(dir, IdentityFile)
	if err := os.Symlink(filepath.Join(from, IdentityFile), path); err != nil {
		t.Skip(err)
	}
	if _, err := Open(dir, passphrase); !errors.Is(err, ErrNotRegular) || err.Error() != path+" is a symbolic link: expected a regular file" {
		t.Errorf("link: have %v", err)
	}
	if _, err := Create(dir, passphrase, options()); !errors.Is(err, ErrExists) {
		t.Errorf("Create over a link: have %v", err)
	}
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, passphrase); !errors.Is(err, ErrNotRegular) {
		t.Errorf("folder: have %v", err)
	}
}

// A file that asks for more work than anybody would choose costs nothing.
func TestWorkFactorBomb(t *testing.T) {
	_, dir := create(t)
	good := read(t, dir)[IdentityFile]
	head, rest, _ := bytes.Cut(good, []byte(" 10\n"))
	for factor, want := range map[string]error{"21": ErrWorkFactor, "30": ErrWorkFactor, "63": ErrWorkFactor, "999999999": ErrWorkFactor,
		"99999999999999999999": ErrDamaged, "-1": ErrDamaged, "0": ErrDamaged, "010": ErrDamaged, "": ErrDamaged, "x": ErrDamaged, "11": ErrPassphrase} {
		write(t, dir, IdentityFile, []byte(string(head)+" "+factor+"\n"+string(rest)))
		if _, err := Open(dir, passphrase); !errors.Is(err, want) { // 30 takes hours where it is not refused
			t.Errorf("work factor %q: have %v, want %v", factor, err, want)
		}
	}
}

// An age file that is genuine and holds something else.
func TestForeignContents(t *testing.T) {
	_, dir := create(t)
	files := read(t, dir)
	id, err := openIdentity(IdentityFile, files[IdentityFile], passphrase)
	if err != nil {
		t.Fatal(err)
	}
	text, err := unseal(files[KeysFile], id)
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"first line": {"manual-activator/1", "manual-activator/2"}, "registry": {"registry 3", "registry 16"}, "spelling": {"registry 3", "registry 03"},
		"state": {"current", "retired"}, "line": {"registry", "colour"}, "epoch": {"epoch 0", "epoch 16"}, "name": {"name m", "name M"},
		"root": {"SECRET-a53c", "SECRET-zz3c"}, "short root": {"SECRET-a5", "SECRET-"}, "no prefix": {"MANUAL-ACTIVATOR", "manual"},
		"date": {"2026-11-22T05:56:07Z", "2026-11-22"}, "zone": {"2026-11-22T05:56:07Z", "2026-11-22T06:56:07+01:00"}, "vendor": {`vendor "`, `vendor x"`},
	} {
		bad := strings.Replace(string(text), change[0], change[1], 1)
		if bad == string(text) {
			t.Fatalf("%s: nothing changed", what)
		}
		file, err := seal([]byte(bad), id.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, KeysFile, file)
		if _, err := Open(dir, passphrase); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: have %v, want ErrDamaged", what, err)
		}
	}
	r, err := age.NewScryptRecipient(string(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	r.SetWorkFactor(MinWorkFactor)
	for _, text := range []string{"", "junk", id.String()[:20], id.String() + "\n" + id.String()} {
		file, err := seal([]byte(text), r)
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, IdentityFile, file)
		if _, err := Open(dir, passphrase); !errors.Is(err, ErrDamaged) || strings.Contains(err.Error(), "AGE-SECRET") {
			t.Errorf("identity %d bytes: have %v, want ErrDamaged", len(text), err)
		}
	}
}

// The format is ready for several epochs and several operators.
func TestSeveralEpochs(t *testing.T) {
	k, _ := create(t)
	c := *k.in.contents
	first := c.epochs[0]
	first.state = Retired
	revoked := epoch{number: 1, created: first.created, state: Revoked, root: newRoot()}
	last := epoch{number: 4, created: first.created, state: Current, root: newRoot()}
	revoked.root.bytes()[0], last.root.bytes()[0] = 1, 2
	c.epochs = []epoch{first, revoked, last}
	c.recipients = append(c.recipients, c.recipients[0])
	read, err := parse(c.text())
	if err != nil {
		t.Fatal(err)
	}
	many := opened(read, nil)
	if many.Epoch() != 4 || many.List().Recipients != 2 || len(many.CodesPublicKeys()) != 2 {
		t.Errorf("have %+v", many.List())
	}
	if many.Anchor() == k.Anchor() {
		t.Error("two epochs share a signing key")
	}
	if _, err := many.Master(0); err != nil {
		t.Errorf("retired: have %v", err)
	}
	if _, err := many.Master(1); !errors.Is(err, ErrEpoch) || err.Error() != "key epoch 1 is revoked" {
		t.Errorf("revoked: have %v", err)
	}
	c.epochs = []epoch{last, first}
	if _, err := parse(c.text()); err == nil {
		t.Error("descending epochs: have no error")
	}
}

// The memory that unlocking needs is given back at once.
func TestMemoryIsGivenBack(t *testing.T) {
	dir := t.TempDir()
	o := options()
	o.WorkFactor = 16 // 64 MiB
	if _, err := Create(dir, passphrase, o); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, passphrase); err != nil {
		t.Fatal(err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if held := m.HeapSys - m.HeapReleased; held > 32<<20 {
		t.Errorf("have %d MiB of heap held, want less than 32", held>>20)
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	o := options()
	o.WorkFactor = DefaultWorkFactor
	if _, err := Create(dir, passphrase, o); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(dir, passphrase); err != nil {
			b.Fatal(err)
		}
	}
}
