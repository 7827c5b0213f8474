package activator_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

func TestUnreadableIsKept(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	before := o.entries()
	serial, digits := l.Serial.String(), l.Serial.Digits()
	texts := []string{
		"", "hello", strings.Repeat("x", 1<<20), "\x00\xff\x1b[31m",
		serial + " " + o.machine(l, 7).request(1).String(),
		serial[:9] + "?" + serial[10:], serial[1:], serial[:28], strings.ToLower(serial),
		"my serial number: " + serial[:12] + "!" + serial[13:] + " thanks", digits[:22] + digits[23:], digits + digits,
	}
	for _, text := range texts {
		out, err := o.Submit(context.Background(), text, activator.Decision{})
		if err != nil {
			t.Fatal(err)
		}
		o.want(out, "unreadable", "")
	}
	if have, want := o.entries(), before+len(texts); have != want {
		t.Fatalf("entries: have %d, want %d", have, want)
	}
	for e, err := range o.Entries(context.Background(), journal.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		leaf := string(e.Leaf(nil))
		for _, p := range e.Personal {
			leaf += p.Text
		}
		for i := 7; i+6 <= len(serial); i += 7 { // the groups that carry the key
			if group := serial[i : i+6]; strings.Contains(leaf, group) || strings.Contains(leaf, strings.ToLower(group)) {
				t.Errorf("entry %v keeps %q of a serial number: %q %v", e.ID, group, e.Code, e.Checks)
			}
		}
		for i := 7; i+6 <= len(digits); i += 7 {
			if group := digits[i : i+6]; strings.Contains(leaf, group) {
				t.Errorf("entry %v keeps %q of a serial number: %q %v", e.ID, group, e.Code, e.Checks)
			}
		}
	}
}

// Of a single line in which nothing looks like a code only the length is kept: it may be a passphrase.
func TestPassphraseInTheBoxIsNotKept(t *testing.T) {
	o := newOffice(t)
	var code []byte
	for !bytes.ContainsAny(code, "123456789") { // as most have: letters alone are taken for words where no group is right
		code = []byte(o.machine(o.license(1), 7).request(1).String())
		for i := 2; i < len(code); i += 7 { // a slip in each group
			code[i] = map[bool]byte{true: 'y', false: 'x'}[code[i] == 'x']
		}
	}
	for _, c := range []struct {
		text string
		kept bool
	}{
		{"hunter2", false}, {"?!?!", false}, {"Tr0ub4dor&3", false}, {passphrase, false},
		{"Dragons eat blue bananas every day of the week", false},
		{"Antelopes-eat-blue-bananas-every-day-of-the-week-and-every-night-too", false},
		{string(code), true}, {o.machine(o.license(1), 8).request(1).String()[:13], true},
		{string(code[:6]) + "-" + o.machine(o.license(1), 8).request(1).String()[7:13], false}, // one of two groups is right
		{"my code is " + string(code) + ", please", true}, {"Rabbit7-Staple-Orbit-Dragon-Ginger", false},
		{"Hello,\nit does not work\n", true},
	} {
		out, err := o.Submit(context.Background(), c.text, activator.Decision{})
		if err != nil {
			t.Fatal(err)
		}
		o.want(out, "unreadable", "")
		e := o.newest(journal.KindUnreadable)
		if len(e.Personal) != 1 {
			t.Fatalf("%q: have %d texts, want one", c.text, len(e.Personal))
		}
		if have := e.Personal[0].Text; (have == c.text) != c.kept || !c.kept && !strings.HasSuffix(have, " characters]") {
			t.Errorf("%q: have %q in the journal, want it kept: %v", c.text, have, c.kept)
		}
	}
}

func TestEmail(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	r := m.request(1)
	mail := "Hello,\r\n\r\nmy code is:\r\n> " + r.String() + "\r\n\r\nThanks, Jo (order 4711)\r\n"
	out, err := o.Submit(context.Background(), mail, activator.Decision{})
	if err != nil {
		t.Fatal(err)
	}
	o.want(out, "ok", "current")
}

// A slip is answered with proposals, and a proposal is not an answer.
func TestSlip(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	r := o.machine(l, 7).request(1)
	text := []byte(r.String())
	for i := 2; i < len(text); i += 7 { // one character of each group
		if text[i] == 'x' {
			text[i] = 'y'
		} else {
			text[i] = 'x'
		}
	}
	out, err := o.Submit(context.Background(), string(text), activator.Decision{})
	if err != nil {
		t.Fatal(err)
	}
	o.want(out, "unreadable", "")
	if len(out.Proposals) != 1 || out.Proposals[0].Code != r {
		t.Fatalf("proposals: have %v, want %v alone", out.Proposals, r)
	}
	if have := o.taken(l); have != 0 {
		t.Fatalf("seats taken by a proposal: have %d, want 0", have)
	}
}
