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
// deactivated, the other lives on from the same key.)
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
		if beats(c, best) && (over == nil || newer(c, over) > 0) {
			over = c
		}
	}
	if over != nil {
		return over
	}
	return best
}

// newer compares two copies of one state.
func newer(a, b *record) int {
	return cmp.Or(
		cmp.Compare(a.Generation, b.Generation),
		cmp.Compare(a.Sequence, b.Sequence),
		bytes.Compare(a.json(), b.json()), // any order, but the same on every machine
	)
}

// beats reports whether t is a tombstone and c a copy that has or had the key that
// t ended, and has not come back from t by a reactivation.
func beats(t, c *record) bool {
	return t.Tombstone != nil &&
		slices.Contains(c.Lineage, t.Tombstone.Ended) &&
		!slices.Contains(c.Lineage, t.Key.ID())
}
