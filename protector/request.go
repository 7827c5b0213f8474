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

// RequestOptions say how a request is made.
type RequestOptions struct {
	// New asks for a new request code even where one is waiting for its answer.
	// The ones before stay answerable, up to eight for each definition.
	New bool
}

// Request is a request code and what it says.
type Request struct {
	Code        codes.Code
	Definition  product.Definition
	License     codes.LicenseNumber
	Fingerprint codes.Fingerprint
	Random      uint32
	Made        time.Time
	Repeat      bool               // the same code was shown before
	Changed     []fingerprint.Kind // hardware that changed since the activation
	// Hardware is the profile that goes with the request in a file or a mail, for a
	// desk that wants to know more than the code says.
	Hardware *codes.Hardware
}

// Request returns the request code for a definition, 0 meaning what is missing first: a
// release that was active and is not in force any more, as on changed hardware; else
// the last day that is over; else a release, where none is active; else the first
// definition that is not active and can be asked for. It is the same code until it is
// answered, the state or the hardware changes, another release runs, or 30 days pass.
func (c *Client) Request(id uint8, o RequestOptions) (Request, error) {
	var out Request
	err := c.session(func(s *session) error {
		var err error
		out, err = s.request(id, o)
		return err
	})
	return out, err
}

func (s *session) request(id uint8, o RequestOptions) (Request, error) {
	if err := s.standIn(); err != nil {
		return Request{}, err
	}
	if err := s.admitted(); err != nil {
		return Request{}, err
	}
	d, err := s.pick(id)
	if err != nil {
		return Request{}, err
	}
	machine, err := s.hardware()
	if err != nil {
		return Request{}, err
	}
	if err := machine.identified(); err != nil {
		return Request{}, err
	}
	drift := s.drift(machine)
	rec := s.lic.clone()
	if d.Type == product.Recover {
		if rec, err = s.recoveryRecord(); err != nil {
			return Request{}, err
		}
	}
	if !o.New {
		if q, ok := s.waiting(rec, d, machine, drift); ok && !s.misplaced() {
			return s.shown(rec, q, d, true), nil
		}
	}
	if !rec.Recovery {
		s.settle(rec)
	}
	random, err := s.random()
	if err != nil {
		return Request{}, err
	}
	kept := rec.keep(machine.profile)
	if rec.Machine == "" && !rec.Recovery { // the first request: the machine has its name from here on
		rec.Machine, rec.Fingerprint = kept, machine.fold
	}
	st := codes.Statement{
		Kind: codes.KindRequest, Random: random, License: rec.License,
		Definition: d.ID, Status: drift.status(), Fingerprint: machine.fold,
	}
	if s.lic.Machine != "" && drift.same {
		st.Fingerprint = s.lic.Fingerprint
	}
	st.Tag = rec.Key.StatementTag(s.profile.UID, s.profile.Release, uint8(d.Type), st)
	q := outstanding{
		Code: st.Code(), Type: uint8(d.Type), Release: s.profile.Release,
		Key: rec.Key, Machine: kept, Made: s.now.Unix(),
	}
	rec.Requests = append(rec.Requests, q)
	rec.dropOldest(d.ID)
	if rec.Recovery {
		err = s.saveRecovery(rec)
	} else {
		err = s.save(rec)
	}
	if err != nil {
		return Request{}, err
	}
	return s.shown(rec, q, d, false), nil
}

func (s *session) shown(rec *record, q outstanding, d product.Definition, repeat bool) Request {
	st := q.Code.Statement()
	return Request{
		Code: q.Code, Definition: d, License: st.License, Fingerprint: st.Fingerprint, Random: st.Random,
		Made: time.Unix(q.Made, 0).UTC(), Repeat: repeat, Changed: fingerprint.KindsOf(st.Status),
		Hardware: s.hardwareCode(rec, q),
	}
}

// waiting returns the newest request of a record that can be shown again.
func (s *session) waiting(rec *record, d product.Definition, machine hardware, now drift) (outstanding, bool) {
	for _, q := range slices.Backward(rec.Requests) {
		st := q.Code.Statement()
		if st.Definition != d.ID {
			continue
		}
		then := compare(rec.profile(q.Machine), machine, s.profile.Policy, false)
		fits := q.Key.Equal(rec.Key.Key) && q.Type == uint8(d.Type) && q.Release == s.profile.Release &&
			st.Status == now.status() && then.same && s.now.Sub(time.Unix(q.Made, 0)) < requestAge
		return q, fits
	}
	return outstanding{}, false
}

// dropOldest keeps at most maxRequests of a definition.
func (r *record) dropOldest(id uint8) {
	have := 0
	for _, q := range r.Requests {
		if q.Code.Statement().Definition == id {
			have++
		}
	}
	r.Requests = slices.DeleteFunc(r.Requests, func(q outstanding) bool {
		if have <= maxRequests || q.Code.Statement().Definition != id {
			return false
		}
		have--
		return true
	})
}

// pick returns the definition to ask for.
func (s *session) pick(id uint8) (product.Definition, error) {
	if id != 0 {
		d, ok := s.profile.Definition(id)
		if !ok {
			return d, refuse(ReasonUnknownDefinition, "%s has no definition %d: it has %s", s.profile.Name, id, s.menu())
		}
		if err := s.askable(d); err != nil {
			return d, err
		}
		return d, nil
	}
	for _, first := range []func() (product.Definition, bool){s.stopped, s.overdue, s.unreleased} {
		if d, ok := first(); ok {
			return d, nil
		}
	}
	var first *product.Definition
	var why *Error
	for _, d := range s.profile.Definitions {
		if d.Type == product.Recover && !s.lost {
			continue // only when somebody asks for it
		}
		if err := s.askable(d); err != nil {
			if why == nil || d.Type == product.Reactivate {
				why = err
			}
			continue
		}
		if !s.holds(d) || s.hindered(d) {
			return d, nil
		}
		if first == nil {
			first = &d
		}
	}
	switch {
	case first != nil:
		return *first, nil
	case s.lic.Tombstone != nil:
		return product.Definition{}, refuse(ReasonDeactivated, "this copy is deactivated, and %s has no definition that reactivates it: ask the vendor", s.profile.Name)
	case why != nil:
		return product.Definition{}, why
	}
	return product.Definition{}, refuse(ReasonUnknownDefinition, "%s has no definition that can be asked for", s.profile.Name)
}

// menu lists the definitions that can ever be asked for.
func (s *session) menu() string {
	var list []string
	for _, d := range s.profile.Definitions {
		if !d.Type.Ends() {
			list = append(list, fmt.Sprintf("%d (%s)", d.ID, d.Name))
		}
	}
	if len(list) == 0 {
		return "none that can be asked for"
	}
	return strings.Join(list, ", ")
}

// holds reports whether everything that a definition stands for is active here.
func (s *session) holds(d product.Definition) bool {
	for _, id := range leaves(s.profile, d, ^uint32(0)) {
		if _, held := s.lic.held(id); !held {
			return false
		}
	}
	return true
}

// askable returns why a definition cannot be asked for in this state, or nil.
func (s *session) askable(d product.Definition) *Error {
	r := s.lic
	if d.Type.Ends() {
		return refuse(ReasonNotRequestable, "definition %d (%s) is never asked for: use %s", d.ID, d.Name, d.Type).about(d.ID)
	}
	if err := s.honored(); err != nil && !d.Signed {
		return err.about(d.ID)
	}
	switch {
	case d.Type == product.Recover:
		return nil
	case s.lost:
		return damagedState(r.License)
	case r.Tombstone != nil && d.Type != product.Reactivate:
		return refuse(ReasonDeactivated, "this copy is deactivated: only a reactivation can be asked for").about(d.ID)
	case r.Tombstone == nil && d.Type == product.Reactivate:
		return refuse(ReasonNotDeactivated, "this copy is not deactivated, so there is nothing to reactivate").about(d.ID)
	}
	if d.Type == product.Reactivate {
		return nil
	}
	if err := preconditions(r, d, "asked for"); err != nil || d.Type != product.Composite {
		return err
	}
	after := r.clone() // its leaves may build on one another
	for _, id := range d.Leaves {
		after.hold(grant{Definition: id})
	}
	for _, id := range d.Leaves {
		leaf, _ := s.profile.Definition(id)
		if err := preconditions(after, leaf, "asked for"); err != nil {
			return err
		}
	}
	return nil
}

// preconditions returns which pre-condition of a definition is not active here.
func preconditions(r *record, d product.Definition, what string) *Error {
	for _, id := range d.Requires {
		if _, held := r.held(id); !held {
			return refuse(ReasonPrecondition, "definition %d (%s) can be %s only where definition %d is active, and it is not active here", d.ID, d.Name, what, id).about(d.ID)
		}
	}
	return nil
}
