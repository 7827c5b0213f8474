package protector

import (
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// accept returns the record after an answer that fits was accepted: what it makes
// active, the key that follows, and one generation more. All of it or nothing. The
// answered request is gone, and those made before it for the same definition with
// it; the others stay answerable, each under the key it was made under. An answer to
// a reusable definition and a recovery leave the key as it is.
//
// An answer to an outstanding request proves that the desk read the codes of all
// check-ins: each of them gave up the requests from before it, so the request was
// tagged under the key of the last one or a later key. A reusable answer and one to
// a request for a recovery prove nothing: they are made under LK.
func accept(live *record, m attempt, code codes.Code, p *product.Profile, c common, now time.Time) (*record, error) {
	rec := live.clone()
	d := m.definition
	var signed *proof
	if code.Kind() == codes.KindSigned {
		signed = proves(m, code)
	}
	switch d.Type {
	case product.Reactivate:
		rec.Active = slices.Clone(rec.Tombstone.Ends)
		rec.Tombstone = nil
	case product.Recover:
		rec.backdate(now)
	default:
		shares, err := granted(p, d, m.terms.Parameter)
		if err != nil {
			return nil, err
		}
		if err := met(live, d, shares); err != nil {
			return nil, err
		}
		for _, s := range shares {
			g := grant{Definition: s.ID, Type: s.Type, Parameter: s.value, Release: m.terms.Release, Since: now.Unix(), Proof: signed}
			if s.Type.Trial() {
				g.Until = extended(p, c, rec, s.Type, s.value, now)
			}
			rec.hold(g)
		}
	}
	if m.request >= 0 && !m.beside {
		rec.CheckedIn = nil // a request since the last of them was read, so each of them was
	}
	rec.answered(m)
	switch {
	case d.Type == product.Recover:
		rec.Generation++
	case m.request < 0: // reusable
		rec.Generation++
		rec.giveUp(func(_ int, q outstanding) bool { return q.Code.Statement().Definition == d.ID })
	default:
		rec.Fingerprint, rec.Machine = m.terms.Fingerprint, live.Requests[m.request].Machine
		rec.setKey(m.key.After(m.terms, code.Answer().Tag))
	}
	if signed != nil {
		rec.Proof = signed
	}
	rec.Answered = append(rec.Answered, answered{Random: m.terms.Random, Definition: d.ID, Code: code, At: now.Unix()})
	return rec, nil
}

// answered takes the answered request out, if it is one of this record, and gives up
// those for the same definition that were made before it: an answer to one of them,
// typed late, would set the key back.
func (r *record) answered(m attempt) {
	if m.request < 0 || m.beside {
		return
	}
	asked := r.Requests[m.request].Code.Statement().Definition
	r.Requests = slices.Delete(r.Requests, m.request, m.request+1)
	r.giveUp(func(i int, q outstanding) bool {
		return i < m.request && q.Code.Statement().Definition == asked
	})
}

// A share is one definition that an answer makes active, with its value.
type share struct {
	product.Definition
	value uint32
}

// granted lists what an answer to d makes active, in the order of ids. A composite
// activates its leaves, those with a last day up to the day it carries and the
// others with their defaults; a choice those whose bits are set.
func granted(p *product.Profile, d product.Definition, value uint32) ([]share, error) {
	wrong := func(format string, args ...any) ([]share, error) {
		return nil, refuse(ReasonAnswerValue, "this activation code "+format+": ask the vendor for another one", args...).about(d.ID)
	}
	switch d.Type {
	case product.Choice:
		if len(d.Leaves) < 32 && value>>len(d.Leaves) != 0 || value == 0 {
			return wrong("chooses something that %q does not have (%#x)", d.Name, value)
		}
	case product.Composite, product.Release, product.ExpireOn:
		if value > uint32(codes.MaxDay) {
			return wrong("names a last day that does not exist (%d)", value)
		}
	}
	var shares []share
	ids := leaves(p, d, value)
	expires := slices.ContainsFunc(ids, func(id uint8) bool {
		leaf, _ := p.Definition(id)
		return leaf.Type == product.ExpireOn
	})
	for _, id := range ids {
		s := share{Definition: d, value: value}
		if d.Type.Group() {
			s.Definition, _ = p.Definition(id)
			if s.value = s.Parameter.Default; takesDay(s.Type) {
				s.value = 0
				if d.Type == product.Composite && (s.Type == product.ExpireOn || !expires) {
					s.value = value
				}
			}
		}
		if s.Type == product.ExpireOn && s.value == 0 {
			return wrong("sets no last day for %q", s.Name)
		}
		shares = append(shares, s)
	}
	return shares, nil
}

// leaves returns the ids of what an answer to d makes active: its own, or those of a
// group, each once, in order. A composite within a choice stands for its leaves.
func leaves(p *product.Profile, d product.Definition, value uint32) []uint8 {
	if !d.Type.Group() {
		return []uint8{d.ID}
	}
	var ids []uint8
	for i, id := range d.Leaves {
		if d.Type == product.Choice && value>>i&1 == 0 {
			continue
		}
		if leaf, _ := p.Definition(id); leaf.Type == product.Composite {
			ids = append(ids, leaf.Leaves...)
			continue
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// takesDay reports whether the value of a type is a last day.
func takesDay(t product.Type) bool { return t == product.Release || t == product.ExpireOn }

// met returns which pre-condition is not active: of the definition, and of each of
// its leaves, which may build on one another.
func met(r *record, d product.Definition, shares []share) error {
	if err := preconditions(r, d, "activated"); err != nil {
		return err
	}
	after := r.clone()
	for _, s := range shares {
		after.hold(grant{Definition: s.ID})
	}
	for _, s := range shares {
		if err := preconditions(after, s.Definition, "activated"); err != nil {
			return err
		}
	}
	return nil
}
