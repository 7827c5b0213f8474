package protector

import (
	"maps"
	"slices"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// truth is what the model knows about one state of the license.
type truth struct {
	generation int
	keys       []int        // every key, by a number of the model's own
	returns    map[int]bool // keys that a check-in left
	active     map[uint8]uint32
	waiting    []codes.Code // requests that can be answered, the oldest first
	dead       *death
	in         []codes.Code // confirmations of check-ins that may be unread, the oldest first
}

type death struct {
	code  codes.Code
	ended int
	ends  map[uint8]uint32
}

// blank is the truth of a state that begins: LK is key 0, ever.
func blank() *truth {
	return &truth{keys: []int{0}, returns: map[int]bool{}, active: map[uint8]uint32{}}
}

func (m *truth) clone() *truth {
	c := *m
	c.keys, c.active, c.waiting = slices.Clone(m.keys), maps.Clone(m.active), slices.Clone(m.waiting)
	c.returns, c.in = maps.Clone(m.returns), slices.Clone(m.in)
	return &c
}

func (m *truth) key() int { return m.keys[len(m.keys)-1] }

// beats is the rule of docs/client.md, 9.3.
func (m *truth) beats(o *truth) bool {
	if m.dead != nil {
		return slices.Contains(o.keys, m.dead.ended) && !slices.Contains(o.keys, m.key())
	}
	return m.gaveBackFrom(o) && !o.gaveBackFrom(m)
}

func (m *truth) gaveBackFrom(o *truth) bool {
	for i, k := range m.keys {
		if m.returns[k] && slices.Contains(o.keys, m.keys[i-1]) && !slices.Contains(o.keys, k) {
			return true
		}
	}
	return false
}

// ask adds a request, the oldest of more than eight of its definition goes.
func (m *truth) ask(r codes.Code) {
	m.waiting = append(m.waiting, r)
	id, n := r.Statement().Definition, 0
	for _, q := range m.waiting {
		if q.Statement().Definition == id {
			n++
		}
	}
	if n > maxRequests {
		m.waiting = slices.Delete(m.waiting, m.first(id), m.first(id)+1)
	}
}

func (m *truth) first(id uint8) int {
	return slices.IndexFunc(m.waiting, func(q codes.Code) bool { return q.Statement().Definition == id })
}

// shown are the confirmations that may be unread, the oldest first.
func (m *truth) shown() []codes.Code {
	if m == nil {
		return nil
	}
	all := slices.Clone(m.in)
	if m.dead != nil {
		all = append(all, m.dead.code)
	}
	return all
}

// answer takes out the request and those for the same definition before it. That it
// was answered proves that all check-ins from before were read.
func (m *truth) answer(r codes.Code) {
	id := r.Statement().Definition
	for i := m.first(id); m.waiting[i] != r; i = m.first(id) {
		m.waiting = slices.Delete(m.waiting, i, i+1)
	}
	i := slices.Index(m.waiting, r)
	m.waiting = slices.Delete(m.waiting, i, i+1)
	m.in = nil
}

// shares is what an answer makes active.
func shares(as uint8, value uint32) map[uint8]uint32 {
	out := map[uint8]uint32{}
	switch as {
	case protectortest.Bundle:
		out[protectortest.Release], out[protectortest.Feature] = value, 0
	case protectortest.Pick:
		if value&1 != 0 {
			out[protectortest.Trial] = 14
		}
		if value&2 != 0 {
			out[protectortest.Feature] = 0
		}
		if value&4 != 0 {
			out[protectortest.Release], out[protectortest.Feature] = 0, 0
		}
	default:
		out[as] = value
	}
	return out
}

// takes reports whether an answer that fits is accepted in this state, as far as the
// state alone decides.
func (m *truth) takes(as uint8) bool {
	switch _, released := m.active[protectortest.Release]; as {
	case protectortest.Recover:
		return true
	case protectortest.Reactivate:
		return m.dead != nil
	case protectortest.Extra:
		return m.dead == nil && released
	}
	return m.dead == nil
}

// take changes the state as an accepted answer does.
func (m *truth) take(as uint8, value uint32) {
	m.generation++
	switch as {
	case protectortest.Recover:
		return
	case protectortest.Reactivate:
		m.active, m.dead = maps.Clone(m.dead.ends), nil
		return
	}
	maps.Copy(m.active, shares(as, value))
}

// beside is what is kept for the recovery, as far as it can still be answered.
func (m *model) beside() []codes.Code {
	uid := m.vendor.Profile.UID
	var copies, states []*record
	for _, place := range []string{"first", "second"} {
		if r, err := decodeRecord(m.disk["/state/"+place+"/"+uid.String()+"/"+recoveryFile(number)], uid, number); err == nil && r.Recovery {
			copies = append(copies, r)
		}
		if r, err := decodeRecord(m.disk["/state/"+place+"/"+uid.String()+"/"+licenseFile(number)], uid, number); err == nil && !r.Recovery {
			states = append(states, r)
		}
	}
	kept, state := choose(copies), choose(states)
	if kept == nil {
		return nil
	}
	kept = kept.clone()
	if state != nil {
		kept.settle(state.Answered)
	}
	var out []codes.Code
	for _, q := range kept.Requests {
		out = append(out, q.Code)
	}
	return out
}

// timely reports whether the clock allows a recovery of this day.
func (m *model) timely(day uint32) bool {
	return !m.now.After(codes.Day(day).End().Add(recoveryWindow))
}

// single lists the definitions that are active by themselves.
func single(d product.Definition) bool { return d.Type.Activatable() }
