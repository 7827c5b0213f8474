package main

import (
	"bytes"
	"context"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/internal/batchbench"
)

// TestBatchKilled kills a batch at random moments, goes on with it, and compares the
// last output with that of an undisturbed run: byte for byte the same, and no row is
// recorded twice.
func TestBatchKilled(t *testing.T) {
	kills, rows := 8, 4000
	if s := os.Getenv(killsEnv); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%s: have %q, want a number", killsEnv, s)
		}
		kills = n
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	whole, err := batchbench.NewOffice(filepath.Join(dir, "whole"), rows/2, 1, now)
	if err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(dir, "orders.csv")
	var b bytes.Buffer
	if err := whole.WriteCSV(&b, rows, 3); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(table, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	killed, err := whole.Copy(filepath.Join(dir, "killed"))
	if err != nil {
		t.Fatal(err)
	}
	whole.Close()
	killed.Close()
	// run runs the batch and kills it after a while; it reports whether it came to its end.
	run := func(office, out string, after time.Duration, args ...string) bool {
		cmd := exec.Command(program("activator"), append([]string{"batch", table, "-o", out, "--dir", office, "--operator", "anna"}, args...)...)
		cmd.Env = append(os.Environ(), "ACTIVATOR_PASSPHRASE="+batchbench.Passphrase, "FAKETIME="+now.Format(time.RFC3339), "XDG_CONFIG_HOME="+office+"-config", "HOME="+office+"-config")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
		defer timer.Stop()
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != exitRefused {
			if cmd.ProcessState.Exited() {
				t.Fatalf("%v: %s", err, stderr.String())
			}
			return false
		}
		return true
	}
	start := time.Now()
	want := filepath.Join(dir, "want.csv")
	if !run(filepath.Join(dir, "whole"), want, time.Hour) {
		t.Fatal("the undisturbed run was killed")
	}
	took := time.Since(start)
	w, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	have := filepath.Join(dir, "have.csv")
	died := 0
	for range kills {
		after := time.Duration(mrand.Int64N(int64(took)))
		if run(filepath.Join(dir, "killed"), have, after, "--resume") {
			continue
		}
		died++
		if h, err := os.ReadFile(have); err == nil && !bytes.Equal(h, w) { // it may be there: a kill can come after the last step
			t.Errorf("a run that was killed left an output: want it whole or not at all\n%s", firstDifference(h, w))
		}
	}
	run(filepath.Join(dir, "killed"), have, time.Hour, "--resume")
	t.Logf("%d of %d runs of %v were killed before their end", died, kills, took)
	h, err := os.ReadFile(have)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(w, h) {
		t.Errorf("after %d kills: have another output, want the same\n%s", died, firstDifference(h, w))
	}
	if err := killed.Reopen(); err != nil {
		t.Fatal(err)
	}
	defer killed.Close()
	if _, err := killed.Session.Verify(context.Background()); err != nil {
		t.Error(err)
	}
	n := 0
	for _, err := range killed.Session.Entries(context.Background(), journal.Query{Batch: "orders.csv"}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != rows+2 {
		t.Errorf("have %d entries of the batch, want one for each of %d rows, its beginning and its end", n, rows)
	}
}

func firstDifference(have, want []byte) string {
	h, w := bytes.Split(have, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(h), len(w)) {
		if !bytes.Equal(h[i], w[i]) {
			return "line " + strconv.Itoa(i+1) + ":\nhave " + string(h[i]) + "\nwant " + string(w[i])
		}
	}
	return "have " + strconv.Itoa(len(h)) + " lines, want " + strconv.Itoa(len(w))
}
