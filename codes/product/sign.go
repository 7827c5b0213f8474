package product

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/codes"
)

// Sizes above these are refused before anything is read.
const (
	MaxProfile = 96 << 20 // bytes of a signed product profile (about 4 million licenses)
	MaxLicense = 64 << 10 // bytes of a signed license file
)

// What can be wrong with a signed artifact. Open and OpenLicense wrap them in a
// sentence that names the artifact and says what to do.
var (
	ErrTooLarge     = errors.New("too large")
	ErrOtherFile    = errors.New("not this kind of file")
	ErrNewer        = errors.New("made by a newer version")
	ErrNotSigned    = errors.New("not signed")
	ErrAltered      = errors.New("altered or damaged")
	ErrForeignKey   = errors.New("signed by a foreign key")
	ErrNotCanonical = errors.New("not in canonical form")
	ErrInvalid      = errors.New("says what no such file may say")
)

// artifactError is a sentence with one of the errors above behind it.
type artifactError struct {
	text string
	kind error
}

// Error is the sentence for people.
func (e *artifactError) Error() string { return e.text }

// Unwrap gives the error to compare with.
func (e *artifactError) Unwrap() error { return e.kind }

// artifact is what differs between the two signed files.
type artifact struct {
	name string // for people
	line string // the first line
	most int    // bytes
}

var (
	profileArtifact = artifact{"product profile", profileLine, MaxProfile}
	licenseArtifact = artifact{"license file", licenseLine, MaxLicense}
)

// ParseAnchor reads a trust anchor: the verifier "name+hash+base64" of
// golang.org/x/mod/sumdb/note, as the vendor's keyring prints it.
func ParseAnchor(text string) (note.Verifier, error) {
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("trust anchor %q: %w: expected name+hash+key as the vendor's desk prints it", clip(text), err)
	}
	// What is not an anchor's one spelling would not be found again as such.
	if name, rest, _ := strings.Cut(text, "+"); name != v.Name() || !strings.HasPrefix(rest, fmt.Sprintf("%08x+", v.KeyHash())) {
		return nil, fmt.Errorf("trust anchor %q: not in canonical form", clip(text))
	}
	return v, nil
}

// Sign returns the product profile as a signed note. It refuses a profile that
// is not valid, or whose anchor is not the signer's. also are keys that the vendor
// had before: programs that trust one of them honor the profile too.
func Sign(p *Profile, s note.Signer, also ...note.Signer) ([]byte, error) {
	if err := p.Valid(); err != nil {
		return nil, fmt.Errorf("product profile %s: %w", p.ID, err)
	}
	anchor, err := ParseAnchor(p.Anchor)
	if err != nil {
		return nil, err
	}
	if anchor.Name() != s.Name() || anchor.KeyHash() != s.KeyHash() {
		return nil, fmt.Errorf("product profile %s: its anchor is %s+%08x, the signing key %s+%08x", p.ID, anchor.Name(), anchor.KeyHash(), s.Name(), s.KeyHash())
	}
	signed, err := profileArtifact.sign(p.Canonical(), append([]note.Signer{s}, also...))
	if err != nil {
		return nil, err
	}
	if _, err := Open(signed, anchor); err != nil { // never hand out what nobody can open
		return nil, err
	}
	return signed, nil
}

// Open returns the product profile that one of the anchors signed.
func Open(signed []byte, anchors ...note.Verifier) (*Profile, error) {
	text, _, err := profileArtifact.open(signed, anchors)
	if err != nil {
		return nil, err
	}
	p, err := parseProfile(text)
	if err != nil {
		return nil, profileArtifact.invalid(err)
	}
	if !bytes.Equal(p.Canonical(), text) {
		return nil, profileArtifact.notCanonical()
	}
	return p, nil
}

// OpenUnpinned returns a product profile that is signed by the anchor it names
// itself. That proves nothing about who made it: it is for a program that pins
// the first profile it is given, keeps p.Anchor, and says so.
func OpenUnpinned(signed []byte) (*Profile, error) {
	if len(signed) > MaxProfile {
		return nil, profileArtifact.tooLarge(len(signed))
	}
	text, _ := split(trim(signed))
	if err := profileArtifact.kind(text); err != nil {
		return nil, err
	}
	for _, line := range strings.SplitN(string(text[:min(len(text), 4096)]), "\n", 4) {
		claimed, ok := strings.CutPrefix(line, "anchor ")
		if !ok {
			continue
		}
		anchor, err := ParseAnchor(claimed)
		if err != nil {
			return nil, profileArtifact.invalid(err)
		}
		return Open(signed, anchor)
	}
	return nil, profileArtifact.invalid(errors.New("it names no anchor"))
}

// SignLicense returns the license file as a signed note; also is as in [Sign].
func SignLicense(l *License, s note.Signer, also ...note.Signer) ([]byte, error) {
	if err := l.valid(); err != nil {
		return nil, fmt.Errorf("license file: %w", err)
	}
	return licenseArtifact.sign(l.Canonical(), append([]note.Signer{s}, also...))
}

// OpenLicense returns the license that one of the anchors signed.
func OpenLicense(signed []byte, anchors ...note.Verifier) (*License, error) {
	l, _, err := openLicense(signed, anchors)
	return l, err
}

// OpenLicense returns the license of a license file that the vendor of the profile
// signed: with the key that the program trusts, with the profile's own, or, up to its
// last day, with a former one. The profile must have been opened under that anchor.
func (p *Profile) OpenLicense(signed []byte, anchor note.Verifier) (*License, error) {
	own, err := ParseAnchor(p.Anchor)
	if err != nil {
		return nil, err
	}
	trust := []note.Verifier{anchor}
	if own.Name() != anchor.Name() || own.KeyHash() != anchor.KeyHash() {
		trust = append(trust, own)
	}
	lasting := trust
	until := map[uint32]codes.Day{}
	for _, s := range p.Signers {
		v, err := ParseAnchor(s.Anchor)
		if err != nil {
			return nil, err
		}
		if v.Name() == anchor.Name() && v.KeyHash() == anchor.KeyHash() {
			continue // the program trusts it by itself
		}
		trust, until[v.KeyHash()] = append(trust, v), s.Until
	}
	l, by, err := openLicense(signed, trust)
	if err != nil {
		return nil, err
	}
	for _, s := range by {
		if l.SignedOn <= until[s.Hash] || slices.ContainsFunc(lasting, func(v note.Verifier) bool { return v.Name() == s.Name && v.KeyHash() == s.Hash }) {
			return l, nil
		}
	}
	return nil, licenseArtifact.fail(ErrForeignKey, "the license file was signed on %s by %s+%08x, a key that the vendor gave up on %s: ask the vendor for the file again",
		l.SignedOn, by[0].Name, by[0].Hash, until[by[0].Hash])
}

func openLicense(signed []byte, anchors []note.Verifier) (*License, []note.Signature, error) {
	text, by, err := licenseArtifact.open(signed, anchors)
	if err != nil {
		return nil, nil, err
	}
	l, err := parseLicense(text)
	if err != nil {
		return nil, nil, licenseArtifact.invalid(err)
	}
	if !bytes.Equal(l.Canonical(), text) {
		return nil, nil, licenseArtifact.notCanonical()
	}
	return l, by, nil
}
