package main

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

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
	plain := errors.New("the disk is full")
	if err := (&app{}).batchStopped(plain, batchOptions{in: "x", out: "y"}, &batch.Job{Name: "x"}, batch.Summary{}); !errors.Is(err, plain) || err.Error() != plain.Error() {
		t.Errorf("before the first row: have %q, want %q alone", err, plain)
	}
}
