package keyring

import (
	"crypto/ed25519"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/text/unicode/norm"
)

// signer signs notes with the key of one purpose and epoch. It derives the key
// each time, so that nothing is left to sign with after Wipe.
type signer struct {
	in       *secrets
	number   uint8
	purpose  purpose
	verifier note.Verifier
}

func (s *signer) Name() string    { return s.verifier.Name() }
func (s *signer) KeyHash() uint32 { return s.verifier.KeyHash() }

// Sign returns the Ed25519 signature of msg, or ErrWiped.
func (s *signer) Sign(msg []byte) ([]byte, error) {
	s.in.mu.RLock()
	defer s.in.mu.RUnlock()
	e, err := s.in.epoch(s.number)
	if err != nil {
		return nil, err
	}
	private := e.root.private(s.purpose)
	defer clear(private)
	return ed25519.Sign(private, msg), nil
}

// anchor returns the verifier "NAME/what+hash+key" of a public key.
func anchor(name, what string, public ed25519.PublicKey) string {
	text, err := note.NewEd25519VerifierKey(name+"/"+what, public)
	if err != nil {
		panic("keyring: " + err.Error()) // only for a key of the wrong size
	}
	return text
}

// keyName makes a name for keys out of the vendor's: ASCII letters and digits in
// lower case, everything else a dash. "Müller & Söhne" is "muller-sohne".
func keyName(vendor string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(vendor)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent that NFKD took off its letter
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	if name := strings.Trim(b.String(), "-"); name != "" {
		return name
	}
	return "vendor"
}

// String keeps the verbs of package fmt to the public part.
func (s *signer) String() string { return fmt.Sprintf("signer %s+%08x", s.Name(), s.KeyHash()) }
