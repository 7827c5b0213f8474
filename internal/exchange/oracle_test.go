package exchange

import (
	"maps"
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// An expectation is what the desk must say to a code: the checks that must fail, hard
// ones whatever an operator says, and those about which the model cannot know.
type expectation struct {
	hard, soft, maybe map[string]bool
	repeat            *answer // the answer that must be given again
	definition        uint8
	value, last       uint32
	cause             string
	takes             bool // a seat, where the machine has none
}

func (e *expectation) never(check string) { e.hard[check] = true }
func (e *expectation) doubt(check string) { e.soft[check] = true }

// verdict is what comes out, an operator's reason considered; empty where the
// model cannot know.
func (e *expectation) verdict(d activator.Decision) journal.Verdict {
	switch {
	case len(e.hard) > 0, len(e.soft) > 0 && d.Override == "":
		return journal.Refused
	case len(e.maybe) > 0 && d.Override == "":
		return ""
	case e.repeat != nil:
		return journal.Repeat
	}
	return journal.OK
}

// expectRequest says what the desk must say to a request of an installation whose
// machine is beyond doubt.
func (w *world) expectRequest(in *installation, code string, id uint8, d activator.Decision) *expectation {
	l := w.licenses[in.license]
	e := &expectation{hard: map[string]bool{}, soft: map[string]bool{}, maybe: map[string]bool{}, definition: id}
	path := in.waiting[code].path
	if len(in.unread) > 0 && slices.Contains(path, in.unread[0]) && id != recovery {
		e.never("genuine") // its key is one that the desk cannot know yet
		return e
	}
	key := last(path)
	var last *answer
	if all := l.answersTo(code); len(all) > 0 {
		last = all[len(all)-1]
	}
	said := d
	if d.As != 0 {
		e.definition = d.As
	}
	if last != nil && d.Correct == "" {
		if d.As == 0 {
			e.definition = last.definition
		}
		if e.definition == last.definition && d.Parameter == nil && d.Choose == nil && e.definition != recovery {
			said.Parameter = &last.value // renewed as it was
		}
		if w.differs(e.definition, d, last) {
			e.never("used before")
		} else if !over(last.last, w.now) {
			return w.expectRepeat(in, l, e, key, last)
		}
	}
	if id != recovery && l.gone[key] {
		e.doubt("state")
	}
	if last != nil && last.gone {
		e.doubt("used before")
	}
	if l.state != journal.Live {
		e.never("standing")
	}
	var ok bool
	if e.value, ok = w.value(e.definition, said); !ok {
		e.never("granted")
		return e
	}
	e.last = w.lastDay(d)
	w.expectGranted(in, l, e)
	if e.definition != recovery {
		w.expectSeat(in, l, e)
	}
	e.cause = w.cause(in, l, code, key, e.definition, last, d)
	w.expectLimits(in, l, e)
	return e
}

// expectRepeat says what the desk must say where the same answer is due again.
func (w *world) expectRepeat(in *installation, l *soldLicense, e *expectation, key string, last *answer) *expectation {
	e.repeat, e.value, e.last, e.cause = last, last.value, last.last, "repeat"
	if e.definition != recovery && l.gone[key] {
		e.doubt("state")
	}
	if l.state != journal.Live {
		e.never("standing")
	}
	if last.gone {
		e.doubt("used before")
		if e.definition != recovery {
			w.expectSeat(in, l, e)
		}
	}
	return e
}

// differs reports whether the desk was told something else than was answered.
func (w *world) differs(definition uint8, d activator.Decision, last *answer) bool {
	if d.As != 0 && d.As != last.definition {
		return true
	}
	if d.Parameter != nil || d.Choose != nil {
		if v, ok := w.value(definition, d); !ok || v != last.value {
			return true
		}
	}
	return d.ShelfLife != nil && w.lastDay(d) != last.last
}

// lastDay is the day until which an answer of today can be typed.
func (w *world) lastDay(d activator.Decision) uint32 {
	days := shelfLife
	if d.ShelfLife != nil {
		days = *d.ShelfLife
	}
	if days == 0 {
		return 0
	}
	return dayOf(w.now.AddDate(0, 0, days))
}

// value is the value that an answer has, and whether it makes sense.
func (w *world) value(definition uint8, d activator.Decision) (uint32, bool) {
	given := uint32(0)
	if d.Parameter != nil {
		given = *d.Parameter
	}
	if d.Choose != nil && definition != choice {
		return 0, false
	}
	switch definition {
	case release, composite:
		return given, !over(given, w.now)
	case rental:
		return given, d.Parameter != nil && !over(given, w.now)
	case choice:
		for _, id := range d.Choose {
			given |= 1 << slices.Index(leaves[choice], id)
		}
		return given, given != 0 && given < 8
	case recovery:
		return dayOf(w.now), d.Parameter == nil
	case reactivate, unlimited:
		return 0, given == 0
	}
	if d.Parameter == nil {
		return defaults[definition], true
	}
	most := map[uint8]uint32{feature: 7, fonts: 7, moreDays: 60, moreHours: 200, moreRuns: 500}[definition]
	return given, given <= most && (given > 0 || definition == feature || definition == fonts)
}

// expectGranted holds an answer against what was bought.
func (w *world) expectGranted(in *installation, l *soldLicense, e *expectation) {
	b := l.bought
	bought := func(id uint8) bool { return len(b.Definitions) == 0 || slices.Contains(b.Definitions, id) }
	within := func(id uint8, value uint32) bool {
		mask, limited := b.Bits[id]
		return !limited || value&^mask == 0
	}
	if b.Release != 0 && b.Release < program {
		e.doubt("release")
	}
	switch e.definition {
	case recovery:
		return
	case reactivate:
		for id, g := range in.ended {
			inGroup := bought(composite) && (id == release || id == feature) || bought(choice) && slices.Contains(leaves[choice], id)
			// What is reusable may be typed again anyhow.
			if id != fonts && (!bought(id) && !inGroup || !within(id, g.value)) {
				e.doubt("granted")
			}
		}
		if !e.soft["granted"] && (len(b.Definitions) > 0 || len(b.Bits) > 0) {
			e.maybe["granted"] = true // the desk cannot know which of its answers were typed
		}
		return
	}
	has := parts(e.definition, e.value)
	apart := bought(e.definition)
	if !apart && leaves[e.definition] != nil {
		apart = true
		for id := range has {
			apart = apart && bought(id)
		}
	}
	for id, v := range has {
		apart = apart && within(id, v)
	}
	if !apart {
		e.doubt("granted")
	}
}

// expectSeat says whether the machine has a seat or gets one.
func (w *world) expectSeat(in *installation, l *soldLicense, e *expectation) {
	if l.seats[in.machine].number != 0 {
		return
	}
	e.takes = true
	if l.free() > l.Seats {
		e.doubt("seat")
	}
}

// cause says what an answer counts as.
func (w *world) cause(in *installation, l *soldLicense, code, key string, definition uint8, last *answer, d activator.Decision) string {
	known := slices.ContainsFunc(l.answers, func(a *answer) bool {
		return a.machine == in.machine && a.request != code && keyed(a.definition)
	})
	switch {
	case last != nil && d.Correct != "":
		return "correction"
	case last != nil:
		return "renewal"
	case definition == recovery:
		return "recovery"
	case in.deactivated:
		return "reactivation"
	case key == "" && known:
		return "reissue"
	}
	return "first"
}

// expectLimits counts what the license had within its period.
func (w *world) expectLimits(in *installation, l *soldLicense, e *expectation) {
	most := map[string]int{"reissue": mostReissues, "recovery": mostReissues, "reactivation": mostReactivations}
	least, unknown := 0, 0
	machines, perhaps := map[int]bool{in.machine: true}, map[int]bool{in.machine: true}
	for _, v := range l.log {
		if v.at.Before(w.now.AddDate(0, 0, -periodDays)) {
			continue
		}
		switch {
		case v.cause == "unknown":
			unknown++
			perhaps[v.machine] = true
		case v.cause == e.cause && (e.cause == "reactivation" || v.machine == in.machine):
			least++
		}
		if v.cause == "first" {
			machines[v.machine] = true
		}
	}
	if e.cause == "first" {
		maps.Copy(perhaps, machines)
		least, unknown = len(machines)-l.Seats-1, len(perhaps)-len(machines)
		most["first"] = mostReactivations
	}
	switch limit, counts := most[e.cause]; {
	case !counts:
	case least >= limit:
		e.doubt("limits")
	case least+unknown >= limit && (e.cause == "first" || e.cause == "reactivation"):
		e.maybe["limits"] = true
	}
}

// expectRefund says which checks of a refund must fail.
func (w *world) expectRefund(l *soldLicense) *expectation {
	e := &expectation{hard: map[string]bool{}, soft: map[string]bool{}, maybe: map[string]bool{}}
	for _, s := range l.seats {
		if s.number != 0 {
			e.never("seat")
		}
	}
	for _, a := range l.answers {
		switch {
		case keyed(a.definition) && !l.useless(a):
			e.doubt("outcome") // it may be in use
		case a.gone && a.definition == fonts, keyed(a.definition) && !l.closed[a.code]:
			e.maybe["outcome"] = true // the desk cannot always know what the give-back dropped
		}
	}
	if l.returns == 0 && len(l.answers) > 0 {
		e.doubt("outcome")
	}
	return e
}

// typable reports whether an answer that fits is taken by this clock. A recovery
// resets the clock, so its own day is not what counts.
func typable(a *answer, now time.Time) bool {
	if a.definition != recovery {
		return !over(a.last, now)
	}
	return !now.After(time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, int(max(a.value, a.last))+1+31))
}
