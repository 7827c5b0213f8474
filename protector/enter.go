package protector

import (
	"errors"
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// Accepted is the outcome of an answer that was accepted, now or before.
type Accepted struct {
	Code       codes.Code
	Definition DefinitionStatus   // as it is now
	Restored   []DefinitionStatus // what a reactivation brought back
	Parts      []DefinitionStatus // what a composite or a choice made active
	Already    bool               // it was accepted before and still holds: nothing changed
}

// answerKinds are the kinds of codes that answer a request.
var answerKinds = []codes.Kind{codes.KindActivation, codes.KindSigned}

// Enter takes an activation code, as typed or, a signed one, as pasted. It fits if it answers a request that is
// still waiting, for whatever definition the vendor chose to grant. A text that is no
// code gives an *Error with proposals where it may be repaired; they are for a
// person to judge.
func (c *Client) Enter(text string) (Accepted, error) {
	var out Accepted
	err := c.session(func(s *session) error {
		code, err := parse(text, answerKinds...)
		if err != nil {
			return s.unreadable(text, err, answerKinds...)
		}
		if !slices.Contains(answerKinds, code.Kind()) {
			return wrongKind(code.Kind(), codes.KindActivation)
		}
		out, err = s.enter(code)
		return err
	})
	return out, err
}

// parse reads the one code of a text. Among several it is the only one of the kinds
// that are wanted: a mail may quote the request that it answers.
func parse(text string, want ...codes.Kind) (codes.Code, error) {
	code, err := codes.Parse(text)
	var many *codes.ManyError
	if !errors.As(err, &many) {
		return code, err
	}
	var one codes.Code
	for _, m := range many.Matches {
		if m.Err != nil || !slices.Contains(want, m.Code.Kind()) || m.Code == one {
			continue
		}
		if !one.IsZero() {
			return codes.Code{}, err
		}
		one = m.Code
	}
	if one.IsZero() {
		return codes.Code{}, err
	}
	return one, nil
}

// EnterFile takes every activation code for this machine out of a longer text, such
// as a mail or a list of answers for many machines, and passes over the rest. A mail is
// its text as people read it: what is encoded for its way is decoded before.
func (c *Client) EnterFile(text string) ([]Accepted, error) {
	var out []Accepted
	err := c.session(func(s *session) error {
		var err error
		out, err = s.enterText(text)
		return err
	})
	return out, err
}

func (s *session) enterText(text string) ([]Accepted, error) {
	var out []Accepted
	var why error
	tried := map[codes.Code]bool{}
	worse := func(err error) {
		if why == nil || rank(err) > rank(why) {
			why = err
		}
	}
	for _, m := range codes.Find(text) {
		switch {
		case s.verified == mostVerified && len(out) > 0:
			return out, nil
		case s.verified == mostVerified:
			return nil, refuse(ReasonNoMatch, "none of the first %d codes of this text is for this machine, and there are more: give it the code that answers its request code", len(tried))
		case m.Err != nil:
			worse(&nearError{text[m.Start:m.End], m.Err})
		case !slices.Contains(answerKinds, m.Code.Kind()):
			worse(wrongKind(m.Code.Kind(), codes.KindActivation))
		case !tried[m.Code]:
			tried[m.Code] = true
			a, err := s.enter(m.Code)
			if err != nil {
				worse(err)
				continue
			}
			out = append(out, a)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	var near *nearError
	switch {
	case why == nil:
		return nil, refuse(ReasonUnreadable, "there is no activation code in this text")
	case errors.As(why, &near):
		return nil, s.unreadable(near.text, near.err, answerKinds...)
	}
	return nil, why
}

// nearError is a text in a file that looks like a code and is none.
type nearError struct {
	text string
	err  error
}

func (e *nearError) Error() string { return e.err.Error() }

// rank orders what can be wrong with the codes of a text by how much it says.
func rank(err error) int {
	switch ReasonOf(err) {
	case "":
		return 1 // a near-code
	case ReasonWrongKind:
		return 0
	case ReasonNoMatch, ReasonNoRequest, ReasonNoLicense:
		return 2
	}
	return 3
}

// enter accepts an answer or says why not.
func (s *session) enter(code codes.Code) (Accepted, error) {
	if err := s.standIn(); err != nil {
		return Accepted{}, err
	}
	if err := s.admitted(); err != nil {
		return Accepted{}, err
	}
	if out, done, err := s.again(code); done {
		return out, err
	}
	if code.Kind() == codes.KindSigned {
		if err := s.known(code.SignedAnswer()); err != nil {
			return Accepted{}, err
		}
	} else if err := s.honored(); err != nil {
		return Accepted{}, err
	}
	machine, err := s.hardware()
	if err != nil {
		return Accepted{}, err
	}
	if s.lic.Machine == "" { // it would get its name here
		if err := machine.identified(); err != nil {
			return Accepted{}, err
		}
	}
	all, err := s.all(machine)
	if err != nil {
		return Accepted{}, err
	}
	m, ok := s.find(all, code)
	if !ok {
		return Accepted{}, s.unmatched(code, machine)
	}
	if err := s.check(m, code.Answer(), machine); err != nil {
		return Accepted{}, err
	}
	if m.definition.Type == product.Recover {
		s.resetClock(codes.Day(m.terms.Parameter))
	}
	rec, err := accept(s.lic, m, code, s.profile, s.base.common, s.now)
	if err != nil {
		return Accepted{}, err
	}
	if m.request < 0 && (rec.Machine == "" || rec.Fingerprint != m.terms.Fingerprint) {
		// reusable, typed again after a reinstall: the machine has no name yet
		rec.Machine, rec.Fingerprint = rec.keep(machine.profile), m.terms.Fingerprint
	}
	if m.request >= 0 && !m.beside {
		rec.Moved = false
	}
	restored := []grant(nil)
	if m.definition.Type == product.Reactivate {
		restored = rec.Active
	}
	if m.definition.Type == product.Recover {
		err = s.recovered(m, rec)
	} else {
		err = s.save(rec)
	}
	if err != nil {
		return Accepted{}, err
	}
	return s.accepted(code, m.definition.ID, restored), nil
}

// accepted describes an acceptance.
func (s *session) accepted(code codes.Code, id uint8, restored []grant) Accepted {
	status := s.status()
	out := Accepted{Code: code}
	out.Definition, _ = status.Definition(id)
	if d := out.Definition.Definition; d.Type.Group() {
		for _, part := range leaves(s.profile, d, code.Answer().Parameter) {
			p, _ := status.Definition(part)
			out.Parts = append(out.Parts, p)
		}
	}
	for _, g := range restored {
		if d, ok := status.Definition(g.Definition); ok {
			out.Restored = append(out.Restored, d)
		}
	}
	return out
}

// again deals with an answer that was accepted before: still in force it is a
// friendly nothing, otherwise it is used up.
func (s *session) again(code codes.Code) (out Accepted, done bool, err error) {
	latest := map[uint8]int{}
	found := -1
	for i, a := range s.lic.Answered {
		latest[a.Definition] = i
		if a.Code == code {
			found = i
		}
	}
	if found < 0 {
		return out, false, nil
	}
	a := s.lic.Answered[found]
	d, _ := s.profile.Definition(a.Definition)
	inForce := d.Type == product.Reactivate || d.Type == product.Recover ||
		!slices.ContainsFunc(leaves(s.profile, d, code.Answer().Parameter), func(id uint8) bool {
			_, held := s.lic.held(id)
			return !held
		})
	if latest[a.Definition] == found && (s.lic.Tombstone == nil || d.Type == product.Recover) && inForce {
		out = s.accepted(code, a.Definition, nil)
		out.Already = true
		return out, true, nil
	}
	if a.Random == 0 && s.lic.Tombstone == nil { // reusable: it may come back
		return out, false, nil
	}
	e := refuse(ReasonUsed, "this activation code was used already, on %s, and a later activation or deactivation ended it: ask for a new one with a request code", time.Unix(a.At, 0).UTC().Format(minute))
	return out, true, e.about(a.Definition)
}
