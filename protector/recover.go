package protector

import (
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// A recovery is asked for under LK whatever became of the state, so its requests are
// kept beside the state, in a record of their own with the license key. They stay
// answerable when every copy of the state is damaged.

// recovery returns what is kept beside the state of the license in use.
func (s *session) recovery() (*loaded, error) {
	if s.beside != nil || s.licFile == nil {
		return s.beside, nil
	}
	l, err := s.loadAll(&loaded{license: s.licFile.license, recovery: true})
	if err != nil {
		return nil, err
	}
	if s.writable {
		s.repair(l)
	}
	s.beside = l
	return l, nil
}

// recoveryRecord is the record of the recovery, or a new one.
func (s *session) recoveryRecord() (*record, error) {
	l, err := s.recovery()
	if err != nil {
		return nil, err
	}
	var rec *record
	if l.rec != nil && l.rec.LicenseKey.Equal(s.lic.LicenseKey.LicenseKey) {
		rec = l.rec.clone()
	} else {
		rec = &record{Product: s.profile.UID, License: s.lic.License, LicenseKey: s.lic.LicenseKey, Recovery: true}
		rec.setKey(rec.stretched())
		rec.Generation = 0
		if l.rec != nil {
			rec.Generation = l.rec.Generation + 1
		}
	}
	rec.LicenseFile = s.lic.LicenseFile
	rec.settle(s.lic.Answered)
	return rec, nil
}

// settle gives up the requests that were answered, and those made before them: also
// where the machine stopped before that was written, or an old copy came back.
func (r *record) settle(accepted []answered) {
	last := -1
	for i, q := range r.Requests {
		random := q.Code.Statement().Random
		if slices.ContainsFunc(accepted, func(a answered) bool { return a.Random == random }) {
			last = i
		}
	}
	r.giveUp(func(i int, _ outstanding) bool { return i <= last })
}

// saveRecovery writes the recovery's record in at least one place.
func (s *session) saveRecovery(rec *record) error {
	if !s.writable {
		return notWritable(nil)
	}
	if w := s.write(s.beside, s.stamp(rec)); w.places == 0 {
		return notWritable(w.err)
	}
	return nil
}

// standIn lets a fresh state stand in for one that is lost, so that a recovery can be
// asked for and answered. Nothing of it is kept before an answer is accepted. It
// needs the license key, which the recovery's record and the machine's have.
func (s *session) standIn() error {
	if s.lic != nil || s.licFile == nil {
		return s.licensed()
	}
	l, err := s.recovery()
	if err != nil {
		return err
	}
	rec := &record{Product: s.profile.UID, License: s.licFile.license}
	switch {
	case l.rec != nil:
		rec.LicenseKey, rec.LicenseFile = l.rec.LicenseKey, l.rec.LicenseFile
	case s.base.LicenseKey != licenseSecret{}:
		rec.LicenseKey = s.base.LicenseKey
	default:
		return damagedState(s.licFile.license)
	}
	if refused := s.withdrawn(rec.License); refused != nil {
		return refused
	}
	rec.setKey(rec.stretched())
	rec.Generation = 0
	s.lic, s.lost = rec, true
	if err := s.admitted(); err != nil {
		return damagedState(s.licFile.license)
	}
	return nil
}

// recoveries lists the outstanding requests for a recovery with the definitions that
// recover. Nothing else is granted by an answer to one: it is tagged under LK, which
// a copy may have left long ago.
func (s *session) recoveries() (attempts, error) {
	l, err := s.recovery()
	if err != nil || l.rec == nil {
		return nil, err
	}
	var list attempts
	l.rec = l.rec.clone()
	l.rec.settle(s.lic.Answered)
	for i, q := range slices.Backward(l.rec.Requests) {
		tagger := q.Key.Tagger()
		for _, d := range s.profile.Definitions {
			if d.Type == product.Recover {
				a := s.answerTo(l.rec, i, q, d, tagger)
				a.beside = true
				list = append(list, a)
			}
		}
	}
	return list, nil
}

// recoveryWindow is how long after the vendor's day a recovery can be accepted. A
// clock that is further ahead is still wrong, and would undo the recovery at once.
const recoveryWindow = 31 * 24 * time.Hour

// recoveryDay checks the day that a recovery carries against the clock of this
// machine. Its shelf-life does not count, and neither does the latest time seen.
func (s *session) recoveryDay(m attempt) error {
	d := m.definition
	if m.terms.Parameter == 0 || m.terms.Parameter > uint32(codes.MaxDay) {
		return refuse(ReasonAnswerValue, "this recovery carries no day (%d): ask the vendor for another one", m.terms.Parameter).about(d.ID)
	}
	day := codes.Day(m.terms.Parameter)
	last := day.End().Add(recoveryWindow)
	if m.terms.Day > day {
		last = m.terms.Day.End().Add(recoveryWindow)
	}
	if s.clock.After(last) {
		return refuse(ReasonClockAhead, "the clock of this machine shows %s, and the vendor made this code on %s: set the clock right, then enter the code again (if the clock is right, ask for a new recovery)",
			s.clock.UTC().Format(minute), day).about(d.ID)
	}
	return nil
}

// resetClock makes the vendor's day the latest time seen, but never a day before the
// profile was signed.
func (s *session) resetClock(day codes.Day) {
	mark := day.Date()
	s.base.Clock = mark.Unix()
	s.base.Recovered++
	s.timeline = present(s.config.Now(), s.profile, s.base.Clock)
	s.base.Clock = s.now.Unix()
	s.base.Trial = min(s.base.Trial, s.now.Unix())
}

// recovered makes an accepted recovery durable. A state that was lost begins anew
// with it.
func (s *session) recovered(m attempt, rec *record) error {
	if s.lost {
		rec.Entered = s.now.Unix()
		if err := s.adopt(s.licFile, rec); err != nil {
			return err
		}
	} else if err := s.save(rec); err != nil {
		return err
	}
	if err := s.saveBase(); err != nil {
		s.note(ReasonStateNotWritable, "%s", err.Error()) // the license's record says it too
	}
	if !m.beside {
		return nil
	}
	beside := s.beside.rec.clone()
	beside.settle(rec.Answered)
	beside.Generation++
	if err := s.saveRecovery(beside); err != nil {
		s.note(ReasonStateNotWritable, "%s", err.Error())
	}
	return nil
}
