package protector

import (
	"slices"

	"github.com/manual-activator/manual-activator/codes/product"
)

// stopped returns the first definition that brings back a release which was active on
// this copy and is not in force any more: other hardware, a newer program, or a last
// day that is over.
func (s *session) stopped() (product.Definition, bool) {
	for _, d := range s.profile.Definitions {
		if d.Type == product.Recover || s.askable(d) != nil || !s.holds(d) {
			continue
		}
		for _, id := range leaves(s.profile, d, ^uint32(0)) {
			if leaf, _ := s.profile.Definition(id); leaf.Type == product.Release && s.outOfForce(id) {
				return d, true
			}
		}
	}
	return product.Definition{}, false
}

// hindered reports whether something that a definition stands for was active on this
// copy and cannot be in force here, whatever its time.
func (s *session) hindered(d product.Definition) bool {
	machine, unreadable := s.named()
	return slices.ContainsFunc(leaves(s.profile, d, ^uint32(0)), func(id uint8) bool {
		g, held := s.lic.held(id)
		if !held {
			return false
		}
		why, _ := s.obstacle(g, machine, unreadable)
		return why != nil
	})
}

// outOfForce reports whether a definition was active on this copy and is not in force.
func (s *session) outOfForce(id uint8) bool {
	if _, held := s.lic.held(id); !held {
		return false
	}
	now, ok := s.status().Definition(id)
	return ok && now.State != Active
}

// named is this machine, if the copy has one to compare it with.
func (s *session) named() (hardware, error) {
	if s.lic.Machine == "" {
		return hardware{}, nil
	}
	return s.hardware()
}
