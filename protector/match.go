package protector

import (
	"errors"
	"slices"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// attempt is one way in which an answer may be genuine.
type attempt struct {
	definition product.Definition
	terms      codes.Terms // without day and parameter
	key        codes.Key   // the answer is tagged under it
	request    int         // index of the request it answers; -1: reusable, none needed
	beside     bool        // the request is one of the recovery's record
	tagger     *codes.Tagger
	vouch      codes.Vouch // of the license
}

type attempts []attempt

// find returns the attempt under which the answer is genuine. A short one grants
// nothing that is signed, and a signed one nothing else.
func (s *session) find(as attempts, code codes.Code) (attempt, bool) {
	a := code.Answer()
	found := -1
	for i, t := range as {
		if found >= 0 && t.definition.Signed || t.definition.Signed != (code.Kind() == codes.KindSigned) {
			continue
		}
		t.terms.Day, t.terms.Parameter = a.Day, a.Parameter
		if t.answers(s, code) && found < 0 {
			found = i
		}
	}
	if found < 0 {
		return attempt{}, false
	}
	m := as[found]
	m.terms.Day, m.terms.Parameter = a.Day, a.Parameter
	return m, true
}

// answers reports whether the answer is genuine under the attempt, its terms complete.
func (t *attempt) answers(s *session, code codes.Code) bool {
	if code.Kind() == codes.KindSigned {
		return s.genuine(code.SignedAnswer(), codes.Signed{Terms: t.terms, Commit: t.key.Commitment(), Vouch: t.vouch})
	}
	return codes.EqualTags(t.tagger.AnswerTag(t.terms), code.Answer().Tag)
}

// attempts lists every outstanding request with every definition that may be
// granted; the vendor may grant another than was asked for. Types that end
// something are never granted, so they are not tried.
func (s *session) attempts(rec *record, machine hardware) attempts {
	return append(s.answersTo(rec, rec.Requests), s.reusable(rec, machine)...)
}

func (s *session) answersTo(rec *record, requests []outstanding) attempts {
	var list attempts
	for i, q := range slices.Backward(requests) {
		tagger := q.Key.Tagger()
		for _, d := range s.profile.Definitions {
			if d.Type.Ends() || d.Reusable {
				continue
			}
			list = append(list, s.answerTo(rec, i, q, d, tagger))
		}
	}
	return list
}

// answerTo is the attempt that an answer grants d to a request of the record, which has
// this index.
func (s *session) answerTo(rec *record, index int, q outstanding, d product.Definition, tagger *codes.Tagger) attempt {
	st := q.Code.Statement()
	return attempt{
		definition: d, key: q.Key.Key, request: index, tagger: tagger, vouch: rec.vouch(),
		terms: codes.Terms{
			UID: s.profile.UID, License: rec.License, Release: q.Release,
			Definition: d.ID, Type: uint8(d.Type), Flags: d.Flags(),
			Fingerprint: st.Fingerprint, Random: st.Random,
		},
	}
}

// all lists the attempts of the license in use: of a state that is lost only those
// that recover it.
func (s *session) all(machine hardware) (attempts, error) {
	list, err := s.recoveries()
	if err != nil || s.lost {
		return list, err
	}
	return append(list, s.attempts(s.lic, machine)...), nil
}

// reusable lists the definitions whose answer may be typed again after a
// reinstall: it is bound to the machine, not to a request. On hardware that is not
// the one of other activations it is not taken, since it would carry them over.
func (s *session) reusable(rec *record, machine hardware) attempts {
	fingerprint := machine.fold
	if rec.Machine != "" {
		switch now := compare(rec.profile(rec.Machine), machine, s.profile.Policy, false); {
		case now.same:
			fingerprint = rec.Fingerprint
		case slices.ContainsFunc(rec.Active, func(g grant) bool {
			d, ok := s.profile.Definition(g.Definition)
			return !ok || !d.Reusable
		}), machine.identified() != nil:
			return nil
		}
	}
	var list attempts
	lk := rec.stretched()
	tagger := lk.Tagger()
	for _, d := range s.profile.Definitions {
		if !d.Reusable || d.Type.Ends() {
			continue
		}
		for _, release := range s.profile.Releases {
			list = append(list, attempt{
				definition: d, key: lk, request: -1, tagger: tagger, vouch: rec.vouch(),
				terms: codes.Terms{
					UID: s.profile.UID, License: rec.License, Release: release,
					Definition: d.ID, Type: uint8(d.Type), Flags: d.Flags(), Fingerprint: fingerprint,
				},
			})
		}
	}
	return list
}

// The work of one repair is bounded.
const (
	mostTags       = 1 << 20
	mostSignatures = 1 << 12 // which cost fifty times as much
)

// judge lets codes.Repair ask the customer's side.
type judge struct {
	session  *session
	attempts attempts
	tags     int // or signatures, by their cost
}

// Known is asked for codes that name a license; only a serial number does here, and
// Genuine decides about it.
func (j *judge) Known(numbers []codes.LicenseNumber) []bool {
	known := make([]bool, len(numbers))
	for i := range known {
		known[i] = true
	}
	return known
}

// Genuine reports whether the candidate would be taken.
func (j *judge) Genuine(c codes.Code) bool {
	switch c.Kind() {
	case codes.KindSerial:
		serial := c.Serial()
		return serial.BelongsTo(j.session.profile.UID) && j.session.vouched(serial.License, serial.Key)
	case codes.KindActivation:
		if j.tags += len(j.attempts); j.tags > mostTags {
			return false
		}
		_, ok := j.session.find(j.attempts, c)
		return ok
	case codes.KindSigned:
		if j.tags += len(j.attempts) * (mostTags / mostSignatures); j.tags > mostTags || j.session.known(c.SignedAnswer()) != nil {
			return false
		}
		_, ok := j.session.find(j.attempts, c)
		return ok
	}
	return false
}

// unreadable explains a text that is no code, with proposals where this machine can
// tell what was meant.
func (s *session) unreadable(text string, err error, want ...codes.Kind) error {
	var reserved *codes.ReservedError
	if errors.As(err, &reserved) {
		return refuse(ReasonWrongKind, "this is a %s, which this version does not read: ask the vendor for %s", reserved.Kind, article(want[0])).because(err)
	}
	e := refuse(ReasonUnreadable, "%v", err).because(err)
	j := &judge{session: s}
	if want[0] == codes.KindActivation {
		if s.standIn() != nil {
			return e
		}
		machine, err := s.hardware()
		if err != nil {
			return e
		}
		if j.attempts, err = s.all(machine); err != nil {
			return e
		}
	}
	e.Proposals = codes.Repair(text, want, j)
	return e
}
