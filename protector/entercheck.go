package protector

import (
	"slices"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// check applies what must hold for a genuine answer.
func (s *session) check(m attempt, a codes.Answer, machine hardware) error {
	d := m.definition
	switch {
	case d.Type == product.Recover:
		if err := s.recoveryDay(m); err != nil {
			return err
		}
	case s.lic.Tombstone != nil && d.Type != product.Reactivate:
		return refuse(ReasonDeactivated, "this copy is deactivated: only a reactivation counts, and this activation code is for definition %d (%s)", d.ID, d.Name).about(d.ID)
	case s.lic.Tombstone == nil && d.Type == product.Reactivate:
		return refuse(ReasonNotDeactivated, "this is a reactivation code, and this copy is not deactivated").about(d.ID)
	}
	if m.request >= 0 && !m.beside && s.misplaced() {
		return movedHere().about(d.ID)
	}
	if a.Day != 0 && !s.now.Before(a.Day.End()) && d.Type != product.Recover {
		note := ""
		if s.setBack {
			note = " (the clock shows an earlier time, but " + s.now.Format(minute) + " was seen already)"
		}
		return refuse(ReasonExpired, "this activation code had to be typed by %s%s: tell the vendor, who can renew it for the same request code", a.Day, note).about(d.ID)
	}
	kept := s.lic.profile(s.lic.Machine)
	switch {
	case m.beside:
		kept = s.beside.rec.profile(s.beside.rec.Requests[m.request].Machine)
	case m.request >= 0:
		kept = s.lic.profile(s.lic.Requests[m.request].Machine)
	}
	if now := compare(kept, machine, s.profile.Policy, false); !now.same {
		return now.refusal("the hardware of this machine changed since the request code was made (%s): make a new request code", now.words).about(d.ID)
	}
	return nil
}

// unmatched says why an answer fits nothing, as far as that can be known.
func (s *session) unmatched(code codes.Code, machine hardware) error {
	for _, number := range s.licenses() {
		if number == s.lic.License {
			continue
		}
		other, err := s.load(number)
		if err != nil || other.rec == nil {
			continue
		}
		if _, ok := s.find(s.attempts(other.rec, machine), code); ok {
			e := refuse(ReasonOtherLicense, "this activation code is for license %s, which was used on this machine before: enter its serial number again first", number)
			e.License = number
			return e
		}
	}
	if s.lost {
		return damagedState(s.lic.License)
	}
	if m, ok := s.find(s.answersTo(s.lic, s.lic.Older), code); ok {
		return refuse(ReasonOlderRequest, "this activation code is for an older request code, and a later answer or a code that gave something back took its place: ask for what is missing with a new request code").about(m.definition.ID)
	}
	if code.Kind() == codes.KindActivation {
		all, err := s.all(machine)
		if err != nil {
			return err
		}
		if err := s.short(all, code.Answer()); err != nil {
			return err
		}
	}
	switch requests := s.lic.Requests; {
	case code.Kind() == codes.KindActivation && len(requests) > 0 && !slices.ContainsFunc(s.profile.Definitions, func(d product.Definition) bool { return !d.Signed && !d.Type.Ends() }):
		return refuse(ReasonStrength, "%s takes signed activation codes only", s.profile.Name)
	case len(requests) > 0:
		return refuse(ReasonNoMatch, "this activation code answers none of the request codes of this machine: compare the one the vendor used with %s", requests[len(requests)-1].Code)
	case s.lic.Tombstone != nil:
		return refuse(ReasonNoRequest, "this copy is deactivated, and answers from before no longer count: make a request code for the reactivation")
	}
	return refuse(ReasonNoRequest, "no request code of this machine is waiting for this answer: make a request code and read it to the vendor")
}
