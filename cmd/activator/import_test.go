package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A large import that is killed and given again registers each order once.
func TestImportKilled(t *testing.T) {
	office, _ := newTestOffice(t, 1, 0)
	const rows = 3000
	var b bytes.Buffer
	b.WriteString("product,customer,order\n")
	for i := range rows {
		fmt.Fprintf(&b, "press-studio,Customer %d,N-%d\n", i, i)
	}
	orders := filepath.Join(office.dir, "new.csv")
	if err := os.WriteFile(orders, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(office.dir, "serials.csv")
	run := func(after time.Duration) error {
		cmd := office.command("license", "import", orders, "-o", out)
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
	cmd := office.command("license", "list", "--json")
	list, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(list, []byte(`"order":"N-`)); n != rows {
		t.Errorf("have %d licenses, want %d", n, rows)
	}
}
