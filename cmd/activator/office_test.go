package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/internal/batchbench"
)

// testOffice is a vendor folder in a home of its own.
type testOffice struct{ dir string }

// newTestOffice makes a vendor folder with so many licenses and a table of rows for them.
func newTestOffice(t *testing.T, licenses, rows int) (o testOffice, table *os.File) {
	t.Helper()
	o.dir = t.TempDir()
	made, err := batchbench.NewOffice(filepath.Join(o.dir, "vendor"), licenses, 1, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	if table, err = os.Create(filepath.Join(o.dir, "orders.csv")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { table.Close() })
	if err := made.WriteCSV(table, rows, 3); err != nil {
		t.Fatal(err)
	}
	if _, err := table.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	return o, table
}

// command is the program in the office, with its passphrase.
func (o testOffice) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program("activator"), append(args, "--dir", filepath.Join(o.dir, "vendor"))...)
	cmd.Env = append(os.Environ(), "ACTIVATOR_PASSPHRASE="+batchbench.Passphrase, "XDG_CONFIG_HOME="+o.dir, "HOME="+o.dir)
	return cmd
}
