package activator

import (
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
func (w *workspace) decide(r *Reading, d *Decision, now time.Time) judgment {
	if w.checks == nil {
		w.checks, w.effects = make([]journal.Check, 0, 14), make([]journal.Effect, 0, 4)
	}
	ru := &ruling{w: w, r: r, d: *d, now: now, checks: w.checks[:0], effects: w.effects[:0]}
	e := &w.entry
	*e = journal.Entry{At: now, Verdict: journal.OK}
	if r.Code.IsZero() {
		e.Kind, e.Verdict, e.Code = journal.KindUnreadable, journal.Unreadable, onlyLength(utf8.RuneCountInString(r.Text))
		name := checkForm
		say, typed := sayUnreadable(r.Text, r.Slip)
		if d.mistake != "" {
			name, say, typed = checkRow, d.mistake, d.quoted
		}
		ru.refuseAside(name, say, typed)
		j := ru.close(e)
		j.entry.Personal = append(j.entry.Personal, d.personal(fieldText, unreadableForJournal(r.Text, r.Slip))...)
		return j
	}
	e.Code = w.codeText(r)
	kind := r.Code.Kind()
	if kind == codes.KindSerial {
		e.Code = serialForJournal(r.Code)
	}
	if want := d.kinds(); !contains(want, kind) {
		e.Kind = journal.KindOther
		ru.refuse(checkForm, sayWrongKind(kind, want))
		return ru.close(e)
	}
	r.identify(e)
	e.Kind = kindOfEntry(kind)
	if d.mistake != "" {
		ru.refuseAside(checkRow, d.mistake, d.quoted)
		return ru.close(e)
	}
	var given *answer
	switch kind {
	case codes.KindRequest:
		given = ru.request(e)
		ru.parts()
		if r.hardware != nil {
			e.Detail = hardwareDetail + r.hardware.String()
		}
	case codes.KindConfirmation:
		ru.confirmation(e)
	case codes.KindSerial:
		ru.serial()
	default:
		ru.refuse(checkForm, sayWrongKind(kind, d.kinds()))
	}
	j := ru.close(e)
	j.given, j.err = given, ru.err
	return j
}

// codeText is the canonical text of the code: where it was typed so, that very text.
func (w *workspace) codeText(r *Reading) string {
	var buf [128]byte
	if text, _ := r.Code.AppendText(buf[:0]); string(text) != r.Text {
		return w.texts.Keep(text)
	}
	return r.Text
}

// answerText is an activation code as the entry keeps it; empty where none is given.
func (w *workspace) answerText(c codes.Code) string {
	if w.dry {
		return ""
	}
	var buf [256]byte
	text, _ := c.AppendText(buf[:0])
	return w.texts.Keep(text)
}

// kindOfEntry is the kind of the entry about a code.
func kindOfEntry(k codes.Kind) journal.Kind {
	switch k {
	case codes.KindRequest:
		return journal.KindRequest
	case codes.KindConfirmation:
		return journal.KindConfirmation
	case codes.KindSerial:
		return journal.KindSerial
	}
	return journal.KindOther
}

// A judgment is what the desk decided: the entry for the journal, and the answer if one
// is given. The entry's checks are without personal texts, which must stay erasable: the
// notes have them.
type judgment struct {
	entry *journal.Entry
	given *answer
	notes notes
	err   error // nothing was decided: the desk could not sign
}

// checks are those of the entry, as the operator sees them.
func (j *judgment) checks() []Check {
	var out []Check
	for i, c := range j.entry.Checks {
		out = append(out, Check{Name: c.Name, Result: Result(c.Result), Detail: c.Detail, hard: j.notes.hard&(1<<i) != 0})
	}
	for _, a := range j.notes.aside {
		out[a.check].Detail += ": " + a.text
	}
	return out
}

// kinds are the kinds of codes that belong where the decision is made.
func (d *Decision) kinds() []codes.Kind {
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

// close turns the ruling into the entry: checks, verdict, reasons, effects. A
// refusal has no effect but that the state was seen in use.
func (ru *ruling) close(e *journal.Entry) judgment {
	e.Checks = append(ru.w.entryChecks.Take(len(ru.checks)), ru.checks...)
	if ru.refusal() != "" {
		if e.Verdict == journal.OK || e.Verdict == journal.Repeat {
			e.Verdict = journal.Refused
		}
		e.Answer = ""
		ru.effects = keepMarks(ru.effects)
	}
	if len(ru.effects) > 0 {
		e.Effects = append(ru.w.entryEffects.Take(len(ru.effects)), ru.effects...)
	}
	reason := ru.d.Correct
	if ru.passed {
		reason = ru.d.Override
	}
	e.Personal = ru.d.personal("reference", ru.d.Reference, "reason", reason)
	return judgment{entry: e, notes: ru.notes}
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
func (d *Decision) personal(pairs ...string) []journal.Personal {
	var out []journal.Personal
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, journal.Personal{Field: pairs[i], Salt: d.salts(), Text: pairs[i+1]})
		}
	}
	return out
}

// serial judges a serial number: which license it opens, and whether we made it.
func (ru *ruling) serial() {
	if !ru.known() {
		return
	}
	if !ru.r.serialGenuine {
		ru.refuse(checkGenuine, saySerialNotGenuine)
		return
	}
	ru.pass(checkGenuine, saySerialGenuine)
	ru.standing()
	ru.skip(checkSeat, saySeatsTaken(len(ru.r.facts.Seats), ru.r.License.Seats))
}

// confirmation judges a deactivation confirmation code and gives the seat back.
func (ru *ruling) confirmation(e *journal.Entry) {
	if !ru.known() || !ru.genuine() {
		return
	}
	r := ru.r
	if !r.Definition.Type.Ends() {
		ru.refuse(checkDefinition, sayGivesNothingBack(r.Definition.Name))
		return
	}
	s := r.Statement
	if first := r.history.confirmed(s.Fingerprint, s.Random); first != nil {
		ru.again(e, first)
		return
	}
	ru.gaveBack()
	if r.License.State == journal.Live {
		ru.pass(checkStanding, sayGoodStanding)
	} else {
		ru.warn(checkStanding, sayRecordedAllTheSame(r.License.State))
	}
	ru.preconditions(r.Definition, 0)
	ru.outcome()
	seat := false
	if r.Definition.Type == product.Deactivate {
		seat = ru.freeSeat()
	} else {
		ru.skip(checkSeat, sayStaysActive(r.definitionName(r.Definition.Requires[0])))
	}
	claim := confirmationClaim{
		parent: r.node.ref, definition: s.Definition, kind: uint8(r.Definition.Type), release: r.Release,
		status: s.Status, tag: s.Tag, freed: seat, overridden: ru.passed,
	}
	if ref := ru.d.Reference; ref != "" {
		claim.reference = hashReference(ru.d.salts(), ref)
	}
	key := append(ru.w.entryBytes.Take(confirmationKeySize), journal.ConfirmationKey(s.Fingerprint, s.Random)...)
	value := claim.value(ru.w.entryBytes.Take(confirmationSize))
	ru.effects = append(ru.effects, journal.Claim{License: s.License, Scope: journal.ScopeConfirmation, Key: key, Value: value})
	for n := r.node; r.Definition.Type == product.Deactivate && n.parent != nil && n.home == r.node.home && !n.gaveBack(); n = n.parent {
		if n.shut == nil && n.answer != nil {
			ru.effects = append(ru.effects, journal.Claim{License: s.License, Scope: journal.ScopeClosed, Key: n.ref.append(ru.w.entryBytes.Take(refSize)), Value: key})
		}
	}
}

// again judges a confirmation that was accepted before.
func (ru *ruling) again(e *journal.Entry, first *node) {
	if first.confirmation.reference.is(ru.d.Reference) {
		ru.pass(checkUsed, sayAcceptedSame(first.at))
		e.Verdict = journal.Repeat
		return
	}
	ru.refuseAside(checkUsed, sayAcceptedBefore(first.at, first.operator), ru.r.beforeFor())
}

// beforeFor says what the first submission was for.
func (r *Reading) beforeFor() string {
	if r.before == nil {
		return ""
	}
	for _, p := range r.before.Personal {
		if p.Field == "reference" && !p.Redacted {
			return sayAcceptedFor(p.Text)
		}
	}
	return sayAcceptedForNothing
}

// gaveBack judges the state that a confirmation comes from.
func (ru *ruling) gaveBack() {
	r := ru.r
	switch {
	case r.node.parent == nil:
		ru.refuse(checkState, sayNeverActive)
		return
	case r.node.gaveBack():
		ru.refuse(checkState, sayTwiceBack)
		return
	}
	switch r.State {
	case Current:
		ru.pass(checkState, r.StateNote)
	case Superseded, Gone:
		ru.warn(checkState, r.StateNote)
	case Earlier:
		ru.doubt(checkState, r.StateNote)
	case GivenBack, Void:
		ru.refuse(checkState, r.StateNote)
	}
	before := r.history.handedIn(r.node, r.Definition)
	switch {
	case r.State == GivenBack:
		ru.refuse(checkUsed, sayOneGiveBack)
	case before != nil:
		ru.refuse(checkUsed, sayHandedIn(r.definitionName(r.Definition.Requires[0]), before.at, before.operator))
	default:
		ru.pass(checkUsed, sayFirstGiveBack)
	}
}

// outcome judges what the customer's side says about its own deactivation.
func (ru *ruling) outcome() {
	switch ru.r.Statement.Status {
	case 0:
		ru.pass(checkOutcome, sayEndedAll)
	case 1:
		ru.doubt(checkOutcome, sayEndedPartly)
	case 2:
		ru.doubt(checkOutcome, sayEndedOnOther)
	case 3:
		ru.doubt(checkOutcome, sayEndedPartlyOnOther)
	default:
		ru.refuse(checkOutcome, sayOutcomeNewer)
	}
}

// freeSeat frees the machine's seat if the activation that is given back is the
// one that holds it. It reports whether a seat comes free.
func (ru *ruling) freeSeat() bool {
	r := ru.r
	held := r.holder()
	switch {
	case held == nil:
		ru.skip(checkSeat, sayHoldsNoSeat)
		return false
	case r.State == Earlier:
		ru.warn(checkSeat, saySeatStays)
		return false
	case r.State == Gone && heardLater(r.node):
		ru.warn(checkSeat, saySeatWasFreed)
		return false
	}
	ru.pass(checkSeat, saySeatFreed)
	ru.effects = append(ru.effects, journal.FreeSeat{License: r.License.Number, Fingerprint: held.Fingerprint})
	return true
}
