package journal

import (
	"crypto/sha256"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// SubtreeLeaves is the number of leaves under one stored subtree root. Hashes between leaves and these roots are
// computed again when needed; those above follow from the roots.
const SubtreeLeaves = 1 << subtreeLevel

const subtreeLevel = 8

// Frontier is what is needed to append to a Merkle tree (RFC 6962): the roots of the full subtrees that its leaves
// fall into, largest first, one per bit of Size. The zero Frontier is the empty tree.
type Frontier struct {
	Size   uint64
	hashes []tlog.Hash
}

// Add appends a record. If that completes a subtree of SubtreeLeaves leaves, its root is returned with full true; its
// number is Size/SubtreeLeaves-1 then.
func (f *Frontier) Add(record []byte) (root tlog.Hash, full bool) {
	return f.AddHash(tlog.RecordHash(record))
}

// AddHash is Add for a record that was hashed by tlog.RecordHash.
func (f *Frontier) AddHash(h tlog.Hash) (root tlog.Hash, full bool) {
	n := len(f.hashes)
	for level := 0; level < bits.TrailingZeros64(^f.Size); level++ {
		n--
		h = tlog.NodeHash(f.hashes[n], h)
		if level+1 == subtreeLevel {
			root, full = h, true
		}
	}
	f.hashes = append(f.hashes[:n], h)
	f.Size++
	return root, full
}

// Root returns the tree hash. That of the empty tree is SHA-256 of nothing, as RFC 6962 has it.
func (f *Frontier) Root() tlog.Hash {
	if f.Size == 0 {
		return sha256.Sum256(nil)
	}
	h := f.hashes[len(f.hashes)-1]
	for i := len(f.hashes) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.hashes[i], h)
	}
	return h
}

// Bytes returns the hashes in a row, 32 bytes each, largest subtree first.
func (f *Frontier) Bytes() []byte {
	b := make([]byte, 0, len(f.hashes)*tlog.HashSize)
	for _, h := range f.hashes {
		b = append(b, h[:]...)
	}
	return b
}

// ParseFrontier reads what Bytes returned, for a tree of size leaves.
func ParseFrontier(size uint64, b []byte) (Frontier, error) {
	if want := bits.OnesCount64(size) * tlog.HashSize; len(b) != want || size > MaxIndex+1 {
		return Frontier{}, fmt.Errorf("frontier of %d leaves has %d bytes, want %d", size, len(b), want)
	}
	f := Frontier{Size: size, hashes: make([]tlog.Hash, len(b)/tlog.HashSize, len(b)/tlog.HashSize+2)}
	for i := range f.hashes {
		copy(f.hashes[i][:], b[i*tlog.HashSize:])
	}
	return f, nil
}

// RootOver returns the tree hash over full subtrees and the leaves behind them: roots was fed their roots by AddHash,
// rest the records that follow.
func RootOver(roots, rest *Frontier) tlog.Hash {
	if rest.Size == 0 {
		return roots.Root()
	}
	h := rest.Root()
	for i := len(roots.hashes) - 1; i >= 0; i-- {
		h = tlog.NodeHash(roots.hashes[i], h)
	}
	return h
}
