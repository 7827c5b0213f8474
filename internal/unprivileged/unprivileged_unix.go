//go:build unix

package unprivileged

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Bound reports whether permissions bind the user of this process: they do not bind root.
func Bound() bool { return os.Geteuid() != 0 }

// nobody is a user who owns nothing.
const nobody = 65534

// Run runs a test of this test program once more, as nobody and with env beside the
// environment. It must pass there, and not be skipped. name is as -test.run takes it,
// without anchors. Where nobody may not enter the folder of the package, the calling test
// is skipped.
func Run(t *testing.T, name string, env ...string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "unprivileged-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	tmp, program := filepath.Join(dir, "tmp"), filepath.Join(dir, "test")
	self, err := os.Executable()
	if err == nil {
		var data []byte
		if data, err = os.ReadFile(self); err == nil {
			err = os.WriteFile(program, data, 0o755)
		}
	}
	if err = errors.Join(err, os.Mkdir(tmp, 0o700), os.Chown(tmp, nobody, nobody), os.Chmod(dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "-test.v", "-test.run=^"+strings.ReplaceAll(name, "/", "$/^")+"$")
	c.Env = append(append(os.Environ(), "TMPDIR="+tmp, "HOME="+tmp), env...)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if c.Dir, err = os.Getwd(); err != nil {
		t.Fatal(err)
	}
	out, err := c.CombinedOutput()
	switch {
	case errors.Is(err, fs.ErrPermission):
		t.Skipf("nobody may not enter %s", c.Dir)
	case err != nil, !strings.Contains(string(out), "--- PASS: "+name), strings.Contains(string(out), "--- SKIP"):
		t.Fatalf("%s as nobody: have %v, want it passed\n%s", name, err, out)
	}
}
