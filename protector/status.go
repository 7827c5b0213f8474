package protector

import (
	"slices"
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
	Names     []string           // of the bits of an active feature that are set, where they have names
	Until     time.Time          // end of a trial, a provisional release, a last day; zero: none
	Changed   []fingerprint.Kind // ReasonHardwareChanged: what changed
}

// TrialStatus is the trial, built in and extended.
type TrialStatus struct {
	Has    bool // the product or an answer gives one
	State  State
	Reason Reason
	Detail string
	// What it is measured by, and what is left of that. Each can be past while
	// another one carries the trial.
	ByDays, ByHours, ByRuns bool
	Ends                    time.Time     // by days
	Days                    int           // by days: that are left, the running one included
	Running                 time.Duration // by hours: running time that is left
	Runs                    int           // by starts: that are left, without the run that is on
}

// Status is what this machine may do.
type Status struct {
	Product      *product.Profile
	License      codes.LicenseNumber // 0: none
	Customer     string              // from the license file
	Fingerprint  codes.Fingerprint   // the name of this machine, if Named
	Named        bool                // the first request was made
	Hardware     string              // what changed since the activation and what it comes to, in a sentence; empty: nothing
	State        State               // of the whole: active if any release is, or the trial runs
	Reason       Reason
	Definitions  []DefinitionStatus // all of the product, in the order of ids
	Trial        TrialStatus
	Notes        []Note        // what else a program should show or log
	Confirmation *Confirmation // of the deactivation this machine is in, or of the last check-in
	// Confirmations are all codes that the vendor may not have read yet, oldest
	// first, the one above last. They must be read in this order.
	Confirmations []Confirmation
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
			if machine, unreadable = s.hardware(); unreadable == nil {
				out.Hardware = s.drift(machine).sentence
			}
		}
		if out.Confirmations = s.confirmations(); len(out.Confirmations) > 0 {
			newest := out.Confirmations[len(out.Confirmations)-1]
			out.Confirmation = &newest
		}
	} else if s.licFile != nil {
		out.License = s.licFile.license
	}
	unlimited := s.unlimited(machine, unreadable)
	out.Trial = s.trial(unlimited)
	for _, d := range s.profile.Definitions {
		out.Definitions = append(out.Definitions, s.definition(d, machine, unreadable, unlimited, out.Trial))
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
