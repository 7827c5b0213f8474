package keyring

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// Root secrets are kept out of swap and of core dumps: the kernel's own list of this process's memory says so.
func TestRootsAreNotSwapped(t *testing.T) {
	at := uintptr(unsafe.Pointer(newRoot().bytes()))
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skipf("the kernel does not tell: %v", err)
	}
	defer f.Close()
	inside := false
	for s := bufio.NewScanner(f); s.Scan(); {
		var from, to uintptr
		if n, _ := fmt.Sscanf(s.Text(), "%x-%x ", &from, &to); n == 2 {
			inside = from <= at && at < to
			continue
		}
		flags, ok := strings.CutPrefix(s.Text(), "VmFlags:")
		if !inside || !ok {
			continue
		}
		have := strings.Fields(flags)
		if !slices.Contains(have, "dd") {
			t.Errorf("core dumps: have flags %v of the page with a root, want dd among them", have)
		}
		var limit syscall.Rlimit
		const memlock = 8 // RLIMIT_MEMLOCK
		if err := syscall.Getrlimit(memlock, &limit); err != nil || limit.Cur < uint64(os.Getpagesize()) {
			t.Skipf("this process may lock nothing: %+v, %v", limit, err)
		}
		if !slices.Contains(have, "lo") {
			t.Errorf("swap: have flags %v of the page with a root, want lo among them", have)
		}
		return
	}
	t.Fatal("have no mapping with the root in it, want one")
}
