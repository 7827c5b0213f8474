package activator

import (
	"context"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Order numbers are compared sign by sign: there are systems in which A-17 and a-17 are
// two orders. In most it is one that was typed twice, and then it would be sold twice.
// So a new license says so when there is such an order; nothing is refused.

// alike notes in new licenses of a product which other order differs from theirs by
// capitals alone, among ls and those registered before, as far as these are all small or
// all capital: what is typed at a desk and what a system prints.
func (s *Session) alike(ctx context.Context, uid codes.UID, ls, fresh []*License) error {
	var w journal.Wanted
	for _, l := range fresh {
		for _, other := range otherCase(l.Order) {
			w.Orders = append(w.Orders, journal.OrderRef{Product: uid, Order: other})
		}
	}
	if len(w.Orders) == 0 {
		return nil // no letters in them
	}
	facts, err := s.desk.store.Facts(ctx, w)
	if err != nil {
		return err
	}
	first := map[string]string{}
	for _, l := range ls {
		key := strings.ToLower(l.Order)
		if other, found := first[key]; found && l.Order != "" && !l.Existing {
			l.Alike = other
			continue
		}
		first[key] = l.Order
		if l.Existing {
			continue
		}
		for _, other := range otherCase(l.Order) {
			if _, there := facts.Orders[journal.OrderRef{Product: uid, Order: other}]; there {
				l.Alike = other
			}
		}
	}
	return nil
}

// otherCase is an order number all small and all capital, without the one it is.
func otherCase(order string) (others []string) {
	for _, s := range []string{strings.ToUpper(order), strings.ToLower(order)} {
		if s != order && len(s) <= maxCustomer {
			others = append(others, s)
		}
	}
	return others
}
