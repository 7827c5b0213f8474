//go:build unix

package coredump

import "syscall"

// Off forbids core dumps of this process and of those that it starts. Where the system
// does not let it, nothing is lost: a Go program dumps only when $GOTRACEBACK says so.
func Off() {
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
}
