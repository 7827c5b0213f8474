package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/internal/batchbench"
)

// A large import that is killed and given again registers each order once.
func TestImportKilled(t *testing.T) {
	dir := t.TempDir()
	o, err := batchbench.NewOffice(filepath.Join(dir, "vendor"), 1, 1, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	o.Close()
	const rows = 3000
	var b bytes.Buffer
	b.WriteString("product,customer,order\n")
	for i := range rows {
		fmt.Fprintf(&b, "press-studio,Customer %d,N-%d\n", i, i)
	}
	orders := filepath.Join(dir, "orders.csv")
	if err := os.WriteFile(orders, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "serials.csv")
	run := func(after time.Duration) error {
		cmd := exec.Command(program("activator"), "license", "import", orders, "-o", out, "--dir", filepath.Join(dir, "vendor"))
		cmd.Env = append(os.Environ(), "ACTIVATOR_PASSPHRASE="+batchbench.Passphrase, "XDG_CONFIG_HOME="+dir, "HOME="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
		defer timer.Stop()
		return cmd.Wait()
	}
	for _, after := range []time.Duration{300, 500, 700} {
		err := run(after * time.Millisecond)
		if _, there := os.Stat(out); err == nil || there == nil { // it may be there after a kill, and is whole then
			break
		}
	}
	text, err := os.ReadFile(out)
	if errors.Is(err, fs.ErrNotExist) {
		if err := run(time.Hour); err != nil {
			t.Fatal(err)
		}
		text, err = os.ReadFile(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != rows+1 || !strings.Contains(lines[rows], fmt.Sprintf("N-%d,", rows-1)) {
		t.Errorf("have %d lines, the last one %q, want %d in their order", len(lines), lines[len(lines)-1], rows+1)
	}
	cmd := exec.Command(program("activator"), "license", "list", "--json", "--dir", filepath.Join(dir, "vendor"))
	list, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(list, []byte(`"order":"N-`)); n != rows {
		t.Errorf("have %d licenses, want %d", n, rows)
	}
}
