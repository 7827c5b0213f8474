package protector

import (
	"fmt"
	"os"
	"syscall"
)

// identity tells a file from a copy of it: its number in the file system and the
// time it was made.
func (osDisk) identity(name string) (string, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", fmt.Errorf("%s: this system gives files no identity", name)
	}
	return fmt.Sprintf("%x-%x.%x", st.Ino, st.Birthtimespec.Sec, st.Birthtimespec.Nsec), nil
}
