package activator

import (
	"context"
	"fmt"
	"time"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// lookUp reads a text, looks up what the store knows of it, and makes a reading.
func (s *Session) lookUp(ctx context.Context, text string, d Decision) (*Reading, *journal.Facts, error) {
	c, slip := codes.Parse(text)
	hw, damaged := alongside(text)
	if slip != nil && hw != nil && len(codes.Find(text)) == 0 {
		var err error
		if c, err = requestFinder(s.requestEntry).requestOf(ctx, hw); err != nil {
			return nil, nil, err
		}
		if slip = nil; c.IsZero() {
			return &Reading{Text: text, Slip: errHardwareAlone}, nil, nil
		}
	}
	if slip != nil {
		r := &Reading{Text: text, Slip: slip}
		j := &judge{ctx: ctx, s: s, files: map[codes.LicenseNumber]*file{}}
		r.Proposals = codes.Repair(text, d.repairable(), j)
		return r, nil, j.err
	}
	r, facts, err := s.lookUpCode(ctx, text, c)
	if err != nil {
		return nil, nil, err
	}
	return r, facts, requestFinder(s.requestEntry).addHardware(ctx, r, hw, damaged)
}

// addHardware adds to a reading what its text has beside the code: a hardware profile, or
// why one cannot be read.
func (find requestFinder) addHardware(ctx context.Context, r *Reading, hw *codes.Hardware, damaged error) error {
	if hw != nil {
		return find.compareHardware(ctx, r, hw)
	}
	if damaged != nil {
		r.hardwareNote = fmt.Sprintf("the hardware profile in this text cannot be read and is left aside: %v", damaged)
	}
	return nil
}

// repairable are the kinds that a slip is mended for at the desk. A serial
// number is repaired only by the customer's side.
func (d Decision) repairable() []codes.Kind {
	var kinds []codes.Kind
	for _, k := range d.kinds() {
		if k == codes.KindRequest || k == codes.KindConfirmation {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// A file is what the desk has at hand about one license.
type file struct {
	facts   *journal.Facts
	license *journal.LicenseFacts
	product *catalog.Product // nil when it has no product file
	lk      codes.Key
	givenUp bool // the keyring has no key for it: its epoch was revoked
	signer  codeSigner
	names   map[codes.Fingerprint]string // of machines
}

// file looks a license up.
func (s *Session) file(ctx context.Context, number codes.LicenseNumber) (*file, error) {
	facts, err := s.desk.store.Facts(ctx, journal.Wanted{
		Licenses: []codes.LicenseNumber{number}, Since: s.desk.now().Add(-24 * time.Hour),
	})
	if err != nil {
		return nil, err
	}
	f := &file{facts: facts, license: facts.Licenses[number]}
	if !f.license.Known {
		return f, nil
	}
	if f.product, err = s.desk.product(ctx, f.license.License.Product); err != nil {
		return nil, err
	}
	if err = s.desk.unlockFile(f); err != nil {
		return nil, err
	}
	if err = s.desk.trusted(ctx); err != nil {
		return nil, err
	}
	if len(f.license.Claims) > 0 {
		f.names, err = s.machineNames(ctx, number)
	}
	return f, err
}

// lookUpCode looks up what the store knows of a code and makes a reading.
func (s *Session) lookUpCode(ctx context.Context, text string, c codes.Code) (*Reading, *journal.Facts, error) {
	number := c.License()
	if number == 0 {
		r, err := new(workspace).recognize(text, c, &file{})
		return r, nil, err
	}
	f, err := s.file(ctx, number)
	if err != nil {
		return nil, nil, err
	}
	r, err := new(workspace).recognize(text, c, f)
	if err != nil {
		return nil, nil, err
	}
	if first := r.acceptedBefore(); first != nil {
		before, err := s.desk.store.Entry(ctx, first.entry)
		if err != nil {
			return nil, nil, err
		}
		r.before = &before
	}
	return r, f.facts, nil
}

// acceptedBefore finds the confirmation that the code itself was accepted as; nil where
// it is none, or was not.
func (r *Reading) acceptedBefore() *node {
	if r.Code.Kind() != codes.KindConfirmation || r.history == nil {
		return nil
	}
	return r.history.confirmed(r.Statement.Fingerprint, r.Statement.Random)
}

// CodesIn lists the codes of a longer text, such as a mail, each once: a quoted
// thread repeats them. Near-codes, which have a slip, are in it with their error.
func CodesIn(text string) []codes.Match {
	var out []codes.Match
	seen := map[codes.Code]bool{}
	for _, m := range codes.Find(text) {
		if m.Err == nil && seen[m.Code] {
			continue
		}
		seen[m.Code] = m.Err == nil
		out = append(out, m)
	}
	return out
}

// judge lets only codes of registered licenses with a genuine tag be proposed.
type judge struct {
	ctx   context.Context
	s     *Session
	files map[codes.LicenseNumber]*file
	err   error
}

// Known implements [codes.Judge].
func (j *judge) Known(numbers []codes.LicenseNumber) []bool {
	known, err := j.s.desk.store.Known(j.ctx, numbers)
	if err != nil {
		j.err = err
		return make([]bool, len(numbers))
	}
	return known
}

// Genuine implements [codes.Judge].
func (j *judge) Genuine(c codes.Code) bool {
	if j.err != nil {
		return false
	}
	number := c.License()
	f := j.files[number]
	if f == nil {
		if f, j.err = j.s.file(j.ctx, number); j.err != nil {
			return false
		}
		j.files[number] = f
	}
	r, err := new(workspace).recognize("", c, f)
	if err != nil {
		j.err = err
		return false
	}
	return r.node != nil
}
