package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// A reader that goes away ends a batch that answers row by row with a sentence and a status,
// not with a signal; and what is printed goes on.
func TestBatchReaderGone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: no signal for pipes here")
	}
	o, table := newTestOffice(t, 2, 20)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	cmd := o.command("batch", "-")
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = table, w, &stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitCould {
		t.Fatalf("have %v, want exit status %d\n%s", err, exitCould, stderr.String())
	}
	for _, want := range []string{"the output cannot be written", "To go on:", "--name 'standard input "} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("have %q, want %q in it", stderr.String(), want)
		}
	}
}
