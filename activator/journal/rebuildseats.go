package journal

import (
	"slices"

	"github.com/manual-activator/manual-activator/codes"
)

// seating are the seats of one license. Most licenses have a few; those of a license for a whole house are found by
// maps, so that its entries do not cost more the more of them there are.
type seating struct {
	rows      []SeatRow // in no order
	byMachine map[codes.Fingerprint]int
	bySlot    map[int]int
}

// fewSeats are looked through without a map.
const fewSeats = 16

// machine returns the place in rows of a machine's seat, slot that of a numbered one; -1 for none.
func (s *seating) machine(f codes.Fingerprint) int {
	switch {
	case s == nil:
		return -1
	case s.byMachine == nil:
		return slices.IndexFunc(s.rows, func(r SeatRow) bool { return r.Fingerprint == f })
	}
	return placeIn(s.byMachine, f)
}

func (s *seating) slot(n int) int {
	switch {
	case s == nil:
		return -1
	case s.bySlot == nil:
		return slices.IndexFunc(s.rows, func(r SeatRow) bool { return r.Slot == n })
	}
	return placeIn(s.bySlot, n)
}

func placeIn[K comparable](places map[K]int, k K) int {
	if i, ok := places[k]; ok {
		return i
	}
	return -1
}

func (s *seating) add(r SeatRow) {
	s.rows = append(s.rows, r)
	switch i := len(s.rows) - 1; {
	case s.byMachine != nil:
		s.byMachine[r.Fingerprint], s.bySlot[r.Slot] = i, i
	case len(s.rows) > fewSeats:
		s.byMachine, s.bySlot = make(map[codes.Fingerprint]int, 2*len(s.rows)), make(map[int]int, 2*len(s.rows))
		for i := range s.rows {
			s.byMachine[s.rows[i].Fingerprint], s.bySlot[s.rows[i].Slot] = i, i
		}
	}
}

// remove takes a row out; the last one takes its place.
func (s *seating) remove(i int) {
	gone, end := s.rows[i], len(s.rows)-1
	s.rows[i] = s.rows[end]
	s.rows = slices.Delete(s.rows, end, end+1)
	if s.byMachine == nil {
		return
	}
	delete(s.byMachine, gone.Fingerprint)
	delete(s.bySlot, gone.Slot)
	if i < end {
		s.byMachine[s.rows[i].Fingerprint], s.bySlot[s.rows[i].Slot] = i, i
	}
}
