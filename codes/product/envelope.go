package product

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// sign returns text as a signed note.
func (a artifact) sign(text []byte, signers []note.Signer) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: string(text)}, signers...)
	if err != nil {
		return nil, fmt.Errorf("sign the %s: %w", a.name, err)
	}
	if len(signed) > a.most {
		return nil, a.tooLarge(len(signed))
	}
	return signed, nil
}

// open returns the text that one of the anchors signed, and by which. Line ends and a mark at
// the beginning that mail programs and editors change are put back first: they
// are around the text, and what is signed is exact.
func (a artifact) open(signed []byte, anchors []note.Verifier) ([]byte, []note.Signature, error) {
	if len(signed) > a.most {
		return nil, nil, a.tooLarge(len(signed))
	}
	signed = trim(signed)
	text, signatures := split(signed)
	if err := a.kind(text); err != nil {
		return nil, nil, err
	}
	if len(signatures) == 0 {
		return nil, nil, a.fail(ErrNotSigned, "the %s carries no signature: use the file as the vendor's desk wrote it", a.name)
	}
	if len(anchors) == 0 {
		return nil, nil, a.fail(ErrForeignKey, "the %s cannot be checked: no trust anchor is given", a.name)
	}
	n, err := note.Open(signed, note.VerifierList(anchors...))
	var unverified *note.UnverifiedNoteError
	var wrong *note.InvalidSignatureError
	switch {
	case err == nil:
		return []byte(n.Text), n.Sigs, nil
	case errors.As(err, &wrong):
		return nil, nil, a.fail(ErrAltered, "the %s was altered or damaged: the signature of %s+%08x does not fit its text; ask the vendor for the file again", a.name, wrong.Name, wrong.Hash)
	case errors.As(err, &unverified):
		s := unverified.Note.UnverifiedSigs[0]
		return nil, nil, a.fail(ErrForeignKey, "the %s is signed by %s+%08x, not by a key that is trusted here (%s)", a.name, clip(s.Name), s.Hash, trusted(anchors))
	}
	return nil, nil, a.fail(ErrAltered, "the %s was altered or damaged: %v; ask the vendor for the file again", a.name, err)
}

// kind reports whether the first line names this artifact.
func (a artifact) kind(text []byte) error {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	first := clip(string(line))
	if first == a.line {
		return nil
	}
	for _, other := range []artifact{profileArtifact, licenseArtifact} {
		if first == other.line {
			return a.fail(ErrOtherFile, "expected a %s, found a %s", a.name, other.name)
		}
	}
	if version, _, ok := strings.Cut(first, " "); ok && strings.HasPrefix(version, "manual-activator/") && version != "manual-activator/1" {
		return a.fail(ErrNewer, "the file begins with %q: it was made by a newer version; this one reads %q", first, a.line)
	}
	return a.fail(ErrOtherFile, "not a %s: expected the first line %q, found %q", a.name, a.line, first)
}

func (a artifact) fail(kind error, format string, args ...any) error {
	return &artifactError{fmt.Sprintf(format, args...), kind}
}

func (a artifact) tooLarge(size int) error {
	return a.fail(ErrTooLarge, "the %s has %d bytes, at most %d are read", a.name, size, a.most)
}

func (a artifact) notCanonical() error {
	return a.fail(ErrNotCanonical, "the %s is signed but not written in its one canonical form: export it again", a.name)
}

func (a artifact) invalid(err error) error {
	return a.fail(ErrInvalid, "the %s is signed but not valid: %v", a.name, err)
}

func trusted(anchors []note.Verifier) string {
	names := make([]string, len(anchors))
	for i, v := range anchors {
		names[i] = fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash())
	}
	return strings.Join(names, ", ")
}

// trim removes a byte order mark, carriage returns at line ends, and blank lines
// after the last signature.
func trim(signed []byte) []byte {
	signed = bytes.TrimPrefix(signed, []byte("\uFEFF"))
	if bytes.Contains(signed, []byte("\r\n")) {
		signed = bytes.ReplaceAll(signed, []byte("\r\n"), []byte("\n"))
	}
	if trimmed := bytes.TrimRight(signed, "\n"); len(trimmed) < len(signed) {
		signed = signed[:len(trimmed)+1]
	}
	return signed
}

// split returns the text and what stands behind its last blank line.
func split(signed []byte) (text, signatures []byte) {
	i := bytes.LastIndex(signed, []byte("\n\n"))
	if i < 0 {
		return signed, nil
	}
	return signed[:i+1], signed[i+2:]
}
