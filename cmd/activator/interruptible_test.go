package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// An interrupt ends a command that waits for its input, which may never come.
func TestInterruptedWhileWaiting(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: no interrupt can be sent here")
	}
	o, _ := newTestOffice(t, 1, 0)
	out := filepath.Join(o.dir, "out.csv")
	commands := [][]string{
		{"batch", "-"}, {"read", "-"}, {"license", "import", "-", "-o", out},
	}
	pipe := filepath.Join(o.dir, "pipe")
	if exec.Command("mkfifo", pipe).Run() == nil {
		commands = append(commands, []string{"batch", pipe}, []string{"license", "import", pipe, "-o", out})
	}
	for _, args := range commands {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := o.command(args...)
		var stderr bytes.Buffer
		cmd.Stdin, cmd.Stderr = r, &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		// The first interrupts may come before the program can take them.
		again, patience := time.NewTicker(200*time.Millisecond), time.After(time.Minute)
		for waiting := true; waiting; {
			select {
			case err := <-ended:
				var exit *exec.ExitError
				early := errors.As(err, &exit) && !exit.Exited() // before the program could take it
				if !early && (exit == nil || exit.ExitCode() != exitCould || !strings.Contains(stderr.String(), "interrupted")) {
					t.Errorf("%q: have %v and %q, want exit status %d and what happened", args, err, stderr.String(), exitCould)
				}
				waiting = false
			case <-again.C:
				_ = cmd.Process.Signal(os.Interrupt) // it may have ended
			case <-patience:
				t.Errorf("%q: it does not end", args)
				_ = cmd.Process.Kill()
				<-ended
				waiting = false
			}
		}
		again.Stop()
		r.Close()
		w.Close()
	}
}

// What is read through it is what was written, and the error comes behind it.
func TestInterruptibleReads(t *testing.T) {
	text := strings.Repeat("some rows\n", 20_000)
	broken := errors.New("the line broke")
	for name, r := range map[string]io.Reader{
		"whole":        strings.NewReader(text),
		"in halves":    iotest.HalfReader(strings.NewReader(text)),
		"end with it":  iotest.DataErrReader(strings.NewReader(text)),
		"and an error": io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)),
	} {
		have, err := io.ReadAll(&interruptible{ctx: t.Context(), r: r})
		if want := fmt.Sprint(map[bool]error{true: broken}[name == "and an error"]); string(have) != text || fmt.Sprint(err) != want {
			t.Errorf("%s: have %d bytes and %v, want %d and %s", name, len(have), err, len(text), want)
		}
	}
}
