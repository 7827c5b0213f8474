package activator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// Session is one operator's work at the desk, through one door ("command",
// "terminal", "batch"). It implements [Service].
type Session struct {
	desk *Desk
	op   Operator
	via  string
}

var _ Service = (*Session)(nil)

// Session begins a session. It panics if the operator has no name.
func (d *Desk) Session(op Operator, via string) *Session {
	if op.Name == "" {
		panic("activator: a session needs an operator's name")
	}
	return &Session{desk: d, op: op, via: via}
}

// A ForbiddenError says that the operator may not do something.
type ForbiddenError struct {
	Operator string
	Action   Action
}

// Error names the operator and what is not allowed.
func (e *ForbiddenError) Error() string { return sayForbidden(e.Operator, e.Action) }

// A UsageError says that the operator's own words do not fit, before anything
// was submitted; nothing is journaled.
type UsageError struct{ Text string }

// Error is the sentence as it was made: it says what does not fit, and what would.
func (e *UsageError) Error() string { return e.Text }

func usage(sentence string) error { return &UsageError{sentence} }

func usagef(format string, args ...any) error { return usage(fmt.Sprintf(format, args...)) }

func (s *Session) may(a Action) error {
	if !s.op.May(a) {
		return &ForbiddenError{s.op.Name, a}
	}
	return nil
}

// Read decodes a text and says what a submission with this decision would be
// answered. It journals nothing, and repairs by proposal only. A [UsageError] says
// that the decision does not fit the code, as Submit would.
func (s *Session) Read(ctx context.Context, text string, d Decision) (*Reading, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	if len(d.Want) == 0 {
		d.Want = []codes.Kind{codes.KindRequest, codes.KindConfirmation, codes.KindSerial}
	}
	if err := d.trim(); err != nil {
		return nil, err
	}
	d.salts = s.desk.salt
	r, _, j, err := s.judge(ctx, text, d)
	if err != nil {
		return nil, err
	}
	r.judged(j)
	return r, nil
}

// judge looks up what a text is about and decides on it, with the facts that this rests on.
func (s *Session) judge(ctx context.Context, text string, d Decision) (*Reading, *journal.Facts, judgment, error) {
	r, facts, err := s.lookUp(ctx, text, d)
	if err != nil {
		return nil, nil, judgment{}, err
	}
	if err := r.fits(&d, s.desk.now()); err != nil {
		return nil, nil, judgment{}, err
	}
	j := new(workspace).decide(r, &d, s.desk.now())
	return r, facts, j, j.err
}

// judged notes a judgment for people: with personal texts, and machines by their
// names.
func (r *Reading) judged(j judgment) {
	r.Checks = r.Checks[:0]
	r.Verdict, r.Reason = j.entry.Verdict, ""
	hard := false
	for _, c := range j.checks() {
		c.Detail = r.withNames(c.Detail)
		r.Checks = append(r.Checks, c)
		if c.Result == Failed && (r.Reason == "" || c.hard && !hard) {
			r.Reason, hard = c.Detail, c.hard
		}
	}
}

// withNames adds to each fingerprint in a text what people call the machine.
func (r *Reading) withNames(text string) string {
	for f, name := range r.names {
		at := regexp.MustCompile(`\b` + f.String() + `\b`)
		text = at.ReplaceAllLiteralString(text, fmt.Sprintf("%v (%s)", f, name))
	}
	return text
}

// attempts bounds how often a decision is made again because others changed the
// same license meanwhile.
const attempts = 50

// Submit decides on a code. What it returns is in the journal: a refusal, a
// repeat, an unreadable text too. An error means that nothing is promised; the
// same submission can be made again.
func (s *Session) Submit(ctx context.Context, text string, d Decision) (*Outcome, error) {
	for _, a := range d.actions() {
		if err := s.may(a); err != nil {
			return nil, err
		}
	}
	if err := d.trim(); err != nil {
		return nil, err
	}
	d.salts = s.desk.salt
	d.intent = s.desk.salt()
	var raced error
	for range attempts {
		o, err := s.submit(ctx, text, d)
		switch {
		case isRace(err):
			raced = err
			continue
		case err != nil:
			return nil, err
		}
		if d.Refund != "" && (o.Verdict == journal.OK || o.Verdict == journal.Repeat) {
			if o.Refund, err = s.Change(ctx, Change{License: o.License.Number, Kind: RefundLicense, Reference: d.Refund, Override: d.Override}); err != nil {
				return o, fmt.Errorf("the confirmation is recorded as entry %v, the refund is not: %w", o.Entry, err)
			}
		}
		return o, nil
	}
	return nil, fmt.Errorf("tried %d times: if no other desk works on this license just now, the journal's books do not agree with each other: run `activator journal verify` (%w)", attempts, raced)
}

// trim takes blanks off the operator's texts, and a refund's reference for that of
// its confirmation.
func (d *Decision) trim() error {
	for _, t := range []struct {
		text *string
		what string
	}{{&d.Override, "override"}, {&d.Correct, "correct"}, {&d.Reference, "reference"}, {&d.Refund, "reference"}} {
		if err := trim(t.text, t.what); err != nil {
			return err
		}
	}
	if d.Refund != "" {
		d.Reference = d.Refund
	}
	return nil
}

// trim takes blanks off both ends of a text that the journal keeps. What is blank
// only is refused: it would pass for a reason.
func trim(text *string, what string) error {
	t := strings.TrimSpace(*text)
	if t == "" && *text != "" {
		return usagef("%s: have %q, want words: the journal keeps them", what, *text)
	}
	*text = t
	return nil
}

// isRace reports whether an append failed because others wrote meanwhile.
func isRace(err error) bool {
	var stale *journal.StaleError
	var taken *journal.TakenError
	return errors.As(err, &stale) || errors.As(err, &taken)
}

// actions are what the operator asks for with d.
func (d Decision) actions() []Action {
	var as []Action
	for _, k := range d.kinds() {
		switch k {
		case codes.KindRequest:
			as = append(as, ActIssue)
		case codes.KindConfirmation:
			as = append(as, ActConfirm)
		}
	}
	if d.Override != "" {
		as = append(as, ActOverride)
	}
	if d.Refund != "" {
		as = append(as, ActRefund)
	}
	return as
}

func (s *Session) submit(ctx context.Context, text string, d Decision) (*Outcome, error) {
	r, facts, j, err := s.judge(ctx, text, d)
	if err != nil {
		return nil, err
	}
	e := s.stamp(*j.entry, d.intent)
	id, err := s.append(ctx, facts, r.Product, e)
	if err != nil {
		return nil, err
	}
	r.judged(j)
	o := &Outcome{Reading: *r, Entry: id}
	if given := j.given; given != nil {
		o.Answer, o.Granted, o.Day, o.Value, o.Revision = given.code, given.grants, given.terms.Day, given.terms.Parameter, given.revision
	}
	if e.Kind == journal.KindConfirmation && (e.Verdict == journal.OK || e.Verdict == journal.Repeat) {
		o.Receipt = s.receipt(o, e)
	}
	return o, nil
}

// stamp puts desk, operator, door and intent into an entry.
func (s *Session) stamp(e journal.Entry, intent [16]byte) journal.Entry {
	s.mark(&e, intent)
	return e
}

// mark is stamp in place.
func (s *Session) mark(e *journal.Entry, intent [16]byte) {
	e.Operator, e.Desk, e.Via, e.Intent = s.op.Name, s.desk.name, s.via, intent
}

// append makes an entry durable, with one before it where the product's file is
// another than the journal knows.
func (s *Session) append(ctx context.Context, facts *journal.Facts, p *catalog.Product, e journal.Entry) (journal.EntryID, error) {
	es := []journal.Entry{e}
	if p != nil {
		if pe, changed := s.desk.productEntry(p); changed {
			pe.At = e.At
			es = []journal.Entry{s.stamp(pe, s.desk.salt()), e}
		}
	}
	ids, err := s.appendAll(ctx, facts, es...)
	if err != nil {
		return 0, err
	}
	if len(es) > 1 {
		s.desk.productRecorded(p)
	}
	return ids[len(ids)-1], nil
}

// appendAll makes entries durable, all or none, in a journal that is the one this computer saw last.
func (s *Session) appendAll(ctx context.Context, facts *journal.Facts, es ...journal.Entry) ([]journal.EntryID, error) {
	if err := s.desk.readOnly; err != nil {
		return nil, fmt.Errorf("nothing can be recorded, so nothing was done: %w", err)
	}
	if err := s.desk.trusted(ctx); err != nil {
		return nil, err
	}
	ids, err := s.desk.underKey(func(signer note.Signer) ([]journal.EntryID, error) {
		return s.desk.store.Append(ctx, facts, es, signer)
	})
	if err != nil {
		return nil, err
	}
	s.desk.keepHead(ctx)
	return ids, nil
}

// fits refuses a decision that does not fit what was read, as the operator's own
// mistake.
func (r *Reading) fits(d *Decision, now time.Time) error {
	if d.ShelfLife != nil && (*d.ShelfLife < 0 || *d.ShelfLife > product.MaxShelfLife) {
		return usagef("shelf-life: have %d days, want 0 (never expires) to %d", *d.ShelfLife, product.MaxShelfLife)
	}
	if r.Product == nil || r.Definition == nil || r.Code.Kind() != codes.KindRequest {
		return nil
	}
	def, as := r.Definition, d.As
	if as == 0 && d.Correct == "" && r.history != nil {
		if earlier := r.history.answersTo(r.Statement.Fingerprint, r.Statement.Random); len(earlier) > 0 {
			as = earlier[len(earlier)-1].answer.terms.Definition // what comes again is what was granted
		}
	}
	if as != 0 {
		granted, ok := r.Product.Definition(as)
		if !ok {
			return nil // decide says so
		}
		def = &granted
	}
	if d.Parameter == nil && d.Choose == nil {
		return nil // what is missing is said by decide, with all checks
	}
	_, err := d.parameter(def, r.Product.Definition, now)
	return err
}

// Entries lists the journal.
func (s *Session) Entries(ctx context.Context, q journal.Query) iter.Seq2[journal.Entry, error] {
	if err := s.may(ActRead); err != nil {
		return func(yield func(journal.Entry, error) bool) { yield(journal.Entry{}, err) }
	}
	return s.desk.store.Entries(ctx, q)
}

// Entry looks up one entry of the journal, or [journal.ErrNoEntry].
func (s *Session) Entry(ctx context.Context, id journal.EntryID) (journal.Entry, error) {
	if err := s.may(ActRead); err != nil {
		return journal.Entry{}, err
	}
	return s.desk.store.Entry(ctx, id)
}

// Licenses lists the registry.
func (s *Session) Licenses(ctx context.Context, q journal.LicenseQuery) iter.Seq2[journal.License, error] {
	if err := s.may(ActRead); err != nil {
		return func(yield func(journal.License, error) bool) { yield(journal.License{}, err) }
	}
	return s.desk.store.Licenses(ctx, q)
}

// Products lists the catalogue in the order of names.
func (s *Session) Products() []*catalog.Product { return s.desk.catalog.Products() }

// salt is 16 random bytes. Without randomness nothing may go on.
func (d *Desk) salt() (b [16]byte) {
	d.draw(b[:])
	return b
}

// draw fills b with random bytes.
func (d *Desk) draw(b []byte) {
	if _, err := io.ReadFull(d.rand, b); err != nil {
		panic("activator: no randomness: " + err.Error())
	}
}
