package protector

import (
	"bytes"
	"cmp"
	"slices"
)

// choose returns the record that counts among the genuine copies of one state, nil
// among none: the newest by generation, then by sequence; but a tombstone beats
// every copy that holds the key it ended, however new that copy is. (Two places
// that could not be written at the same time can go separate ways: one is
// deactivated, the other lives on from the same key.) A copy that checked something
// in beats one that lives on from before in the same way.
func choose(copies []*record) *record {
	var best *record
	for _, c := range copies {
		if best == nil || newer(c, best) > 0 {
			best = c
		}
	}
	if best == nil || best.Tombstone != nil {
		return best
	}
	var over *record
	for _, c := range copies {
		if beats(c, best) && (over == nil || stronger(c, over)) {
			over = c
		}
	}
	if over != nil {
		return over
	}
	return best
}

// stronger reports whether a counts rather than b, both of which beat the newest.
func stronger(a, b *record) bool {
	if (a.Tombstone != nil) != (b.Tombstone != nil) {
		return a.Tombstone != nil
	}
	return newer(a, b) > 0
}

// newer compares two copies of one state.
func newer(a, b *record) int {
	return cmp.Or(
		cmp.Compare(a.Generation, b.Generation),
		cmp.Compare(a.Sequence, b.Sequence),
		bytes.Compare(a.json(), b.json()), // any order, but the same on every machine
	)
}

// beats reports whether t gave back what c goes on using: t is a tombstone, or went
// through a check-in, and c has or had the key that this ended and not the one that
// it left. Of two copies that each gave back something the newer one counts.
func beats(t, c *record) bool {
	if t.Tombstone != nil {
		return slices.Contains(c.Lineage, t.Tombstone.Ended) && !slices.Contains(c.Lineage, t.Key.ID())
	}
	return returned(t, c) && !returned(c, t)
}

// returned reports whether t went through a check-in from a key of c that c did not
// go through.
func returned(t, c *record) bool {
	for _, left := range t.Returns {
		i := slices.Index(t.Lineage, left)
		if i > 0 && slices.Contains(c.Lineage, t.Lineage[i-1]) && !slices.Contains(c.Lineage, left) {
			return true
		}
	}
	return false
}
