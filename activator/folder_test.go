package activator_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
)

func TestExportedDefinitionsAreFrozen(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	_, p, err := o.Export(ctx, "press-studio")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Roster) != 10000 || p.Serial != 1 {
		t.Fatalf("profile: have %d vouches, serial %d, want 10000 and 1", len(p.Roster), p.Serial)
	}
	l := o.license(1)
	if !l.Vouched {
		t.Fatal("a license after the export is not from the pool")
	}
	path := filepath.Join(o.dir, "products", "press-studio.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "requires = [1]", "requires = [1, 4]", 1)
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	o.desk.Close()
	o.open()
	if _, _, err := o.Export(ctx, "press-studio"); err == nil {
		t.Fatal("export of a changed type: have no error, want one")
	}
	if _, err := o.Submit(ctx, o.machine(l, 7).request(1).String(), activator.Decision{}); err == nil {
		t.Fatal("issue with a changed type: have no error, want one")
	}
}

// What cannot be decided is no refusal, and leaves no entry.
func TestDamagedProductFile(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	r := o.machine(l, 7).request(1)
	path := filepath.Join(o.dir, "products", "press-studio.toml")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("garbage [[\n")
	f.Close()
	o.desk.Close()
	o.open()
	before := o.entries()
	if _, err := o.Submit(context.Background(), r.String(), activator.Decision{}); err == nil || !strings.Contains(err.Error(), "press-studio.toml:") {
		t.Fatalf("issue with a damaged product file: have %v, want an error with file and line", err)
	}
	if have := o.entries(); have != before {
		t.Fatalf("entries: have %d, want %d", have, before)
	}
}

func TestForeignKeyring(t *testing.T) {
	o, other := newOffice(t), newOffice(t)
	l := o.license(1)
	r := o.machine(l, 7).request(1)
	for _, name := range []string{"identity.age", "keyring.age"} {
		b, err := os.ReadFile(filepath.Join(other.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(o.dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.desk.Close()
	o.open()
	if _, err := o.Read(context.Background(), r.String(), activator.Decision{}); err == nil || !strings.Contains(err.Error(), "belong together") {
		t.Fatalf("read with another vendor's keyring: have %v, want an error that says so", err)
	}
}

// What goes wrong in the draft of a folder names a folder that is still there.
func TestMistakesOfJoiningNameTheFolderJoined(t *testing.T) {
	o := newOffice(t)
	join := activator.Setup{
		Dir: filepath.Join(t.TempDir(), "second"), Desk: "second", Operator: "anna", Registry: 3, Apart: true,
		Passphrase: []byte(passphrase), Now: o.clock, Rand: o.rand(),
	}
	if err := os.WriteFile(filepath.Join(o.dir, "keyring.age"), []byte("no keyring"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := activator.Join(context.Background(), join, o.dir)
	if err == nil || strings.Contains(err.Error(), ".new-") || !strings.Contains(err.Error(), filepath.Join(o.dir, "keyring.age")) {
		t.Errorf("a keyring that cannot be read: have %v, want an error about %s", err, o.dir)
	}
}

func TestBackupAndRestore(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	if _, _, err := o.Export(ctx, "press-studio"); err != nil {
		t.Fatal(err)
	}
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	file := filepath.Join(t.TempDir(), "desk.backup")
	if err := o.Backup(ctx, file, 10); err != nil {
		t.Fatal(err)
	}
	if err := o.Backup(ctx, file, 10); err == nil {
		t.Fatal("backup over a file: have no error, want one")
	}
	sold := o.license(1) // after the backup
	setup := activator.Setup{Dir: filepath.Join(t.TempDir(), "new"), Operator: "anna", Passphrase: []byte("wrong"), Now: o.clock, Rand: o.rand()}
	if _, err := activator.Restore(ctx, file, setup); err == nil {
		t.Fatal("restore with a wrong passphrase: have no error, want one")
	}
	setup.Passphrase = []byte(passphrase)
	done, err := activator.Restore(ctx, file, setup)
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Products) != 1 || done.Entries == 0 {
		t.Fatalf("restored: have %+v", done)
	}
	if _, err := activator.Restore(ctx, file, setup); err == nil {
		t.Fatal("restore over a folder: have no error, want one")
	}
	o.desk.Close()
	o.dir = setup.Dir
	o.open()
	if _, err := o.Verify(ctx); err == nil { // this computer saw an entry that the backup lacks
		t.Fatal("verify of a restored backup beside a later head: have no error, want one")
	}
	o.desk.Close()
	if err := os.RemoveAll(o.heads); err != nil {
		t.Fatal(err)
	}
	o.open()
	if _, err := o.Verify(ctx); err != nil {
		t.Fatal(err)
	}
	m.o = o
	o.want(o.submit(m.deactivate(2, 0), activator.Decision{}), "ok", "current")
	if next := o.license(1); next.Number == sold.Number {
		t.Fatal("the restored desk sold a license that its lost end had sold")
	}
	if _, err := o.Verify(ctx); err != nil {
		t.Fatal(err)
	}
}
