package activator

import (
	"fmt"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// The standing of a license.

const (
	sayGoodStanding = "the license is in good standing"
	sayRevoked      = "the license was revoked"
	sayRefunded     = "the license was refunded"
)

func sayKeysRevoked(l codes.LicenseNumber) string {
	return fmt.Sprintf("license %v was made with the keys of epoch %d, which were revoked: others may have them, so no code of it can be told from a forged one; give the customer a new license with `activator license reissue %v`", l, l.Epoch(), l)
}

func sayRecordedAllTheSame(state string) string {
	return "the license is " + state + "; the give-back is recorded all the same"
}

func sayStandsAlready(state string) string {
	return "the license is " + sayStanding(state) + " already"
}

func sayBecomes(from, to string) string {
	return fmt.Sprintf("the license was %s and becomes %s", sayStanding(from), to)
}

func sayCannotBecome(state, from, to string) string {
	return fmt.Sprintf("the license is %s; only one that is %s can become %s", sayStanding(state), sayStanding(from), to)
}

func sayStanding(state string) string {
	if state == journal.Live {
		return "in good standing"
	}
	return state
}

func sayAmended(seats int, g product.Grants, bought string) string {
	s := count(seats, "seat") + ", " + bought
	if g.Release != 0 {
		s += fmt.Sprintf(", releases up to %d", g.Release)
	}
	return s
}

// The refund of a license.

const (
	sayNotRefunded    = "not refunded before"
	sayGoneNoProof    = "a machine was declared gone without proof"
	sayNoneReturned   = "machines were activated and none has given back: ask for their confirmation codes"
	sayNeverWasActive = "the license was never activated"
)

func sayRefundedSame(on time.Time) string {
	return "refunded on " + day(on) + " for this same reference; it counts once"
}

func sayRefundedBefore(on time.Time, operator string) string {
	return "this license was refunded already, on " + day(on) + " by " + operator
}

func sayNotAllBack(held []journal.Seat) string {
	return "not every machine is proven back: " + saySeats(held) + "; have each deactivated and its confirmation code read first"
}

func sayMayBeInUse(answers int) string {
	return count(answers, "answer") + " of this license may be in use: given, and never given back by itself"
}

func sayIncomplete(incomplete, all int) string {
	return fmt.Sprintf("%d of %s reported that something was left behind, or other hardware", incomplete, count(all, "confirmation code"))
}

func sayAllBack(confirmations int) string {
	return "every machine is proven back, by " + count(confirmations, "confirmation code")
}

// What an operator may not do.

func sayForbidden(operator string, a Action) string {
	return fmt.Sprintf("operator %q may not %s here", operator, a)
}
