package activator

import (
	"fmt"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// A ChangeKind is what happens to a license.
type ChangeKind string

// The kinds of change.
const (
	RevokeLicense  ChangeKind = "revoke"  // no code of the license is answered any more
	RestoreLicense ChangeKind = "restore" // ends a revocation
	AmendLicense   ChangeKind = "change"  // seats, grants or customer
	NameMachine    ChangeKind = "name"    // what people call a machine
	MachineGone    ChangeKind = "gone"    // releases a machine without proof
	RefundLicense  ChangeKind = "refund"  // records the refund, when every machine is proven back
)

// A Change changes a license. Reason and Override are kept in the journal.
type Change struct {
	License     codes.LicenseNumber
	Kind        ChangeKind
	Reason      string
	Reference   string             // of a refund, its case: the refund counts once
	Override    string             // the reason for passing soft checks that failed
	Fingerprint *codes.Fingerprint // of the machine that is gone or gets a name; nil: the only one
	Cause       GoneCause          // of a machine that is gone; empty: other
	Name        string             // what people call the machine, such as "RIP room 2"
	Seats       *int
	Grants      *product.Grants
	Customer    *string

	intent [16]byte
	salts  func() [16]byte
}

// decideChange applies the rules for changes. It is pure, as decide is.
func decideChange(l *License, f *journal.LicenseFacts, h *history, names map[codes.Fingerprint]string, limits goneLimit, c Change, now time.Time) judgment {
	b := &bench{
		r: &Reading{License: l, facts: f, history: h, names: names}, now: now,
		d: Decision{Override: c.Override, Reference: c.Reference, intent: c.intent, salts: c.salts},
	}
	e := journal.Entry{At: now, Kind: journal.KindChange, Verdict: journal.OK, License: l.Number, Product: l.Product, State: ""}
	b.pass(checkLicense, l.describe())
	switch c.Kind {
	case RevokeLicense:
		b.standingFrom(journal.Live, journal.Revoked)
	case RestoreLicense:
		b.standingFrom(journal.Revoked, journal.Live)
	case AmendLicense:
		b.amend(c)
	case NameMachine:
		b.nameMachine(&e, c)
	case MachineGone:
		e.Kind = journal.KindGone
		b.goneMachine(&e, c, limits)
	case RefundLicense:
		e.Kind = journal.KindRefund
		b.refundLicense(&e, c)
	default:
		panic("activator: unknown kind of change " + string(c.Kind))
	}
	j := b.close(e)
	e = j.entry
	if e.Detail == "" {
		e.Detail = string(c.Kind)
	}
	if c.Reason != "" {
		e.Personal = append(e.Personal, journal.Personal{Field: "reason", Salt: c.salts(), Text: joinReasons(c.Reason, &e)})
	}
	if c.Kind == MachineGone {
		e.Detail = "gone " + string(c.Cause)
	}
	if c.Name != "" {
		e.Personal = append(e.Personal, journal.Personal{Field: fieldMachine, Salt: c.salts(), Text: c.Name})
	}
	if c.Kind == AmendLicense && c.Customer != nil {
		e.Personal = append(e.Personal, journal.Personal{Field: journal.FieldCustomer, Salt: c.salts(), Text: *c.Customer})
	}
	j.entry = e
	return j
}

// joinReasons takes the reason of an override, if the entry has one, into the
// reason of the change: an entry has one of each personal text.
func joinReasons(reason string, e *journal.Entry) string {
	for i, p := range e.Personal {
		if p.Field == "reason" {
			e.Personal = append(e.Personal[:i:i], e.Personal[i+1:]...)
			return reason + "; " + p.Text
		}
	}
	return reason
}

// standingFrom moves a license from one state to another.
func (b *bench) standingFrom(from, to string) {
	l := *b.r.License
	switch l.State {
	case to:
		b.refuse(checkStanding, fmt.Sprintf("the license is %s already", to))
	case from:
		b.pass(checkStanding, fmt.Sprintf("the license was %s and becomes %s", from, to))
		l.State = to
		b.effects = append(b.effects, l.effect())
	default:
		b.refuse(checkStanding, fmt.Sprintf("the license is %s; only a license that is %s can become %s", l.State, from, to))
	}
}

// amend changes what was bought.
func (b *bench) amend(c Change) {
	l := *b.r.License
	if c.Seats != nil {
		if highest := b.highestSeat(); *c.Seats < highest {
			b.refuse(checkSeat, fmt.Sprintf("%d seats are too few: seat %d is taken; have machines deactivated first", *c.Seats, highest))
			return
		}
		l.Seats = *c.Seats
	}
	if c.Grants != nil {
		l.Grants = *c.Grants
	}
	b.pass(checkGranted, fmt.Sprintf("%d seats, %s", l.Seats, l.Grants))
	b.effects = append(b.effects, l.effect())
}

func (b *bench) highestSeat() int {
	highest := 0
	for _, s := range b.r.facts.Seats {
		if s.Excess == "" {
			highest = max(highest, s.Slot)
		}
	}
	return highest
}

// A GoneCause says why no confirmation code is to be had from a machine.
type GoneCause string

// The causes that a journal can be counted by.
const (
	DiskDead   GoneCause = "disk-dead"   // the state is lost with the disk
	Stolen     GoneCause = "stolen"      // the machine is out of the customer's hands
	Scrapped   GoneCause = "scrapped"    // sold, formatted or thrown away before the program was deactivated
	NeverTyped GoneCause = "never-typed" // the answer was lost and the machine never became active
	OtherCause GoneCause = "other"       // what the reason says
)

// GoneCauses lists the causes in the order of the documentation.
func GoneCauses() []GoneCause { return []GoneCause{DiskDead, Stolen, Scrapped, NeverTyped, OtherCause} }

// fieldMachine is the personal text that names a machine.
const fieldMachine = "machine"

// nameMachine gives a machine of the license a name for people.
func (b *bench) nameMachine(e *journal.Entry, c Change) {
	f := b.r.oneMachine(c.Fingerprint)
	if f == nil {
		b.refuse(checkSeat, b.r.saySeats()+"; say which machine is meant by its fingerprint")
		return
	}
	e.Machine, e.Fingerprint = true, *f
	if b.r.seatOf(*f) == nil && len(b.r.history.with(*f)) == 0 {
		b.refuse(checkSeat, fmt.Sprintf("machine %v was never activated for this license; %s", *f, b.r.saySeats()))
		return
	}
	b.pass(checkSeat, fmt.Sprintf("machine %v gets its name", *f))
}

// oneMachine is the machine that is meant: the one named, or the only one that
// holds a seat; nil if that does not tell.
func (r *Reading) oneMachine(named *codes.Fingerprint) *codes.Fingerprint {
	if named == nil && len(r.facts.Seats) == 1 {
		return &r.facts.Seats[0].Fingerprint
	}
	return named
}

// goneLimit bounds how many machines of a license may be declared gone.
type goneLimit struct{ max, days int }

// goneMachine releases a machine without proof: its disk is dead, it was stolen,
// or no confirmation code is to be had.
func (b *bench) goneMachine(e *journal.Entry, c Change, limit goneLimit) {
	r := b.r
	f := r.oneMachine(c.Fingerprint)
	switch {
	case f == nil && len(r.facts.Seats) == 0:
		b.refuse(checkSeat, r.saySeats()+": there is nothing to release")
		return
	case f == nil:
		b.refuse(checkSeat, r.saySeats()+"; say which machine is gone by its fingerprint")
		return
	}
	e.Machine, e.Fingerprint = true, *f
	seat := r.seatOf(*f)
	if seat == nil {
		b.refuse(checkSeat, fmt.Sprintf("machine %v holds no seat of this license; %s", *f, r.saySeats()))
		return
	}
	count := 0
	since := b.now.AddDate(0, 0, -limit.days)
	entries := map[journal.EntryID]bool{}
	for _, cl := range r.facts.Claims {
		if cl.Scope == journal.ScopeGone && cl.At.After(since) && !entries[cl.Entry] {
			entries[cl.Entry] = true
			count++
		}
	}
	if count >= limit.max {
		b.doubt(checkLimits, fmt.Sprintf("%d machines of this license were declared gone within %d days; the limit is %d", count, limit.days, limit.max))
	} else {
		b.pass(checkLimits, fmt.Sprintf("machines gone: number %d of %d within %d days", count+1, limit.max, limit.days))
	}
	b.pass(checkSeat, fmt.Sprintf("seat %d of machine %v comes free, without proof (%s)", seat.Slot, *f, c.Cause))
	b.effects = append(b.effects, journal.FreeSeat{License: r.License.Number, Fingerprint: *f})
	for _, n := range r.history.with(*f) {
		if n.answer != nil && n.shut == nil && n.gone == nil {
			b.effects = append(b.effects, journal.Claim{License: r.License.Number, Scope: journal.ScopeGone, Key: n.ref.bytes()})
		}
	}
}

func (r *Reading) saySeats() string {
	if len(r.facts.Seats) == 0 {
		return "no machine holds a seat of this license"
	}
	var held []string
	for _, s := range r.facts.Seats {
		held = append(held, fmt.Sprintf("%v, seat %d since %s", s.Fingerprint, s.Slot, day(s.Since)))
	}
	return "seats are held by " + strings.Join(held, "; ")
}

// refundLicense records that the license was refunded: once, and only when every
// machine is proven back.
func (b *bench) refundLicense(e *journal.Entry, c Change) {
	r := b.r
	if first := r.history.refund; first != nil {
		var h referenceHash
		copy(h[:], first.Value)
		if h.is(c.Reference) {
			b.pass(checkUsed, "refunded on "+day(first.At)+" for this same reference; it counts once")
			e.Verdict = journal.Repeat
			return
		}
		b.refuse(checkUsed, "this license was refunded already, on "+day(first.At)+" by "+first.Operator)
		return
	}
	b.pass(checkUsed, "not refunded before")
	if len(r.facts.Seats) > 0 {
		b.refuse(checkSeat, "not every machine is proven back: "+r.saySeats())
	} else {
		b.pass(checkSeat, "no machine holds a seat")
	}
	b.proofs()
	l := *r.License
	if l.State == journal.Refunded {
		b.refuse(checkStanding, sayRefunded)
		return
	}
	l.State = journal.Refunded
	h := hashReference(c.salts(), c.Reference)
	b.effects = append(b.effects,
		journal.Claim{License: l.Number, Scope: journal.ScopeRefund, Key: []byte("refund"), Value: h[:]}, l.effect())
}

// proofs judges what the give-backs of the license are worth for a refund.
func (b *bench) proofs() {
	h := b.r.history
	incomplete, gone := 0, 0
	for _, d := range h.returns {
		if d.confirmation.status != 0 {
			incomplete++
		}
	}
	for _, a := range h.answers {
		if a.gone != nil && a.shut == nil {
			gone++
		}
	}
	switch {
	case incomplete > 0:
		b.doubt(checkOutcome, fmt.Sprintf("%d of %s reported that not every trace was ended, or other hardware", incomplete, count(len(h.returns), "confirmation code")))
	case gone > 0:
		b.doubt(checkOutcome, "a machine was declared gone without proof")
	case len(h.returns) == 0 && len(h.answers) > 0:
		b.doubt(checkOutcome, "machines were activated and none has given back")
	case len(h.returns) == 0:
		b.pass(checkOutcome, "the license was never activated")
	default:
		b.pass(checkOutcome, "every machine is proven back, by "+count(len(h.returns), "confirmation code"))
	}
}
