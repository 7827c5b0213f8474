package tui

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
)

// lineFiles are files with a code and perhaps a reference on each line, separated by a
// comma: enough to try the screen. The program's own reads tables, JSON and mails.
type lineFiles struct{ s *activator.Session }

func (f lineFiles) List(_ context.Context, path string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(path + "x"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := filepath.Join(filepath.Dir(path+"x"), e.Name())
		if e.IsDir() {
			name += "/"
		}
		if strings.HasPrefix(name, path) {
			names = append(names, name)
		}
	}
	return names, nil
}

func (f lineFiles) Run(ctx context.Context, r FileRun) (done FileDone, err error) {
	b, err := os.ReadFile(r.In)
	if err != nil {
		return done, err
	}
	if !strings.HasPrefix(string(b), "code") {
		return done, errors.New("there is no column code")
	}
	if _, err := os.Stat(r.Out); r.Out != "" && err == nil {
		return done, fmt.Errorf("%s is there already", r.Out)
	}
	done.Size, done.Batch = int64(len(b)), filepath.Base(r.In)
	done.CodeLess = strings.Count(string(b), "no code here")
	if first, _, _ := strings.Cut(string(b), "\n"); first != "code" {
		done.Aside = strings.Split(first, ",")[1:]
	}
	if st, err := f.s.BatchState(ctx, done.Batch); err == nil {
		done.Again = st.Done
	}
	rows := func(yield func(activator.Row, error) bool) {
		for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
			code, ref, _ := strings.Cut(line, ",")
			row := activator.Row{Line: i + 1, Text: code, Decision: activator.Decision{Reference: ref}, Sum: sha256.Sum256([]byte(line))}
			if i > 0 && !yield(row, nil) {
				return
			}
		}
	}
	var out [][]string
	for o, err := range f.s.Batch(ctx, rows, activator.BatchOptions{Name: done.Batch, DryRun: r.Dry, Chunk: 2}) {
		if err != nil {
			return done, err
		}
		done.Count(o)
		done.Read += int64(len(o.Row.Text))
		if o.Before {
			done.Before++
		}
		r.Each(o, func() []Cell {
			return []Cell{{Column: "code", Text: o.Row.Text, Code: true}, {Column: "reference", Text: o.Row.Decision.Reference}}
		})
		r.Progress(done.FileProgress)
		out = append(out, []string{o.Row.Text, string(o.Verdict()), o.Entry.Answer})
	}
	if r.Dry {
		return done, nil
	}
	if err := f.s.EndBatch(ctx, done.Batch, done.BatchTotals); err != nil {
		return done, err
	}
	w, err := os.Create(r.Out)
	if err != nil {
		return done, err
	}
	done.Out = r.Out
	return done, errors.Join(csv.NewWriter(w).WriteAll(out), w.Close())
}

// mailbox writes a file of codes: two requests for one seat, a slip, and nonsense.
func (d *drive) mailbox() (path string, slip *Customer) {
	d.t.Helper()
	l, c := d.license("Print Shop Miller", 1)
	_, slip = d.license("Agency Blue", 1)
	path = filepath.Join(d.dir, "requests.csv")
	writeFile(d.t, path, fmt.Sprintf("code\n%s\n%s\n%s,case 7\nnobody knows\n", c.asks(d.t, 1), d.customer(l, 9).asks(d.t, 1), slipped(slip.asks(d.t, 1).String())))
	return path, slip
}

// batchFolder makes a folder with files of codes the place where the desk was started.
func (d *drive) batchFolder() {
	d.t.Helper()
	d.mailbox()
	dir := filepath.Join(d.dir, "inbox")
	must(d.t, os.MkdirAll(filepath.Join(dir, "orders"), 0o700))
	must(d.t, os.Rename(filepath.Join(d.dir, "requests.csv"), filepath.Join(dir, "requests.csv")))
	writeFile(d.t, filepath.Join(dir, "mails.mbox"), "From ")
	d.t.Chdir(dir)
}

// tries types a path on the screen for files, and has the file tried out.
func (d *drive) tries(path string) {
	d.press("f8")
	d.write(path)
	d.press("enter")
}

// wantsAnswers asks for the answers to the file that was tried; the question stands there.
func (d *drive) wantsAnswers() {
	d.press("enter")
	d.wait(time.Second)
}

// answersFile has the file that was tried answered.
func (d *drive) answersFile() {
	d.wantsAnswers()
	d.press("enter", "right", "enter")
}

// heldRun is a desk in the middle of answering a file: its run waits for the test.
func heldRun(t testing.TB) *drive {
	t.Helper()
	d := opened(t)
	path, _ := d.mailbox()
	d.tries(path)
	d.wantsAnswers()
	d.hold = true
	d.press("enter", "right", "enter")
	d.step() // the file of the answers is looked for
	d.shows("ANSWERING requests.csv")
	return d
}
