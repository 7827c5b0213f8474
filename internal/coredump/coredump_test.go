//go:build unix

package coredump

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestOff: the limit is zero for this process and for what it starts. It runs in a process
// of its own, since the limit cannot be raised again.
func TestOff(t *testing.T) {
	if os.Getenv("COREDUMP_CHILD") == "" {
		c := exec.Command(os.Args[0], "-test.run", "TestOff", "-test.v")
		c.Env = append(os.Environ(), "COREDUMP_CHILD=1")
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	Off()
	var have syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &have); err != nil || have.Cur != 0 || have.Max != 0 {
		t.Errorf("have %+v, %v, want a limit of 0", have, err)
	}
	if out, err := exec.Command("sh", "-c", "ulimit -c").Output(); err != nil || strings.TrimSpace(string(out)) != "0" {
		t.Errorf("of a child: have %q, %v, want 0", out, err)
	}
}
