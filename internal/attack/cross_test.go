package attack

import (
	"fmt"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector"
)

// A customer collects answers: for another machine, another installation on the same
// machine, another license, another product, another vendor, another definition. He
// types each into each. An answer fits the one request that it was made for, and
// switches on what it was made for.
func TestAnswersFitNobodyElse(t *testing.T) {
	v, w := newVendor(t, nil), newVendor(t, nil)
	two, one, dear := v.sell(studio, 3), v.sell(studio, 3), v.sell(lab, 3)
	foreign := w.sell(studio, 3)
	programs := map[string]*program{
		"machine 1":              v.licensed(two, 1),
		"machine 2":              v.licensed(two, 2),
		"machine 1, second copy": v.licensed(two, 1),
		"another license":        v.licensed(one, 1),
		"another product":        v.licensed(dear, 1),
		"another vendor":         w.licensed(foreign, 1),
	}
	answers := map[string]codes.Code{}
	owner := map[string]string{}
	for name, p := range programs {
		for _, id := range []uint8{release, feature, moreDays} {
			answer := fmt.Sprintf("definition %d of %s", id, name)
			answers[answer], owner[answer] = p.v.answer(p.request(id), activator.Decision{Override: "a second installation"}), name
		}
	}
	for name, p := range programs {
		for answer, code := range answers {
			if owner[answer] != name {
				p.refuses(code.String(), protector.ReasonNoMatch)
			}
		}
	}
	for name, p := range programs {
		p.enter(answers["definition 4 of "+name])
		if p.active(release) || !p.active(feature) {
			t.Errorf("%s after the answer for the feature: have release %v, feature %v", name, p.active(release), p.active(feature))
		}
		p.enter(answers["definition 1 of "+name])
		if !p.active(release) {
			t.Errorf("%s: have no release after its own answer", name)
		}
	}
}

// A forger with a script takes a genuine code and claims something else with it: he
// changes one field and spells it anew with right check characters. He may also hold
// the key of one license and speak for another. The tag covers every field, the
// product, the release and the type, under the key of one license.
func TestStatementsSpeakForNobodyElse(t *testing.T) {
	v := newVendor(t, nil)
	mine, theirs := v.sell(studio, 2), v.sell(studio, 2)
	p := v.licensed(mine, 1)
	p.activate(release)
	f := v.forger(studio, mine.Serial.Serial())
	uid := f.p.UID
	others := v.product(lab).UID
	for _, genuine := range []codes.Code{p.request(feature), p.deactivate()} {
		s := genuine.Statement()
		changes := map[string]func(*codes.Statement){
			"random":      func(s *codes.Statement) { s.Random++ },
			"fingerprint": func(s *codes.Statement) { s.Fingerprint ^= 1 },
			"license":     func(s *codes.Statement) { s.License = theirs.Number },
			"definition":  func(s *codes.Statement) { s.Definition = recovery },
			"outcome":     func(s *codes.Statement) { s.Status ^= 1 },
		}
		for name, change := range changes {
			c := s
			change(&c)
			if text := c.Code().String(); text == genuine.String() {
				t.Fatalf("%s: nothing was changed", name)
			} else {
				v.refuses(text, "genuine", true)
			}
			c.Tag = f.key.StatementTag(uid, f.p.Release, 1, c) // tagged anew under what he has
			if name == "license" {
				v.refuses(c.Code().String(), "genuine", true)
			}
		}
		for name, tag := range map[string]uint64{
			"another product": f.key.StatementTag(others, f.p.Release, 1, s),
			"no such release": f.key.StatementTag(uid, 99, 1, s),
			"another type":    f.key.StatementTag(uid, f.p.Release, 9, s),
		} {
			c := s
			c.Tag = tag
			if c.Tag == s.Tag {
				t.Fatalf("%s: the tag is the same", name)
			}
			v.refuses(c.Code().String(), "genuine", true)
		}
	}
}

// A customer bought release 3 and runs release 4. The desk sees the release in the
// tag. With a script and his serial number he tags the request as release 3's; the
// answer then fits no program of release 4.
func TestUpgradePassedOffAsTheOldRelease(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	bought := l.Grants
	bought.Release = 3
	out, err := v.Change(t.Context(), activator.Change{License: l.Number, Kind: activator.AmendLicense, Grants: &bought, Reason: "bought release 3"})
	v.must(err)
	if out.Verdict != "ok" {
		t.Fatalf("grants: have %s (%s)", out.Verdict, out.Reason)
	}
	p := v.licensed(l, 1)
	r := p.request(release)
	v.refuses(r.String(), "release", false)
	f := v.forger(studio, l.Serial.Serial())
	s := r.Statement()
	d, _ := f.p.Definition(release)
	s.Tag = f.key.StatementTag(f.p.UID, 3, uint8(d.Type), s)
	answer := v.answer(s.Code(), activator.Decision{})
	p.refuses(answer.String(), protector.ReasonNoMatch)
}

// A copier moves one license's state file over another's, or between products: a
// state is tagged under its product and number, so it is damage.
func TestStateOfAnotherLicense(t *testing.T) {
	v := newVendor(t, nil)
	paid, unpaid := v.sell(studio, 1), v.sell(studio, 1)
	p, q := v.licensed(paid, 1), v.licensed(unpaid, 1)
	p.activate(release)
	for _, place := range []string{"first", "second"} {
		from := p.stateFile(place, paid)
		to := q.stateFile(place, unpaid)
		v.copyFile(from, to)
	}
	if q.active(release) {
		t.Error("have another license's state honored, want it damaged")
	}
	if _, err := q.client().Request(release, protector.RequestOptions{}); protector.ReasonOf(err) != protector.ReasonStateDamaged {
		t.Errorf("request: have %v, want reason %q", err, protector.ReasonStateDamaged)
	}
}
