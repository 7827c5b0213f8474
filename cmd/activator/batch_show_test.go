package main

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/progress"
	"github.com/charmbracelet/x/ansi"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/batch"
)

// What is printed to go on with is a command line that a shell takes apart into the same
// flags.
func TestToGoOn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: no POSIX shell here")
	}
	for _, test := range []struct {
		a    app
		o    batchOptions
		name string
		want []string
	}{
		{app{}, batchOptions{in: "-", out: "-"}, "standard input 2026", []string{"-", "--name", "standard input 2026", "--resume"}},
		{
			app{dir: "/srv/vendor's folder", operator: "Anna {M} $HOME", json: true, passphraseFile: "~pass"},
			batchOptions{in: "-orders.csv", out: "answers (1).jsonl", format: "jsonl", force: true}, "-orders.csv",
			[]string{
				"./-orders.csv", "-o", "answers (1).jsonl", "--format", "jsonl", "--name=-orders.csv", "--dir", "/srv/vendor's folder",
				"--operator", "Anna {M} $HOME", "--passphrase-file", "~pass", "--resume", "--json",
			},
		},
		{
			app{journal: "postgres://anna@db/journal?sslmode=require&a=b"}, batchOptions{in: "ä.csv", out: "x.csv"}, "ä.csv",
			[]string{"ä.csv", "-o", "x.csv", "--name", "ä.csv", "--journal", "postgres://anna@db/journal?sslmode=require&a=b", "--resume"},
		},
	} {
		sum := batch.Summary{Progress: batch.Progress{BatchTotals: activator.BatchTotals{Rows: 7}}}
		err := test.a.batchStopped(context.Canceled, test.o, &batch.Job{Name: test.name}, sum)
		before, line, _ := strings.Cut(err.Error(), " To go on:\n  ")
		if !strings.HasPrefix(before, "interrupted\n7 rows are recorded;") {
			t.Errorf("have %q, want what happened first", before)
		}
		line, found := strings.CutPrefix(line, "activator batch ")
		if !found {
			t.Fatalf("have %q, want a command", err)
		}
		out, shell := exec.Command("sh", "-c", `printf '%s\n' `+line).Output()
		if have := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"); shell != nil || !slices.Equal(have, test.want) {
			t.Errorf("%s: have the words %q, %v, want %q", line, have, shell, test.want)
		}
	}
	ended := &activator.EndedBatchError{Batch: "p1", Line: 8}
	sum := batch.Summary{Progress: batch.Progress{BatchTotals: activator.BatchTotals{Rows: 7}}}
	err := (&app{}).batchStopped(ended, batchOptions{in: "-", out: "-"}, &batch.Job{Name: "p1"}, sum)
	if have, want := err.Error(), ended.Error()+"\n7 rows are recorded; their answers were written, and come again."; have != want || !errors.Is(err, ended) {
		t.Errorf("after its end: have %q, want %q", have, want)
	}
	plain := errors.New("the disk is full")
	if err := (&app{}).batchStopped(plain, batchOptions{in: "x", out: "y"}, &batch.Job{Name: "x"}, batch.Summary{}); !errors.Is(err, plain) || err.Error() != plain.Error() {
		t.Errorf("before the first row: have %q, want %q alone", err, plain)
	}
}

// Progress stays in its line, however narrow the terminal and long the words are: a line
// that goes on in the next one cannot be written over.
func TestProgressStaysInItsLine(t *testing.T) {
	m := &meter{a: &app{}, src: &source{size: 1000}, started: time.Now().Add(-time.Minute)}
	m.src.read.Store(300)
	m.last = batch.Progress{BatchTotals: activator.BatchTotals{Rows: 1_000_000, Refused: 123_456}, Waiting: 23_456}
	bar := progress.New(progress.WithoutPercentage())
	m.bar = &bar
	for _, columns := range []int{200, 80, 79, 60, 40, 20, 1} {
		for _, m.plain = range []bool{false, true} {
			line := m.barred(columns)
			if have := ansi.StringWidth(line); have > columns {
				t.Errorf("%d columns: have %d: %q", columns, have, line)
			}
			if m.plain && strings.Contains(line, "\x1b") {
				t.Errorf("%d columns: have colors, want none: %q", columns, line)
			}
			if columns >= 79 && !strings.Contains(line, "wait for a seat") {
				t.Errorf("%d columns: have %q, want all of the words", columns, line)
			}
		}
	}
	if line := m.barred(200); !strings.HasPrefix(ansi.Strip(line), "▌▌") {
		t.Errorf("have %q, want a bar before the words", line)
	}
}
