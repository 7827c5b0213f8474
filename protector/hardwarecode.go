package protector

import (
	"strconv"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// hardwareCode is the hardware profile of a request in the form that is typed or
// mailed. It follows from the request, and is nil where the machine has nothing to
// tell.
func (s *session) hardwareCode(rec *record, q outstanding) *codes.Hardware {
	p := rec.profile(q.Machine)
	if p == nil {
		return nil
	}
	h := hardwareOf(p, s.profile.UID, s.profile.Policy, q.Code.Statement())
	if h != nil {
		h.Tag = q.Key.HardwareTag(s.profile.UID, q.Release, h)
	}
	return h
}

// hardwareOf is a profile as the content of a code, without its tag: 16 bits for each
// part of the kinds that the policy weighs.
func hardwareOf(p *fingerprint.Profile, uid codes.UID, policy product.Policy, st codes.Statement) *codes.Hardware {
	hashed, err := p.Hash(uid, fingerprint.CodeBits)
	if err != nil {
		return nil
	}
	h := &codes.Hardware{License: st.License, Fingerprint: st.Fingerprint, Random: st.Random}
	weights := fingerprint.Weights(policy.Weights)
	for _, c := range hashed.Components {
		at := int(c.Kind) - 1
		weight, partial, moved := weights.Of(c.Word())
		ids := c.IDs()
		if c.Kind == fingerprint.Unknown || at >= codes.HardwareKinds || weight+partial+moved == 0 || len(ids) > codes.HardwareInstances {
			continue // as good as not read
		}
		h.Kinds[at] = make([]uint16, len(ids))
		for n, id := range ids {
			x, err := strconv.ParseUint(id, 16, 16)
			if err != nil {
				return nil
			}
			h.Kinds[at][n] = uint16(x)
		}
	}
	for at := codes.HardwareKinds - 1; h.Valid() != nil && at >= 0; at-- {
		h.Kinds[at] = nil // a server with dozens of cards: what weighs least goes first
	}
	return h
}
