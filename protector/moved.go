package protector

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/manual-activator/manual-activator/codes"
)

// A product may say that a state which was copied back or moved ends the
// activation. Each place then has a mark beside the state: a file that is made
// anew with every generation and never written again. The record lists the
// identities of the marks that were made with it. Restoring files makes new ones,
// with other identities, and a mark from before is gone.
//
// A mark is made under the other one of two names, then the record is written, then
// the older mark is removed: a machine that loses power in between has the marks of
// the record it has.

// markFile is the name of a license's mark, in one of its two slots.
func markFile(l codes.LicenseNumber, slot uint64) string {
	return fmt.Sprintf("license-%s.mark%d", l, slot&1)
}

// mark makes the marks of a record about to be written, where the product asks for
// them and something is kept that a copy could use.
func (s *session) mark(rec *record) {
	if !s.profile.Policy.InvalidateOnMove || rec.Tombstone != nil || rec.License == 0 {
		rec.Marks = nil
		return
	}
	rec.MarkNo++
	rec.Marks = nil
	for _, p := range s.places {
		name := filepath.Join(p.dir, markFile(rec.License, rec.MarkNo))
		if s.disk.replace(name, []byte("This file shows that the activation state beside it was not copied.\n"), p.shared) != nil {
			continue
		}
		if id, err := s.disk.identity(name); err == nil {
			rec.Marks = append(rec.Marks, id)
		}
	}
}

// sweep removes the marks that the record in force does not list.
func (s *session) sweep() {
	r := s.licFile.rec
	if r == nil || r.MarkNo == 0 {
		return
	}
	for _, p := range s.places {
		_ = s.disk.remove(filepath.Join(p.dir, markFile(r.License, r.MarkNo+1))) // what is left does no harm
		if r.Tombstone != nil {
			_ = s.disk.remove(filepath.Join(p.dir, markFile(r.License, r.MarkNo)))
		}
	}
}

// moved reports whether the state was copied or moved since its marks were made, or
// was found so before and no answer came since.
func (s *session) moved() bool {
	return s.profile.Policy.InvalidateOnMove && s.lic != nil && (s.lic.Moved || s.misplaced())
}

// misplaced reports whether none of the marks of the record is here.
func (s *session) misplaced() bool {
	if !s.profile.Policy.InvalidateOnMove || s.lic == nil || len(s.lic.Marks) == 0 || s.lic.Tombstone != nil {
		return false
	}
	for _, p := range s.places {
		id, err := s.disk.identity(filepath.Join(p.dir, markFile(s.lic.License, s.lic.MarkNo)))
		if err == nil && slices.Contains(s.lic.Marks, id) {
			return false
		}
	}
	return true
}

// settle takes a state that was moved here for one that stays: what was active stays
// inactive until an answer comes, and what was asked for before is given up.
func (s *session) settle(rec *record) {
	if s.misplaced() {
		rec.giveUp(func(int, outstanding) bool { return true })
		rec.Moved = true
		rec.Marks = nil
	}
}

func movedHere() *Error {
	return refuse(ReasonMoved, "the activation state was copied or moved to this place after the activation: ask for a new activation with a request code")
}
