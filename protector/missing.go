package protector

import (
	"slices"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// stopped returns the first definition that brings back a release which was active on
// this copy and is not in force any more: other hardware, a newer program, or its own
// last day that is over.
func (s *session) stopped() (product.Definition, bool) {
	for _, d := range s.profile.Definitions {
		if d.Type == product.Recover || s.askable(d) != nil || !s.holds(d) {
			continue
		}
		for _, id := range leaves(s.profile, d, ^uint32(0)) {
			if leaf, _ := s.profile.Definition(id); leaf.Type == product.Release && s.outOfForce(id) && !s.byLastDayAlone(id) {
				return d, true
			}
		}
	}
	return product.Definition{}, false
}

// byLastDayAlone reports whether a definition is held, and expired by the license's last day
// alone: a new answer for it would not help.
func (s *session) byLastDayAlone(id uint8) bool {
	now, _ := s.status().Definition(id)
	g, _ := s.lic.held(id)
	_, over := s.lastDay()
	lapsed := takesDay(g.Type) && g.Parameter != 0 && !s.now.Before(codes.Day(g.Parameter).End())
	return now.State == Expired && over && !lapsed
}

// overdue returns the definition that set the last day of the license, if that is over.
func (s *session) overdue() (product.Definition, bool) {
	day, over := s.lastDay()
	for _, d := range s.profile.Definitions {
		g, held := s.lic.held(d.ID)
		if over && held && d.Type == product.ExpireOn && g.Parameter == uint32(day) && s.askable(d) == nil && s.outOfForce(d.ID) {
			return d, true
		}
	}
	return product.Definition{}, false
}

// unreleased returns the first release that can be asked for, where none is active.
func (s *session) unreleased() (product.Definition, bool) {
	var out *product.Definition
	for _, d := range s.status().Definitions {
		switch {
		case d.Type != product.Release:
		case d.State == Active:
			return product.Definition{}, false
		case out == nil && s.askable(d.Definition) == nil && !s.byLastDayAlone(d.ID):
			out = &d.Definition
		}
	}
	if out == nil {
		return product.Definition{}, false
	}
	return *out, true
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
