package activator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// A hardware profile code travels with a request in a file or a mail. The entry that
// answers the request keeps it, so that the next request of that machine can be
// compared part by part; the status byte of a request tells kinds only.

// hardwareDetail begins the detail of an entry with a hardware profile code.
const hardwareDetail = "hardware "

// alongside is the hardware profile code in a text, nil where there is none; damaged
// says what is wrong with one that cannot be read.
func alongside(text string) (h *codes.Hardware, damaged error) {
	h, err := codes.ParseHardware(text)
	if errors.Is(err, codes.ErrNoHardware) {
		return nil, nil
	}
	return h, err
}

// A requestFinder finds the newest entry in which a request was answered; with kept, one
// that has its hardware profile.
type requestFinder func(ctx context.Context, l codes.LicenseNumber, f codes.Fingerprint, random uint32, kept bool) (*journal.Entry, error)

// requestOf finds the request that a hardware profile code given alone belongs to,
// among those that this desk answered.
func (find requestFinder) requestOf(ctx context.Context, h *codes.Hardware) (codes.Code, error) {
	e, err := find(ctx, h.License, h.Fingerprint, h.Random, false)
	if err != nil || e == nil {
		return codes.Code{}, err
	}
	return codes.Parse(e.Code)
}

// requestEntry is a requestFinder in the journal.
func (s *Session) requestEntry(ctx context.Context, l codes.LicenseNumber, f codes.Fingerprint, random uint32, kept bool) (*journal.Entry, error) {
	q := journal.Query{License: l, Fingerprint: &f, Kinds: []journal.Kind{journal.KindRequest}, Verdicts: []journal.Verdict{journal.OK, journal.Repeat}, Newest: true}
	for e, err := range s.desk.store.Entries(ctx, q) {
		if err != nil {
			return nil, err
		}
		if answers(&e, l, f, random, kept) {
			return &e, nil
		}
	}
	return nil, nil
}

// answers reports whether an entry answers this request; with kept, whether it has its
// hardware profile, too.
func answers(e *journal.Entry, l codes.LicenseNumber, f codes.Fingerprint, random uint32, kept bool) bool {
	return e.Kind == journal.KindRequest && (e.Verdict == journal.OK || e.Verdict == journal.Repeat) &&
		e.License == l && e.Fingerprint == f && e.Random == random && (!kept || strings.HasPrefix(e.Detail, hardwareDetail))
}

// compareHardware takes the hardware profile code that came with a request into its
// reading, and compares it with the one kept of the machine's activation.
func (find requestFinder) compareHardware(ctx context.Context, r *Reading, h *codes.Hardware) error {
	if r.node == nil || r.Code.Kind() != codes.KindRequest {
		return nil
	}
	st := r.Statement
	tag := r.history.keyOf(r.node).HardwareTag(r.Product.UID, r.Release, h)
	if h.License != st.License || h.Fingerprint != st.Fingerprint || h.Random != st.Random || !codes.EqualTags(tag, h.Tag) {
		r.hardwareNote = "the hardware profile in this text does not belong to this request and is left aside"
		return nil
	}
	r.hardware = h
	if r.node.answer == nil {
		return nil
	}
	before := r.node.ref
	e, err := find(ctx, st.License, before.fingerprint, before.random, true)
	if err != nil || e == nil {
		return err
	}
	kept, err := codes.ParseHardware(strings.TrimPrefix(e.Detail, hardwareDetail))
	if err != nil {
		return fmt.Errorf("journal entry %v: its hardware profile: %w", e.ID, err)
	}
	j := catalog.Judge(ProfileOf(r.Product.UID, kept), ProfileOf(r.Product.UID, h), r.Product.Policy, false)
	r.Hardware = &j
	return nil
}

// ProfileOf is what a hardware profile code of the product with this uid holds, as a
// profile to compare with: hashes of 16 bits, without labels. The code's tag is not
// looked at.
func ProfileOf(uid codes.UID, h *codes.Hardware) *fingerprint.Profile {
	p := &fingerprint.Profile{Version: fingerprint.CollectorVersion, Hashed: &fingerprint.Hashing{UID: uid, Bits: fingerprint.CodeBits}}
	for n, hashes := range h.Kinds {
		if hashes == nil {
			continue
		}
		c := fingerprint.Component{Kind: fingerprint.Kind(n + 1)}
		for _, x := range hashes {
			c.Instances = append(c.Instances, fingerprint.Instance{ID: fmt.Sprintf("%04x", x)})
		}
		p.Components = append(p.Components, c)
	}
	p.Tidy()
	return p
}

// errHardwareAlone is why a hardware profile code alone was not taken.
var errHardwareAlone = errors.New("this is a hardware profile code, and the request that it belongs to was not answered here: give the request code first, or both together")

const sayProfileKept = "kept, to compare the machine's next request with"

func sayCompared(j *fingerprint.Judgment) string {
	return "compared with that of the activation. " + j.Sentence()
}

func sayChangedParts(j *fingerprint.Judgment) string {
	return fmt.Sprintf("the same machine, changed: %s: %d of %d", j.Changes(), j.Sum, j.DeskTolerance)
}

func sayNewPartsOf(j *fingerprint.Judgment) string {
	return fmt.Sprintf("the same machine with new parts (%s): %d of %d", j.Changes(), j.Sum, j.DeskTolerance)
}

func sayOtherParts(was, is codes.Fingerprint, j *fingerprint.Judgment) string {
	return fmt.Sprintf("the program was activated on machine %v and now runs on another one, %v (%s: %d of %d)", was, is, j.Changes(), j.Sum, j.DeskTolerance)
}
