package tui

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
)

// newPlace is a vendor folder on disk, made as the first run makes it.
func newPlace(t *testing.T) Place {
	t.Helper()
	dir := t.TempDir()
	p := Place{
		Dir: filepath.Join(dir, "vendor"), Operator: activator.Operator{Name: "anna"}, Settings: filepath.Join(dir, "desk.json"),
		Heads: filepath.Join(dir, "heads"), Out: dir, WorkFactor: 10,
	}
	must(t, p.create(t.Context(), Beginning{Vendor: "Example Vendor", Desk: "front", Passphrase: []byte(passphrase)}))
	return p
}

// The desk notices, as the commands do, when a former copy of the journal was put back.
func TestTheDeskRemembersTheJournalsHead(t *testing.T) {
	p := newPlace(t)
	o, err := p.open(t.Context(), []byte(passphrase))
	must(t, err)
	journal := filepath.Join(p.Dir, "journal.db")
	former, err := os.ReadFile(journal)
	must(t, err)
	for range 2 {
		_, err = o.Office.Submit(t.Context(), "no code at all", activator.Decision{})
		must(t, err)
	}
	must(t, o.Close())
	heads, err := os.ReadDir(p.Heads)
	if err != nil || len(heads) != 1 {
		t.Fatalf("last heads: have %v, %v, want one", heads, err)
	}
	for _, rest := range []string{"-wal", "-shm"} {
		if err := os.Remove(journal + rest); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	must(t, os.WriteFile(journal, former, 0o600))
	o, err = p.open(t.Context(), []byte(passphrase))
	must(t, err)
	defer o.Close()
	_, err = o.Office.Submit(t.Context(), "no code at all", activator.Decision{})
	if err == nil || !strings.Contains(err.Error(), "call whoever keeps the vendor folder") || strings.Contains(err.Error(), ".head") {
		t.Errorf("submit with a former journal: have %v, want it refused in an agent's words, with whom to call", err)
	}
}

func TestParkedRequestsOnDisk(t *testing.T) {
	s := folderShelf{filepath.Join(t.TempDir(), "vendor", "parked")}
	ctx := t.Context()
	if all, err := s.All(ctx); len(all) != 0 || err != nil {
		t.Fatalf("before anything is parked: have %v, %v, want nothing", all, err)
	}
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	late, early := Parked{Code: "R2", By: "ben", At: at.Add(time.Hour)}, Parked{Code: "../R1", Reference: "case 7", By: "anna", At: at}
	for _, p := range []Parked{late, early, late} {
		must(t, s.Put(ctx, p))
	}
	writeFile(t, filepath.Join(s.dir, "broken.json"), "{")
	writeFile(t, filepath.Join(s.dir, "empty.json"), `{"code": " "}`)
	writeFile(t, filepath.Join(s.dir, "new-123"), "cut off")
	all, err := s.All(ctx)
	if len(all) != 2 || all[0] != early || all[1] != late || err == nil {
		t.Errorf("parked: have %v, %v, want %v and %v and an error about the broken file", all, err, early, late)
	}
	if err == nil || strings.Count(err.Error(), "found something else: remove the file") != 2 {
		t.Errorf("files that hold no request: have %v, want each named with what to do", err)
	}
	must(t, s.Take(ctx, late))
	must(t, s.Take(ctx, late)) // gone already
	if all, _ = s.All(ctx); len(all) != 1 {
		t.Errorf("parked after one was taken: have %v, want one", all)
	}
	st, err := os.Stat(s.path(early))
	must(t, err)
	if st.Mode().Perm() != 0o600 {
		t.Errorf("mode: have %v, want it readable by its owner alone", st.Mode())
	}
}

// A name alone is in the folder of receipts and exports; a name that says where is there,
// "~" being the operator's home. Nobody else can read what is written.
func TestSaveGoesWhereTheNameSays(t *testing.T) {
	home, elsewhere := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home) // where Windows looks
	p := Place{Out: t.TempDir()}
	for name, want := range map[string]string{
		"answers.csv": filepath.Join(p.Out, "answers.csv"),
		"~" + string(filepath.Separator) + "answers.csv": filepath.Join(home, "answers.csv"),
		filepath.Join(elsewhere, "answers.csv"):          filepath.Join(elsewhere, "answers.csv"),
		"~anna.txt":                                      filepath.Join(p.Out, "~anna.txt"),
	} {
		path, err := p.save(name, func(w io.Writer) error { _, err := io.WriteString(w, name); return err })
		if err != nil || path != want {
			t.Errorf("save %q: have %s, %v, want %s", name, path, err, want)
			continue
		}
		b, err := os.ReadFile(path)
		must(t, err)
		st, err := os.Stat(path)
		must(t, err)
		if string(b) != name || runtime.GOOS != "windows" && st.Mode().Perm() != 0o600 {
			t.Errorf("save %q: have %q with mode %v, want what was written, for its owner alone", name, b, st.Mode())
		}
	}
	second, err := p.save(filepath.Join(elsewhere, "answers.csv"), func(io.Writer) error { return nil })
	if err != nil || second != filepath.Join(elsewhere, "answers-2.csv") {
		t.Errorf("save where one is: have %s, %v, want answers-2.csv beside it", second, err)
	}
	if path, err := p.save(filepath.Join(elsewhere, "no folder", "x.csv"), func(io.Writer) error { return nil }); err == nil {
		t.Errorf("save into a folder that is not there: have %s, want an error", path)
	}
}

func TestFilesAreNeverWrittenOver(t *testing.T) {
	p := Place{Out: t.TempDir()}
	for _, want := range []string{"receipt.txt", "receipt-2.txt", "receipt-3.txt"} {
		path, err := p.save("receipt.txt", func(w io.Writer) error { _, err := io.WriteString(w, want); return err })
		if err != nil || filepath.Base(path) != want {
			t.Errorf("save: have %s, %v, want %s", path, err, want)
		}
	}
	if _, err := p.save("bad.txt", func(io.Writer) error { return errFull }); !errors.Is(err, errFull) {
		t.Errorf("save that fails: have %v, want %v", err, errFull)
	}
	if _, err := os.Stat(filepath.Join(p.Out, "bad.txt")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a file: have %v, want it gone", err)
	}
}

// What the desk says of a former journal is for an agent: stop, and whom to call. Enter
// does not help.
func TestAFormerJournalStopsTheDesk(t *testing.T) {
	d, _, c := calling(t, 1)
	d.write(c.asks(t, 1).String())
	d.send(readMsg{gen: d.m.desk.gen, err: &activator.FormerJournalError{Entries: 7, File: "/home/anna/ab12.head", Err: errFull}})
	d.shows("STOP Nothing is answered and nothing is recorded.")
	d.shows("call whoever keeps the vendor folder")
	d.hides(".head")
	d.hides("press enter to try again")
}
