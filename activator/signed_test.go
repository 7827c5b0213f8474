package activator_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

const signedProduct = `uid = "8c1f0a6de2b94757a3d05c4be9f11241"
name = "Proof Master"
release = 3
releases = [2]
pool = 3
test = true

[[definition]]
id = 1
type = "release"
name = "Proof Master"
strength = "signed"

[[definition]]
id = 2
type = "deactivate"
name = "Deactivate"
requires = [1]

[[definition]]
id = 3
type = "reactivate"
name = "Reactivate"
strength = "signed"

[[definition]]
id = 4
type = "feature"
name = "Options"
strength = "signed"
[definition.parameter]
default = 1
least = 0
most = 7

[[definition]]
id = 5
type = "feature"
name = "Free options"
[definition.parameter]
default = 1
least = 0
most = 7

[[definition]]
id = 6
type = "feature"
name = "Reusable options"
strength = "signed"
reusable = true
[definition.parameter]
default = 1
least = 0
most = 7
`

// A prover is a customer's machine of the signed product, as docs/format.md demands it.
type prover struct {
	*machine
	product *product.Profile
}

// proof is an office with the signed product, and a machine of a license of it.
func proof(t *testing.T) (*office, *prover) {
	o := newOffice(t)
	if err := os.WriteFile(filepath.Join(o.dir, "products", "proof-master.toml"), []byte(signedProduct), 0o600); err != nil {
		t.Fatal(err)
	}
	o.open()
	return o, o.prover("proof-master", 0x2a0000)
}

func (o *office) prover(name string, fp codes.Fingerprint) *prover {
	o.t.Helper()
	ctx := context.Background()
	_, profile, err := o.Export(ctx, name)
	if err != nil {
		o.t.Fatal(err)
	}
	ls, err := o.Register(ctx, activator.Order{Product: name, Customer: "Proof & Print", Seats: 2})
	if err != nil {
		o.t.Fatal(err)
	}
	m := &machine{o: o, uid: profile.UID, license: ls[0].Number, fp: fp, release: profile.Release, types: map[uint8]product.Type{}}
	for _, d := range profile.Definitions {
		m.types[d.ID] = d.Type
	}
	m.lk = ls[0].Serial.Serial().Key.Stretch(m.uid, m.license)
	m.key = m.lk
	return &prover{m, profile}
}

// genuine demands that an answer to a request grants a definition, signed under a key
// of the profile, and returns what it covers.
func (p *prover) genuine(request, answer codes.Code, id uint8, key codes.Key) codes.Terms {
	p.o.t.Helper()
	if answer.Kind() != codes.KindSigned {
		p.o.t.Fatalf("answer: have %s, want a signed one", answer)
	}
	r, a := request.Statement(), answer.SignedAnswer()
	d, _ := p.product.Definition(id)
	t := codes.Terms{
		UID: p.uid, License: p.license, Release: p.release, Definition: id, Type: uint8(d.Type), Flags: d.Flags(),
		Fingerprint: r.Fingerprint, Random: r.Random, Day: a.Day, Parameter: a.Parameter,
	}
	if d.Reusable {
		t.Random, key = 0, p.lk
	}
	public, ok := p.product.Key(a.KeyID)
	covers := codes.Signed{Terms: t, Commit: key.Commitment(), Vouch: p.lk.Vouch(p.uid, p.license)}
	if !ok || !a.Signs(&covers, public.Key) {
		p.o.t.Fatalf("answer %s: have it not signed by key %d of the profile (there: %v)", answer, a.KeyID, ok)
	}
	return t
}

// accept takes a genuine answer: the key that follows is the machine's.
func (p *prover) accept(request, answer codes.Code, id uint8) {
	p.o.t.Helper()
	t := p.genuine(request, answer, id, p.key)
	if t.Random != 0 {
		p.key = p.key.After(t, answer.Answer().Tag)
	}
}

// TestSignedAnswers: the whole life of a machine whose answers are signed, as the
// journal of a desk that was closed between knows it.
func TestSignedAnswers(t *testing.T) {
	o, p := proof(t)
	r := p.request(1)
	first := o.submit(r, activator.Decision{})
	o.want(first, "ok", "current")
	o.open()
	if again := o.submit(r, activator.Decision{}); again.Verdict != journal.Repeat || again.Answer != first.Answer {
		t.Errorf("again: have %s and %s, want a repeat of %s", again.Verdict, again.Answer, first.Answer)
	}
	p.accept(r, first.Answer, 1)

	// The next request comes from the state after the signed answer.
	r = p.request(4)
	three := uint32(3)
	out := o.submit(r, activator.Decision{Parameter: &three})
	o.want(out, "ok", "current")
	o.later(20) // expired: renewed with its terms, another day, so another signature
	renewed := o.submit(r, activator.Decision{})
	o.want(renewed, "ok", "")
	if renewed.Answer == out.Answer || renewed.Value != 3 || renewed.Revision != 2 {
		t.Errorf("renewed: have %s, value %d, revision %d, want another code with the value 3, revision 2", renewed.Answer, renewed.Value, renewed.Revision)
	}
	five := uint32(5)
	corrected := o.submit(r, activator.Decision{Parameter: &five, Correct: "five were bought"})
	o.want(corrected, "ok", "")
	o.open()
	o.want(o.submit(r, activator.Decision{}), "repeat", "")
	p.accept(r, corrected.Answer, 4)
	if a := corrected.Answer.SignedAnswer(); a.Parameter != 5 {
		t.Errorf("corrected: have value %d, want 5", a.Parameter)
	}

	// Reusable: under LK, and the machine's key stays.
	r = p.request(6)
	out = o.submit(r, activator.Decision{})
	o.want(out, "ok", "current")
	p.accept(r, out.Answer, 6)

	d := p.deactivate(2, 0)
	o.want(o.submit(d, activator.Decision{Reference: "case"}), "ok", "current")
	r = p.request(3)
	out = o.submit(r, activator.Decision{})
	o.want(out, "ok", "given back")
	p.accept(r, out.Answer, 3)

	// Another definition than was asked for: the grant says which strength, not the request.
	r = p.request(5)
	o.want(o.submit(r, activator.Decision{As: 4}), "ok", "current")
	r = p.request(4)
	if out := o.submit(r, activator.Decision{As: 5}); out.Answer.Kind() != codes.KindActivation {
		t.Errorf("something short in place of something signed: have %s, want a short code", out.Answer)
	}
	if _, err := o.Verify(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestSignedKeys: an answer is signed with the key of its license's epoch, so that the
// programs that are out go on working when the keys are changed; a license registered
// afterwards has answers under the new key.
func TestSignedKeys(t *testing.T) {
	o, p := proof(t)
	ctx := context.Background()
	r := p.request(1)
	p.accept(r, o.submit(r, activator.Decision{}).Answer, 1)
	if _, err := o.RotateKeys(ctx, "a year is over"); err != nil {
		t.Fatal(err)
	}
	r = p.request(4)
	out := o.submit(r, activator.Decision{})
	p.accept(r, out.Answer, 4) // the profile is that from before
	if id := out.Answer.SignedAnswer().KeyID; id != 0 {
		t.Errorf("a license from before: have key %d, want 0", id)
	}
	late := o.prover("proof-master", 0x2b0000)
	r = late.request(1)
	out = o.submit(r, activator.Decision{})
	late.accept(r, out.Answer, 1)
	if id := out.Answer.SignedAnswer().KeyID; id != 1 {
		t.Errorf("a license from after: have key %d, want 1", id)
	}
	o.open()
	if again := o.submit(r, activator.Decision{}); again.Verdict != journal.Repeat || again.Answer != out.Answer {
		t.Errorf("again: have %s and %s, want a repeat of %s", again.Verdict, again.Answer, out.Answer)
	}
	if _, known := p.product.Key(1); known {
		t.Error("the profile from before has key 1")
	}
}

// TestSignedReports: no digits, a mail in lines, and a batch that gives what the desk
// gives.
func TestSignedReports(t *testing.T) {
	o, p := proof(t)
	r := p.request(1)
	out := o.submit(r, activator.Decision{})
	b, err := json.Marshal(out.Report())
	if err != nil {
		t.Fatal(err)
	}
	if text := string(b); !strings.Contains(text, `"activation_code":"`+out.Answer.String()+`"`) || strings.Contains(text, "digits") {
		t.Errorf("report: have %s, want the code and no digits", text)
	}
	for _, language := range []string{"en", "de", "fr"} {
		mail, err := o.Reply(out, language)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range out.Answer.Lines() {
			if !strings.Contains(mail, "\n    "+line+"\n") {
				t.Errorf("%s: have\n%s\nwant a line %q", language, mail, line)
			}
		}
		found := codes.Find(mail)
		if len(found) != 2 || found[0].Code != out.Answer || found[1].Code != r {
			t.Errorf("%s: have %d codes in the mail, want the answer and the request", language, len(found))
		}
		if strings.Contains(mail, "\n\n\n") || strings.Contains(mail, "digit") || strings.Contains(mail, "Ziffer") || strings.Contains(mail, "chiffre") {
			t.Errorf("%s: have\n%s\nwant no place for digits", language, mail)
		}
	}
	fresh := p.copied().request(4)
	rows := mustBatch(t, o.Session, []activator.Row{
		{Line: 1, Text: r.String()}, {Line: 2, Text: fresh.String()}, {Line: 3, Text: out.Answer.String()},
	}, activator.BatchOptions{Name: "mails"})
	if have := rows[0]; have.Verdict() != journal.Repeat || have.Answer() != out.Answer {
		t.Errorf("row 1: have %s with %s, want a repeat of %s", have.Verdict(), have.Answer(), out.Answer)
	}
	p.genuine(fresh, rows[1].Answer(), 4, p.lk)
	if have := rows[2]; have.Verdict() != journal.Refused || !strings.Contains(have.Reason(), "what we give to the customer") {
		t.Errorf("row 3, an answer: have %s (%s), want it refused with what it is", have.Verdict(), have.Reason())
	}
}
