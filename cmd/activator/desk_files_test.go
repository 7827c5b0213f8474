package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/tui"
)

// newSession opens the desk of a new vendor folder.
func newSession(t *testing.T) *activator.Session {
	t.Helper()
	dir, pass := t.TempDir(), func() ([]byte, error) { return []byte("a passphrase for tests"), nil }
	p, _ := pass()
	if err := activator.Init(t.Context(), activator.Setup{Dir: dir, Vendor: "Example Vendor", Desk: "front", Operator: "anna", WorkFactor: 10, Passphrase: p, Now: time.Now, Rand: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	d, err := activator.Open(t.Context(), activator.Config{Dir: dir, Now: time.Now, Rand: rand.Reader, Unlock: pass})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d.Session(activator.Operator{Name: "anna"}, "test")
}

// firstRequest is a request of a machine of a new license.
func firstRequest(t *testing.T, s *activator.Session, l *activator.License) string {
	t.Helper()
	c, err := tui.NewCustomer(s.Products()[0], l, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	n, err := c.Number()
	if err != nil {
		t.Fatal(err)
	}
	call, err := c.Call(n)
	if err != nil {
		t.Fatal(err)
	}
	return call.Says
}

func TestFilesAtTheDesk(t *testing.T) {
	s := newSession(t)
	ls, err := s.Register(t.Context(), activator.Order{Product: "press-studio", Customer: "Print Shop Miller", Seats: 1})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "requests.csv"), filepath.Join(dir, "answers.csv")
	text := fmt.Sprintf("code,reference of\n%s,miller\n%s,miller\nnothing,=1+1\n", firstRequest(t, s, &ls[0]), firstRequest(t, s, &ls[0]))
	if err := os.WriteFile(in, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f := deskFiles{s}
	run := func(ctx context.Context, r tui.FileRun) (tui.FileDone, []int, error) {
		var lines []int
		r.Each = func(o *activator.RowOutcome, _ func() []tui.Cell) { lines = append(lines, o.Row.Line) }
		r.Progress = func(tui.FileProgress) {}
		done, err := f.Run(ctx, r)
		return done, lines, err
	}
	for _, c := range []struct {
		run   tui.FileRun
		out   bool
		again bool
		fails string
	}{
		{run: tui.FileRun{In: in, Dry: true}},
		{run: tui.FileRun{In: in, Out: in}, fails: "is there already: give the answers another name"},
		{run: tui.FileRun{In: in, Out: out}, out: true},
		{run: tui.FileRun{In: in, Out: out}, fails: "is there already: give the answers another name"},
		{run: tui.FileRun{In: in, Out: out + "2"}, out: true, again: true},
		{run: tui.FileRun{In: dir, Dry: true}, fails: "expected a file of codes"},
		{run: tui.FileRun{In: "/dev/null", Dry: true}, fails: "expected a file of codes"},
		{run: tui.FileRun{In: in + "x", Dry: true}, fails: "no such file"},
	} {
		done, lines, err := run(t.Context(), c.run)
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) || strings.Contains(err.Error(), "--force") {
				t.Errorf("%+v: have %v, want %q", c.run, err, c.fails)
			}
			continue
		}
		if slices.Sort(lines); err != nil || done.Rows != 3 || done.OK+done.Repeat != 1 || done.Refused != 1 || done.Unreadable != 1 || !slices.Equal(lines, []int{2, 3, 4}) {
			t.Fatalf("%+v: have %+v, lines %v, %v, want 1 answered, 1 refused, 1 unreadable", c.run, done, lines, err)
		}
		if (done.Out != "") != c.out || done.Again != c.again || !slices.Equal(done.Aside, []string{"reference of"}) || done.Read != int64(len(text)) || done.Size != done.Read {
			t.Errorf("%+v: have %+v", c.run, done)
		}
	}
	first, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(first), "'=1+1") {
		t.Errorf("answers: have %s, %v, want the formula made harmless", first, err)
	}
	second, err := os.ReadFile(out + "2")
	if err != nil || string(second) != string(first) {
		t.Errorf("answers once more: have\n%s\nwant\n%s", second, first)
	}
	mails := filepath.Join(t.TempDir(), "mails.mbox")
	if err := os.WriteFile(mails, []byte("From - Sun Nov 22 09:00:00 2026\nSubject: help\n\nIt does not work.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if done, _, err := run(t.Context(), tui.FileRun{In: mails, Dry: true}); err != nil || done.Rows != 0 || done.CodeLess != 1 {
		t.Errorf("a mail without a code: have %+v, %v, want it counted", done, err)
	}
	blank := filepath.Join(dir, " lead.csv")
	if err := os.Rename(in, blank); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run(t.Context(), tui.FileRun{In: blank, Out: out + "4"}); err == nil || !strings.Contains(err.Error(), "give the file another name") || strings.Contains(err.Error(), "--name") {
		t.Errorf("a file whose name is none of a batch: have %v, want what to do at the desk", err)
	}
	if err := os.Rename(blank, in); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := run(ctx, tui.FileRun{In: in, Dry: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("a run that was ended: have %v, want %v", err, context.Canceled)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 {
		t.Errorf("files: have %v, %v, want the input and two of answers", left, err)
	}
}

func TestPathsAtTheDesk(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", dir)
	for _, name := range []string{".hidden", "one.csv", "other.csv"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("orders", 0o700); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"": "one.csv orders/ other.csv", "o": "one.csv orders/ other.csv", "or": "orders/", "./ot": "./other.csv", ".": ".hidden",
		"~/on": "~/one.csv", dir + "/on": dir + "/one.csv", "orders/": "", "x": "",
	} {
		have, err := deskFiles{}.List(t.Context(), path)
		if err != nil || strings.Join(have, " ") != want {
			t.Errorf("List(%q): have %q, %v, want %q", path, have, err, want)
		}
	}
	if _, err := (deskFiles{}).List(t.Context(), "nowhere/x"); err == nil {
		t.Error("List in a folder that is not there: have no error, want one")
	}
}
