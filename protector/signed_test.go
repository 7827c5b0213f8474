package protector

import (
	"crypto/ed25519"
	"errors"
	"math/big"
	"slices"
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
	if _, err := w.vendor.Confirm(w.deactivate(c)); err != nil {
		t.Fatal(err)
	}
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

// forged is a short answer under a key, as the holder of a serial number can make it.
func (w *world) forged(key codes.Key, r codes.Statement, d product.Definition) string {
	t := codes.Terms{
		UID: w.vendor.Profile.UID, License: r.License, Release: 1, Definition: d.ID, Type: uint8(d.Type), Flags: d.Flags(),
		Fingerprint: r.Fingerprint, Random: r.Random,
	}
	if d.Reusable {
		t.Random = 0
		key = w.vendor.Serial(r.License).Key.Stretch(t.UID, r.License)
	}
	return codes.Answer{Tag: key.AnswerTag(t)}.Code().String()
}

// TestSignedDowngrade: what is signed is not granted by a short answer, not even by
// somebody who has every key and the state: directly, inside a composite or a choice,
// by a reactivation or a recovery, or once for all as a reusable answer. And what is
// short is not granted by a signed one.
func TestSignedDowngrade(t *testing.T) {
	w := signedWorld(t)
	defs := w.vendor.Profile.Definitions
	defs[protectortest.Extra-1].Reusable, defs[protectortest.Extra-1].Requires = true, nil
	w.profile = w.vendor.Export()
	c := w.licensed()
	lk := w.vendor.Serial(number).Key.Stretch(w.vendor.Profile.UID, number)
	tries := 0
	try := func(key codes.Key, r codes.Statement) {
		t.Helper()
		for _, d := range defs {
			if !d.Signed {
				continue
			}
			tries++
			want := ReasonStrength
			if r.Definition == protectortest.Recover && d.Type != product.Recover && !d.Reusable {
				want = ReasonNoMatch // it would not be taken were it signed either
			}
			if _, err := c.Enter(w.forged(key, r, d)); ReasonOf(err) != want || want == ReasonStrength && !strings.Contains(err.Error(), "begins with E") {
				t.Errorf("short answer for definition %d: have %q (%v), want %q", d.ID, ReasonOf(err), err, want)
			}
			d.Signed = false // as if the flag could be left out
			if _, err := c.Enter(w.forged(key, r, d)); ReasonOf(err) != ReasonNoMatch {
				t.Errorf("short answer for definition %d without the flag: have %q (%v), want %q", d.ID, ReasonOf(err), err, ReasonNoMatch)
			}
		}
	}
	try(lk, w.request(c, 1).Statement())
	try(lk, w.request(c, protectortest.Recover).Statement())
	w.is(c, 1, Pending, ReasonAnswerAwaited)
	w.activate(c, 1, protectortest.Answer{})
	try(w.stored().Key.Key, w.request(c, protectortest.Feature).Statement())
	w.deactivate(c)
	try(w.stored().Key.Key, w.request(c, protectortest.Reactivate).Statement())
	w.is(c, 1, Deactivated, ReasonDeactivated)
	if tries < 40 {
		t.Errorf("have %d tries, want 40 or more", tries)
	}

	w = signedWorld(t)
	c = w.licensed()
	r := w.request(c, protectortest.Trial).Statement()
	trial, _ := w.vendor.Profile.Definition(protectortest.Trial)
	for _, flags := range []uint8{0, product.FlagSigned} {
		_, err := c.Enter(w.vendor.SignUnder(w.stored().Key.Key, codes.Terms{
			UID: w.vendor.Profile.UID, License: number, Release: 1, Definition: trial.ID, Type: uint8(trial.Type), Flags: flags,
			Fingerprint: r.Fingerprint, Random: r.Random, Parameter: 7,
		}).String())
		w.refused(err, ReasonNoMatch)
	}
}

// TestSignedProfileStepsDown: a profile in which a short answer would grant what is
// signed is not taken, even though the vendor signed it.
func TestSignedProfileStepsDown(t *testing.T) {
	for _, id := range []uint8{protectortest.Reactivate, protectortest.Recover, protectortest.Bundle, protectortest.Pick} {
		w := signedWorld(t)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("definition %d short: the profile was signed, want it refused", id)
				}
			}()
			w.vendor.Profile.Definitions[id-1].Signed = false
			w.vendor.Export()
		}()
	}
}

// TestSignedForgeries: an answer that differs from a genuine one in anything that its
// signature covers, or that somebody else signed, is not taken.
func TestSignedForgeries(t *testing.T) {
	w := signedWorld(t)
	foreign := protectortest.New(start)
	_, second, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := w.vendor
	v.Profile.Keys = append(v.Profile.Keys, product.PublicKey{ID: 7, Key: [32]byte(second.Public().(ed25519.PublicKey))})
	w.profile = v.Export()
	c := w.licensed()
	st := w.request(c, 5).Statement()
	feature, _ := v.Profile.Definition(5)
	key := w.stored().Key.Key
	terms := codes.Terms{
		UID: v.Profile.UID, License: number, Release: 1, Definition: 5, Type: uint8(product.Feature), Flags: feature.Flags(),
		Fingerprint: st.Fingerprint, Random: st.Random, Day: today + 5, Parameter: 3,
	}
	otherKey := key.After(terms, 1)
	signed := func(change func(*codes.Signed), private ed25519.PrivateKey, id uint8) codes.SignedAnswer {
		s := codes.Signed{Terms: terms, Commit: key.Commitment(), Vouch: key.Vouch(terms.UID, number)}
		a := codes.SignedAnswer{KeyID: id, Day: terms.Day, Parameter: terms.Parameter}
		if change != nil {
			change(&s)
		}
		a.Signature = [64]byte(ed25519.Sign(private, s.Message(id)))
		return a
	}
	covers := func(change func(*codes.Signed)) codes.SignedAnswer { return signed(change, v.Signing, v.SigningID) }
	genuine := covers(nil)
	with := func(change func(*codes.SignedAnswer)) codes.SignedAnswer {
		a := genuine
		change(&a)
		return a
	}
	for _, test := range []struct {
		name string
		a    codes.SignedAnswer
		want Reason
	}{
		{"another vendor", signed(nil, foreign.Signing, v.SigningID), ReasonNoMatch},
		{"the other key of the vendor, under this id", signed(nil, second, v.SigningID), ReasonNoMatch},
		{"the other id of the vendor", with(func(a *codes.SignedAnswer) { a.KeyID = 7 }), ReasonNoMatch},
		{"a newer key", signed(nil, v.Signing, 8), ReasonSigningKey},
		{"a key that counts no more", signed(nil, v.Signing, 0), ReasonSigningKey},
		{"another product", covers(func(s *codes.Signed) { s.Terms.UID[0] ^= 1 }), ReasonNoMatch},
		{"another license", covers(func(s *codes.Signed) { s.Terms.License++ }), ReasonNoMatch},
		{"another release", covers(func(s *codes.Signed) { s.Terms.Release++ }), ReasonNoMatch},
		{"no such type", covers(func(s *codes.Signed) { s.Terms.Type = uint8(product.Release) }), ReasonNoMatch},
		{"other flags", covers(func(s *codes.Signed) { s.Terms.Flags |= product.FlagReusable }), ReasonNoMatch},
		{"short", covers(func(s *codes.Signed) { s.Terms.Flags = 0 }), ReasonNoMatch},
		{"another machine", covers(func(s *codes.Signed) { s.Terms.Fingerprint ^= 1 }), ReasonNoMatch},
		{"another request", covers(func(s *codes.Signed) { s.Terms.Random ^= 1 }), ReasonNoMatch},
		{"no request", covers(func(s *codes.Signed) { s.Terms.Random = 0 }), ReasonNoMatch},
		{"signed for another day", covers(func(s *codes.Signed) { s.Terms.Day++ }), ReasonNoMatch},
		{"signed for another value", covers(func(s *codes.Signed) { s.Terms.Parameter++ }), ReasonNoMatch},
		{"another day", with(func(a *codes.SignedAnswer) { a.Day = 0 }), ReasonNoMatch},
		{"another value", with(func(a *codes.SignedAnswer) { a.Parameter = 7 }), ReasonNoMatch},
		{"another key of the machine", covers(func(s *codes.Signed) { s.Commit = otherKey.Commitment() }), ReasonNoMatch},
		{"a vouch for another license", covers(func(s *codes.Signed) { s.Vouch[0] ^= 1 }), ReasonNoMatch},
		{"no signature", with(func(a *codes.SignedAnswer) { a.Signature = [64]byte{} }), ReasonNoMatch},
		{"S + L in place of S", with(func(a *codes.SignedAnswer) { a.Signature = shifted(a.Signature) }), ReasonNoMatch},
		{"R of another encoding", with(func(a *codes.SignedAnswer) { a.Signature[31] ^= 0x80 }), ReasonNoMatch},
	} {
		_, err := c.Enter(test.a.Code().String())
		if have := ReasonOf(err); have != test.want {
			t.Errorf("%s: have %q (%v), want %q", test.name, have, err, test.want)
		}
	}
	for i := range genuine.Signature {
		for bit := range 8 {
			_, err := c.Enter(with(func(a *codes.SignedAnswer) { a.Signature[i] ^= 1 << bit }).Code().String())
			if have := ReasonOf(err); have != ReasonNoMatch {
				t.Fatalf("bit %d of byte %d of the signature: have %q, want %q", bit, i, have, ReasonNoMatch)
			}
		}
	}
	_, err = c.Enter(signed(nil, v.Signing, 8).Code().String())
	if want := "made with a newer key (8): update the program"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a newer key: have %v, want %q in it", err, want)
	}
	if s := w.status(c); s.Feature(5) != 0 {
		t.Fatalf("after all forgeries the feature has %d", s.Feature(5))
	}
	w.enter(c, signed(nil, second, 7).Code().String()) // the vendor's other key, under its own id
	if s := w.status(c); s.Feature(5) != 3 {
		t.Errorf("the genuine one: the feature has %d, want 3", s.Feature(5))
	}
	_, err = c.Enter(genuine.Code().String()) // to the same request: one answer for each random
	w.refused(err, ReasonNoRequest)
}

// shifted adds the order of the group to S, which a loose reader takes.
func shifted(signature [64]byte) [64]byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	b := slices.Clone(signature[32:])
	slices.Reverse(b)
	s := new(big.Int).SetBytes(b)
	s.Add(s, order).FillBytes(b)
	slices.Reverse(b)
	copy(signature[32:], b)
	return signature
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

// TestSignedInventedLicense: whoever invents a serial number can ask, and with keys of
// their own can answer nothing; the proof of another license helps no more.
func TestSignedInventedLicense(t *testing.T) {
	w := signedWorld(t)
	genuine := w.activate(w.licensed(), 1, protectortest.Answer{})
	proof := w.stored().Proof
	w.dir = t.TempDir()
	c := w.open()
	invented := codes.NewSerial(w.vendor.Profile.UID, 0x66, codes.LicenseKey{6})
	if in, err := c.EnterSerial(invented.Code().String()); err != nil || !in.Pending {
		t.Fatalf("have %+v, %v, want it pending", in, err)
	}
	r := w.request(c, 1)
	lk := invented.Key.Stretch(w.vendor.Profile.UID, 0x66)
	mine := protectortest.New(start)
	mine.Profile.UID = w.vendor.Profile.UID
	release, _ := w.vendor.Profile.Definition(1)
	for _, code := range []string{genuine, mine.IssueUnder(lk, 1, release, r.Statement(), protectortest.Answer{}).String()} {
		_, err := c.Enter(code)
		w.refused(err, ReasonNoMatch)
	}
	rec := w.storedOf(0x66)
	rec.Proof = proof
	rec.hold(grant{Definition: 1, Type: product.Release, Release: 1, Since: start.Unix()})
	w.store(rec)
	w.is(w.open(), 1, Inactive, ReasonNotVouched)

	// A key that the profile does not have signs nothing. Thirty-two bytes of zero are a
	// point of small order, under which every fourth text has a signature that anybody writes.
	forged, tries := *proof, 0
	for ; tries < 1000; tries++ {
		a := codes.SignedAnswer{KeyID: 200, Signature: [64]byte{1}}
		forged.Code, forged.Random = a.Code(), uint32(tries)
		covers := codes.Signed{
			Terms: codes.Terms{
				UID: w.vendor.Profile.UID, License: 0x66, Release: forged.Release, Definition: forged.Definition, Type: forged.Type, Flags: forged.Flags,
				Fingerprint: forged.Fingerprint, Random: forged.Random,
			},
			Commit: codes.Commitment(forged.Commit), Vouch: rec.vouch(),
		}
		if a.Signs(&covers, [32]byte{}) {
			break
		}
	}
	if tries == 1000 {
		t.Fatal("no text has a forged signature under the key of zeros")
	}
	rec.Proof = &forged
	w.store(rec)
	w.is(w.open(), 1, Inactive, ReasonNotVouched)
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
