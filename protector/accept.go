package protector

import (
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// accept returns the record after an answer that fits was accepted: what it makes
// active, the key that follows, and one generation more. The answered request is
// gone; the others stay answerable, each under the key it was made under. began is
// when the built-in trial began, 0 for never.
func accept(live *record, m attempt, code codes.Code, p *product.Profile, began int64, now time.Time) (*record, error) {
	rec := live.clone()
	d, a := m.definition, code.Answer()
	g := grant{Definition: d.ID, Type: d.Type, Parameter: a.Parameter, Release: m.terms.Release, Since: now.Unix()}
	switch d.Type {
	case product.Release:
		if a.Parameter > uint32(codes.MaxDay) {
			return nil, refuse(ReasonAnswerValue, "this activation code names a last day that does not exist (%d): ask the vendor for another one", a.Parameter).about(d.ID)
		}
		rec.hold(g)
	case product.Feature:
		rec.hold(g)
	case product.TrialDays:
		end := trialEnd(rec, p, began)
		if now.After(end) {
			end = now
		}
		g.Until = end.Add(time.Duration(min(a.Parameter, longestTrial)) * 24 * time.Hour).Unix()
		rec.hold(g)
	case product.Reactivate:
		rec.Active = slices.Clone(rec.Tombstone.Ends)
		rec.Tombstone = nil
	default:
		return nil, refuse(ReasonNotYet, "definition %d (%s) is of type %s, which is not in this version yet", d.ID, d.Name, d.Type).about(d.ID)
	}
	if m.request < 0 {
		rec.Generation++
		rec.Requests = slices.DeleteFunc(rec.Requests, func(q outstanding) bool { return q.Code.Statement().Definition == d.ID })
	} else {
		q := rec.Requests[m.request]
		rec.Fingerprint, rec.Machine = m.terms.Fingerprint, q.Machine
		rec.Requests = slices.Delete(rec.Requests, m.request, m.request+1)
		rec.setKey(m.key.After(m.terms, a.Tag))
	}
	rec.Answered = append(rec.Answered, answered{Random: m.terms.Random, Definition: d.ID, Code: code, At: now.Unix()})
	return rec, nil
}

// trialEnd is when the trial ends: the built-in one, or what answers extended it to.
// The zero time means that there is none.
func trialEnd(rec *record, p *product.Profile, began int64) time.Time {
	var end time.Time
	if p.Trial.Days > 0 && began != 0 {
		end = time.Unix(began, 0).Add(time.Duration(p.Trial.Days) * 24 * time.Hour)
	}
	if rec == nil {
		return end
	}
	for _, g := range rec.Active {
		if until := time.Unix(g.Until, 0); g.Until != 0 && until.After(end) {
			end = until
		}
	}
	return end
}
