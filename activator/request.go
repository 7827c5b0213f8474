package activator

import (
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// An answer is an activation code that the desk gives.
type answer struct {
	code     codes.Code
	grants   *product.Definition
	terms    codes.Terms
	revision int
}

// request judges a request code and makes its answer.
func (ru *ruling) request(e *journal.Entry) *answer {
	if !ru.known() || !ru.genuine() {
		return nil
	}
	s := ru.r.Statement
	earlier := ru.r.history.answersTo(s.Fingerprint, s.Random)
	var said Decision
	if len(earlier) > 0 {
		said = ru.d
		ru.renew(earlier)
	}
	grants := ru.grants()
	if grants == nil {
		return nil
	}
	if len(earlier) > 0 && ru.d.Correct == "" {
		last := earlier[len(earlier)-1]
		if !ru.differs(last, grants, &said) && last.answer.valid(ru.now) {
			return ru.repeat(e, earlier)
		}
	}
	terms, why, ok := ru.terms(grants, earlier)
	if !ok || ru.refusal() != "" {
		return nil
	}
	revision := len(earlier) + 1
	if revision > maxRevision {
		ru.refuse(checkUsed, sayAnsweredOften(maxRevision))
		return nil
	}
	given := ru.give(grants, terms, revision, why)
	if given == nil {
		return nil
	}
	e.Answer = ru.w.answerText(given.code)
	return given
}

// renew makes the terms of the last answer to the same request those of the next one,
// as far as the operator says nothing else: a provisional answer that expired must not
// come back for ever.
func (ru *ruling) renew(earlier []*node) {
	if ru.d.Correct != "" {
		return
	}
	t := earlier[len(earlier)-1].answer.terms
	if ru.d.As == 0 {
		ru.d.As = t.Definition
	}
	if ru.d.As == t.Definition && ru.d.Parameter == nil && ru.d.Choose == nil && product.Type(t.Type) != product.Recover {
		ru.d.Parameter = &t.Parameter
	}
}

// grants is the definition that the answer is to grant: the one asked for, or the
// operator's choice. It is nil where there can be no such answer.
func (ru *ruling) grants() *product.Definition {
	r := ru.r
	grants := r.Definition
	if ru.d.As != 0 {
		d, ok := r.Product.Definition(ru.d.As)
		if !ok {
			ru.refuse(checkGranted, sayNoSuchGrant(r.Product.Name, ru.d.As))
			return nil
		}
		grants = &d
	}
	switch {
	case grants.Type.Ends():
		ru.refuse(checkGranted, sayNeverAnswered(grants.Name))
	case grants.Type == product.Recover && r.Definition.Type != product.Recover:
		ru.refuse(checkGranted, sayAskInProgram(grants.Name))
	case grants.Type != product.Recover && r.Definition.Type == product.Recover:
		ru.refuse(checkGranted, sayRecoveryOnly(r.Definition.Name))
	default:
		return grants
	}
	return nil
}

// terms judges whether an answer that grants a definition may be given, and makes its
// terms. It reports whether it could; checks may have failed nevertheless.
func (ru *ruling) terms(grants *product.Definition, earlier []*node) (codes.Terms, cause, bool) {
	r, s := ru.r, ru.r.Statement
	recovers := grants.Type == product.Recover
	ru.state(grants)
	ru.before(earlier)
	ru.standing()
	parameter, err := ru.d.parameter(grants, r.Product.Definition, ru.now)
	if err != nil {
		ru.refuse(checkGranted, err.Error())
		return codes.Terms{}, 0, false
	}
	ru.granted(grants, parameter)
	ru.preconditions(grants, parameter)
	if recovers {
		ru.skip(checkSeat, sayNoSeatForRecovery)
	} else {
		ru.seat()
	}
	why := ru.why(earlier, recovers)
	ru.limits(why)
	day, ok := ru.lastDay(grants)
	terms := codes.Terms{
		UID: r.License.Product, License: s.License, Release: r.Release,
		Definition: grants.ID, Type: uint8(grants.Type), Flags: grants.Flags(),
		Fingerprint: s.Fingerprint, Random: s.Random, Day: day, Parameter: parameter,
	}
	if grants.Reusable {
		terms.Random = 0
	}
	return terms, why, ok
}

// give makes the activation code, and the claim by which the desk remembers it. It
// is nil where it cannot be signed.
func (ru *ruling) give(grants *product.Definition, terms codes.Terms, revision int, why cause) *answer {
	r, s := ru.r, ru.r.Statement
	parent := r.node
	if grants.Reusable {
		parent = r.history.root
	}
	claim := answerClaim{parent: parent.ref, terms: terms, asked: s.Definition, cause: why, overridden: ru.passed}
	if claim.unmade = ru.w.dry && !grants.Signed; !claim.unmade {
		if ru.err = claim.write(r.history, parent, r.signer); ru.err != nil {
			return nil
		}
	}
	ru.effects = append(ru.effects, journal.Claim{
		License: s.License, Scope: journal.ScopeAnswer,
		Key:   append(ru.w.entryBytes.Take(answerKeySize), journal.AnswerKey(s.Fingerprint, s.Random, uint8(revision))...),
		Value: claim.value(ru.w.entryBytes.Take(claim.size())),
	})
	ru.w.given = answer{grants: grants, terms: terms, revision: revision}
	if !ru.w.dry {
		ru.w.given.code = claim.code()
	}
	return &ru.w.given
}

// maxRevision bounds the answers to one request: a byte counts them, and nobody
// needs more.
const maxRevision = 99

// state judges the state that a request comes from.
func (ru *ruling) state(grants *product.Definition) {
	r := ru.r
	switch {
	case grants.Type == product.Recover:
		ru.pass(checkState, sayRecovery)
		return
	case r.node.gaveBack():
		ru.afterGiveBack(grants)
		return
	}
	if grants.Type == product.Reactivate {
		ru.refuse(checkState, sayNotDeactivated)
		return
	}
	switch r.State {
	case Current:
		ru.pass(checkState, r.StateNote)
	case Superseded, LicenseOnly:
		ru.warn(checkState, r.StateNote)
	case Earlier, Gone:
		ru.doubt(checkState, r.StateNote)
	case GivenBack, Void:
		ru.refuse(checkState, r.StateNote)
	}
}

// afterGiveBack judges a request from a machine that gave its activation back.
func (ru *ruling) afterGiveBack(grants *product.Definition) {
	r := ru.r
	switch {
	case grants.Type != product.Reactivate:
		ru.refuse(checkState, sayDeactivatedOnly)
	case r.State == Earlier:
		ru.doubt(checkState, r.StateNote)
	case r.State == Superseded:
		ru.warn(checkState, sayReactivatedUntyped)
	default:
		ru.pass(checkState, r.StateNote)
	}
}

// differs reports whether the operator now wants something else than was
// answered; that needs a correction, and the check says so.
func (ru *ruling) differs(last *node, grants *product.Definition, said *Decision) bool {
	t := last.answer.terms
	other := said.As != 0 && t.Definition != grants.ID
	if said.Parameter != nil || said.Choose != nil {
		asked, err := said.parameter(grants, ru.r.Product.Definition, ru.now)
		other = other || err != nil || t.Parameter != asked
	}
	if said.ShelfLife != nil && !other {
		day, ok := ru.lastDay(grants)
		other = !ok || day != t.Day
	}
	if other {
		of, _ := ru.r.history.define(t.Definition)
		ru.refuse(checkUsed, sayAnsweredOtherwise(last.at, ru.r.definitionName(t.Definition), of.Parameter, t.Parameter))
	}
	return other
}

// valid reports whether an answer can still be typed.
func (a *answerClaim) valid(now time.Time) bool {
	return a.terms.Day == 0 || now.Before(a.terms.Day.End())
}

// asked states the state of a request that was answered before.
func (ru *ruling) asked() {
	switch ru.r.State {
	case GivenBack, Void:
		if !ru.r.node.gaveBack() {
			ru.refuse(checkState, ru.r.StateNote)
			return
		}
		ru.pass(checkState, ru.r.StateNote)
	case Earlier, Gone:
		ru.doubt(checkState, ru.r.StateNote)
	default:
		ru.pass(checkState, ru.r.StateNote)
	}
}

// repeat gives the newest of the answers that were given before.
func (ru *ruling) repeat(e *journal.Entry, earlier []*node) *answer {
	ru.asked()
	ru.standing()
	last := earlier[len(earlier)-1]
	if !ru.spent(earlier, revision(earlier[:len(earlier)-1], (*node).used)) {
		ru.pass(checkUsed, saySameAnswer(last.at))
	}
	if last.gone != nil && !last.recovers() {
		ru.seat() // its own came free, and others may have it
	}
	if ru.refusal() != "" {
		return nil
	}
	t := last.answer.terms
	code := last.answer.code()
	e.Verdict, e.Answer = journal.Repeat, ru.w.answerText(code)
	d, _ := ru.r.Product.Definition(t.Definition)
	return &answer{code: code, grants: &d, terms: t, revision: int(last.ref.revision)}
}

// spent judges a request one of whose answers is of no use any more: it was given back,
// another one was typed (nil: none), or its machine was declared gone.
func (ru *ruling) spent(answers []*node, typed *node) bool {
	last := answers[len(answers)-1]
	if back := revision(answers, (*node).closed); back != nil {
		ru.refuse(checkUsed, sayAnswerGivenBack(back.shut.at))
	} else if typed != nil {
		ru.refuse(checkUsed, sayAnswerInUse(typed.at))
	} else if last.gone != nil {
		ru.doubt(checkUsed, sayAnswerGone(last.gone.At))
	} else {
		return false
	}
	return true
}

// revision finds the first of the answers to one request of which something is true: the
// program takes one of them, so what became of it is true of the request.
func revision(answers []*node, is func(*node) bool) *node {
	if i := slices.IndexFunc(answers, is); i >= 0 {
		return answers[i]
	}
	return nil
}

// before says what became of earlier answers to the same request.
func (ru *ruling) before(earlier []*node) {
	if len(earlier) == 0 {
		ru.pass(checkUsed, sayFirstAnswer)
		return
	}
	last := earlier[len(earlier)-1]
	switch {
	case ru.spent(earlier, revision(earlier, (*node).used)):
	case ru.d.Correct != "":
		ru.warn(checkUsed, sayReplaces(last.at))
	default:
		ru.pass(checkUsed, sayExpired(last.at))
	}
}

// why names the cause of an answer.
func (ru *ruling) why(earlier []*node, recovers bool) cause {
	switch {
	case len(earlier) > 0 && ru.d.Correct != "":
		return causeCorrection
	case len(earlier) > 0:
		return causeRenewal
	case ru.r.node.gaveBack():
		return causeReactivate
	case ru.moved:
		return causeMoved
	case recovers:
		return causeRecover
	case ru.r.State == LicenseOnly:
		return causeReissue
	}
	return causeFirst
}

// lastDay is the day until which the answer can be typed.
func (ru *ruling) lastDay(d *product.Definition) (codes.Day, bool) {
	days := d.ShelfLife
	if ru.d.ShelfLife != nil {
		days = *ru.d.ShelfLife
	}
	if days == 0 {
		return 0, true
	}
	last, err := codes.DayOf(ru.now.AddDate(0, 0, days))
	if err != nil {
		ru.refuse(checkForm, sayClockWrong(err))
		return 0, false
	}
	return last, true
}
