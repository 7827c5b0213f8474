package journal

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A Handover says that the heads of a log are signed by another key from now on. It is a
// signed note of its own, so that whoever trusts the former key needs nothing else to trust
// the next one:
//
//	manual-activator/1 journal key \n
//	ORIGIN of the log \n
//	VERIFIER of the next key: name+hash+base64 \n
//	\n
//	— FORMER-KEY-NAME base64(key hash ‖ signature) \n
//	— NEXT-KEY-NAME base64(key hash ‖ signature) \n
//
// Both keys sign: the former one says who follows, the next one that it is there. It
// stands at the end of an entry's detail; the head that covers this entry is signed by the
// next key.
type Handover struct {
	Origin string // the log's
	Next   string // the verifier of the next key
}

const handoverFirst = "manual-activator/1 journal key\n"

// SignHandover returns the signed note.
func SignHandover(h Handover, former, next Signer) (string, error) {
	v, err := note.NewVerifier(h.Next)
	if err != nil || v.Name() != next.Name() || v.KeyHash() != next.KeyHash() {
		return "", fmt.Errorf("handover of the journal: have the verifier %q, want that of the next key %s+%08x", h.Next, next.Name(), next.KeyHash())
	}
	text, err := note.Sign(&note.Note{Text: h.text()}, former, next)
	if err != nil {
		return "", fmt.Errorf("handover of the journal: %w", err)
	}
	return string(text), nil
}

func (h Handover) text() string { return handoverFirst + h.Origin + "\n" + h.Next + "\n" }

// ParseHandover reads a handover from the key that former verifies.
func ParseHandover(text string, former note.Verifier) (Handover, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0]+"\n" != handoverFirst || lines[3] != "" {
		return Handover{}, fmt.Errorf("handover of the journal: expected 3 lines, %q, the log's origin and a verifier, and the signatures", strings.TrimSpace(handoverFirst))
	}
	h := Handover{Origin: lines[1], Next: lines[2]}
	next, err := note.NewVerifier(h.Next)
	if err != nil {
		return Handover{}, fmt.Errorf("handover of the journal: the next key: %w", err)
	}
	if next.Name() == former.Name() && next.KeyHash() == former.KeyHash() {
		return Handover{}, fmt.Errorf("handover of the journal: %s+%08x cannot follow itself", next.Name(), next.KeyHash())
	}
	for _, v := range []note.Verifier{former, next} { // both, each by itself
		n, err := note.Open([]byte(text), note.VerifierList(v))
		var unverified *note.UnverifiedNoteError
		switch {
		case errors.As(err, &unverified):
			return Handover{}, fmt.Errorf("handover of the journal: it is not signed by %s+%08x", v.Name(), v.KeyHash())
		case err != nil:
			return Handover{}, fmt.Errorf("handover of the journal: %w", err)
		case n.Text != h.text():
			return Handover{}, errors.New("handover of the journal: it is not in its canonical form")
		}
	}
	return h, ValidOrigin(h.Origin)
}

// Handover returns the handover in an entry about keys, empty where it has none.
func (e *Entry) Handover() string {
	if e.Kind != KindKey {
		return ""
	}
	i := strings.Index(e.Detail, handoverFirst)
	if i < 0 || i > 0 && e.Detail[i-1] != '\n' {
		return ""
	}
	return e.Detail[i:]
}

// OpenedWith begins the detail of the entry that opens a log: the verifier of the key
// that signs its heads follows, up to a blank or the end.
const OpenedWith = "opened with "

// signedBy follows, entry by entry, which key a log's heads are signed with. Its error is
// what is wrong with the entry. A log that never says is of any key.
func (e *Entry) signedBy(origin, present string) (string, error) {
	if said, ok := strings.CutPrefix(e.Detail, OpenedWith); ok && e.Kind == KindLog {
		key, _, _ := strings.Cut(said, " ")
		return key, nil
	}
	text := e.Handover()
	if text == "" || present == "" {
		return present, nil
	}
	former, err := note.NewVerifier(present)
	if err != nil {
		return present, fmt.Errorf("handover of the journal: the former key: %w", err)
	}
	h, err := ParseHandover(text, former)
	switch {
	case err != nil:
		return present, err
	case h.Origin != origin:
		return present, fmt.Errorf("handover of the journal: it is of log %q", h.Origin)
	}
	return h.Next, nil
}
