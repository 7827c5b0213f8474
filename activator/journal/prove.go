package journal

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// TreeRows reads the parts of one log that proofs are computed from: runs of leaves, and of the stored roots of full
// subtrees. A yield that returns an error ends the reading with it. Both yield in order, and fewer where rows are
// missing.
type TreeRows interface {
	Leaves(from, to uint64, yield func(leaf []byte) error) error
	Roots(from, to uint64, yield func(hash []byte) error) error
}

// Prove makes the proof of the entry at index under the head of its log, without personal texts. It reads
// about SubtreeLeaves leaves, and the stored roots; a store calls it in Prove.
func Prove(head Head, index uint64, rows TreeRows) (*Proof, error) {
	if index >= head.Size {
		return nil, fmt.Errorf("proof of entry %d of log %q, which has %d: %w", index, head.Origin, head.Size, ErrNoEntry)
	}
	p := &Proof{Index: index, Checkpoint: head.Checkpoint}
	err := rows.Leaves(index, index+1, func(leaf []byte) error {
		p.Leaf = append([]byte(nil), leaf...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if p.Path, err = tlog.ProveRecord(int64(head.Size), int64(index), treeHashes{rows}); err != nil {
		return nil, unprovable(err)
	}
	if tlog.CheckRecord(p.Path, int64(head.Size), head.Hash, int64(index), tlog.RecordHash(p.Leaf)) != nil {
		return nil, errUnprovable
	}
	return p, nil
}

// ProveConsistency makes the proof that the head continues the log's first old entries; a store calls it in
// ProveConsistency. Whether these are what somebody kept is for who checks it to say.
func ProveConsistency(head Head, old uint64, rows TreeRows) (*Consistency, error) {
	if old == 0 || old > head.Size {
		return nil, fmt.Errorf("proof of consistency from %d entries of log %q, want 1 to %d", old, head.Origin, head.Size)
	}
	path, err := tlog.ProveTree(int64(head.Size), int64(old), treeHashes{rows})
	if err != nil {
		return nil, unprovable(err)
	}
	return &Consistency{Old: old, Path: path, Checkpoint: head.Checkpoint}, nil
}

var errUnprovable = errors.New("no proof can be made: the entries do not give the signed head: the journal was changed; verify it")

var errShort = errors.New("rows are missing")

func unprovable(err error) error {
	if errors.Is(err, errShort) {
		return errUnprovable
	}
	return err
}

// treeHashes computes hashes of a tree: within a full subtree from its leaves, above from the roots.
type treeHashes struct{ rows TreeRows }

// ReadHashes implements [tlog.HashReader].
func (t treeHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		var f Frontier
		var err error
		if level < subtreeLevel {
			from := uint64(n) << level
			err = t.rows.Leaves(from, from+1<<level, func(leaf []byte) error {
				f.Add(leaf)
				return nil
			})
		} else {
			level -= subtreeLevel
			from := uint64(n) << level
			err = t.rows.Roots(from, from+1<<level, func(hash []byte) error {
				if len(hash) != tlog.HashSize {
					return errShort
				}
				f.AddHash(tlog.Hash(hash))
				return nil
			})
		}
		if err == nil && f.Size != 1<<level {
			err = errShort
		}
		if err != nil {
			return nil, err
		}
		hashes[i] = f.Root()
	}
	return hashes, nil
}
