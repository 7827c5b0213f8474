package tui

import (
	"cmp"
	"context"
	"slices"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// life is what happened to a license.
type life struct {
	entries    []journal.Entry // the newest first
	more       bool            // there are older ones
	collisions []string        // what two desks did though it may be done once
}

// lifeOf reads the newest entries of a license's life. Where journals of other desks were brought in, everything at
// whichever desk stands by its time, and what collided beside it; only then the whole life is read for it, or as much as
// deep says.
func lifeOf(ctx context.Context, office Office, number codes.LicenseNumber, most, deep int) (life, error) {
	merged := false
	for _, err := range office.Entries(ctx, journal.Query{Kinds: []journal.Kind{journal.KindMerge}, Newest: true, Limit: 1}) {
		if err != nil {
			return life{}, err
		}
		merged = true
	}
	q := journal.Query{License: number, Newest: true, Limit: most + 1}
	if merged {
		q.Limit = deep
	}
	var history []journal.Entry
	for e, err := range office.Entries(ctx, q) {
		if err != nil {
			return life{}, err
		}
		history = append(history, e)
	}
	slices.Reverse(history)
	var l life
	l.entries, l.collisions = activator.Life(history)
	l.entries = append(l.entries, tellers(history)...)
	if merged {
		slices.SortStableFunc(l.entries, func(a, b journal.Entry) int { return cmp.Compare(a.At.UnixMicro(), b.At.UnixMicro()) })
	}
	slices.Reverse(l.entries)
	if l.more = len(l.entries) > most; l.more {
		l.entries = l.entries[:most]
	}
	return l, nil
}

// tellers are the entries of a life that tell what collided, each sentence once.
func tellers(history []journal.Entry) (all []journal.Entry) {
	told := map[string]bool{}
	for i := range history {
		fresh := false
		for _, c := range activator.Collided(&history[i]) {
			fresh = fresh || !told[c]
			told[c] = true
		}
		if fresh {
			all = append(all, history[i])
		}
	}
	return all
}
