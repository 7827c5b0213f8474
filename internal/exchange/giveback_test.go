package exchange

import (
	"context"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// How confirmations reach the desk.

// readOut reads a confirmation code to the desk. One that an honest customer shows is
// accepted, if those from before it were read; each counts once.
func (w *world) readOut(l *soldLicense, code string) {
	d := l.unread[code]
	s := l.seats[d.machine]
	in := w.shower(l, code)
	if in == nil {
		s.doubt = true // its copy is not there any more: something else happened on that machine since
	}
	before := w.taken(l)
	decision := activator.Decision{Reference: "case"}
	if s.doubt && rapid.Bool().Draw(w.t, "overridden") {
		decision.Override = "the boss said so"
	}
	out, err := w.session.Submit(context.Background(), code, decision)
	w.must(err)
	w.t.Logf("confirmation of machine %d, line %.6s: %s, %s", d.machine, d.line, out.Verdict, out.State)
	if want := journal.OK; !s.doubt {
		if in.unread[0] != code {
			want = journal.Refused // under a key that the desk does not know yet
		}
		if out.Verdict != want {
			w.t.Fatalf("an honest confirmation: have %s (%s), want %s\n%+v", out.Verdict, out.Reason, want, out.Checks)
		}
	}
	if out.Verdict == journal.Repeat {
		w.t.Fatalf("first reading of a confirmation: have repeat, want ok")
	}
	if out.Verdict != journal.OK {
		w.checkSeats(l)
		return
	}
	l.returns++
	w.accepted[code]++
	delete(l.unread, code)
	for _, other := range w.installs {
		other.unread = slices.DeleteFunc(other.unread, func(c string) bool { return c == code })
	}
	if w.accepted[code] > 1 {
		w.t.Fatalf("confirmation %s counted %d times, want once", code, w.accepted[code])
	}
	if d.checkIn {
		if l.options[d.options]++; l.options[d.options] > 1 {
			w.t.Fatalf("what one answer brought was checked in %d times, want once", l.options[d.options])
		}
	} else {
		if s.number != 0 && !s.doubt {
			s.number = 0
		}
		if w.taken(l) < before {
			if l.lines[d.line]++; l.lines[d.line] > 1 {
				w.t.Fatalf("one activation freed a seat %d times, want once", l.lines[d.line])
			}
		}
		for _, key := range d.path {
			l.closed[key] = true
		}
	}
	w.checkSeats(l)
}

// shower is the installation that shows a code.
func (w *world) shower(l *soldLicense, code string) *installation {
	for _, in := range w.installs {
		if in.license == l.index && slices.Contains(in.unread, code) {
			return in
		}
	}
	return nil
}

// taken counts the seats that the desk has given.
func (w *world) taken(l *soldLicense) int {
	r, err := w.session.Read(context.Background(), l.Serial.String(), activator.Decision{})
	w.must(err)
	return len(r.Active)
}

// readLate reads a confirmation code that was noted earlier.
func (w *world) readLate() {
	l := w.anyLicense()
	if len(l.unread) == 0 {
		w.t.Skip("no code waits")
	}
	all := slices.Sorted(maps.Keys(l.unread))
	w.readOut(l, all[w.pick(len(all), "code")])
}

// replay reads out a confirmation that was accepted before: for another case, and for
// its own.
func (w *world) replay() {
	if len(w.accepted) == 0 {
		w.t.Skip("nothing was accepted yet")
	}
	all := slices.Sorted(maps.Keys(w.accepted))
	code := all[w.pick(len(all), "code")]
	for _, c := range []struct {
		reference string
		want      journal.Verdict
	}{{"another case", journal.Refused}, {"", journal.Refused}, {"case", journal.Repeat}} {
		out, err := w.session.Submit(context.Background(), code, activator.Decision{Reference: c.reference})
		w.must(err)
		if out.Verdict != c.want {
			w.t.Fatalf("confirmation again, for %q: have %s, want %s", c.reference, out.Verdict, c.want)
		}
	}
}
