package protector

import (
	"errors"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// TestRepairAnswer: slips in an answer are proposed and never applied.
func TestRepairAnswer(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	answer := w.issue(w.request(c, 1), protectortest.Answer{})
	typed := strings.ToLower(strings.ReplaceAll(answer, "-", ""))
	_, err := c.Enter(typed)
	var e *Error
	if !errors.As(err, &e) || e.Reason != ReasonUnreadable || len(e.Proposals) != 1 || e.Proposals[0].Code.String() != answer {
		t.Fatalf("%q gave %v with %d proposals, want %s", typed, err, len(e.Proposals), answer)
	}
	w.is(c, 1, Pending, ReasonAnswerAwaited)
	w.enter(c, e.Proposals[0].Code.String())
}

// TestMail: a mail that quotes the request around the answer; two answers are one too
// many.
func TestMail(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	r := w.request(c, 1)
	answer, other := w.issue(r, protectortest.Answer{}), codes.Answer{Tag: 9}.Code().String()
	_, err := c.Enter("your codes: " + answer + " or " + other)
	w.refused(err, ReasonUnreadable)
	_, err = c.Enter("> " + r.String() + "\nserial " + w.serial)
	w.refused(err, ReasonUnreadable)
	w.is(c, 1, Pending, ReasonAnswerAwaited)
	w.enter(c, "Hello,\r\n> my code is "+r.String()+"\r\nyours is\r\n  "+answer+"\r\nin digits "+codesDigits(t, answer)+"\r\nBye")
}

func codesDigits(t *testing.T, text string) string {
	code, err := codes.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return code.Digits()
}

// TestEnterFile: a list for many machines, a mail around the code, a file without.
func TestEnterFile(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	one, two := w.request(c, 1), w.request(c, 5)
	first, second := w.issue(one, protectortest.Answer{}), w.issue(two, protectortest.Answer{Parameter: 2})
	other := codes.Answer{Tag: 12345}.Code().String()
	for name, test := range map[string]struct {
		text string
		want Reason
	}{
		"nothing":      {"Dear Sir, thank you.", ReasonUnreadable},
		"empty":        {"", ReasonUnreadable},
		"request only": {"> " + one.String(), ReasonWrongKind},
		"others only":  {other + "\n" + w.serial, ReasonNoMatch},
		"near":         {first[:len(first)-1] + "?", ReasonUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.EnterFile(test.text)
			if ReasonOf(err) != test.want {
				t.Errorf("have %q (%v), want %q", ReasonOf(err), err, test.want)
			}
		})
	}
	text := "request,answer\n" + one.String() + "," + other + "\n" + one.String() + "," + first + "\n" + two.String() + "," + second + "\n" + first + "\n"
	all, err := c.EnterFile(text)
	if err != nil || len(all) != 2 || all[0].Definition.ID != 1 || all[1].Definition.ID != 5 {
		t.Errorf("accepted %v, %v", all, err)
	}
	all, err = c.EnterFile(text)
	if err != nil || len(all) != 2 || !all[0].Already || !all[1].Already {
		t.Errorf("again: %v, %v", all, err)
	}
}
