package protector

import (
	"crypto/ed25519"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

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
