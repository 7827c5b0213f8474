package batchbench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// BenchmarkWhole runs the program itself on the table, from its start to its end: as many
// rows as the benchmarks beside it have.
func BenchmarkWhole(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "activator")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/activator").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	// The program looks at the real clock, and what a machine gives back was answered today.
	o, err := NewOffice(filepath.Join(dir, "vendor"), rowCount, 1, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	var table bytes.Buffer
	if err := o.WriteCSV(&table, rowCount, 1); err != nil {
		b.Fatal(err)
	}
	if err := o.Close(); err != nil {
		b.Fatal(err)
	}
	orders := filepath.Join(dir, "orders.csv")
	if err := os.WriteFile(orders, table.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("dry", func(b *testing.B) { whole(b, program, o, orders, "--dry-run") })
	b.Run("recorded", func(b *testing.B) { whole(b, program, o, orders) })
}

// whole runs the program once for each b.N, in a copy of the office.
func whole(b *testing.B, program string, o *Office, orders string, flags ...string) {
	var cpu time.Duration
	for i := range b.N {
		b.StopTimer()
		dir := filepath.Join(b.TempDir(), fmt.Sprint("run", i))
		vendor := filepath.Join(dir, "vendor")
		if err := copyFolder(o.Dir, vendor); err != nil {
			b.Fatal(err)
		}
		cmd := exec.Command(program, append([]string{"batch", orders, "-o", filepath.Join(dir, "answers.csv"), "--json"}, flags...)...)
		cmd.Env = append(os.Environ(), "ACTIVATOR_DIR="+vendor, "XDG_CONFIG_HOME="+dir, "ACTIVATOR_PASSPHRASE="+Passphrase)
		var said bytes.Buffer
		cmd.Stderr = &said
		b.StartTimer()
		out, err := cmd.Output()
		b.StopTimer()
		if state := cmd.ProcessState; state == nil || state.ExitCode() != 3 || !bytes.Contains(out, fmt.Appendf(nil, `"rows":%d`, rowCount)) {
			b.Fatalf("%v: %s%s; want status 3, since some rows are refused, and %d rows", err, out, said.Bytes(), rowCount)
		}
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		b.StartTimer()
	}
	perRow(b, rowCount, cpu)
}
