package activator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"time"

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

func (e *ForbiddenError) Error() string {
	return fmt.Sprintf("operator %q may not %s here", e.Operator, e.Action)
}

// A UsageError says that the operator's own words do not fit, before anything
// was submitted; nothing is journaled.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

func usagef(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

func (s *Session) may(a Action) error {
	if !s.op.May(a) {
		return &ForbiddenError{s.op.Name, a}
	}
	return nil
}

// Read decodes a text and says what a submission would be answered. It journals
// nothing, and repairs by proposal only. With want it takes these kinds only.
func (s *Session) Read(ctx context.Context, text string, want ...codes.Kind) (*Reading, error) {
	if err := s.may(ActRead); err != nil {
		return nil, err
	}
	if len(want) == 0 {
		want = []codes.Kind{codes.KindRequest, codes.KindConfirmation, codes.KindSerial}
	}
	d := Decision{Want: want, salts: s.desk.salt}
	r, _, err := s.examine(ctx, text, d)
	if err != nil {
		return nil, err
	}
	r.judged(decide(r, d, s.desk.now()))
	return r, nil
}

// judged notes a judgment for people: with personal texts, and machines by their
// names.
func (r *Reading) judged(j judgment) {
	r.Checks = r.Checks[:0]
	r.Verdict, r.Reason = j.entry.Verdict, ""
	for _, c := range j.checks {
		if c.aside != "" {
			c.Detail += ": " + c.aside
		}
		c.Detail = r.withNames(c.Detail)
		r.Checks = append(r.Checks, c)
		if c.Result == Failed && r.Reason == "" {
			r.Reason = c.Detail
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

// examine reads a text, looks up what the store knows of it, and makes a reading.
func (s *Session) examine(ctx context.Context, text string, d Decision) (*Reading, *journal.Facts, error) {
	c, slip := one(text)
	if slip != nil {
		r := &Reading{Text: text, Slip: slip}
		j := &judge{ctx: ctx, s: s}
		r.Proposals = codes.Repair(text, d.repairable(), j)
		return r, nil, j.err
	}
	return s.reading(ctx, text, c)
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

// reading looks up what the store knows of a code and makes a reading.
func (s *Session) reading(ctx context.Context, text string, c codes.Code) (*Reading, *journal.Facts, error) {
	number := numberOf(c)
	if number == 0 {
		r, err := examine(text, c, nil, nil, codes.Key{}, nil)
		return r, nil, err
	}
	facts, err := s.desk.store.Facts(ctx, journal.Wanted{
		Licenses: []codes.LicenseNumber{number}, Since: s.desk.now().Add(-24 * time.Hour),
	})
	if err != nil {
		return nil, nil, err
	}
	f := facts.Licenses[number]
	var p *catalog.Product
	var lk codes.Key
	if f.Known {
		if p, err = s.desk.product(ctx, f.License.Product); err != nil {
			return nil, nil, err
		}
		if lk, err = s.desk.licenseKey(f.License.Product, number); err != nil {
			return nil, nil, err
		}
	}
	var names map[codes.Fingerprint]string
	if len(f.Claims) > 0 {
		if names, err = s.MachineNames(ctx, number); err != nil {
			return nil, nil, err
		}
	}
	r, err := examine(text, c, f, p, lk, names)
	if err != nil {
		return nil, nil, err
	}
	if c.Kind() == codes.KindConfirmation && r.history != nil {
		if first := r.history.confirmed(r.Statement.Fingerprint, r.Statement.Random); first != nil {
			before, err := s.desk.store.Entry(ctx, first.entry)
			if err != nil {
				return nil, nil, err
			}
			r.before = &before
		}
	}
	return r, facts, nil
}

// one finds the one code in a text: the text itself, or the only code inside a
// longer one, such as an email.
func one(text string) (codes.Code, error) {
	c, slip := codes.Parse(text)
	if slip == nil {
		return c, nil
	}
	found := CodesIn(text)
	if len(found) == 1 && found[0].Err == nil {
		return found[0].Code, nil
	}
	return codes.Code{}, slip
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
	ctx context.Context
	s   *Session
	err error
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
	r, _, err := j.s.reading(j.ctx, "", c)
	if err != nil {
		j.err = err
		return false
	}
	return r.node != nil
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
	if d.Refund != "" {
		d.Reference = d.Refund
	}
	d.salts = s.desk.salt
	d.intent = s.desk.salt()
	for range attempts {
		o, err := s.submit(ctx, text, d)
		switch {
		case isRace(err):
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
	return nil, fmt.Errorf("other desks changed this license %d times meanwhile: try again", attempts)
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
	r, facts, err := s.examine(ctx, text, d)
	if err != nil {
		return nil, err
	}
	if err := r.fits(d, s.desk.now()); err != nil {
		return nil, err
	}
	j := decide(r, d, s.desk.now())
	e := s.sign(j.entry, d.intent)
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

// sign puts desk, operator, door and intent into an entry.
func (s *Session) sign(e journal.Entry, intent [16]byte) journal.Entry {
	e.Operator, e.Desk, e.Via, e.Intent = s.op.Name, s.desk.name, s.via, intent
	return e
}

// append makes an entry durable, with one before it where the product's file is
// another than the journal knows.
func (s *Session) append(ctx context.Context, facts *journal.Facts, p *catalog.Product, e journal.Entry) (journal.EntryID, error) {
	signer, err := s.desk.signer()
	if err != nil {
		return 0, err
	}
	es := []journal.Entry{e}
	if p != nil {
		if pe, changed := s.desk.productEntry(p); changed {
			pe.At = e.At
			es = []journal.Entry{s.sign(pe, s.desk.salt()), e}
		}
	}
	ids, err := s.desk.store.Append(ctx, facts, es, signer)
	if err != nil {
		return 0, err
	}
	if len(es) > 1 {
		s.desk.productRecorded(p)
	}
	return ids[len(ids)-1], nil
}

// fits refuses a decision that does not fit what was read, as the operator's own
// mistake.
func (r *Reading) fits(d Decision, now time.Time) error {
	if d.ShelfLife != nil && (*d.ShelfLife < 0 || *d.ShelfLife > product.MaxShelfLife) {
		return usagef("shelf-life: have %d days, want 0 (never expires) to %d", *d.ShelfLife, product.MaxShelfLife)
	}
	if r.Product == nil || r.Definition == nil || r.Code.Kind() != codes.KindRequest {
		return nil
	}
	def := *r.Definition
	if d.As != 0 {
		as, ok := r.Product.Definition(d.As)
		if !ok {
			return nil // decide says so
		}
		def = as
	}
	if d.Parameter == nil && d.Choose == nil {
		return nil // what is missing is said by decide, with all checks
	}
	_, err := d.parameter(&def, r.Product.Definition, now)
	return err
}

// Entries lists the journal.
func (s *Session) Entries(ctx context.Context, q journal.Query) iter.Seq2[journal.Entry, error] {
	return s.desk.store.Entries(ctx, q)
}

// Head is the signed head of the journal's own log: keep it elsewhere, and
// [Session.Verify] tells later whether anything before it was changed or cut off.
func (s *Session) Head(ctx context.Context) (journal.Head, error) { return s.desk.store.Head(ctx) }

// Entry looks up one entry of the journal, or [journal.ErrNoEntry].
func (s *Session) Entry(ctx context.Context, id journal.EntryID) (journal.Entry, error) {
	return s.desk.store.Entry(ctx, id)
}

// Licenses lists the registry.
func (s *Session) Licenses(ctx context.Context, q journal.LicenseQuery) iter.Seq2[journal.License, error] {
	return s.desk.store.Licenses(ctx, q)
}

// Products lists the catalogue in the order of names.
func (s *Session) Products() []*catalog.Product { return s.desk.catalog.Products() }

// salt is 16 random bytes. Without randomness nothing may go on.
func (d *Desk) salt() [16]byte {
	var b [16]byte
	if _, err := io.ReadFull(d.rand, b[:]); err != nil {
		panic("activator: no randomness: " + err.Error())
	}
	return b
}
