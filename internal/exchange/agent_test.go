package exchange

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// What happens at the desk.

// asks are what customers ask for.
var asks = []uint8{release, release, feature, feature, moreDays, moreHours, moreRuns, rental, unlimited, composite, choice, recovery, fonts}

// ask lets an installation ask for something, and the desk answer; the answer may be
// lost, or typed later.
func (w *world) ask(in *installation) {
	l := w.licenses[in.license]
	c := w.client(in)
	defer c.Close()
	id, code := w.noted(in)
	if code == "" {
		if in.deactivated && id != recovery {
			id = reactivate
		}
		code = w.request(in, c, id)
	}
	d := w.decision(id, len(l.answersTo(code)) > 0)
	if l.gone[last(in.waiting[code].path)] && rapid.Bool().Draw(w.t, "back in use") {
		d.Override = "it was found again"
	}
	given := w.submit(in, l, id, code, d)
	if given != nil && w.rarely(5, "corrected") {
		if again := w.submit(in, l, id, code, activator.Decision{Correct: "wrong menu item", As: w.other(id)}); again != nil && rapid.Bool().Draw(w.t, "the right one") {
			given = again
		}
	}
	if given != nil && rapid.Bool().Draw(w.t, "typed at once") {
		w.enter(in, c, given)
	}
}

// noted is what a customer asks for next: something, or what was asked before; rarely by
// a code that was noted when the machine knew no more than its license.
func (w *world) noted(in *installation) (id uint8, code string) {
	id = rapid.SampledFrom(asks).Draw(w.t, "definition")
	waiting := slices.SortedFunc(maps.Keys(in.waiting), func(a, b string) int { return in.waiting[a].place - in.waiting[b].place })
	if len(waiting) == 0 || !w.rarely(3, "the same again") {
		return id, ""
	}
	code = waiting[w.pick(len(waiting), "code")]
	a := in.waiting[code]
	if a.definition == reactivate && !in.deactivated {
		return id, "" // it is active again by another request
	}
	if len(a.path) > 0 || !w.rarely(2, "by its old code") {
		code = ""
	}
	return a.definition, code
}

// other is what a correction grants.
func (w *world) other(id uint8) uint8 {
	if id == recovery || id == reactivate || id == fonts {
		return 0
	}
	return feature
}

// decision draws what an operator adds to a request, words that fit.
func (w *world) decision(id uint8, before bool) activator.Decision {
	var d activator.Decision
	day := func() *uint32 {
		v := dayOf(w.now) + 1 + uint32(w.pick(40, "last day"))
		return &v
	}
	number := func(most int) *uint32 {
		v := 1 + uint32(w.pick(most, "value"))
		return &v
	}
	say := !before || w.rarely(4, "say it again")
	switch {
	case id == release && say && w.rarely(5, "as"):
		d.As = composite // the desk answers with more than was asked
	case (id == release || id == composite) && say && w.rarely(3, "provisional"):
		d.Parameter = day()
	case id == rental && say && !w.rarely(8, "forgotten"):
		d.Parameter = day()
	case id == choice && say:
		d.Choose = rapid.SliceOfNDistinct(rapid.SampledFrom(leaves[choice]), 1, 3, rapid.ID).Draw(w.t, "parts")
	case (id == feature || id == fonts) && say && w.rarely(2, "bits"):
		d.Parameter = number(7)
	case id == moreDays && say && w.rarely(2, "days"):
		d.Parameter = number(30)
	}
	if before && (d.Parameter != nil || d.Choose != nil) {
		d.As = id // a value, or parts, are measured by what was granted, which a correction may have changed
	}
	if w.rarely(6, "another shelf-life") {
		days := rapid.SampledFrom([]int{0, 2, 30}).Draw(w.t, "shelf-life")
		d.ShelfLife = &days
	}
	if w.rarely(6, "overridden") {
		d.Override = "the boss said so"
	}
	if before && w.rarely(5, "correct") {
		d.Correct = "wrong value"
	}
	return d
}

// submit has the desk judge a request, and demands what it must say.
func (w *world) submit(in *installation, l *soldLicense, id uint8, code string, d activator.Decision) *answer {
	s := l.seats[in.machine]
	want := w.expectRequest(in, code, id, d)
	out, err := w.session.Submit(context.Background(), code, d)
	w.must(err)
	w.t.Logf("request for %d of machine %d (%s): %s, %s, answer %v", id, in.machine, filepath.Base(in.dir), out.Verdict, out.State, out.Answer)
	if !s.doubt {
		w.judge(out, want, d)
	} else if l.state != journal.Live && !out.Answer.IsZero() {
		w.t.Fatalf("request of a license that is %s: have an answer, want none", l.state)
	}
	if out.Answer.IsZero() {
		w.checkSeats(l)
		return nil
	}
	a := &answer{
		request: code, code: out.Answer.String(), license: l.index, machine: in.machine,
		definition: out.Granted.ID, value: out.Value, last: uint32(out.Day), under: last(in.waiting[code].path),
		apart: len(in.waiting[code].path) == 0 || d.Override != "",
	}
	switch {
	case s.doubt:
		if out.Verdict == journal.OK {
			l.log = append(l.log, event{w.now, "unknown", in.machine})
		}
		l.excess += w.exceeds(l, in.machine)
	case want.takes:
		s.number = l.free()
		if s.number > l.Seats {
			l.excess++
		}
	}
	w.checkSeats(l)
	if out.Verdict == journal.Repeat {
		for _, b := range l.answersTo(code) {
			if b.code == a.code {
				return b
			}
		}
		w.t.Fatalf("repeat of %s: have %s, which was never given", code, a.code)
	}
	if !s.doubt {
		l.log = append(l.log, event{w.now, want.cause, in.machine})
	}
	if keyed(a.definition) {
		in.newest = a.code
	}
	l.answers, w.answers = append(l.answers, a), append(w.answers, a)
	return a
}

// exceeds counts a seat above the number that an exception gave to a machine of which
// the model knows nothing else.
func (w *world) exceeds(l *soldLicense, machine int) int {
	r, err := w.session.Read(context.Background(), l.Serial.String(), activator.Decision{})
	w.must(err)
	for _, m := range r.Active {
		if m.Fingerprint == w.prints[machine] && m.Seat > l.Seats && l.seats[machine].number == 0 {
			return 1
		}
	}
	return 0
}

// judge holds what the desk said against what it must say.
func (w *world) judge(out *activator.Outcome, want *expectation, d activator.Decision) {
	have := map[string]bool{}
	for _, c := range out.Checks {
		if c.Result == activator.Failed || c.Result == activator.Overridden {
			have[c.Name] = true
		}
	}
	due := maps.Clone(want.hard)
	maps.Copy(due, want.soft)
	for check := range want.maybe {
		delete(have, check)
		delete(due, check)
	}
	if !maps.Equal(have, due) {
		w.t.Fatalf("checks that fail: have %v, want %v\n%+v", slices.Sorted(maps.Keys(have)), slices.Sorted(maps.Keys(due)), out.Checks)
	}
	verdict := want.verdict(d)
	if verdict != "" && out.Verdict != verdict || verdict == "" && out.Verdict == journal.Repeat {
		w.t.Fatalf("verdict: have %s (%s), want %s", out.Verdict, out.Reason, verdict)
	}
	if out.Answer.IsZero() != (out.Verdict == journal.Refused) {
		w.t.Fatalf("answer with verdict %s: have %v", out.Verdict, out.Answer)
	}
	if out.Answer.IsZero() {
		return
	}
	if want.repeat != nil && out.Answer.String() != want.repeat.code {
		w.t.Fatalf("repeat: have %v, want %s again", out.Answer, want.repeat.code)
	}
	if out.Granted.ID != want.definition || out.Value != want.value || uint32(out.Day) != want.last {
		w.t.Fatalf("answer: have definition %d, value %d, until day %d; want %d, %d, %d",
			out.Granted.ID, out.Value, out.Day, want.definition, want.value, want.last)
	}
}

// askAgain reads a request to the desk whose activation was given back: what was
// proven back must not come again, whatever an operator says.
func (w *world) askAgain() {
	l := w.anyLicense()
	var back []string
	for _, a := range l.answers {
		if l.useless(a) && keyed(a.definition) {
			back = append(back, a.request)
		}
	}
	if len(back) == 0 {
		w.t.Skip("nothing was given back")
	}
	code := back[w.pick(len(back), "request")]
	d := activator.Decision{Override: "the boss said so"}
	if rapid.Bool().Draw(w.t, "corrected") {
		d.Correct = "wrong value"
	}
	out, err := w.session.Submit(context.Background(), code, d)
	w.must(err)
	if out.Verdict != journal.Refused || !out.Answer.IsZero() {
		w.t.Fatalf("request whose activation was given back: have %s, want refused", out.Verdict)
	}
}

// gone declares a machine gone; its installations may live on and come back.
func (w *world) gone() {
	l := w.anyLicense()
	m := w.pick(len(w.machines), "machine")
	for _, in := range w.installs {
		if in.license == l.index && l.seats[in.machine].number != 0 && rapid.Bool().Draw(w.t, "this one") {
			m = in.machine
			break
		}
	}
	s := l.seats[m]
	c := activator.Change{License: l.Number, Kind: activator.MachineGone, Reason: "disk dead", Fingerprint: &w.prints[m]}
	if w.rarely(4, "overridden") {
		c.Override = "the boss said so"
	}
	count := 0
	for _, v := range l.log {
		if v.cause == "gone" && v.at.After(w.now.AddDate(0, 0, -periodDays)) {
			count++
		}
	}
	want := journal.OK
	if s.number == 0 || count >= mostGone && c.Override == "" {
		want = journal.Refused
	}
	out, err := w.session.Change(context.Background(), c)
	w.must(err)
	if out.Verdict != want {
		w.t.Fatalf("machine %d gone, seat %d, %d before: have %s (%s), want %s", m, s.number, count, out.Verdict, out.Reason, want)
	}
	if out.Verdict != journal.OK {
		return
	}
	s.number = 0
	l.log = append(l.log, event{w.now, "gone", m})
	for _, a := range l.answers {
		if a.machine == m && !l.closed[a.code] {
			a.gone, l.gone[a.code] = true, true
		}
	}
	for _, in := range w.installs {
		if in.machine == m && in.license == l.index && !in.deactivated && in.key() != "" {
			l.gone[in.key()] = true
		}
	}
	w.checkSeats(l)
}

// refund asks for the refund, which must fail while anything may be in use.
func (w *world) refund() {
	l := w.anyLicense()
	if l.state == journal.Live && !l.certain() && !w.rarely(3, "really") {
		w.t.Skip("later")
	}
	c := activator.Change{License: l.Number, Kind: activator.RefundLicense, Reference: fmt.Sprint("refund ", l.Number)}
	if w.rarely(4, "overridden") {
		c.Override = "the boss said so"
	}
	want := w.expectRefund(l)
	out, err := w.session.Change(context.Background(), c)
	w.must(err)
	switch verdict := want.verdict(activator.Decision{Override: c.Override}); {
	case l.state == journal.Refunded:
		if out.Verdict != journal.Repeat {
			w.t.Fatalf("the same refund again: have %s, want repeat", out.Verdict)
		}
		return
	case len(want.hard) > 0 && out.Verdict != journal.Refused:
		w.t.Fatalf("refund while a machine holds a seat: have %s, want refused", out.Verdict)
	case l.certain() && verdict != "" && out.Verdict != verdict:
		w.t.Fatalf("refund: have %s (%s), want %s", out.Verdict, out.Reason, verdict)
	}
	if out.Verdict != journal.OK {
		return
	}
	l.state = journal.Refunded
	for _, in := range w.installs {
		if in.license == l.index && len(in.active) > 0 && !in.copied && c.Override == "" && l.certain() {
			w.t.Fatalf("refunded while machine %d is active: %v", in.machine, in.active)
		}
	}
}

// standing revokes a license or restores it.
func (w *world) standing() {
	l := w.anyLicense()
	from, to := journal.Live, journal.Revoked
	c := activator.Change{License: l.Number, Kind: activator.RevokeLicense, Reason: "charged back"}
	if l.state == journal.Revoked && !w.rarely(4, "revoked twice") || w.rarely(6, "restored too much") {
		from, to, c.Kind = to, from, activator.RestoreLicense
	}
	out, err := w.session.Change(context.Background(), c)
	w.must(err)
	if have, want := out.Verdict == journal.OK, l.state == from; have != want {
		w.t.Fatalf("%s of a license that is %s: have done=%v, want %v", c.Kind, l.state, have, want)
	}
	if out.Verdict == journal.OK {
		l.state = to
	}
}

// amend changes what was bought: other definitions, bits and releases, more seats.
func (w *world) amend() {
	l := w.anyLicense()
	g := w.bought()
	c := activator.Change{License: l.Number, Kind: activator.AmendLicense, Reason: "ordered again", Grants: &g}
	if l.Seats < 3 && w.rarely(3, "one more seat") {
		more := l.Seats + 1
		c.Seats = &more
		l.Seats = more
	}
	out, err := w.session.Change(context.Background(), c)
	w.must(err)
	if out.Verdict != journal.OK {
		w.t.Fatalf("change of what was bought: have %s (%s), want ok", out.Verdict, out.Reason)
	}
	l.bought = g
}
