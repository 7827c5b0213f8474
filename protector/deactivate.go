package protector

import (
	"fmt"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// Warning is what the last-chance callback of Deactivate is told.
type Warning struct {
	Definition product.Definition // the deactivate definition
	License    codes.LicenseNumber
	Ends       []product.Definition // what is active and ends
	Text       string               // a sentence to show
}

// Confirmation is a deactivation confirmation code and what it says.
type Confirmation struct {
	Code        codes.Code
	Definition  product.Definition
	License     codes.LicenseNumber
	Fingerprint codes.Fingerprint
	Random      uint32
	At          time.Time
	CopiesLeft  bool // some copies of the state could not be written
	Hardware    bool // the hardware was not that of the activation
}

// Deactivate ends everything of the license in use on this machine and returns the
// confirmation code that proves it to the vendor. 0 means the first definition of
// this type whose pre-conditions are met.
//
// lastChance must be given: it is asked right before, without any lock held, and a
// false ends the call. The deactivation is durable in every place that can be
// written before the code is returned; if it cannot be in any, nothing changes. The
// code can be had again from Confirmation.
func (c *Client) Deactivate(id uint8, lastChance func(Warning) bool) (Confirmation, error) {
	if lastChance == nil {
		return Confirmation{}, refuse(ReasonNoLastChance, "deactivate needs a last-chance callback: nobody would be warned")
	}
	var d product.Definition
	var warning Warning
	var before codes.Key
	err := c.session(func(s *session) error {
		var err error
		if d, err = s.deactivation(id); err != nil {
			return err
		}
		before = s.lic.Key.Key
		warning = s.warning(d)
		return nil
	})
	if err != nil {
		return Confirmation{}, err
	}
	if !lastChance(warning) {
		return Confirmation{}, refuse(ReasonDeclined, "nothing was deactivated")
	}
	var out Confirmation
	err = c.session(func(s *session) error {
		if _, err := s.deactivation(d.ID); err != nil {
			return err
		}
		if !s.lic.Key.Equal(before) {
			return refuse(ReasonChanged, "the activation state changed while the question was open: look again")
		}
		if err := s.deactivate(d); err != nil {
			return err
		}
		var err error
		out, err = s.confirmation()
		return err
	})
	return out, err
}

// Confirmation returns the confirmation code of the deactivation this machine is
// in, for as long as it is not reactivated.
func (c *Client) Confirmation() (Confirmation, error) {
	var out Confirmation
	err := c.session(func(s *session) error {
		if err := s.licensed(); err != nil {
			return err
		}
		var err error
		out, err = s.confirmation()
		return err
	})
	return out, err
}

func (s *session) confirmation() (Confirmation, error) {
	t := s.lic.Tombstone
	if t == nil {
		return Confirmation{}, refuse(ReasonNoConfirmation, "this copy is not deactivated, so there is no confirmation code")
	}
	st := t.Code.Statement()
	d, ok := s.profile.Definition(st.Definition)
	if !ok { // an older program: the code is as good
		d = product.Definition{ID: st.Definition, Type: product.Deactivate, Name: fmt.Sprintf("definition %d", st.Definition)}
	}
	return Confirmation{
		Code: t.Code, Definition: d, License: st.License, Fingerprint: st.Fingerprint, Random: st.Random,
		At: time.Unix(t.At, 0).UTC(), CopiesLeft: st.Status&codes.OutcomeCopiesLeft != 0, Hardware: st.Status&codes.OutcomeHardware != 0,
	}, nil
}

// deactivation returns the definition if it can be used now.
func (s *session) deactivation(id uint8) (product.Definition, error) {
	if err := s.licensed(); err != nil {
		return product.Definition{}, err
	}
	if t := s.lic.Tombstone; t != nil {
		return product.Definition{}, refuse(ReasonDeactivated, "this copy was deactivated already, on %s; the confirmation code can be shown again", time.Unix(t.At, 0).UTC().Format(minute))
	}
	var why *Error
	for _, d := range s.profile.Definitions {
		if id != 0 && d.ID != id || id == 0 && d.Type != product.Deactivate {
			continue
		}
		if d.Type != product.Deactivate {
			return d, refuse(ReasonNotRequestable, "definition %d (%s) is of type %s: it does not deactivate", d.ID, d.Name, d.Type).about(d.ID)
		}
		if why = preconditions(s.lic, d, "used"); why == nil {
			return d, nil
		}
	}
	switch {
	case why != nil:
		return product.Definition{}, why
	case id != 0:
		return product.Definition{}, refuse(ReasonUnknownDefinition, "%s has no definition %d", s.profile.Name, id)
	}
	return product.Definition{}, refuse(ReasonUnknownDefinition, "%s cannot be deactivated: it has no definition for that", s.profile.Name)
}

func (s *session) warning(d product.Definition) Warning {
	w := Warning{Definition: d, License: s.lic.License}
	for _, g := range s.lic.Active {
		if held, ok := s.profile.Definition(g.Definition); ok {
			w.Ends = append(w.Ends, held)
		}
	}
	w.Text = fmt.Sprintf("%s stops working on this machine. Only a reactivation code from the vendor brings it back.", s.profile.Name)
	return w
}

// deactivate makes the tombstone durable. It is written with the worst outcome
// first, and again with the real one once it is known that no live copy is left: a
// machine that loses power in between is deactivated, and claims no more than is
// true.
func (s *session) deactivate(d product.Definition) error {
	if !s.writable {
		return notWritable(nil)
	}
	random, err := s.random()
	if err != nil {
		return err
	}
	outcome := codes.OutcomeComplete
	machine, err := s.hardware()
	if err != nil || !compare(s.lic.Fingerprint, s.lic.profile(s.lic.Machine), machine, s.profile.Policy).same {
		outcome |= codes.OutcomeHardware
	}
	live := s.lic
	w := s.write(s.licFile, s.stamp(s.buried(live, d, random, outcome|codes.OutcomeCopiesLeft)))
	if w.places == 0 {
		return notWritable(w.err)
	}
	s.lic = s.licFile.rec
	if w.left == 0 {
		final := s.write(s.licFile, s.stamp(s.buried(live, d, random, outcome)))
		if final.places == 0 {
			return refuse(ReasonStateNotWritable, "this copy is deactivated, but writing failed at the end (%v): ask for the confirmation code again", final.err).because(final.err)
		}
		s.lic = s.licFile.rec
	}
	if w.err != nil {
		s.note(ReasonStateNotWritable, "a copy of the activation state could not be written (%v)", w.err)
	}
	return nil
}

// buried returns the tombstone of a live record. No old request stays answerable.
func (s *session) buried(live *record, d product.Definition, random uint32, outcome uint8) *record {
	st := codes.Statement{
		Kind: codes.KindConfirmation, Random: random, Fingerprint: live.Fingerprint, License: live.License,
		Definition: d.ID, Status: outcome,
	}
	st.Tag = live.Key.StatementTag(s.profile.UID, s.profile.Release, uint8(d.Type), st)
	rec := live.clone()
	rec.Tombstone = &tombstone{Code: st.Code(), Ended: live.Key.ID(), At: s.now.Unix(), Ends: rec.Active}
	rec.Active, rec.Requests = nil, nil
	rec.setKey(live.Key.Deactivated(s.profile.UID, st))
	return rec
}
