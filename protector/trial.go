package protector

import (
	"fmt"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/codes/product"
)

// A meter is one measure of the trial. Days run with time, hours with what runs
// take together, starts with how many runs began.
type meter struct {
	typ     product.Type
	builtin bool  // the product limits its trial by it; otherwise an answer alone grants it
	limit   int64 // Unix seconds, seconds of running, starts
	used    int64 // likewise
}

// meters returns the measures that the trial has, by the product and by the answers
// that a license's record holds.
func (s *session) meters(rec *record) []meter { return meters(s.profile, s.base.common, rec, s.now) }

func meters(p *product.Profile, c common, rec *record, now time.Time) []meter {
	all := []meter{
		{typ: product.TrialDays, builtin: p.Trial.Days > 0 && c.Trial != 0, limit: c.Trial + int64(p.Trial.Days)*secondsPerDay, used: now.Unix()},
		{typ: product.TrialHours, builtin: p.Trial.Hours > 0, limit: int64(p.Trial.Hours) * secondsPerHour, used: c.Ran},
		{typ: product.TrialRuns, builtin: p.Trial.Runs > 0, limit: int64(p.Trial.Runs), used: c.Runs},
	}
	var out []meter
	for _, m := range all {
		has := m.builtin
		if !has {
			m.limit = 0
		}
		if rec != nil {
			for _, g := range rec.Active {
				if g.Type == m.typ {
					has, m.limit = true, max(m.limit, g.Until)
				}
			}
		}
		if has {
			out = append(out, m)
		}
	}
	return out
}

const (
	secondsPerDay  = 24 * 60 * 60
	secondsPerHour = 60 * 60
)

// extended is the limit after an answer added an amount: to what is left, or to
// nothing where nothing is.
func extended(p *product.Profile, c common, rec *record, typ product.Type, amount uint32, now time.Time) int64 {
	m := meter{typ: typ, used: map[product.Type]int64{product.TrialDays: now.Unix(), product.TrialHours: c.Ran, product.TrialRuns: c.Runs}[typ]}
	for _, have := range meters(p, c, rec, now) {
		if have.typ == typ {
			m = have
		}
	}
	more := int64(amount)
	switch typ {
	case product.TrialDays:
		more = int64(min(amount, longestTrial)) * secondsPerDay
	case product.TrialHours:
		more *= secondsPerHour
	}
	return max(m.limit, m.used) + more
}

// over reports whether nothing is left. The last start is not over while its run is
// on.
func (m meter) over(running bool) bool {
	if m.typ == product.TrialRuns && running {
		return m.used > m.limit
	}
	return m.used >= m.limit
}

// carrying returns the measures that carry the trial: those of the product, while
// each of them has something left, and those that answers alone granted and that
// have. None carries a trial that is over. So no answer ever shortens a trial.
func carrying(all []meter, running bool) []meter {
	var own, granted []meter
	ended := false
	for _, m := range all {
		switch over := m.over(running); {
		case m.builtin:
			own, ended = append(own, m), ended || over
		case !over:
			granted = append(granted, m)
		}
	}
	if ended {
		own = nil
	}
	return append(own, granted...)
}

// trial returns the state of the trial as such.
func (s *session) trial(unlimited bool) TrialStatus {
	rec := s.lic
	if _, over := s.lastDay(); over && !unlimited {
		rec = nil // what the license extended is over with it
	}
	all := s.meters(rec)
	t := TrialStatus{Has: len(all) > 0}
	if !t.Has {
		return t
	}
	left := t.measure(all)
	carry := carrying(all, s.running > 0)
	switch {
	case s.licFile != nil && s.lic == nil:
		t.State, t.Reason, t.Detail = Inactive, ReasonStateDamaged, damagedState(s.licFile.license).Text
	case s.lic == nil && s.baseFile.damaged():
		t.State, t.Reason, t.Detail = Inactive, ReasonStateDamaged, "the activation state of this machine is damaged in every place, so the trial cannot go on: enter the serial number"
	case s.lic != nil && s.lic.Tombstone != nil:
		t.State, t.Reason, t.Detail = Deactivated, ReasonDeactivated, "the deactivation ended the trial too"
	case unlimited:
		t.State, t.Reason, t.Detail = Active, ReasonUnlimited, "the trial has no end any more"
	case s.unbegun:
		t.State, t.Reason, t.Detail = Inactive, ReasonTrialNotRecorded, "the trial cannot begin, since its begin cannot be written: check the permissions of the state's folder"
	case len(carry) == 0:
		t.State, t.Reason, t.Detail = Expired, ReasonTrialOver, ended(all)
	default:
		t.State, t.Reason = Active, ReasonTrialLeft
		var words []string
		for _, m := range carry {
			words = append(words, left[m.typ])
		}
		verb := "are"
		if w := strings.Fields(words[0]); len(words) == 1 && len(w) == 2 && w[0] == "1" {
			verb = "is"
		}
		t.Detail = fmt.Sprintf("%s of the trial %s left", strings.Join(words, ", "), verb)
		if len(carry) == 1 && carry[0].typ == product.TrialDays && t.Days == 1 {
			t.Detail = "the last day of the trial"
		}
	}
	return t
}

// measure puts what is left into the status, and returns it in words.
func (t *TrialStatus) measure(all []meter) map[product.Type]string {
	words := map[product.Type]string{}
	for _, m := range all {
		left := max(0, m.limit-m.used)
		switch m.typ {
		case product.TrialDays:
			t.ByDays, t.Ends, t.Days = true, time.Unix(m.limit, 0).UTC(), int((left+secondsPerDay-1)/secondsPerDay)
			words[m.typ] = count(t.Days, "day")
		case product.TrialHours:
			t.ByHours, t.Running = true, time.Duration(left)*time.Second
			words[m.typ] = lasting(t.Running)
		case product.TrialRuns:
			t.ByRuns, t.Runs = true, int(left)
			words[m.typ] = count(t.Runs, "start")
		}
	}
	return words
}

// ended says which measure ended the trial.
func ended(all []meter) string {
	var words []string
	for _, m := range all {
		if !m.over(false) {
			continue
		}
		switch m.typ {
		case product.TrialDays:
			words = append(words, "the trial ended on "+time.Unix(m.limit, 0).UTC().Format(minute))
		case product.TrialHours:
			words = append(words, "the hours of the trial are used up")
		case product.TrialRuns:
			words = append(words, "the starts of the trial are used up")
		}
	}
	return strings.Join(words, ", and ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// lasting is a length of running time in words: hours and minutes, below an hour
// minutes, below a minute seconds.
func lasting(d time.Duration) string {
	switch h, m := int(d.Hours()), int(d.Minutes())%60; {
	case h > 0 && m > 0:
		return count(h, "hour") + " " + count(m, "minute")
	case h > 0:
		return count(h, "hour")
	case m > 0:
		return count(m, "minute")
	}
	return count(int(d.Seconds()), "second")
}
