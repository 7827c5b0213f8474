package activator

import (
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
	Reference   string             // of a refund, which counts once for it
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
	ru := &ruling{
		w: new(workspace), r: &Reading{License: l, facts: f, history: h, names: names}, now: now,
		d: Decision{Override: c.Override, Reference: c.Reference, intent: c.intent, salts: c.salts},
	}
	e := &journal.Entry{At: now, Kind: journal.KindChange, Verdict: journal.OK, License: l.Number, Product: l.Product, State: ""}
	ru.pass(checkLicense, sayLicense(&ru.w.texts, l.Number, l.Order))
	switch c.Kind {
	case RevokeLicense:
		ru.standingFrom(journal.Live, journal.Revoked)
	case RestoreLicense:
		ru.standingFrom(journal.Revoked, journal.Live)
	case AmendLicense:
		ru.amend(c)
	case NameMachine:
		ru.nameMachine(e, c)
	case MachineGone:
		e.Kind = journal.KindGone
		ru.goneMachine(e, c, limits)
	case RefundLicense:
		e.Kind = journal.KindRefund
		ru.refundLicense(e, c)
	default:
		panic("activator: unknown kind of change " + string(c.Kind))
	}
	j := ru.close(e)
	if e.Detail == "" {
		e.Detail = string(c.Kind)
	}
	if c.Reason != "" {
		e.Personal = append(e.Personal, journal.Personal{Field: "reason", Salt: c.salts(), Text: joinReasons(c.Reason, e)})
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
func (ru *ruling) standingFrom(from, to string) {
	l := *ru.r.License
	switch l.State {
	case to:
		ru.refuse(checkStanding, sayStandsAlready(to))
	case from:
		ru.pass(checkStanding, sayBecomes(from, to))
		l.State = to
		ru.effects = append(ru.effects, l.effect())
	default:
		ru.refuse(checkStanding, sayCannotBecome(l.State, from, to))
	}
}

// amend changes what was bought.
func (ru *ruling) amend(c Change) {
	l := *ru.r.License
	if c.Seats != nil {
		if highest := ru.highestSeat(); *c.Seats < highest {
			ru.refuse(checkSeat, sayTooFewSeats(*c.Seats, highest))
			return
		}
		l.Seats = *c.Seats
	}
	if c.Grants != nil {
		l.Grants = *c.Grants
	}
	ru.pass(checkGranted, sayAmended(l.Seats, l.Grants, sayBought(l.Grants, ru.r.history.define)))
	ru.effects = append(ru.effects, l.effect())
}

func (ru *ruling) highestSeat() int {
	highest := 0
	for _, s := range ru.r.facts.Seats {
		if s.Excess == "" {
			highest = max(highest, s.Slot)
		}
	}
	return highest
}
