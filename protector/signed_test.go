package protector

import (
	"errors"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// signedWorld is a world in which everything that is answered is signed, but for the
// longer trial.
func signedWorld(t *testing.T) *world {
	w := newWorld(t)
	for i, d := range w.vendor.Profile.Definitions {
		w.vendor.Profile.Definitions[i].Signed = !d.Type.Ends() && d.ID != protectortest.Trial
	}
	w.profile = w.vendor.Export()
	return w
}

// TestSignedLife goes through a life whose every answer is signed.
func TestSignedLife(t *testing.T) {
	w := signedWorld(t)
	c := w.licensed()
	code := w.activate(c, 1, protectortest.Answer{})
	if code[0] != 'E' {
		t.Fatalf("have answer %s, want a signed one", code)
	}
	w.is(w.open(), 1, Active, ReasonActive)
	if a := w.enter(w.open(), code); !a.Already || a.Code.String() != code {
		t.Errorf("typed again: have %+v, want the same, already accepted", a)
	}
	w.activate(c, protectortest.Bundle, protectortest.Answer{})
	w.activate(c, protectortest.Pick, protectortest.Answer{Parameter: 4})
	w.activate(c, protectortest.Trial, protectortest.Answer{Parameter: 7}) // short, beside it
	w.confirm(w.deactivate(c))
	_, err := c.Enter(code)
	w.refused(err, ReasonUsed)
	a := w.enter(c, w.issue(w.request(c, 0), protectortest.Answer{}))
	if a.Definition.Type != product.Reactivate || len(a.Restored) != 3 {
		t.Errorf("reactivation: have %s that restores %d, want reactivate of 3", a.Definition.Type, len(a.Restored))
	}
	w.now = future
	w.is(c, 1, Active, ReasonActive)
	w.now = start
	w.enter(w.open(), w.recovery(w.open(), codes.Code{}, today, 0))
	w.is(w.open(), 1, Active, ReasonActive)
}

// TestSignedVouches: a license that is in no roster counts once a genuine signed
// answer was accepted, for as long as its key is in the profile; nothing else makes it
// count.
func TestSignedVouches(t *testing.T) {
	w := signedWorld(t)
	const late = number + 1 // registered after the profile was made
	serial := w.vendor.Serial(late)
	w.serial = serial.Code().String()
	c := w.open()
	in, err := c.EnterSerial(w.serial)
	if err != nil || !in.Pending {
		t.Fatalf("serial number: have %+v, %v, want it pending", in, err)
	}
	_, err = c.Request(protectortest.Trial, RequestOptions{}) // short
	w.refused(err, ReasonNotVouched)
	lk := serial.Key.Stretch(w.vendor.Profile.UID, late)
	r := w.request(c, 0)
	release, _ := w.vendor.Profile.Definition(1)
	trial, _ := w.vendor.Profile.Definition(protectortest.Trial)
	for _, d := range []product.Definition{release, trial} {
		_, err = c.Enter(w.forged(lk, r.Statement(), d))
		w.refused(err, ReasonNotVouched)
	}
	w.is(c, 1, Pending, ReasonAnswerAwaited)
	w.enter(c, w.issue(r, protectortest.Answer{}))
	w.is(w.open(), 1, Active, ReasonActive)
	w.activate(c, protectortest.Trial, protectortest.Answer{Parameter: 7})
	if in, err := c.EnterSerial(w.serial); err != nil || in.Pending || !in.Known {
		t.Errorf("serial number again: have %+v, %v, want it known and not pending", in, err)
	}

	rec := w.storedOf(late)
	for name, change := range map[string]func(*proof){
		"another signature": func(p *proof) {
			a := p.Code.SignedAnswer()
			a.Signature[0] ^= 1
			p.Code = a.Code()
		},
		"another random":     func(p *proof) { p.Random++ },
		"another commitment": func(p *proof) { p.Commit[0] ^= 1 },
		"another definition": func(p *proof) { p.Definition++ },
		"no signature":       func(p *proof) { p.Code = codes.SignedAnswer{KeyID: 1}.Code() },
	} {
		bad := rec.clone()
		kept := *rec.Proof
		bad.Proof = &kept
		change(bad.Proof)
		w.store(bad)
		if have, _ := w.status(w.open()).Definition(1); have.State != Inactive || have.Reason != ReasonNotVouched {
			t.Errorf("a state with %s: have %s (%s), want it not vouched for", name, have.State, have.Reason)
		}
	}
	short := rec.clone()
	short.Proof = &proof{Code: codes.Answer{Tag: 1}.Code()}
	w.store(short)
	w.is(w.open(), 1, Inactive, ReasonStateDamaged)
	none := rec.clone()
	none.Proof = nil
	w.store(none)
	w.is(w.open(), 1, Inactive, ReasonNotVouched)
	w.store(rec)
	w.is(w.open(), 1, Active, ReasonActive)

	w.vendor.Profile.Keys[0].ID = 2 // the key was withdrawn
	w.profile = w.vendor.Export()
	w.is(w.open(), 1, Inactive, ReasonNotVouched)
	w.vendor.Profile.Keys[0].ID = w.vendor.SigningID
	w.vendor.Withdraw(late)
	w.profile = w.vendor.Export()
	c = w.open()
	w.is(c, 1, Inactive, ReasonWithdrawn)
	_, err = c.Request(5, RequestOptions{})
	w.refused(err, ReasonWithdrawn)
}

// TestNothingSignedNothingPending: where nothing is signed, nobody waits for a signed
// answer, and a serial number that is not vouched for is refused at once.
func TestNothingSignedNothingPending(t *testing.T) {
	w := newWorld(t)
	_, err := w.open().EnterSerial(w.vendor.Serial(number + 1).Code().String())
	w.refused(err, ReasonNotVouched)
	w = signedWorld(t)
	w.vendor.Profile.Keys = nil
	w.profile = w.vendor.Export()
	_, err = w.open().EnterSerial(w.vendor.Serial(number + 1).Code().String())
	w.refused(err, ReasonNotVouched)
}

// TestSignedReusable: a signed answer that is bound to the machine alone is typed again
// after a reinstall, also where no roster knows the license.
func TestSignedReusable(t *testing.T) {
	w := signedWorld(t)
	extra := &w.vendor.Profile.Definitions[protectortest.Extra-1]
	extra.Reusable, extra.Requires = true, nil
	w.profile = w.vendor.Export()
	w.serial = w.vendor.Serial(number + 1).Code().String()
	code := w.activate(w.licensed(), protectortest.Extra, protectortest.Answer{Parameter: 42})
	w.dir = t.TempDir()
	c := w.licensed()
	w.enter(c, code)
	if s := w.status(w.open()); s.Feature(protectortest.Extra) != 42 {
		t.Errorf("after a reinstall the feature has %d, want 42", s.Feature(protectortest.Extra))
	}
	w.dir, w.machine = t.TempDir(), protectortest.Machine(2)
	_, err := w.licensed().Enter(code)
	w.refused(err, ReasonNoRequest)
}

// TestSignedLostState: a license that only a signed answer vouches for is recovered by
// a signed answer when every copy of its state is damaged.
func TestSignedLostState(t *testing.T) {
	w := signedWorld(t)
	const late = number + 1
	w.serial = w.vendor.Serial(late).Code().String()
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	r := w.request(c, protectortest.Recover)
	for _, place := range []string{"first", "second"} {
		w.writeFile(w.file(place, licenseFile(late)), "damaged")
	}
	w.is(w.open(), 1, Inactive, ReasonStateDamaged)
	w.enter(w.open(), w.recovery(w.open(), r, today, 0))
	w.activate(w.open(), 1, protectortest.Answer{})
	w.is(w.open(), 1, Active, ReasonActive)
}

// TestSignedPasted: a mail that quotes the request and holds the answer, in lines and
// quoted, and one with a slip.
func TestSignedPasted(t *testing.T) {
	w := signedWorld(t)
	c := w.licensed()
	r := w.request(c, 1)
	code, err := codes.Parse(w.issue(r, protectortest.Answer{}))
	if err != nil {
		t.Fatal(err)
	}
	mail := "> Dear Ann,\n>\n> for your request\n>\n>     " + r.String() + "\n>\n> please enter\n>\n>     " + strings.Join(code.Lines(), "\n>     ") + "\n>\n> The desk\n"
	slip := strings.Replace(mail, code.Lines()[2][:9], code.Lines()[2][:8]+"?", 1)
	for name, enter := range map[string]func(string) error{
		"Enter":     func(text string) error { _, err := c.Enter(text); return err },
		"EnterFile": func(text string) error { _, err := c.EnterFile(text); return err },
	} {
		err := enter(slip)
		w.refused(err, ReasonUnreadable)
		if name == "Enter" { // beside the request it may be either
			continue
		}
		var e *Error
		if !errors.As(err, &e) || len(e.Proposals) != 1 || e.Proposals[0].Code != code {
			t.Errorf("%s of a code with a slip: have %+v, want one proposal, %s", name, err, code)
		}
	}
	if all, err := c.EnterFile(mail); err != nil || len(all) != 1 {
		t.Errorf("EnterFile: have %+v, %v, want one accepted", all, err)
	}
	if a := w.enter(c, mail); !a.Already {
		t.Error("Enter of the same mail: have it accepted anew")
	}
	w.is(w.open(), 1, Active, ReasonActive)
	if _, err := w.open().EnterSerial(code.String()); ReasonOf(err) != ReasonWrongKind {
		t.Errorf("as a serial number: have %v, want the wrong kind", err)
	}
}

// TestSignedManyForOthers: a file with more signed codes than anybody wants to verify
// ends soon, and what stands first counts.
func TestSignedManyForOthers(t *testing.T) {
	w := signedWorld(t)
	c := w.licensed()
	mine := w.issue(w.request(c, 1), protectortest.Answer{})
	var others strings.Builder
	for i := range 4000 {
		a := codes.SignedAnswer{KeyID: w.vendor.SigningID, Parameter: uint32(i), Signature: [64]byte{byte(i), byte(i >> 8)}}
		others.WriteString(a.Code().String() + "\n")
	}
	_, err := c.EnterFile(others.String() + mine)
	if ReasonOf(err) != ReasonNoMatch || !strings.Contains(err.Error(), "there are more") {
		t.Errorf("4,000 others, then its own: have %v, want it to say that there are more", err)
	}
	if all, err := c.EnterFile(mine + "\n" + others.String()); err != nil || len(all) != 1 {
		t.Errorf("its own first: have %+v, %v, want it accepted", all, err)
	}
	w.is(w.open(), 1, Active, ReasonActive) // what is accepted is asked again, however much was tried
}
