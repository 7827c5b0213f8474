package activator

import (
	"cmp"
	"slices"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// Life is the history of a license for people: what happened, at whichever desk, by time. Entries that only take over
// another desk's are left out. collisions are what two desks did though it may be done once, each sentence once.
func Life(history []journal.Entry) (happened []journal.Entry, collisions []string) {
	several := false
	for i := range history {
		e := &history[i]
		several = several || e.ID.Log() != history[0].ID.Log()
		if _, taken := e.Restates(); !taken {
			happened = append(happened, *e)
			continue
		}
		for _, c := range e.Checks {
			if c.Name == checkMerge && c.Result == journal.Failed && !slices.Contains(collisions, c.Detail) {
				collisions = append(collisions, c.Detail)
			}
		}
	}
	if several {
		slices.SortStableFunc(happened, func(a, b journal.Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	}
	return happened, collisions
}
