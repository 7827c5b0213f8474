package activator

import (
	"fmt"
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
func (b *bench) request(e *journal.Entry) *answer {
	if !b.known() || !b.genuine() {
		return nil
	}
	r, s := b.r, b.r.Statement
	grants := r.Definition
	if b.d.As != 0 {
		d, ok := r.Product.Definition(b.d.As)
		if !ok {
			b.refuse(checkGranted, fmt.Sprintf("%s has no authorization %d", r.Product.Name, b.d.As))
			return nil
		}
		grants = &d
	}
	if !b.grantable(grants) {
		return nil
	}
	if grants.Type == product.Recover && r.Definition.Type != product.Recover {
		b.refuse(checkGranted, grants.Name+" must be asked for by the program itself: the customer chooses it in the menu and reads out that code")
		return nil
	}
	earlier := r.history.answersTo(s.Fingerprint, s.Random)
	if len(earlier) > 0 && b.d.Correct == "" {
		last := earlier[len(earlier)-1]
		if !b.differs(last, grants) && last.answer.valid(b.now) {
			return b.repeat(e, last)
		}
	}
	b.state(grants)
	b.before(earlier, grants)
	b.standing()
	parameter, err := b.d.parameter(grants, r.Product.Definition, b.now)
	if err != nil {
		b.refuse(checkGranted, err.Error())
		return nil
	}
	b.granted(grants, parameter)
	b.preconditions(grants, parameter)
	if grants.Type == product.Recover {
		b.skip(checkSeat, "a recovery takes no seat")
	} else {
		b.seat()
	}
	why := b.why(earlier, grants.Type == product.Recover)
	b.limits(why)
	day, ok := b.lastDay(grants)
	if !ok {
		return nil
	}
	terms := codes.Terms{
		UID: r.License.Product, License: s.License, Release: r.Release,
		Definition: grants.ID, Type: uint8(grants.Type), Flags: grants.Flags(),
		Fingerprint: s.Fingerprint, Random: s.Random, Day: day, Parameter: parameter,
	}
	parent := r.node
	if grants.Reusable {
		terms.Random, parent = 0, r.history.root
	}
	if b.refusal() != "" {
		return nil
	}
	revision := len(earlier) + 1
	if revision > maxRevision {
		b.refuse(checkUsed, fmt.Sprintf("this request was answered %d times: ask for a new request code", maxRevision))
		return nil
	}
	tag := r.history.keyOf(parent).AnswerTag(terms)
	code := codes.Answer{Day: day, Parameter: parameter, Tag: tag}.Code()
	claim := answerClaim{parent: parent.ref, terms: terms, asked: s.Definition, tag: tag, cause: why, overridden: b.overridden()}
	b.effects = append(b.effects, journal.Claim{
		License: s.License, Scope: journal.ScopeAnswer,
		Key: journal.AnswerKey(s.Fingerprint, s.Random, uint8(revision)), Value: claim.value(),
	})
	e.Answer = code.String()
	return &answer{code: code, grants: grants, terms: terms, revision: revision}
}

// maxRevision bounds the answers to one request: a byte counts them, and nobody
// needs more.
const maxRevision = 99

// grantable judges whether an answer to d can be made at all.
func (b *bench) grantable(d *product.Definition) bool {
	switch {
	case d.Type == product.Deactivate || d.Type == product.CheckIn:
		b.refuse(checkGranted, d.Name+" is never answered with a code: the program shows a confirmation code by itself")
	case d.Signed:
		b.refuse(checkGranted, d.Name+" needs a signed activation code, which this version does not make yet")
	default:
		return true
	}
	return false
}

// state judges the state that a request comes from.
func (b *bench) state(grants *product.Definition) {
	r := b.r
	switch {
	case grants.Type == product.Recover:
		b.pass(checkState, "a recovery is asked for under the license itself, whatever state the machine is in")
		return
	case r.node.gaveBack():
		b.afterGiveBack(grants)
		return
	}
	if grants.Type == product.Reactivate {
		b.refuse(checkState, sayNotDeactivated)
		return
	}
	switch r.State {
	case Current:
		b.pass(checkState, r.StateNote)
	case Superseded, LicenseOnly:
		b.warn(checkState, r.StateNote)
	case Earlier, Gone:
		b.doubt(checkState, r.StateNote)
	case GivenBack, Void:
		b.refuse(checkState, r.StateNote)
	}
}

// afterGiveBack judges a request from a machine that gave its activation back.
func (b *bench) afterGiveBack(grants *product.Definition) {
	r := b.r
	switch {
	case grants.Type != product.Reactivate:
		b.refuse(checkState, sayDeactivatedOnly)
	case r.State == Earlier:
		b.doubt(checkState, r.StateNote)
	case r.State == Superseded:
		b.warn(checkState, "the machine was answered before and the answer was probably never typed")
	default:
		b.pass(checkState, r.StateNote)
	}
}

// differs reports whether the operator now wants something else than was
// answered; that needs a correction, and the check says so.
func (b *bench) differs(last *node, grants *product.Definition) bool {
	t := last.answer.terms
	other := b.d.As != 0 && t.Definition != grants.ID
	if b.d.Parameter != nil || b.d.Choose != nil {
		asked, err := b.d.parameter(grants, b.r.Product.Definition, b.now)
		other = other || err != nil || t.Parameter != asked
	}
	if other {
		b.refuse(checkUsed, fmt.Sprintf("this request was answered on %s with %s, value %d: to answer it otherwise, correct it with a reason",
			day(last.at), b.r.definitionName(t.Definition), t.Parameter))
	}
	return other
}

// valid reports whether an answer can still be typed.
func (a *answerClaim) valid(now time.Time) bool {
	return a.terms.Day == 0 || now.Before(a.terms.Day.End())
}

// asked states the state of a request that was answered before.
func (b *bench) asked() {
	switch b.r.State {
	case GivenBack, Void:
		if !b.r.node.gaveBack() {
			b.refuse(checkState, b.r.StateNote)
			return
		}
		b.pass(checkState, b.r.StateNote)
	case Earlier, Gone:
		b.doubt(checkState, b.r.StateNote)
	default:
		b.pass(checkState, b.r.StateNote)
	}
}

// repeat gives the answer that was given before.
func (b *bench) repeat(e *journal.Entry, last *node) *answer {
	b.asked()
	b.standing()
	switch {
	case last.shut != nil:
		b.refuse(checkUsed, "this request was answered, and that activation was given back on "+day(last.shut.at)+": the program asks for a reactivation now")
	case last.gone != nil:
		b.doubt(checkUsed, "this request was answered, and the machine was declared gone on "+day(last.gone.At))
	default:
		b.pass(checkUsed, "answered on "+day(last.at)+"; this is the same answer again")
	}
	if last.gone != nil && !last.keyless() {
		b.seat() // its own came free, and others may have it
	}
	if b.refusal() != "" {
		return nil
	}
	t := last.answer.terms
	code := codes.Answer{Day: t.Day, Parameter: t.Parameter, Tag: last.answer.tag}.Code()
	e.Verdict, e.Answer = journal.Repeat, code.String()
	d, _ := b.r.Product.Definition(t.Definition)
	return &answer{code: code, grants: &d, terms: t, revision: int(last.ref.revision)}
}

// before says what became of earlier answers to the same request.
func (b *bench) before(earlier []*node, grants *product.Definition) {
	if len(earlier) == 0 {
		b.pass(checkUsed, "the first time that this request is answered")
		return
	}
	last := earlier[len(earlier)-1]
	switch {
	case last.shut != nil:
		b.refuse(checkUsed, "this request was answered, and that activation was given back on "+day(last.shut.at))
	case last.seen != 0:
		b.refuse(checkUsed, "the answer of "+day(last.at)+" was typed and is in use: the program takes one answer a request, so ask for a new request code")
	case b.d.Correct != "":
		b.warn(checkUsed, "replaces the answer of "+day(last.at))
	default:
		b.pass(checkUsed, "the answer of "+day(last.at)+" has expired; this is a new one")
	}
}

// why names the cause of an answer.
func (b *bench) why(earlier []*node, recovers bool) cause {
	switch {
	case len(earlier) > 0 && b.d.Correct != "":
		return causeCorrection
	case len(earlier) > 0:
		return causeRenewal
	case b.r.node.gaveBack():
		return causeReactivate
	case b.moved:
		return causeMoved
	case b.r.State == LicenseOnly && !recovers:
		return causeReissue
	}
	return causeFirst
}

// limits counts what the license had within its period.
func (b *bench) limits(why cause) {
	l := b.r.limits
	var max int
	var what string
	switch why {
	case causeReissue:
		max, what = l.Reissues, "new installations of one machine"
	case causeMoved:
		max, what = l.Reissues, "changes of a machine's parts"
	case causeReactivate:
		max, what = l.Reactivations, "reactivations"
	default:
		b.skip(checkLimits, "nothing of this kind is limited")
		return
	}
	since := b.now.AddDate(0, 0, -l.PeriodDays)
	n := 0
	for _, a := range b.r.history.answers {
		if a.answer.cause != why || a.at.Before(since) {
			continue
		}
		if why == causeReissue && a.ref.fingerprint != b.r.Statement.Fingerprint || why == causeMoved && a.home != b.r.node.home {
			continue
		}
		n++
	}
	if n >= max {
		b.doubt(checkLimits, fmt.Sprintf("%d %s within %d days; the limit is %d", n, what, l.PeriodDays, max))
		return
	}
	b.pass(checkLimits, fmt.Sprintf("%s: number %d of %d within %d days", what, n+1, max, l.PeriodDays))
}

// lastDay is the day until which the answer can be typed.
func (b *bench) lastDay(d *product.Definition) (codes.Day, bool) {
	days := d.ShelfLife
	if b.d.ShelfLife != nil {
		days = *b.d.ShelfLife
	}
	if days == 0 {
		return 0, true
	}
	last, err := codes.DayOf(b.now.AddDate(0, 0, days))
	if err != nil {
		b.refuse(checkForm, "this computer's clock is wrong: "+err.Error())
		return 0, false
	}
	return last, true
}
