package protector

import (
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// proof is an accepted signed answer with what its signature covers: the vendor's
// word for a license that no roster and no license file knows. It is checked anew
// each time, so a state file with an invented one is worth nothing.
type proof struct {
	Code        codes.Code        `json:"code"`
	Release     uint16            `json:"release"`
	Definition  uint8             `json:"definition"`
	Type        uint8             `json:"type"`
	Flags       uint8             `json:"flags"`
	Fingerprint codes.Fingerprint `json:"fingerprint"`
	Random      uint32            `json:"random,omitempty"`
	Commit      commitment        `json:"commit"`
}

// commitment is a codes.Commitment in hexadecimal.
type commitment codes.Commitment

// MarshalText writes 32 hexadecimal digits.
func (c commitment) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, c[:]), nil }

// UnmarshalText reads 32 hexadecimal digits.
func (c *commitment) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(c)) {
		return fmt.Errorf("commitment: expected %d characters, found %d", hex.EncodedLen(len(c)), len(text))
	}
	_, err := hex.Decode(c[:], text)
	return err
}

// proves keeps an accepted signed answer.
func proves(m attempt, code codes.Code) *proof {
	t := m.terms
	return &proof{
		Code: code, Release: t.Release, Definition: t.Definition, Type: t.Type, Flags: t.Flags,
		Fingerprint: t.Fingerprint, Random: t.Random, Commit: commitment(m.key.Commitment()),
	}
}

// vouch is the vouch of the record's license.
func (r *record) vouch() codes.Vouch { return r.stretched().Vouch(r.Product, r.License) }

// proven reports whether a signed answer that was accepted vouches for the license in
// use, under a key that the profile still has.
func (s *session) proven() bool { return s.lic.Proof != nil && s.attested(s.lic.Proof) }

// attested reports whether the vendor signed what a proof says, for the license in use.
// A signature is verified once a session.
func (s *session) attested(p *proof) bool {
	if ok, done := s.proofs[p]; done {
		return ok
	}
	a := p.Code.SignedAnswer()
	key, ok := s.profile.Key(a.KeyID)
	covers := codes.Signed{
		Terms: codes.Terms{
			UID: s.profile.UID, License: s.lic.License, Release: p.Release, Definition: p.Definition, Type: p.Type, Flags: p.Flags,
			Fingerprint: p.Fingerprint, Random: p.Random, Day: a.Day, Parameter: a.Parameter,
		},
		Commit: codes.Commitment(p.Commit), Vouch: s.lic.vouch(),
	}
	if s.proofs == nil {
		s.proofs = map[*proof]bool{}
	}
	s.proofs[p] = ok && a.Signs(&covers, key.Key)
	return s.proofs[p]
}

// unsigned returns why a grant of something signed is not believed, or nil: the state
// alone is no witness for it, since whoever has the serial number can write one. What a
// group gave its leaves besides days came from the profile of that time, and is not
// compared.
func (s *session) unsigned(g grant) *Error {
	d, ok := s.profile.Definition(g.Definition)
	if !ok || !d.Signed {
		return nil
	}
	if p := g.Proof; p != nil {
		if err := s.known(p.Code.SignedAnswer()); err != nil {
			return err.about(d.ID)
		}
		if by, ok := s.profile.Definition(p.Definition); ok && uint8(by.Type) == p.Type && p.Release == g.Release && s.attested(p) && gives(s.profile, by, p.Code.Answer().Parameter, g) {
			return nil
		}
	}
	return refuse(ReasonStrength, "the activation state has no signed activation code that activated definition %d (%s): ask for a new one", d.ID, d.Name).about(d.ID)
}

// gives reports whether an answer to a definition makes this grant.
func gives(p *product.Profile, by product.Definition, parameter uint32, g grant) bool {
	shares, err := granted(p, by, parameter)
	return err == nil && slices.ContainsFunc(shares, func(s share) bool {
		return s.ID == g.Definition && s.Type == g.Type && (s.value == g.Parameter || by.Type.Group() && !takesDay(s.Type))
	})
}

// mostVerified bounds the signatures that are tried for one text, about a second of
// work: a file may hold any number of signed codes for other machines.
const mostVerified = 1 << 14

// genuine reports whether a typed signed answer is signed by the vendor's key that it
// names.
func (s *session) genuine(a codes.SignedAnswer, covers codes.Signed) bool {
	key, ok := s.profile.Key(a.KeyID)
	if !ok || s.verified == mostVerified {
		return false
	}
	s.verified++
	return a.Signs(&covers, key.Key)
}

// signs reports whether the product has something that signed answers grant.
func (s *session) signs() bool {
	return len(s.profile.Keys) > 0 && slices.ContainsFunc(s.profile.Definitions, func(d product.Definition) bool { return d.Signed })
}

// admitted returns why nothing at all can be asked for or answered under the license in
// use, or nil. A license that is in no roster may ask for what is signed: nobody but the
// vendor can answer that, and the answer vouches for the license.
func (s *session) admitted() *Error {
	err := s.honored()
	if err != nil && err.Reason == ReasonNotVouched && s.signs() {
		return nil
	}
	return err
}

// known returns an error for a signed answer under a key that the profile does not have.
func (s *session) known(a codes.SignedAnswer) *Error {
	if _, ok := s.profile.Key(a.KeyID); ok {
		return nil
	}
	for _, k := range s.profile.Keys {
		if k.ID > a.KeyID {
			return refuse(ReasonSigningKey, "this activation code is signed with a key (%d) that counts no more: tell the vendor, who can make a new one for the same request code", a.KeyID)
		}
	}
	return refuse(ReasonSigningKey, "this activation code was made with a newer key (%d): update the program", a.KeyID)
}

// short returns an error for a short answer that would grant what only a signed one
// does: whoever has the serial number could make it.
func (s *session) short(list attempts, a codes.Answer) *Error {
	for _, t := range list {
		t.terms.Day, t.terms.Parameter = a.Day, a.Parameter
		if t.definition.Signed && codes.EqualTags(t.tagger.AnswerTag(t.terms), a.Tag) {
			d := t.definition
			return refuse(ReasonStrength, "definition %d (%s) is activated by a signed activation code only, and this is a short one: ask the vendor for the signed one, which begins with E", d.ID, d.Name).about(d.ID)
		}
	}
	return nil
}
