package protector

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// session is one look at the state, under the lock.
type session struct {
	*Client
	timeline
	writable bool // the lock is held
	older    bool // the profile is older than the newest seen
	unbegun  bool // the trial begins now, and that could not be written
	base     *record
	baseFile *loaded
	lic      *record         // of the license in use; nil: none, or damaged
	licFile  *loaded         // nil: none
	beside   *loaded         // what is kept for the license's recovery, once it was asked for
	lost     bool            // lic stands in for a state that is lost
	verified int             // signatures of typed answers so far
	proofs   map[*proof]bool // whether what was looked at is genuine
}

// session runs f on the state as it is now.
func (c *Client) session(f func(*session) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errors.New("the client is closed")
	}
	s := &session{Client: c}
	unlock, err := s.lockPlaces()
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.read(); err != nil {
		return err
	}
	if s.writable {
		c.repair(s.baseFile)
		if s.licFile != nil {
			c.repair(s.licFile)
		}
	}
	s.tick()
	return f(s)
}

// lockPlaces locks every place that can be written, always in the same order. A
// state that cannot be written anywhere can still be read.
func (s *session) lockPlaces() (func(), error) {
	var locks []func()
	var held []string
	unlock := func() {
		for _, l := range slices.Backward(locks) {
			l()
		}
	}
	for _, p := range slices.Backward(s.places) { // the machine's first
		name := filepath.Join(p.dir, lockFile)
		if s.lockedAlready(name, held) {
			continue
		}
		l, err := s.disk.lock(name, p.shared, lockWait)
		switch {
		case errors.Is(err, errLocked):
			unlock()
			return nil, refuse(ReasonStateLocked, "another program holds the activation state in %s for more than %v: close it and try again", p.dir, lockWait).because(err)
		case err != nil:
			if !p.shared {
				s.note(ReasonStateNotWritable, "the folder of the activation state %s cannot be written (%v)", p.dir, err)
			}
		default:
			locks, held = append(locks, l), append(held, name)
		}
	}
	s.writable = len(locks) > 0
	return unlock, nil
}

// read loads the machine's record and that of the license in use.
func (s *session) read() error {
	var err error
	if s.baseFile, err = s.load(0); err != nil {
		return err
	}
	current := codes.LicenseNumber(0)
	if s.baseFile.rec != nil {
		s.base = s.baseFile.rec.clone() // what is merged into it is not in the file
		current = s.base.Current
	}
	if current != 0 {
		if s.licFile, err = s.load(current); err != nil {
			return err
		}
	} else if err := s.newest(); err != nil {
		return err
	}
	if s.licFile != nil {
		s.lic = s.licFile.rec
	}
	missing := s.base == nil
	lost := missing && s.baseFile.damaged()
	if missing {
		s.base = &record{Product: s.profile.UID}
		if lost { // used up, unless a license's record knows better
			s.base.Trial, s.base.Runs, s.base.Ran = 1, usedUp, usedUp
		}
	}
	if s.licFile != nil {
		s.base.Current = s.licFile.license
	}
	if s.lic != nil {
		s.base.LicenseKey = s.lic.LicenseKey
		s.base.merge(s.lic.common, lost)
	}
	if missing {
		if err := s.recall(); err != nil {
			return err
		}
	}
	s.timeline = present(s.config.Now(), s.profile, s.base.Clock)
	var refused *Error
	if s.older, refused = rollback(s.profile, s.base.Seen); refused != nil {
		return refused
	}
	return nil
}

// newest finds the license entered last when the machine's record names none: it is
// lost, or newer than the files that came back.
func (s *session) newest() error {
	for _, number := range s.licenses() {
		l, err := s.load(number)
		if err != nil {
			return err
		}
		if s.licFile == nil || l.rec != nil && (s.licFile.rec == nil || l.rec.Entered > s.licFile.rec.Entered) {
			s.licFile = l
		}
	}
	return nil
}

// recall takes in what the other records know where the machine's is missing: those of
// licenses that are not in use, and what is kept for recoveries.
func (s *session) recall() error {
	var beside []*loaded
	for _, number := range s.licenses() {
		beside = append(beside, &loaded{license: number})
	}
	for _, number := range s.filesOf(recoveryOf) {
		beside = append(beside, &loaded{license: number, recovery: true})
	}
	for _, l := range beside {
		if _, err := s.loadAll(l); err != nil {
			return err
		}
		if l.rec != nil {
			s.base.merge(l.rec.common, false)
		}
	}
	return nil
}

// merge takes in what another record of this machine knows.
func (c *common) merge(o common, lost bool) {
	switch {
	case o.Recovered > c.Recovered:
		c.Recovered, c.Clock = o.Recovered, o.Clock
	case o.Recovered == c.Recovered:
		c.Clock = max(c.Clock, o.Clock)
	}
	if lost {
		c.Runs, c.Ran = o.Runs, o.Ran
	}
	c.Runs, c.Ran = max(c.Runs, o.Runs), max(c.Ran, o.Ran)
	if o.Trial != 0 && (lost || c.Trial == 0 || o.Trial < c.Trial) {
		c.Trial = o.Trial
	}
	if o.Seen.Serial > c.Seen.Serial {
		c.Seen = o.Seen
	}
}

// tick notes the time, the profile, the begin of the trial and what the profile
// withdraws, as far as they can be written.
func (s *session) tick() {
	changed := s.baseFile.rec == nil
	if mark := time.Unix(s.base.Clock, 0); s.now.Sub(mark) >= clockGrain || s.ended(mark) {
		s.base.Clock = s.now.Unix()
		changed = true
	}
	if p := s.profile; p.Serial > s.base.Seen.Serial {
		s.base.Seen = seen{Serial: p.Serial, Release: p.Release, Signed: p.SignedOn}
		changed = true
	}
	if s.profile.Trial.Days > 0 && s.base.Trial == 0 {
		s.base.Trial = s.now.Unix()
		changed, s.unbegun = true, true
	}
	if s.setBack {
		way := ""
		for _, d := range s.profile.Definitions {
			if d.Type == product.Recover && s.licFile != nil {
				way = fmt.Sprintf("; if it is right, ask the vendor for definition %d (%s)", d.ID, d.Name)
			}
		}
		s.note(ReasonClockSetBack, "the clock of this machine shows %s, but %s was seen already: set the clock right%s; until then the later time counts",
			s.clock.UTC().Format(minute), s.now.Format(minute), way)
	}
	if s.older {
		s.note(ReasonProfileOlder, "an older release of the program (%d) is running than the one last seen (%d)", s.profile.Release, s.base.Seen.Release)
	}
	lost := s.baseFile.damaged()
	if changed && s.writable && (!lost || s.lic != nil) {
		if err := s.saveBase(); err != nil {
			s.note(ReasonStateNotWritable, "%s", err.Error())
		} else {
			s.unbegun = false
			if lost {
				s.note(ReasonStateRepaired, "the damaged state of this machine was written again from that of license %s", s.lic.License)
			}
		}
	}
	if s.lic != nil && !s.older {
		if withdrawn := s.withdrawn(s.lic.License) != nil; withdrawn != (s.lic.Withdrawn != 0) {
			s.lic.Withdrawn = 0
			if withdrawn {
				s.lic.Withdrawn = s.profile.Serial
			}
			if s.writable {
				if w := s.write(s.licFile, s.stamp(s.lic)); w.places == 0 {
					s.note(ReasonStateNotWritable, "the activation state cannot be written (%v)", w.err)
				}
			}
		}
	}
}

// ended reports whether something ended since the mark: what was seen to be over
// stays over.
func (s *session) ended(mark time.Time) bool {
	var ends []time.Time
	for _, m := range s.meters(s.lic) {
		if m.typ == product.TrialDays {
			ends = append(ends, time.Unix(m.limit, 0))
		}
	}
	if s.lic != nil {
		for _, g := range s.lic.Active {
			if takesDay(g.Type) {
				ends = append(ends, codes.Day(g.Parameter).End())
			}
		}
	}
	return slices.ContainsFunc(ends, func(end time.Time) bool { return end.After(mark) && !s.now.Before(end) })
}

const minute = "2006-01-02 15:04 UTC"

// saveBase writes the machine's record.
func (s *session) saveBase() error {
	if w := s.write(s.baseFile, s.base); w.places == 0 {
		return notWritable(w.err)
	}
	s.base = s.baseFile.rec
	return nil
}

// stamp puts the time and what else is common into a record about to be written.
func (s *session) stamp(r *record) *record {
	s.base.Clock = max(s.base.Clock, s.now.Unix())
	r.common = s.base.common
	return r
}

// save writes the record of the license in use, in at least one place, or changes
// nothing.
func (s *session) save(r *record) error {
	if !s.writable {
		return notWritable(nil)
	}
	old := s.licFile.rec
	marked := old == nil || old.Generation != r.Generation || len(r.Marks) == 0
	if marked {
		s.mark(r)
	}
	w := s.write(s.licFile, s.stamp(r))
	if w.places == 0 {
		return notWritable(w.err)
	}
	if marked {
		s.sweep()
	}
	if w.err != nil {
		s.note(ReasonStateNotWritable, "a copy of the activation state cannot be written (%v)", w.err)
	}
	s.lic = s.licFile.rec
	return nil
}

func notWritable(err error) *Error {
	if err == nil {
		return refuse(ReasonStateNotWritable, "the activation state cannot be written, so nothing was changed: check the permissions of its folder")
	}
	return refuse(ReasonStateNotWritable, "the activation state cannot be written, so nothing was changed (%v): check space and permissions, then try again", err).because(err)
}

// random draws a number that is not 0 and that no request or answer of this state
// has.
func (s *session) random() (uint32, error) {
	used := map[uint32]bool{0: true}
	records := []*record{s.lic}
	if r, err := s.recovery(); err != nil {
		return 0, err
	} else if r != nil && r.rec != nil {
		records = append(records, r.rec)
	}
	for _, r := range records {
		for _, q := range slices.Concat(r.Requests, r.Older) {
			used[q.Code.Statement().Random] = true
		}
		for _, a := range r.Answered {
			used[a.Random] = true
		}
	}
	for _, in := range s.lic.CheckedIn {
		used[in.Code.Statement().Random] = true
	}
	if t := s.lic.Tombstone; t != nil {
		used[t.Code.Statement().Random] = true
	}
	var b [4]byte
	for range 8 {
		if _, err := io.ReadFull(s.config.Rand, b[:]); err != nil {
			return 0, refuse(ReasonRandom, "no random number can be drawn: %v", err).because(err)
		}
		if n := binary.BigEndian.Uint32(b[:]); !used[n] {
			return n, nil
		}
	}
	return 0, refuse(ReasonRandom, "the source of random numbers repeats itself: no code can be made")
}
