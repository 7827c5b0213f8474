package protector

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// definition returns the state of one definition.
func (s *session) definition(d product.Definition, machine hardware, unreadable error, unlimited bool, trial TrialStatus) DefinitionStatus {
	out := DefinitionStatus{Definition: d.Clone()}
	say := func(st State, r Reason, format string, args ...any) DefinitionStatus {
		out.State, out.Reason, out.Detail = st, r, fmt.Sprintf(format, args...)
		return out
	}
	if s.lic == nil {
		return s.unlicensed(out, say)
	}
	if t := s.lic.Tombstone; t != nil {
		for _, e := range t.Ends {
			if e.Definition == d.ID {
				out.Parameter, out.Since = e.Parameter, time.Unix(e.Since, 0).UTC()
				return say(Deactivated, ReasonDeactivated, "deactivated on %s", time.Unix(t.At, 0).UTC().Format(minute))
			}
		}
	}
	g, held := s.lic.held(d.ID)
	if !held {
		return s.notHeld(out, machine, unreadable, unlimited, trial, say)
	}
	out.Parameter, out.Since = g.Parameter, time.Unix(g.Since, 0).UTC()
	if why, changed := s.obstacle(g, machine, unreadable); why != nil {
		out.Changed = changed
		return say(Inactive, why.Reason, "%s", why.Text)
	}
	day, over := s.lastDay()
	if over && !unlimited && g.Type != product.Unlimited {
		out.Until = day.End()
		return say(Expired, ReasonLastDayOver, "its last day was %s: ask for a new activation", day)
	}
	switch {
	case g.Type.Trial():
		if g.Type == product.TrialDays && !unlimited {
			out.Until = trial.Ends
		}
		return say(trial.State, trial.Reason, "%s", trial.Detail)
	case takesDay(g.Type) && g.Parameter != 0 && unlimited:
		return say(Active, ReasonUnlimited, "its last day, %s, does not count any more", codes.Day(g.Parameter))
	case g.Type == product.ExpireOn:
		out.Until = codes.Day(g.Parameter).End()
		if g.Parameter != uint32(day) {
			return say(Active, ReasonLastDay, "a later activation moved the last day to %s", day)
		}
		return say(Active, ReasonLastDay, "everything ends after %s", day)
	case g.Type == product.Release && g.Parameter != 0:
		last := codes.Day(g.Parameter)
		if out.Until = last.End(); !s.now.Before(out.Until) {
			return say(Expired, ReasonLastDayOver, "the activation held until %s: ask for a new one", last)
		}
		return say(Active, ReasonProvisional, "active until %s", last)
	case g.Type == product.Feature:
		out.Names = d.Parameter.Named(g.Parameter)
		return say(Active, ReasonActive, "%s", inBits(d.Parameter, g.Parameter))
	}
	return say(Active, ReasonActive, "since %s", out.Since.Format(time.DateOnly))
}

// unlicensed is the state of a definition where no license's state can be read.
func (s *session) unlicensed(out DefinitionStatus, say func(State, Reason, string, ...any) DefinitionStatus) DefinitionStatus {
	switch {
	case s.licFile != nil:
		if q, ok := s.recovering(out.Definition); ok {
			return s.awaited(q, say)
		}
		return say(Inactive, ReasonStateDamaged, "%s", damagedState(s.licFile.license).Text)
	case s.baseFile.damaged():
		return say(Inactive, ReasonStateDamaged, "the activation state of this machine is damaged in every place: enter the serial number again")
	}
	return say(Inactive, ReasonNoLicense, "no license is known on this machine yet: enter the serial number")
}

// obstacle returns why a grant is not in force here, whatever its time, and the
// hardware that changed if it is that.
func (s *session) obstacle(g grant, machine hardware, unreadable error) (*Error, []fingerprint.Kind) {
	if err := s.honored(); err != nil {
		return err, nil
	}
	if err := s.unsigned(g); err != nil {
		return err, nil
	}
	if unreadable != nil {
		return refuse(ReasonHardwareUnreadable, "%v", unreadable), nil
	}
	if d, ok := s.profile.Definition(g.Definition); s.moved() && !(ok && d.Reusable) {
		return movedHere(), nil
	}
	if now := s.drift(machine); !now.same {
		return now.refusal("the hardware changed since the activation (%s): ask for a new activation", now.words), now.kinds
	}
	if !s.covered(g) {
		return refuse(ReasonReleaseNotCovered, "the license covers release %d, and this is release %d: ask the vendor for an upgrade", g.Release, s.profile.Release), nil
	}
	return nil, nil
}

// inBits says the value of a feature: the names of its bits, where it has some.
func inBits(p product.Parameter, value uint32) string {
	if len(p.Bits) == 0 {
		return fmt.Sprintf("with %d", value)
	}
	names := p.Named(value)
	if value>>len(p.Bits) != 0 || len(names) == 0 {
		names = append(names, fmt.Sprintf("%#x", value))
	}
	return "with " + strings.Join(names, ", ")
}

// notHeld is the state of a definition that no answer made active. A group is never
// active itself: it is what the worst of its leaves is, when each is active or was.
func (s *session) notHeld(out DefinitionStatus, machine hardware, unreadable error, unlimited bool, trial TrialStatus, say func(State, Reason, string, ...any) DefinitionStatus) DefinitionStatus {
	for _, q := range s.lic.Requests {
		if q.Code.Statement().Definition == out.ID {
			return s.awaited(q, say)
		}
	}
	if q, ok := s.recovering(out.Definition); ok {
		return s.awaited(q, say)
	}
	in, gave := s.lic.givenBack(out.ID)
	switch {
	case s.lic.Tombstone != nil:
		return say(Inactive, ReasonDeactivated, "this copy is deactivated")
	case gave && out.Type == product.CheckIn:
		return say(Inactive, ReasonCheckedIn, "given back on %s", time.Unix(in.At, 0).UTC().Format(minute))
	case out.Type == product.Composite && s.holds(out.Definition):
		for _, id := range out.Leaves {
			leaf, _ := s.profile.Definition(id)
			if st := s.definition(leaf, machine, unreadable, unlimited, trial); st.State != Active {
				return say(st.State, st.Reason, "%s", st.Detail)
			}
		}
		return say(Active, ReasonActive, "all of it is active")
	}
	return say(Inactive, ReasonNotActivated, "not activated")
}

// awaited is the state of a definition that was asked for.
func (s *session) awaited(q outstanding, say func(State, Reason, string, ...any) DefinitionStatus) DefinitionStatus {
	return say(Pending, ReasonAnswerAwaited, "a request code was made on %s and waits for its answer", time.Unix(q.Made, 0).UTC().Format(minute))
}

// recovering returns the outstanding request for a recovery, if there is one.
func (s *session) recovering(d product.Definition) (outstanding, bool) {
	if d.Type != product.Recover {
		return outstanding{}, false
	}
	l, err := s.recovery()
	if err != nil || l.rec == nil {
		return outstanding{}, false
	}
	for _, q := range slices.Backward(l.rec.Requests) {
		if q.Code.Statement().Definition == d.ID {
			return q, true
		}
	}
	return outstanding{}, false
}

// covered reports whether what was licensed covers the release that runs: it was
// asked for by this release or a later one, or the license file covers it, or
// nothing says otherwise.
func (s *session) covered(g grant) bool {
	v := s.profile.Release
	if g.Release >= v {
		return true
	}
	file := s.file()
	if file != nil && file.Grants.Release != 0 {
		return file.Grants.CoversRelease(v)
	}
	return !s.profile.Policy.ReactivateOnRelease
}
