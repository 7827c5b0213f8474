package protector

import (
	"fmt"
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// Warning is what the last-chance callback of Deactivate and CheckIn is told.
type Warning struct {
	Definition product.Definition // of type deactivate or check-in
	License    codes.LicenseNumber
	Ends       []product.Definition // what is active and ends
	Text       string               // a sentence to show
}

// Confirmation is a deactivation confirmation code, of a deactivation or a check-in,
// and what it says.
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
	return c.giveBack(product.Deactivate, id, lastChance)
}

// CheckIn gives one thing back, the pre-condition of a check-in definition, and
// leaves everything else as it is. 0 means the first definition of this type whose
// pre-condition is active. For lastChance, and for what is durable when, the same
// holds as for Deactivate. The code can be had again from Confirmations, until an
// answer to a request made after it is accepted.
func (c *Client) CheckIn(id uint8, lastChance func(Warning) bool) (Confirmation, error) {
	return c.giveBack(product.CheckIn, id, lastChance)
}

// giveBack is Deactivate and CheckIn.
func (c *Client) giveBack(typ product.Type, id uint8, lastChance func(Warning) bool) (Confirmation, error) {
	if lastChance == nil {
		return Confirmation{}, refuse(ReasonNoLastChance, "a %s needs a last-chance callback: nobody would be warned", typ)
	}
	var d product.Definition
	var warning Warning
	var before codes.Key
	err := c.session(func(s *session) error {
		var err error
		if d, err = s.returnable(typ, id); err != nil {
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
		return Confirmation{}, refuse(ReasonDeclined, "nothing was given back")
	}
	var out Confirmation
	err = c.session(func(s *session) error {
		if _, err := s.returnable(typ, d.ID); err != nil {
			return err
		}
		if !s.lic.Key.Equal(before) {
			return refuse(ReasonChanged, "the activation state changed while the question was open: look again")
		}
		if err := s.end(d); err != nil {
			return err
		}
		all := s.confirmations()
		out = all[len(all)-1]
		return nil
	})
	return out, err
}

// Confirmation returns the newest confirmation code: that of the deactivation this
// machine is in, for as long as it is not reactivated, otherwise that of the last
// check-in, for as long as Confirmations has it.
func (c *Client) Confirmation() (Confirmation, error) {
	all, err := c.Confirmations()
	if err != nil {
		return Confirmation{}, err
	}
	if len(all) == 0 {
		return Confirmation{}, refuse(ReasonNoConfirmation, "nothing was given back on this machine, or the vendor has read it, so there is no confirmation code to show")
	}
	return all[len(all)-1], nil
}

// Confirmations returns all confirmation codes that the vendor may not have read yet,
// oldest first: those of check-ins, until an answer to a request made after them is
// accepted, and last that of the deactivation this machine is in. They must be read
// to the vendor in this order, since each is tagged under the key that the one before
// it left. None is no error.
func (c *Client) Confirmations() ([]Confirmation, error) {
	var out []Confirmation
	err := c.session(func(s *session) error {
		if err := s.licensed(); err != nil {
			return err
		}
		out = s.confirmations()
		return nil
	})
	return out, err
}

// confirmations returns the codes to show, the oldest first.
func (s *session) confirmations() []Confirmation {
	var out []Confirmation
	for _, in := range s.lic.CheckedIn {
		out = append(out, s.confirmation(in.Code, in.At, product.CheckIn))
	}
	if t := s.lic.Tombstone; t != nil {
		out = append(out, s.confirmation(t.Code, t.At, product.Deactivate))
	}
	return out
}

// confirmation says what a kept confirmation code says.
func (s *session) confirmation(code codes.Code, at int64, typ product.Type) Confirmation {
	st := code.Statement()
	d, ok := s.profile.Definition(st.Definition)
	if !ok { // an older program: the code is as good
		d = product.Definition{ID: st.Definition, Type: typ, Name: fmt.Sprintf("definition %d", st.Definition)}
	}
	return Confirmation{
		Code: code, Definition: d, License: st.License, Fingerprint: st.Fingerprint, Random: st.Random,
		At: time.Unix(at, 0).UTC(), CopiesLeft: st.Status&codes.OutcomeCopiesLeft != 0, Hardware: st.Status&codes.OutcomeHardware != 0,
	}
}

// returnable returns the definition of the type if it can be used now.
func (s *session) returnable(typ product.Type, id uint8) (product.Definition, error) {
	if err := s.licensed(); err != nil {
		return product.Definition{}, err
	}
	if t := s.lic.Tombstone; t != nil {
		return product.Definition{}, refuse(ReasonDeactivated, "this copy was deactivated already, on %s; the confirmation code can be shown again", time.Unix(t.At, 0).UTC().Format(minute))
	}
	var why *Error
	for _, d := range s.profile.Definitions {
		if id != 0 && d.ID != id || id == 0 && d.Type != typ {
			continue
		}
		if d.Type != typ {
			return d, refuse(ReasonNotRequestable, "definition %d (%s) is of type %s, not %s", d.ID, d.Name, d.Type, typ).about(d.ID)
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
	return product.Definition{}, refuse(ReasonUnknownDefinition, "%s has no definition of type %s", s.profile.Name, typ)
}

func (s *session) warning(d product.Definition) Warning {
	w := Warning{Definition: d, License: s.lic.License}
	for _, g := range s.lic.Active {
		if d.Type == product.CheckIn && g.Definition != d.Requires[0] {
			continue
		}
		if held, ok := s.profile.Definition(g.Definition); ok {
			w.Ends = append(w.Ends, held)
		}
	}
	w.Text = fmt.Sprintf("%s stops working on this machine. Only a reactivation code from the vendor brings it back.", s.profile.Name)
	if d.Type == product.CheckIn {
		w.Text = fmt.Sprintf("%q ends on this machine. Only a new activation code from the vendor brings it back.", w.Ends[0].Name)
	}
	return w
}

// end makes it durable that something was given back. The record is written with the
// worst outcome first, and again with the real one once it is known that no copy of
// before is left: a machine that loses power in between has given it back, and claims
// no more than is true.
func (s *session) end(d product.Definition) error {
	if !s.writable {
		return notWritable(nil)
	}
	random, err := s.random()
	if err != nil {
		return err
	}
	outcome := codes.OutcomeComplete
	machine, err := s.hardware()
	if err != nil || !s.drift(machine).same {
		outcome |= codes.OutcomeHardware
	}
	live := s.lic
	first := s.after(live, d, random, outcome|codes.OutcomeCopiesLeft)
	s.mark(first)
	w := s.write(s.licFile, s.stamp(first))
	if w.places == 0 {
		return notWritable(w.err)
	}
	s.lic = s.licFile.rec
	if w.left == 0 {
		last := s.after(live, d, random, outcome)
		last.Marks, last.MarkNo = first.Marks, first.MarkNo
		final := s.write(s.licFile, s.stamp(last))
		if final.places == 0 {
			return refuse(ReasonStateNotWritable, "it is given back, but writing failed at the end (%v): ask for the confirmation code again", final.err).because(final.err)
		}
		s.lic = s.licFile.rec
	}
	s.sweep()
	if w.err != nil {
		s.note(ReasonStateNotWritable, "a copy of the activation state could not be written (%v)", w.err)
	}
	return nil
}

// after returns what a live record is after d was used, with its confirmation code.
// No request from before stays answerable, whatever it was for. The codes of earlier
// check-ins stay: until the desk has read them it cannot read this one.
func (s *session) after(live *record, d product.Definition, random uint32, outcome uint8) *record {
	st := codes.Statement{
		Kind: codes.KindConfirmation, Random: random, Fingerprint: live.Fingerprint, License: live.License,
		Definition: d.ID, Status: outcome,
	}
	st.Tag = live.Key.StatementTag(s.profile.UID, s.profile.Release, uint8(d.Type), st)
	rec := live.clone()
	if d.Type == product.Deactivate {
		rec.Tombstone = &tombstone{Code: st.Code(), Ended: live.Key.ID(), At: s.now.Unix(), Ends: rec.Active}
		rec.Active, rec.Requests, rec.Older = nil, nil, nil
		rec.setKey(live.Key.Deactivated(s.profile.UID, st))
		return rec
	}
	gave := d.Requires[0]
	rec.CheckedIn = append(rec.CheckedIn, checkedIn{Code: st.Code(), Gave: gave, At: s.now.Unix()})
	rec.Active = slices.DeleteFunc(rec.Active, func(g grant) bool { return g.Definition == gave })
	rec.giveUp(func(int, outstanding) bool { return true })
	rec.setKey(live.Key.CheckedIn(s.profile.UID, st))
	rec.Returns = append(rec.Returns, rec.Key.ID())
	return rec
}
