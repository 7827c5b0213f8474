package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/internal/batchbench"
)

// A reader that goes away ends a batch that answers row by row with a sentence and a status,
// not with a signal; and what is printed goes on.
func TestBatchReaderGone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: no signal for pipes here")
	}
	dir := t.TempDir()
	o, err := batchbench.NewOffice(filepath.Join(dir, "vendor"), 2, 1, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := o.WriteCSV(&table, 20, 3); err != nil {
		t.Fatal(err)
	}
	o.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	cmd := exec.Command(program("activator"), "batch", "-", "--dir", filepath.Join(dir, "vendor"))
	cmd.Env = append(os.Environ(), "ACTIVATOR_PASSPHRASE="+batchbench.Passphrase, "XDG_CONFIG_HOME="+dir, "HOME="+dir)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &table, w, &stderr
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
