package activator_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/keyring"
	"github.com/manual-activator/manual-activator/internal/unprivileged"
)

// What a merge demands of the desk that does it, and what it leaves there.

// journalFile closes the desk and reads its journal's file.
func (o *office) journalFile() []byte {
	o.t.Helper()
	o.desk.Close()
	text, err := os.ReadFile(filepath.Join(o.dir, "journal.db"))
	if err != nil {
		o.t.Fatal(err)
	}
	return text
}

// putBack opens the desk with another journal's file.
func (o *office) putBack(journal []byte) {
	o.t.Helper()
	o.desk.Close()
	path := filepath.Join(o.dir, "journal.db")
	for _, name := range []string{path + "-wal", path + "-shm"} {
		os.Remove(name)
	}
	if err := os.WriteFile(path, journal, 0o600); err != nil {
		o.t.Fatal(err)
	}
	o.open()
}

// On a journal that was put back, nothing is brought in: what was decided since is not there to collide with it.
func TestNoMergeIntoFormerJournal(t *testing.T) {
	o := newOffice(t)
	other := o.joined("b", 1)
	other.license(1)
	o.license(1)
	former := o.journalFile()
	o.open()
	o.license(1)
	o.putBack(former)
	before := o.entries()
	m, err := o.Merge(t.Context(), other.dir)
	if !errors.As(err, new(*activator.FormerJournalError)) {
		t.Errorf("have %+v, %v, want a FormerJournalError", m, err)
	}
	if have := o.entries(); have != before {
		t.Errorf("have %d entries, want %d as before", have, before)
	}
}

// A journal that is put back as it was before a merge is noticed, though the merge was the last that was done.
func TestJournalFromBeforeMergePutBack(t *testing.T) {
	o := newOffice(t)
	other := o.joined("b", 1)
	other.license(1)
	l := o.license(1)
	r := o.machine(l, 7).request(defRelease)
	former := o.journalFile()
	o.open()
	if m, err := o.Merge(t.Context(), other.dir); err != nil || len(m.Logs) != 1 {
		t.Fatalf("have %+v, %v, want one log brought in", m, err)
	}
	o.putBack(former)
	if out, err := o.Submit(t.Context(), r.String(), activator.Decision{}); !errors.As(err, new(*activator.FormerJournalError)) {
		t.Errorf("have %+v, %v, want a FormerJournalError", out, err)
	}
}

// A wrong passphrase is what it says, whether or not the other journal can be read.
func TestMergeWithWrongPassphrase(t *testing.T) {
	o := newOffice(t)
	other := o.joined("b", 1)
	other.license(1)
	o.license(1)
	o.desk.Close()
	desk, err := activator.Open(t.Context(), activator.Config{
		Dir: o.dir, Unlock: func() ([]byte, error) { return []byte("another one"), nil }, Now: o.clock, Rand: o.rand(), Heads: o.heads,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()
	for _, path := range []string{other.dir, filepath.Join(t.TempDir(), "absent")} {
		m, err := desk.Session(activator.Operator{Name: "anna"}, "test").Merge(t.Context(), path)
		if !errors.Is(err, keyring.ErrPassphrase) || strings.Contains(err.Error(), "remove the file") {
			t.Errorf("have %+v, %v, want ErrPassphrase and nothing else to do", m, err)
		}
	}
}

// Where nothing can be recorded, no merge begins.
func TestMergeIntoReadOnlyFolder(t *testing.T) {
	if !unprivileged.Bound() {
		unprivileged.Run(t, "TestMergeIntoReadOnlyFolder")
		return
	}
	o := newOffice(t)
	other := o.joined("b", 1)
	other.license(1)
	o.license(1)
	o.desk.Close()
	for path, mode := range map[string]os.FileMode{filepath.Join(o.dir, "journal.db"): 0o400, o.dir: 0o500} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(path, 0o700)
	}
	o.open()
	before := o.entries()
	m, err := o.Merge(t.Context(), other.dir)
	if err == nil || !strings.Contains(err.Error(), "nothing can be recorded, so nothing was done") {
		t.Errorf("have %+v, %v, want it refused, since nothing can be recorded", m, err)
	}
	if have := o.entries(); have != before {
		t.Errorf("have %d entries, want %d as before", have, before)
	}
}

// A watcher is a source of randomness that notes which files are in a merge's own folder when it is read.
type watcher struct {
	io.Reader
	pattern string
	seen    []string
}

func (w *watcher) Read(b []byte) (int, error) {
	names, err := filepath.Glob(w.pattern)
	for _, name := range names {
		w.seen = append(w.seen, filepath.Base(name))
	}
	if err != nil {
		return 0, err
	}
	return w.Reader.Read(b)
}

// What a merge unpacks of another desk's backup has no keys in it, and does not stay: the backup's journal is read and
// goes, whether or not it could be brought in.
func TestMergeOfBackupLeavesNothing(t *testing.T) {
	o := newOffice(t)
	other := o.joined("b", 1)
	other.license(1)
	file := filepath.Join(t.TempDir(), "b.backup")
	if err := other.Backup(context.Background(), file, 10); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(whole)
	damaged[len(damaged)-4096] ^= 1 // in the last part, which is the journal's end
	w := &watcher{Reader: o.rand(), pattern: filepath.Join(o.dir, "merge-*", "*")}
	o.desk.Close()
	desk, err := activator.Open(t.Context(), activator.Config{
		Dir: o.dir, Unlock: func() ([]byte, error) { return []byte(passphrase), nil }, Now: o.clock, Rand: w, Heads: o.heads,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()
	s := desk.Session(activator.Operator{Name: "anna"}, "test")
	for _, test := range []struct {
		name string
		text []byte
		ok   bool
	}{{"damaged", damaged, false}, {"whole", whole, true}} {
		if err := os.WriteFile(file, test.text, 0o600); err != nil {
			t.Fatal(err)
		}
		if m, err := s.Merge(t.Context(), file); (err == nil) != test.ok {
			t.Errorf("%s: have %+v, %v, want brought in: %v", test.name, m, err, test.ok)
		}
		if left, err := filepath.Glob(filepath.Join(o.dir, "merge-*")); err != nil || left != nil {
			t.Errorf("%s: have %v, %v left, want nothing", test.name, left, err)
		}
	}
	if !slices.Contains(w.seen, "journal.db") {
		t.Errorf("have %v seen, want the journal while it is brought in", w.seen)
	}
	for _, name := range w.seen {
		if strings.HasSuffix(name, ".age") {
			t.Errorf("have %s unpacked, want no keys", name)
		}
	}
}
