//go:build !unix

package unprivileged

import "testing"

// Bound reports whether a folder can be made read-only for the user of this process by
// its mode: not on this system.
func Bound() bool { return false }

// Run skips the calling test: there is no other user to run it as.
func Run(t *testing.T, name string, env ...string) {
	t.Skip("no user can be bound by the mode of a folder here")
}
