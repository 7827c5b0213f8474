package exchange

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector"
)

// Definitions around the one that a cell of the table is about.
const (
	base    = 1  // release
	back    = 2  // deactivate, gives base back
	left    = 5  // feature
	right   = 6  // feature
	subject = 10 // the cell's own
)

// A cell is one definition that a product file can ask for.
type cell struct {
	typ              product.Type
	reusable, signed bool
}

func (c cell) String() string {
	name := c.typ.String()
	if c.reusable {
		name += " reusable"
	}
	if c.signed {
		name += " signed"
	}
	return name
}

func (c cell) id() string { return strings.ReplaceAll(c.String(), " ", "-") }

// file is a product file with the cell's definition in it.
func (c cell) file(n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "uid = \"%032x\"\nname = %q\nrelease = 1\npool = 2\ntest = true\n", 0x1000+n, c.String())
	define := func(id int, typ, name, more string) {
		fmt.Fprintf(&b, "\n[[definition]]\nid = %d\ntype = %q\nname = %q\n%s", id, typ, name, more)
	}
	define(base, "release", "Base", "")
	if c.typ != product.Deactivate {
		define(back, "deactivate", "Back", "requires = [1]\n")
	}
	define(left, "feature", "Left", "[definition.parameter]\ndefault = 1\nleast = 0\nmost = 7\n")
	define(right, "feature", "Right", "[definition.parameter]\ndefault = 2\nleast = 0\nmost = 7\n")
	more := ""
	if c.reusable {
		more += "reusable = true\n"
	}
	if c.signed {
		more += "strength = \"signed\"\n"
	}
	switch c.typ {
	case product.Deactivate:
		more += "requires = [1]\n"
	case product.CheckIn:
		more += "requires = [5]\n"
	case product.Composite, product.Choice:
		more += "leaves = [5, 6]\n"
	case product.TrialDays, product.TrialHours, product.TrialRuns, product.Feature:
		more += "[definition.parameter]\ndefault = 4\nleast = 1\nmost = 7\n"
	}
	define(subject, c.typ.String(), "Subject", more)
	return []byte(b.String())
}

// mistakes are what product check says about a cell: sentences, one after the other.
// None: the cell makes sense.
func (c cell) mistakes() []string {
	var all []string
	switch {
	case !c.reusable:
	case c.typ.Ends(), c.typ == product.Reactivate, c.typ == product.Recover:
		all = append(all, fmt.Sprintf("a %s definition cannot be reusable", c.typ))
	case c.typ.Trial():
		all = append(all, "it is a trial: a reusable answer would extend it again and again")
	}
	if c.signed && c.typ.Ends() {
		all = append(all, fmt.Sprintf("a %s definition is never answered by a code, so it cannot be signed", c.typ))
	}
	return all
}

// try goes a cell's whole way and looks at what it did. It returns the answer, where
// there is one.
func (c cell) try(b *buyer) (answer string) {
	switch c.typ {
	case product.Release:
		answer = b.activate(subject, activator.Decision{})
		b.active(map[uint8]bool{subject: true, base: false})
	case product.TrialDays:
		answer = b.activate(subject, activator.Decision{})
		if have := b.status().Trial; have.State != protector.Active || have.Days != 4 {
			b.Errorf("trial: have %+v, want 4 days", have)
		}
	case product.TrialHours:
		answer = b.activate(subject, activator.Decision{})
		if have := b.status().Trial; have.State != protector.Active || have.Running != 4*time.Hour {
			b.Errorf("trial: have %+v, want 4 hours", have)
		}
	case product.TrialRuns:
		answer = b.activate(subject, activator.Decision{})
		if have := b.status().Trial; have.State != protector.Active || have.Runs != 4 {
			b.Errorf("trial: have %+v, want 4 starts", have)
		}
	case product.ExpireOn:
		b.activate(base, activator.Decision{})
		answer = b.activate(subject, activator.Decision{Parameter: b.day(30)})
		b.active(map[uint8]bool{base: true})
		b.later(40 * 24 * time.Hour)
		b.active(map[uint8]bool{base: false})
	case product.Unlimited:
		b.activate(base, activator.Decision{Parameter: b.day(30)})
		answer = b.activate(subject, activator.Decision{})
		b.later(40 * 24 * time.Hour)
		b.active(map[uint8]bool{base: true, subject: true})
	case product.Feature:
		five := uint32(5)
		answer = b.activate(subject, activator.Decision{Parameter: &five})
		if have := b.status().Feature(subject); have != 5 {
			b.Errorf("feature: have %d, want 5", have)
		}
	case product.Deactivate:
		b.activate(base, activator.Decision{})
		b.accept(b.client.Deactivate(subject, yes))
		b.active(map[uint8]bool{base: false})
	case product.CheckIn:
		b.activate(base, activator.Decision{})
		b.activate(left, activator.Decision{})
		b.accept(b.client.CheckIn(subject, yes))
		b.active(map[uint8]bool{base: true, left: false})
	case product.Reactivate:
		b.activate(base, activator.Decision{})
		b.activate(left, activator.Decision{})
		b.accept(b.client.Deactivate(back, yes))
		answer = b.activate(subject, activator.Decision{})
		b.active(map[uint8]bool{base: true, left: true})
	case product.Recover:
		b.activate(base, activator.Decision{Parameter: b.day(30)})
		b.later(5 * 365 * 24 * time.Hour) // a clock that is wrong
		b.active(map[uint8]bool{base: false})
		b.later(-5 * 365 * 24 * time.Hour)
		b.active(map[uint8]bool{base: false})
		answer = b.activate(subject, activator.Decision{})
		b.active(map[uint8]bool{base: true})
	case product.Composite:
		answer = b.activate(subject, activator.Decision{})
		b.active(map[uint8]bool{left: true, right: true, base: false})
	case product.Choice:
		answer = b.activate(subject, activator.Decision{Choose: []uint8{right}})
		b.active(map[uint8]bool{left: false, right: true})
	default:
		b.Fatalf("type %s: the table has no way for it", c.typ)
	}
	return answer
}

// again types the answer on the same machine after all was lost: what is reusable
// works again, everything else has to be asked for.
func (c cell) again(b *buyer, answer string) {
	b.install()
	_, err := b.client.Enter(answer)
	switch {
	case c.reusable && err != nil:
		b.Errorf("a reusable answer after a new installation: have %v, want it accepted", err)
	case !c.reusable && err == nil:
		b.Error("an answer after a new installation: have it accepted, want it refused")
	}
}

// signedOnly demands that what is signed is answered by a signed code, and that no short
// one is taken for it.
func (c cell) signedOnly(b *buyer) {
	r, err := b.client.Request(base, protector.RequestOptions{})
	if err != nil {
		b.Fatal(err)
	}
	as := activator.Decision{As: subject}
	switch c.typ {
	case product.Reactivate, product.Recover:
		return // granted to its own request only
	case product.ExpireOn:
		as.Parameter = b.day(30)
	case product.Choice:
		as.Choose = []uint8{left}
	}
	out, err := b.session.Submit(context.Background(), r.Code.String(), as)
	if err != nil {
		b.Fatal(err)
	}
	if out.Verdict != journal.OK || out.Answer.Kind() != codes.KindSigned {
		b.Fatalf("granted in place of something short: have %s (%s) and %s, want a signed answer", out.Verdict, out.Reason, out.Answer)
	}
	again, err := b.session.Submit(context.Background(), r.Code.String(), activator.Decision{})
	if err != nil {
		b.Fatal(err)
	}
	if again.Verdict != journal.Repeat || again.Answer != out.Answer {
		b.Errorf("the same request again: have %s and %s, want a repeat of %s", again.Verdict, again.Answer, out.Answer)
	}
	d, _ := out.Product.Definition(subject)
	st, serial := r.Code.Statement(), b.number().Serial()
	terms := codes.Terms{
		UID: out.Product.UID, License: st.License, Release: 1, Definition: subject, Type: uint8(c.typ), Flags: d.Flags(),
		Fingerprint: st.Fingerprint, Random: st.Random, Day: out.Day, Parameter: out.Value,
	}
	if c.reusable {
		terms.Random = 0
	}
	forged := codes.Answer{Day: out.Day, Parameter: out.Value, Tag: serial.Key.Stretch(terms.UID, st.License).AnswerTag(terms)}.Code()
	if _, err := b.client.Enter(forged.String()); protector.ReasonOf(err) != protector.ReasonStrength {
		b.Errorf("a short code that the holder of the serial number made: have %v, want it refused as short", err)
	}
	if _, err := b.client.Enter(out.Answer.String()); err != nil {
		b.Errorf("the signed one: have %v, want it accepted", err)
	}
}

// TestTable goes through type × reusable × strength: every cell works from end to end,
// or is refused with its sentence.
func TestTable(t *testing.T) {
	var cells []cell
	files := map[string][]byte{}
	for _, typ := range product.Types() {
		for _, reusable := range []bool{false, true} {
			for _, signed := range []bool{false, true} {
				c := cell{typ, reusable, signed}
				text := c.file(len(cells))
				cells = append(cells, c)
				if len(c.mistakes()) == 0 {
					files[c.id()] = text
				}
			}
		}
	}
	if have, want := len(cells), 13*2*2; have != want {
		t.Fatalf("table: have %d cells, want %d: is there a new type?", have, want)
	}
	s := newShop(t, files)
	works, refused := 0, 0
	for n, c := range cells {
		t.Run(c.id(), func(t *testing.T) {
			_, err := catalog.Parse(c.id()+".toml", c.file(n))
			want := c.mistakes()
			if len(want) > 0 {
				refused++
				c.refused(t, err, want)
				return
			}
			if err != nil {
				t.Fatalf("product file: have %v, want it accepted", err)
			}
			b := s.buyer(t, c.id())
			works++
			if answer := c.try(b); answer != "" {
				if have := answer[0] == 'E'; have != c.signed {
					t.Errorf("answer: have %s, want it signed: %v", answer, c.signed)
				}
				c.again(b, answer)
			}
			if c.signed {
				c.signedOnly(s.buyer(t, c.id()))
			}
		})
	}
	t.Logf("%d cells: %d work end to end, %d are refused by product check", len(cells), works, refused)
}

// refused holds the mistakes of a product file against the sentences that are due.
func (c cell) refused(t *testing.T, err error, want []string) {
	var wrong *catalog.MistakesError
	if !errors.As(err, &wrong) {
		t.Fatalf("product file: have %v, want mistakes", err)
	}
	for _, sentence := range want {
		found := false
		for _, m := range wrong.Mistakes {
			found = found || strings.Contains(m.Problem, sentence) && m.Remedy != "" && m.Line > 0
		}
		if !found {
			t.Errorf("mistakes: have %v, want %q with a line and a remedy", wrong, sentence)
		}
	}
	if have := len(wrong.Mistakes); have != len(want) {
		t.Errorf("mistakes: have %d, want %d: %v", have, len(want), wrong)
	}
}
