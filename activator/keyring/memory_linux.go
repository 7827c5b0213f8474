package keyring

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// locked is memory for root secrets that the system neither swaps out nor writes into
// a core dump, as far as it lets us. It is carved up and never given back: a root has
// 32 bytes, and a process opens few keyrings.
var locked struct {
	mu   sync.Mutex
	left []byte
}

// lockedBytes returns 32 zero bytes for a root secret.
func lockedBytes() *[32]byte {
	locked.mu.Lock()
	defer locked.mu.Unlock()
	if len(locked.left) < 32 {
		page, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			return new([32]byte)
		}
		// A limit may forbid either: the keyring works all the same, see the package's doc.
		_ = unix.Mlock(page)
		_ = unix.Madvise(page, unix.MADV_DONTDUMP)
		locked.left = page
	}
	b := (*[32]byte)(locked.left)
	locked.left = locked.left[32:]
	return b
}
