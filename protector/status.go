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

// State is one of the five words for a definition.
type State string

// The states of a definition.
const (
	Active      State = "active"      // holds now
	Inactive    State = "inactive"    // does not hold
	Expired     State = "expired"     // held, and its time is over
	Deactivated State = "deactivated" // held, and was given back
	Pending     State = "pending"     // asked for, not answered yet
)

// DefinitionStatus is a definition on this machine.
type DefinitionStatus struct {
	product.Definition
	State     State
	Reason    Reason
	Detail    string             // a sentence for people
	Parameter uint32             // of the accepted answer
	Since     time.Time          // of the accepted answer; zero: none
	Until     time.Time          // end of a trial or a provisional release; zero: none
	Changed   []fingerprint.Kind // ReasonHardwareChanged: what changed
}

// TrialStatus is the trial, built in and extended.
type TrialStatus struct {
	Has    bool // the product or an answer gives one
	State  State
	Reason Reason
	Detail string
	Ends   time.Time
	Days   int // that are left, the running one included
}

// Status is what this machine may do.
type Status struct {
	Product      *product.Profile
	License      codes.LicenseNumber // 0: none
	Customer     string              // from the license file
	Fingerprint  codes.Fingerprint   // the name of this machine, if Named
	Named        bool                // the first request was made
	State        State               // of the whole: active if any release is, or the trial runs
	Reason       Reason
	Definitions  []DefinitionStatus // all of the product, in the order of ids
	Trial        TrialStatus
	Notes        []Note        // what else a program should show or log
	Confirmation *Confirmation // of the deactivation this machine is in
}

// Usable reports whether the program may run: a release is active, or the trial
// runs. A product without either asks for its definitions.
func (s *Status) Usable() bool { return s.State == Active }

// Definition returns a definition by its id.
func (s *Status) Definition(id uint8) (DefinitionStatus, bool) {
	for _, d := range s.Definitions {
		if d.ID == id {
			return d, true
		}
	}
	return DefinitionStatus{}, false
}

// Active reports whether a definition is active.
func (s *Status) Active(id uint8) bool {
	d, ok := s.Definition(id)
	return ok && d.State == Active
}

// Feature returns the number or bits of an active feature, 0 where it is not active.
func (s *Status) Feature(id uint8) uint32 {
	if d, ok := s.Definition(id); ok && d.State == Active && d.Type == product.Feature {
		return d.Parameter
	}
	return 0
}

// Status returns what this machine may do now. A damaged state is a Reason in it, not
// an error.
func (c *Client) Status() (*Status, error) {
	var out *Status
	err := c.session(func(s *session) error {
		out = s.status()
		return nil
	})
	return out, err
}

func (s *session) status() *Status {
	out := &Status{Product: s.profile}
	var machine hardware
	var unreadable error
	if s.lic != nil {
		out.License, out.Fingerprint = s.lic.License, s.lic.Fingerprint
		if f := s.file(); f != nil {
			out.Customer = f.Customer
		}
		if s.lic.Machine != "" {
			out.Named = true
			machine, unreadable = s.hardware()
		}
		if s.lic.Tombstone != nil {
			if c, err := s.confirmation(); err == nil {
				out.Confirmation = &c
			}
		}
	} else if s.licFile != nil {
		out.License = s.licFile.license
	}
	out.Trial = s.trial()
	for _, d := range s.profile.Definitions {
		out.Definitions = append(out.Definitions, s.definition(d, machine, unreadable, out.Trial))
	}
	out.State, out.Reason = s.whole(out)
	out.Notes = slices.Clone(s.notes)
	return out
}

// whole sums up: the best of the releases and the trial.
func (s *session) whole(st *Status) (State, Reason) {
	best, reason := st.Trial.State, st.Trial.Reason
	if best == "" {
		best, reason = Inactive, ReasonNotActivated
		if s.lic == nil {
			reason = ReasonNoLicense
		}
	}
	worth := []State{Inactive, Expired, Pending, Deactivated, Active}
	for _, d := range st.Definitions {
		if d.Type != product.Release {
			continue
		}
		if slices.Index(worth, d.State) > slices.Index(worth, best) || d.State == best && best == Inactive && d.Reason != ReasonNotActivated && d.Reason != ReasonNoLicense {
			best, reason = d.State, d.Reason
		}
	}
	return best, reason
}

// trial returns the state of the trial as such.
func (s *session) trial() TrialStatus {
	end := trialEnd(s.lic, s.profile, s.base.Trial)
	t := TrialStatus{Has: s.profile.Trial.Days > 0 || !end.IsZero(), Ends: end}
	switch {
	case !t.Has:
		if s.profile.Trial != (product.Trial{}) {
			t.Has, t.State, t.Reason, t.Detail = true, Inactive, ReasonNotYet, "the trial by hours or starts is not in this version yet"
		}
		return t
	case s.licFile != nil && s.lic == nil:
		t.State, t.Reason, t.Detail = Inactive, ReasonStateDamaged, damagedState(s.licFile.license).Text
	case s.lic == nil && s.baseFile.damaged():
		t.State, t.Reason, t.Detail = Inactive, ReasonStateDamaged, "the activation state of this machine is damaged in every place, so the trial cannot go on: enter the serial number"
	case s.lic != nil && s.lic.Tombstone != nil:
		t.State, t.Reason, t.Detail = Deactivated, ReasonDeactivated, "the deactivation ended the trial too"
	case s.unbegun:
		t.State, t.Reason, t.Detail = Inactive, ReasonTrialNotRecorded, "the trial cannot begin, since its begin cannot be written: check the permissions of the state's folder"
	case !s.now.Before(end):
		t.State, t.Reason, t.Detail = Expired, ReasonTrialOver, fmt.Sprintf("the trial ended on %s", end.UTC().Format(minute))
	default:
		t.State, t.Reason = Active, ReasonTrialLeft
		t.Days = int((end.Sub(s.now) + 24*time.Hour - 1) / (24 * time.Hour))
		t.Detail = fmt.Sprintf("%d days of the trial are left", t.Days)
		if t.Days == 1 {
			t.Detail = "the last day of the trial"
		}
	}
	t.Ends = t.Ends.UTC()
	return t
}

// definition returns the state of one definition.
func (s *session) definition(d product.Definition, machine hardware, unreadable error, trial TrialStatus) DefinitionStatus {
	out := DefinitionStatus{Definition: d.Clone()}
	say := func(st State, r Reason, format string, args ...any) DefinitionStatus {
		out.State, out.Reason, out.Detail = st, r, fmt.Sprintf(format, args...)
		return out
	}
	if s.lic == nil {
		switch {
		case s.licFile != nil:
			return say(Inactive, ReasonStateDamaged, "%s", damagedState(s.licFile.license).Text)
		case s.baseFile.damaged():
			return say(Inactive, ReasonStateDamaged, "the activation state of this machine is damaged in every place: enter the serial number again")
		}
		return say(Inactive, ReasonNoLicense, "no license is known on this machine yet: enter the serial number")
	}
	g, held := s.lic.held(d.ID)
	if t := s.lic.Tombstone; t != nil {
		for _, e := range t.Ends {
			if e.Definition == d.ID {
				out.Parameter, out.Since = e.Parameter, time.Unix(e.Since, 0).UTC()
				return say(Deactivated, ReasonDeactivated, "deactivated on %s", time.Unix(t.At, 0).UTC().Format(minute))
			}
		}
	}
	if !held {
		return s.notHeld(out, say)
	}
	out.Parameter, out.Since = g.Parameter, time.Unix(g.Since, 0).UTC()
	if err := s.honored(); err != nil {
		return say(Inactive, err.Reason, "%s", err.Text)
	}
	if unreadable != nil {
		return say(Inactive, ReasonHardwareUnreadable, "%v", unreadable)
	}
	if now := compare(s.lic.Fingerprint, s.lic.profile(s.lic.Machine), machine, s.profile.Policy); !now.same {
		out.Changed = now.kinds
		return say(Inactive, ReasonHardwareChanged, "the hardware changed since the activation (%s): ask for a new activation", inWords(now.kinds))
	}
	if !s.covered(g) {
		return say(Inactive, ReasonReleaseNotCovered, "the license covers release %d, and this is release %d: ask the vendor for an upgrade", g.Release, s.profile.Release)
	}
	switch g.Type {
	case product.TrialDays:
		out.Until = trial.Ends
		return say(trial.State, trial.Reason, "%s", trial.Detail)
	case product.Release:
		if g.Parameter != 0 {
			last := codes.Day(g.Parameter)
			out.Until = last.End()
			if !s.now.Before(out.Until) {
				return say(Expired, ReasonLastDayOver, "the activation held until %s: ask for a new one", last)
			}
			return say(Active, ReasonProvisional, "active until %s", last)
		}
	case product.Feature:
		return say(Active, ReasonActive, "%s", inBits(d.Parameter, g.Parameter))
	}
	return say(Active, ReasonActive, "since %s", out.Since.Format(time.DateOnly))
}

// inBits says the value of a feature: the names of its bits, where it has some.
func inBits(p product.Parameter, value uint32) string {
	if len(p.Bits) == 0 {
		return fmt.Sprintf("with %d", value)
	}
	var names []string
	for i, name := range p.Bits {
		if value&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if value>>len(p.Bits) != 0 || len(names) == 0 {
		names = append(names, fmt.Sprintf("%#x", value))
	}
	return "with " + strings.Join(names, ", ")
}

// notHeld is the state of a definition that no answer made active.
func (s *session) notHeld(out DefinitionStatus, say func(State, Reason, string, ...any) DefinitionStatus) DefinitionStatus {
	for _, q := range s.lic.Requests {
		if q.Code.Statement().Definition == out.ID {
			return say(Pending, ReasonAnswerAwaited, "a request code was made on %s and waits for its answer", time.Unix(q.Made, 0).UTC().Format(minute))
		}
	}
	if s.lic.Tombstone != nil {
		return say(Inactive, ReasonDeactivated, "this copy is deactivated")
	}
	return say(Inactive, ReasonNotActivated, "not activated")
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
