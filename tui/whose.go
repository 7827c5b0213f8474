package tui

import (
	"context"
	"errors"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// An entry names its license by number; people know its customer.

// addCustomers looks up the customers of the licenses that entries name, as far as
// they are not in names yet.
func addCustomers(ctx context.Context, office Office, names map[codes.LicenseNumber]string, entries []journal.Entry) error {
	for i := range entries {
		n := entries[i].License
		if _, known := names[n]; known || n == 0 {
			continue
		}
		l, err := office.License(ctx, n)
		var unknown *activator.UnknownLicenseError
		switch {
		case errors.As(err, &unknown): // a code may name any number
			names[n] = ""
		case err != nil:
			return err
		default:
			names[n] = l.Customer
		}
	}
	return nil
}

// about are the erasable texts of an entry in one line, the customer of its license
// first where the entry itself does not say it.
func about(e *journal.Entry, names map[codes.LicenseNumber]string) string {
	if c := activator.Collided(e); len(c) > 0 {
		return sentence(c[0])
	}
	texts := personal(e)
	switch who := names[e.License]; {
	case who == "" || strings.Contains(texts, who):
		return texts
	case texts == "":
		return who
	default:
		return who + " · " + texts
	}
}

// mostFollowed bounds the licenses whose entries a text search follows: words that
// more customers have say nothing.
const mostFollowed = 1000

// licensesOf are the licenses whose customer, order or number has the words, at most
// [mostFollowed].
func licensesOf(ctx context.Context, office Office, words string) (map[codes.LicenseNumber]bool, error) {
	found := map[codes.LicenseNumber]bool{}
	for l, err := range office.Licenses(ctx, journal.LicenseQuery{Words: words, Limit: mostFollowed}) {
		if err != nil {
			return nil, err
		}
		found[l.Number] = true
	}
	return found, nil
}
