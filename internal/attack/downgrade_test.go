package attack

import (
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// signedFeature makes the feature of a product file signed, and what holds it.
func signedFeature(text string) string {
	var out []string
	for i, d := range strings.Split(text, "[[definition]]") {
		if i == 4 || i == 3 || i >= 11 { // the feature; reactivation, recovery, groups
			if strings.Contains(d, "\nstrength = ") {
				panic("attack: the sample product has another strength than the default here")
			}
			d = strings.Replace(d, "\ntype = ", "\nstrength = \"signed\"\ntype = ", 1)
		}
		out = append(out, d)
	}
	return strings.Join(out, "[[definition]]")
}

// A buyer with a script answers his own request for a definition that needs a signed
// answer with a short one, tagged with the definition's flags as they are, with the
// signed flag left out, and with flags of his own. He also lets the desk answer
// something cheap and passes that off for it. The program takes no short answer there.
func TestSignedAnsweredByShort(t *testing.T) {
	v := newVendor(t, signedFeature)
	l := v.sell(studio, 2)
	f := v.forger(studio, l.Serial.Serial())
	for _, asked := range []uint8{release, feature} {
		p := v.licensed(l, int(asked))
		r := p.request(asked)
		for _, id := range []uint8{reactivate, feature, recovery, 12, 13} {
			d, _ := f.p.Definition(id)
			if !d.Signed {
				t.Fatalf("definition %d: have strength short, want signed", id)
			}
			for _, flags := range []uint8{d.Flags(), 0, 1, 2, 3, 0xff} {
				forged := f.answers(r, f.key, func(t *codes.Terms) {
					t.Definition, t.Type, t.Flags, t.Parameter = d.ID, uint8(d.Type), flags, 1
				})
				if a, err := p.client().Enter(forged.String()); err == nil {
					t.Errorf("asked %d, a short answer for %d with flags %#x: have it taken: %+v", asked, id, flags, a.Definition)
				}
			}
		}
		if p.active(feature) {
			t.Errorf("asked %d: have the signed feature active by short answers", asked)
		}
		if answer := v.answer(r, activator.Decision{}); asked == feature {
			if p.enter(answer); answer.Kind() != codes.KindSigned || !p.active(feature) {
				t.Errorf("the desk's answer: have %s, active %v, want a signed one that is taken", answer.Kind(), p.active(feature))
			}
		}
	}
}

// An agent is asked for the signed feature through something that is short: a
// composite, a choice, another definition. The catalogue refuses a product in which a
// group of signed things is short, and the desk gives no short code for any of them.
func TestSignedWithinAShortGroup(t *testing.T) {
	v := newVendor(t, func(text string) string { // the feature alone
		return strings.Replace(signedFeature(text), "strength = \"signed\"\ntype = \"composite\"", "type = \"composite\"", 1)
	})
	if broken := v.BrokenProducts(); len(broken) != 2 || !strings.Contains(broken[0].Error(), "signed") {
		t.Errorf("a short composite of a signed feature: have %v, want both products refused for it", broken)
	}
	v = newVendor(t, signedFeature)
	p := v.licensed(v.sell(studio, 1), 1)
	r := p.request(release)
	for _, as := range []uint8{feature, 12, 13} {
		out := v.submit(r.String(), activator.Decision{As: as, Choose: chosen(as), Correct: "another one"})
		if out.Answer.Kind() == codes.KindActivation {
			t.Errorf("definition %d: have the short answer %s, want none", as, out.Answer)
		}
	}
}

// chosen is what the desk must say for a choice.
func chosen(id uint8) []uint8 {
	if id == 13 {
		return []uint8{feature}
	}
	return nil
}
