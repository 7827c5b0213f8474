package attack

import (
	"context"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector"
)

// A customer types every kind of code through every door. Each door takes its own
// kind, and says which one it was given.
func TestKindsAtTheWrongDoor(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	r := p.request(release)
	a := v.answer(r, activator.Decision{})
	p.enter(a)
	d := p.deactivate()
	for _, c := range []codes.Code{r, a, d, l.Serial} {
		if c.Kind() != codes.KindActivation {
			if _, err := p.client().Enter(c.String()); protector.ReasonOf(err) != protector.ReasonWrongKind {
				t.Errorf("%s as an answer: have %v, want the wrong kind", c.Kind(), err)
			}
		}
		if c.Kind() != codes.KindSerial {
			if _, err := p.client().EnterSerial(c.String()); protector.ReasonOf(err) != protector.ReasonWrongKind {
				t.Errorf("%s as a serial number: have %v, want the wrong kind", c.Kind(), err)
			}
		}
		for _, want := range []codes.Kind{codes.KindRequest, codes.KindConfirmation} {
			out, err := v.Submit(context.Background(), c.String(), activator.Decision{Want: []codes.Kind{want}, Override: "it will do", Reference: "case-1"})
			v.must(err)
			if c.Kind() != want && (out.Verdict != journal.Refused || failed(out) != "form") {
				t.Errorf("%s where a %s belongs: have %s, failed %q, want it refused by its form", c.Kind(), want, out.Verdict, failed(out))
			}
		}
	}
}

// A forger makes a code of one kind into one of another: the fields of a request and
// of a confirmation are the same 140 bits, and a serial number is as long. He gives a
// request of his as a confirmation, to have money for what he still uses. Tags of
// every kind have a label of their own.
func TestRequestMadeIntoAConfirmation(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	p.activate(release)
	for _, id := range []uint8{release, deactivate, feature} {
		s := p.request(feature).Statement()
		s.Kind, s.Definition = codes.KindConfirmation, id
		v.refuses(s.Code().String(), "genuine", true)
	}
	d := p.deactivate().Statement()
	v.submit(d.Code().String(), activator.Decision{})
	d.Kind = codes.KindRequest
	v.refuses(d.Code().String(), "genuine", true)
	d.Definition = reactivate
	v.refuses(d.Code().String(), "genuine", true)
}

// A confirmation comes from a definition that gives back. With a script and the
// machine's key one can be tagged for any definition: the desk takes none that gives
// nothing back, and no request for one that does.
func TestConfirmationOfWhatGivesNothingBack(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	f := v.forger(studio, l.Serial.Serial())
	for _, id := range []uint8{release, feature, reactivate, recovery} {
		v.refuses(f.states(codes.KindConfirmation, id, f.key, nil).String(), "definition", true)
	}
	for _, id := range []uint8{deactivate, checkIn} {
		v.refuses(f.states(codes.KindRequest, id, f.key, nil).String(), "granted", true)
		v.refuses(f.states(codes.KindConfirmation, id, f.key, nil).String(), "state", true) // never active
	}
	if v.seats(l) != 0 {
		t.Errorf("seats: have %d taken, want 0", v.seats(l))
	}
}

// Somebody types a code of a version that does not exist yet, whose rules may be
// weaker. It is not judged by today's.
func TestCodeOfAnotherVersion(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	for _, text := range []string{"YMhZtF-FQBSVY-RgS3Kw-KX9Rui-zzJfM2", "UMhZt9-FQBSVY-RgS3Kw-KX9Rui-zzJfM2", "HMhZtM-FQBSVY-RgS3Kw-KX9Rui-zzJfM2", "500744-955289-245948-934789-098190-630391-263560-543025-054525"} {
		p.refuses(text, protector.ReasonUnreadable)
		if out := v.submit(text, activator.Decision{Override: "newer"}); out.Verdict != journal.Unreadable || len(out.Proposals) > 0 {
			t.Errorf("%s: have %s with %d proposals, want it unreadable without any", text, out.Verdict, len(out.Proposals))
		}
	}
}
