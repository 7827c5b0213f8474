package attack

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector"
)

// A forger flips each single bit of genuine codes, right check characters included,
// and shows them to the desk and to the program: none is genuine.
func TestEveryBitFlipped(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	p.activate(release)
	request, confirmation := p.request(feature), p.deactivate()
	for _, c := range []codes.Code{request, confirmation, l.Serial} {
		for bit := range 140 {
			s := flipped(c, bit)
			r, err := v.Read(context.Background(), s, activator.Decision{})
			if err != nil || r.Verdict != journal.Refused && r.Verdict != journal.Unreadable { // definition 0 is no code
				t.Errorf("bit %d of the %s: have %s, %v, want it refused", bit, c.Kind(), r.Verdict, err)
			}
			if c.Kind() == codes.KindSerial {
				if _, err := p.client().EnterSerial(s); err == nil {
					t.Errorf("bit %d of the serial number: the program takes it", bit)
				}
			}
		}
	}
	q := v.licensed(l, 1)
	answer := v.answer(q.request(release), activator.Decision{Override: "installed again"})
	for bit := range 110 {
		q.refuses(flipped(answer, bit), protector.ReasonNoMatch)
	}
	q.enter(answer)
}

// flipped is a code with one bit of its value changed, counted from the least
// significant one, and spelled with right checks; empty where that is no code.
func flipped(c codes.Code, bit int) string {
	defer func() { _ = recover() }() // a value that a program may not write
	mask := func(low, width int) (uint64, bool) {
		return 1 << max(bit-low, 0), bit >= low && bit < low+width
	}
	switch c.Kind() {
	case codes.KindRequest, codes.KindConfirmation:
		s := c.Statement()
		if m, ok := mask(0, 34); ok {
			s.Tag ^= m
		} else if m, ok := mask(34, 8); ok {
			s.Status ^= uint8(m)
		} else if m, ok := mask(42, 8); ok {
			s.Definition ^= uint8(m)
		} else if m, ok := mask(50, 32); ok {
			s.License ^= codes.LicenseNumber(m)
		} else if m, ok := mask(82, 26); ok {
			s.Fingerprint ^= codes.Fingerprint(m)
		} else if m, ok := mask(108, 32); ok {
			s.Random ^= uint32(m)
		}
		return s.Code().String()
	case codes.KindActivation:
		a := c.Answer()
		if m, ok := mask(0, 64); ok {
			a.Tag ^= m
		} else if m, ok := mask(64, 32); ok {
			a.Parameter ^= uint32(m)
		} else if m, ok := mask(96, 14); ok {
			a.Day ^= codes.Day(m)
		}
		return a.Code().String()
	case codes.KindSerial:
		s := c.Serial()
		if m, ok := mask(0, 20); ok {
			s.Checksum ^= uint32(m)
		} else if bit < 108 {
			s.Key[10-(bit-20)/8] ^= 1 << ((bit - 20) % 8)
		} else if m, ok := mask(108, 32); ok {
			s.License ^= codes.LicenseNumber(m)
		}
		return s.Code().String()
	}
	panic("attack: no such kind")
}

// Somebody gives less or more than a code: every beginning and every end of it, the
// code twice, groups left out, repeated or added. What is read at all is the code
// itself, never another one.
func TestTruncatedAndExtended(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	request := p.request(release)
	answer := v.answer(request, activator.Decision{})
	other := p.request(feature)
	for _, c := range []codes.Code{request, answer, l.Serial} {
		for _, text := range []string{c.String(), c.Digits(), withoutDashes(c)} {
			var wrong []string
			for i := range text {
				wrong = append(wrong, text[:i], text[i:]) // text[0:] is the code itself
			}
			groups := strings.Split(c.String(), "-")
			for i := range groups {
				dropped := append(append([]string{}, groups[:i]...), groups[i+1:]...)
				wrong = append(wrong, strings.Join(dropped, "-"), text+"-"+groups[i], groups[i]+"-"+text, text+groups[i])
			}
			wrong = append(wrong, text+text, text+"1", "1"+text, text+"-"+other.String(), text+strings.Repeat("1", 1000))
			for _, w := range wrong {
				if have, err := codes.Parse(w); err == nil && have != c {
					t.Errorf("%q, made of %s: have the code %s, want none or the same", w, c, have)
				}
			}
		}
	}
	for i := range len(answer.String()) {
		if _, err := p.client().Enter(answer.String()[:i]); protector.ReasonOf(err) != protector.ReasonUnreadable {
			t.Errorf("an answer cut to %d characters: have %v, want it unreadable", i, err)
		}
	}
}

// A customer shows one code in another spelling, hoping that it counts as a second
// one: in digits, without dashes, with other dashes, full-width, quoted in a mail,
// with invisible characters. It is the same code, so it is the same confirmation, the
// same request, the same answer.
func TestAnotherSpellingIsTheSameCode(t *testing.T) {
	v := newVendor(t, nil)
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	r := p.request(release)
	a := v.answer(r, activator.Decision{})
	for i, text := range spellings(r) {
		if out := v.submit(text, activator.Decision{}); out.Verdict != journal.Repeat || out.Answer != a {
			t.Errorf("spelling %d of the request: have %s with answer %s, want a repeat with %s", i, out.Verdict, out.Answer, a)
		}
	}
	p.enter(a)
	for i, text := range spellings(a) {
		if have, err := p.client().Enter(text); err != nil || !have.Already {
			t.Errorf("spelling %d of the answer: have %+v, %v, want it known already", i, have, err)
		}
	}
	d := p.deactivate()
	v.submit(d.String(), activator.Decision{Reference: "case-1"})
	for i, text := range spellings(d) {
		out := v.submit(text, activator.Decision{Reference: fmt.Sprint("case-", i+2), Override: "another one"})
		if out.Verdict != journal.Refused || failed(out) != "used before" {
			t.Errorf("spelling %d of the confirmation: have %s, failed %q, want it used before", i, out.Verdict, failed(out))
		}
		if out.Code != d {
			t.Errorf("spelling %d: have %s journaled, want %s", i, out.Code, d)
		}
	}
	if v.seats(l) != 0 {
		t.Errorf("seats: have %d taken, want 0", v.seats(l))
	}
}

func spellings(c codes.Code) []string {
	wide := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, withoutDashes(c))
	return []string{
		withoutDashes(c), c.Digits(), strings.ReplaceAll(c.Digits(), "-", ""), strings.ReplaceAll(c.String(), "-", " \u2014 "),
		strings.ReplaceAll(c.String(), "-", "\u00a0"), strings.ReplaceAll(c.String(), "-", "-\u200b"), wide,
		"> > " + strings.ReplaceAll(c.String(), "-", "-\r\n> > "), "Dear Sir,\n\n  the code is \u201c" + c.String() + "\u201d.\n\nYours\n",
		c.String() + "\n" + c.String(),
	}
}
