package activator

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// decide applies every rule of the desk to one reading. It is pure: a code on
// the phone, a row of a batch and a rebuild of the books get the same judgment.
// The entry it returns is complete but for desk, operator and intent; with an
// accepted request it holds the answer's claim, with an accepted confirmation
// the give-back. Whether the operator may override is asked before.
func decide(r *Reading, d Decision, now time.Time) judgment {
	b := &bench{r: r, d: d, now: now}
	e := journal.Entry{At: now, Verdict: journal.OK}
	if r.Code.IsZero() {
		e.Kind, e.Verdict, e.Code = journal.KindUnreadable, journal.Unreadable, fmt.Sprintf("[%d characters]", utf8.RuneCountInString(r.Text))
		b.refuse(checkForm, sayUnreadable(r.Text, r.Slip))
		j := b.close(e)
		j.entry.Personal = append(j.entry.Personal, d.personal(fieldText, unreadableForJournal(r.Text, r.Slip))...)
		return j
	}
	e.Code = r.Code.String()
	kind := r.Code.Kind()
	if kind == codes.KindSerial {
		e.Code = serialForJournal(r.Code)
	}
	if want := d.kinds(); !contains(want, kind) {
		e.Kind = journal.KindOther
		b.refuse(checkForm, sayWrongKind(kind, want))
		return b.close(e)
	}
	r.identify(&e)
	var given *answer
	switch kind {
	case codes.KindRequest:
		e.Kind = journal.KindRequest
		given = b.request(&e)
	case codes.KindConfirmation:
		e.Kind = journal.KindConfirmation
		b.confirmation(&e)
	case codes.KindSerial:
		e.Kind = journal.KindSerial
		b.serial()
	default:
		e.Kind = journal.KindOther
		b.refuse(checkForm, sayWrongKind(kind, d.kinds()))
	}
	j := b.close(e)
	j.given = given
	return j
}

// A judgment is what the desk decided: the entry for the journal, the answer if
// one is given, and the checks as the operator sees them. The entry's checks say
// the same without personal texts, which must stay erasable.
type judgment struct {
	entry  journal.Entry
	given  *answer
	checks []Check
}

// kinds are the kinds of codes that belong where the decision is made.
func (d Decision) kinds() []codes.Kind {
	if len(d.Want) > 0 {
		return d.Want
	}
	return []codes.Kind{codes.KindRequest, codes.KindConfirmation}
}

func contains(kinds []codes.Kind, k codes.Kind) bool {
	for _, w := range kinds {
		if w == k {
			return true
		}
	}
	return false
}

// identify notes in the entry what the code says about itself.
func (r *Reading) identify(e *journal.Entry) {
	if r.License != nil {
		e.License, e.Product = r.License.Number, r.License.Product
	}
	if k := r.Code.Kind(); k == codes.KindRequest || k == codes.KindConfirmation {
		s := r.Statement
		e.License, e.Definition, e.Machine, e.Fingerprint, e.Random = s.License, s.Definition, true, s.Fingerprint, s.Random
		e.State = string(r.State)
	}
}

// close turns the bench into the entry: checks, verdict, reasons, effects. A
// refusal has no effect but that the state was seen in use.
func (b *bench) close(e journal.Entry) judgment {
	for _, c := range b.checks {
		e.Checks = append(e.Checks, journal.Check{Name: c.Name, Result: string(c.Result), Detail: c.Detail})
	}
	if b.refusal() != "" {
		if e.Verdict == journal.OK || e.Verdict == journal.Repeat {
			e.Verdict = journal.Refused
		}
		e.Answer = ""
		b.effects = keepMarks(b.effects)
	}
	e.Effects = b.effects
	reason := b.d.Correct
	if b.overridden() {
		reason = b.d.Override
	}
	e.Personal = b.d.personal("reference", b.d.Reference, "reason", reason)
	return judgment{entry: e, checks: b.checks}
}

func keepMarks(all []journal.Effect) []journal.Effect {
	var marks []journal.Effect
	for _, e := range all {
		if m, ok := e.(journal.Mark); ok {
			marks = append(marks, m)
		}
	}
	return marks
}

// personal makes the erasable texts of an entry from pairs of field and text.
func (d Decision) personal(pairs ...string) []journal.Personal {
	var out []journal.Personal
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, journal.Personal{Field: pairs[i], Salt: d.salts(), Text: pairs[i+1]})
		}
	}
	return out
}

// serial judges a serial number: which license it opens, and whether we made it.
func (b *bench) serial() {
	if !b.known() {
		return
	}
	if !b.r.serialGenuine {
		b.refuse(checkGenuine, "the serial number names a license of ours but was not made by us: compare it group by group")
		return
	}
	b.pass(checkGenuine, "made by us")
	b.standing()
	b.skip(checkSeat, b.r.License.describeSeats(len(b.r.facts.Seats)))
}

// confirmation judges a deactivation confirmation code and gives the seat back.
func (b *bench) confirmation(e *journal.Entry) {
	if !b.known() || !b.genuine() {
		return
	}
	r := b.r
	if !r.Definition.Type.Ends() {
		b.refuse(checkDefinition, r.Definition.Name+" gives nothing back: no confirmation code can come from it")
		return
	}
	s := r.Statement
	if first := r.history.confirmed(s.Fingerprint, s.Random); first != nil {
		b.again(e, first)
		return
	}
	b.gaveBack()
	if r.License.State == journal.Live {
		b.pass(checkStanding, "the license is in good standing")
	} else {
		b.warn(checkStanding, "the license is "+r.License.State+"; the give-back is recorded all the same")
	}
	b.preconditions(r.Definition, 0)
	b.outcome()
	seat := false
	if r.Definition.Type == product.Deactivate {
		seat = b.freeSeat()
	} else {
		b.skip(checkSeat, "the machine stays active and keeps its seat; only "+r.definitionName(r.Definition.Requires[0])+" is given back")
	}
	claim := confirmationClaim{
		parent: r.node.ref, definition: s.Definition, kind: uint8(r.Definition.Type), release: r.Release,
		status: s.Status, tag: s.Tag, freed: seat, overridden: b.overridden(),
	}
	if ref := b.d.Reference; ref != "" {
		claim.reference = hashReference(b.d.salts(), ref)
	}
	key := journal.ConfirmationKey(s.Fingerprint, s.Random)
	b.effects = append(b.effects, journal.Claim{License: s.License, Scope: journal.ScopeConfirmation, Key: key, Value: claim.value()})
	for n := r.node; r.Definition.Type == product.Deactivate && n.parent != nil && n.home == r.node.home && !n.gaveBack(); n = n.parent {
		if n.shut == nil && n.answer != nil {
			b.effects = append(b.effects, journal.Claim{License: s.License, Scope: journal.ScopeClosed, Key: n.ref.bytes(), Value: key})
		}
	}
}

// again judges a confirmation that was accepted before.
func (b *bench) again(e *journal.Entry, first *node) {
	when := day(first.at)
	if first.confirmation.reference.is(b.d.Reference) {
		b.pass(checkUsed, "accepted on "+when+" for this same reference; it counts once")
		e.Verdict = journal.Repeat
		return
	}
	b.add(Check{
		Name: checkUsed, Result: Failed, hard: true, Detail: "this code was accepted already, on " + when + " by " + first.operator + "; it counts once",
		aside: b.r.beforeFor(),
	})
}

// beforeFor says what the first submission was for.
func (r *Reading) beforeFor() string {
	if r.before == nil {
		return ""
	}
	for _, p := range r.before.Personal {
		if p.Field == "reference" && !p.Redacted {
			return "it was accepted for " + p.Text
		}
	}
	return "it was accepted without a reference"
}

// gaveBack judges the state that a confirmation comes from.
func (b *bench) gaveBack() {
	r := b.r
	switch {
	case r.node.parent == nil:
		b.refuse(checkState, sayNeverActive)
		return
	case r.node.gaveBack():
		b.refuse(checkState, sayTwiceBack)
		return
	}
	switch r.State {
	case Current:
		b.pass(checkState, r.StateNote)
	case Superseded, Gone:
		b.warn(checkState, r.StateNote)
	case Earlier:
		b.doubt(checkState, r.StateNote)
	case GivenBack, Void:
		b.refuse(checkState, r.StateNote)
	}
	if r.State == GivenBack {
		b.refuse(checkUsed, sayOneGiveBack)
	} else {
		b.pass(checkUsed, "the first time that this activation is given back")
	}
}

// outcome judges what the customer's side says about its own deactivation.
func (b *bench) outcome() {
	switch b.r.Statement.Status {
	case 0:
		b.pass(checkOutcome, "the program says that every trace of the activation was ended")
	case 1:
		b.doubt(checkOutcome, "the program could not end some copies of its state: ask the customer to run the deactivation again with an administrator's rights, and record this one with a reason")
	case 2:
		b.doubt(checkOutcome, "the program was deactivated on other hardware than it was activated on")
	case 3:
		b.doubt(checkOutcome, "the program was deactivated on other hardware than it was activated on, and could not end some copies of its state")
	default:
		b.refuse(checkOutcome, "the code reports an outcome that only a newer version of this program knows: update the desk")
	}
}

// freeSeat frees the machine's seat if the activation that is given back is the
// one that holds it. It reports whether a seat comes free.
func (b *bench) freeSeat() bool {
	r := b.r
	held := r.holder()
	switch {
	case held == nil:
		b.skip(checkSeat, "the machine holds no seat: none comes free")
		return false
	case r.State == Earlier:
		b.warn(checkSeat, "the seat stays with the later activation of this machine")
		return false
	case r.State == Gone:
		b.warn(checkSeat, "the machine's seat came free when it was declared gone; no second one does")
		return false
	}
	b.pass(checkSeat, "the machine's seat comes free")
	b.effects = append(b.effects, journal.FreeSeat{License: r.License.Number, Fingerprint: held.Fingerprint})
	return true
}
