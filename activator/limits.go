package activator

import "github.com/manual-activator/manual-activator/codes"

// limits counts what the license had within its period.
func (ru *ruling) limits(why cause) {
	l := ru.r.limits
	var max int
	var what string
	switch why {
	case causeReissue:
		max, what = l.Reissues, sayReissues
	case causeMoved:
		max, what = l.Reissues, sayMoves
	case causeReactivate:
		max, what = l.Reactivations, sayReactivations
	case causeRecover:
		max, what = l.Reissues, sayRecoveries
	case causeFirst:
		ru.transfers()
		return
	default:
		ru.skip(checkLimits, sayNoLimit)
		return
	}
	since := ru.now.AddDate(0, 0, -l.PeriodDays)
	n := 0
	for _, a := range ru.r.history.answers {
		if a.answer.cause != why || a.at.Before(since) {
			continue
		}
		if (why == causeReissue || why == causeRecover) && a.ref.fingerprint != ru.r.Statement.Fingerprint || why == causeMoved && a.home != ru.r.node.home {
			continue
		}
		n++
	}
	if n >= max {
		ru.doubt(checkLimits, sayLimit(what, n, max, l.PeriodDays))
		return
	}
	ru.pass(checkLimits, sayWithinLimit(what, n+1, max, l.PeriodDays))
}

// transfers counts how often seats went on to other machines: machines activated
// within the period, above the seats. The limit is that of reactivations: both are
// what give-backs are for.
func (ru *ruling) transfers() {
	l := ru.r.limits
	since := ru.now.AddDate(0, 0, -l.PeriodDays)
	var others map[codes.Fingerprint]bool
	for _, a := range ru.r.history.answers {
		if fp := a.ref.fingerprint; a.answer.cause == causeFirst && !a.at.Before(since) && fp != ru.r.Statement.Fingerprint {
			if others == nil {
				others = map[codes.Fingerprint]bool{}
			}
			others[fp] = true
		}
	}
	switch n := 1 + len(others) - ru.r.License.Seats; {
	case n <= 0:
		ru.skip(checkLimits, sayNoLimit)
	case n > l.Reactivations:
		ru.doubt(checkLimits, sayLimit(sayTransfers, n-1, l.Reactivations, l.PeriodDays))
	default:
		ru.pass(checkLimits, sayWithinLimit(sayTransfers, n, l.Reactivations, l.PeriodDays))
	}
}
