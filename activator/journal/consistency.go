package journal

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A proof of consistency is a text in two parts, with an empty line between them: the path, and the newer checkpoint.
//
//	manual-activator/1 journal consistency
//	old 641
//	path BASE64                                a hash of the consistency path (RFC 6962)
//
//	ORIGIN
//	...
//
// The older checkpoint is not in it: who checks brings the one that was kept.
const consistencyBegin = "manual-activator/1 journal consistency\n"

// Consistency shows to somebody who kept a checkpoint that a newer one continues it: nothing before it was changed,
// taken out or put in.
type Consistency struct {
	Old        uint64         // entries of the older checkpoint
	Path       tlog.TreeProof // the consistency path
	Checkpoint []byte         // the newer checkpoint
}

// Text returns the proof as it is written to a file.
func (c *Consistency) Text() []byte {
	w := leafWriter{}
	w.name(consistencyBegin).name("old ").number(int64(c.Old)).end()
	w.path(c.Path)
	w.end()
	return append(w.b, c.Checkpoint...)
}

// IsConsistency says whether a text begins as a proof of consistency does.
func IsConsistency(text []byte) bool { return strings.HasPrefix(string(text), consistencyBegin) }

// FindProof returns where the proof in a text begins: a receipt has words before it. It returns -1 where there is none.
func FindProof(text []byte) int {
	for _, begin := range []string{proofBegin, consistencyBegin} {
		if bytes.HasPrefix(text, []byte(begin)) {
			return 0
		}
		if i := bytes.Index(text, []byte("\n"+begin)); i >= 0 {
			return i + 1
		}
	}
	return -1
}

// ParseConsistency reads what [Consistency.Text] writes, and nothing else. It judges nothing: that is Check's.
func ParseConsistency(text []byte) (*Consistency, error) {
	if len(text) > MaxProof {
		return nil, fmt.Errorf("proof: %d bytes long, at most %d are allowed", len(text), MaxProof)
	}
	r, rest, err := openProof(text, consistencyBegin)
	if err != nil {
		return nil, err
	}
	c := &Consistency{}
	if !r.next("old") {
		r.fail("a line old")
	}
	c.Old = uint64(r.number(indexBits))
	c.Path = r.path()
	if err := r.close(); err != nil {
		return nil, err
	}
	c.Checkpoint = bytes.Clone(rest)
	if !bytes.Equal(c.Text(), text) {
		return nil, errors.New("proof: not in its canonical form")
	}
	return c, nil
}

// Check verifies that the newer checkpoint continues old, which [ParseCheckpoint] has verified, and returns it.
func (c *Consistency) Check(old Head, keys note.Verifiers) (Head, error) {
	head, err := ParseCheckpoint(c.Checkpoint, keys)
	switch {
	case err != nil:
		return Head{}, fmt.Errorf("proof: %w", err)
	case head.Origin != old.Origin:
		return Head{}, fmt.Errorf("proof: of the log %q, the checkpoint kept is of %q", head.Origin, old.Origin)
	case c.Old != old.Size:
		return Head{}, fmt.Errorf("proof: it begins with %d entries, the checkpoint kept has %d: have one made for that", c.Old, old.Size)
	case old.Size == 0 || head.Size < old.Size:
		return Head{}, fmt.Errorf("proof: from %d entries to %d, want more than none, and not fewer later", old.Size, head.Size)
	}
	if err := tlog.CheckTree(c.Path, int64(head.Size), head.Hash, int64(old.Size), old.Hash); err != nil {
		return Head{}, fmt.Errorf("proof: the newer checkpoint does not continue the one kept, of %d entries: something among them was changed, or the proof", old.Size)
	}
	return head, nil
}
