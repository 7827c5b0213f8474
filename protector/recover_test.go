package protector

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// future is when the clock was wrong.
var future = time.Date(2031, 5, 1, 9, 0, 0, 0, time.UTC)

func (w *world) recovery(c *Client, r codes.Code, day codes.Day, shelf codes.Day) string {
	w.Helper()
	if r.IsZero() {
		r = w.request(c, protectortest.Recover)
	}
	return w.issue(r, protectortest.Answer{Parameter: uint32(day), Day: shelf})
}

// TestRecoverClock: the clock was at 2031 for a moment, and everything is over.
func TestRecoverClock(t *testing.T) {
	for _, test := range []struct {
		name  string
		clock time.Time // while the code is typed
		day   codes.Day
		shelf codes.Day
		want  Reason
		now   time.Time // that counts afterwards
	}{
		{"right", start.Add(time.Hour), today, today + 10, "", start.Add(time.Hour)},
		{"typed after its shelf-life", start.Add(20 * oneDay), today, today + 10, "", start.Add(20 * oneDay)},
		{"without a shelf-life", start, today, 0, "", start},
		{"the clock is at 1980", time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), today, today, "", today.Date()},
		{"a day before the profile", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 700, 0, "", (today - 2).Date()},
		{"still at 2031", future, today, today, ReasonClockAhead, future},
		{"no day", start, 0, 0, ReasonAnswerValue, future},
		{"a day that is none", start, 20000, 0, ReasonAnswerValue, future},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.licensed()
			w.grantOf(c, 1, 0)
			w.grantOf(c, protectortest.Rental, uint32(today+60))
			waiting := w.request(c, 5)
			key := w.stored().Key
			w.now = future
			w.is(c, 1, Expired, ReasonLastDayOver)
			w.now = start
			w.is(w.open(), 1, Expired, ReasonLastDayOver)
			if n := w.status(c).Notes; len(n) == 0 || !strings.Contains(n[0].Text, "definition 13 (Repair)") {
				t.Errorf("notes %v", n)
			}
			code := w.recovery(c, codes.Code{}, test.day, test.shelf)
			w.now = test.clock
			a, err := c.Enter(code)
			w.refused(err, test.want)
			if test.want != "" {
				w.is(w.open(), 1, Expired, ReasonLastDayOver)
				w.now = start
				if w.request(w.open(), protectortest.Recover).String() == "" {
					t.Error("it cannot be asked for again")
				}
				return
			}
			if a.Already {
				t.Error("accepted before")
			}
			w.is(c, 1, Active, ReasonActive)
			rec := w.stored()
			if !rec.Key.Equal(key.Key) {
				t.Error("the recovery changed the key")
			}
			if have := time.Unix(rec.Clock, 0).UTC(); !have.Equal(test.now) {
				t.Errorf("the latest time seen is %v, want %v", have, test.now)
			}
			if a := w.enter(w.open(), code); !a.Already {
				t.Error("typed again it is not friendly")
			}
			if rec := w.stored(); rec.Recovered != 1 {
				t.Errorf("recovered %d times", rec.Recovered)
			}
			w.now = maxTime(test.clock, start)
			w.enter(c, w.issue(waiting, protectortest.Answer{Parameter: 1})) // what was waiting still is
		})
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// TestRecoverTrials: what began or was extended in 2031 begins with the recovery.
func TestRecoverTrials(t *testing.T) {
	w := tried(t, product.Trial{Days: 14})
	w.now = future
	c := w.licensed() // the first start, with a wrong clock
	w.grantOf(c, protectortest.Trial, 7)
	w.grantOf(c, 5, 1)
	w.now = start
	c = w.open()
	w.enter(c, w.recovery(c, codes.Code{}, today, 0))
	if s := w.status(c); s.Trial.Days != 21 || s.Trial.State != Active {
		t.Errorf("left are %d days, %s", s.Trial.Days, s.Trial.Ends)
	}
	if d, _ := w.status(c).Definition(5); !d.Since.Equal(start) {
		t.Errorf("since %v", d.Since)
	}
	w.now = start.Add(21 * oneDay)
	w.is(c, 0, Expired, ReasonTrialOver)
}

// TestRecoverOtherLicense: the record of another license does not bring 2031 back.
func TestRecoverOtherLicense(t *testing.T) {
	w := newWorld(t)
	second := w.vendor.Vouch(0x00abcdef).Code().String()
	w.profile = w.vendor.Export()
	w.now = future
	c := w.licensed()
	if _, err := c.EnterSerial(second); err != nil {
		t.Fatal(err)
	}
	w.now = start
	w.enter(c, w.recovery(c, codes.Code{}, today, 0))
	if _, err := c.EnterSerial(w.serial); err != nil {
		t.Fatal(err)
	}
	if n := w.open().Notes(); len(n) > 0 {
		t.Errorf("notes %v", n)
	}
}

// TestRecoverDeactivated: it never makes a deactivated copy active.
func TestRecoverDeactivated(t *testing.T) {
	w := newWorld(t)
	c := w.with()
	d := w.deactivate(c)
	w.now = future
	w.status(c)
	w.now = start
	c = w.open()
	r := w.request(c, protectortest.Recover)
	w.enter(c, w.recovery(c, r, today, 0))
	w.is(c, 1, Deactivated, ReasonDeactivated)
	if again, err := c.Confirmation(); err != nil || again.Code != d {
		t.Errorf("shown %s, %v; want %s", again.Code, err, d)
	}
	// A release granted for the request of a recovery is not taken: it would be
	// tagged under LK.
	r = w.request(c, protectortest.Recover)
	_, err := c.Enter(w.issue(r, protectortest.Answer{As: 1}))
	w.refused(err, ReasonNoRequest)
	w.is(c, 1, Deactivated, ReasonDeactivated)
	w.confirm(d)
	// Granted for another request, it leaves the key as it is too.
	w.now = future
	w.status(c)
	w.now = start
	c = w.open()
	w.enter(c, w.issue(w.request(c, 3), protectortest.Answer{As: protectortest.Recover, Parameter: uint32(today)}))
	if n := w.open().Notes(); len(n) > 0 {
		t.Errorf("notes %v", n)
	}
	w.activate(c, 3, protectortest.Answer{})
	w.is(c, 1, Active, ReasonActive)
}

// TestRecoverState: the state is damaged in every place. The request survives, and
// the answer gives a fresh state in which nothing is active.
func TestRecoverState(t *testing.T) {
	license, machine, beside := licenseFile(number), machineFile, recoveryFile(number)
	for _, test := range []struct {
		name   string
		before bool // the recovery was asked for before the damage
		lost   []string
		gone   bool // removed rather than damaged
		want   Reason
	}{
		{"license damaged", false, []string{license}, false, ""},
		{"license removed", false, []string{license}, true, ""},
		{"asked for before", true, []string{license}, false, ""},
		{"license and machine damaged, asked for before", true, []string{license, machine}, false, ""},
		{"license and machine removed, asked for before", true, []string{license, machine}, true, ReasonNoLicense},
		{"license and machine damaged", false, []string{license, machine}, false, ReasonStateDamaged},
		{"everything damaged", true, []string{license, machine, beside}, false, ReasonStateDamaged},
		{"license and recovery damaged", true, []string{license, beside}, false, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.with()
			d := w.checkIn(c, 0)
			w.confirm(d)
			w.confirm(w.deactivate(c))
			var r codes.Code
			if test.before {
				r = w.request(c, protectortest.Recover)
			}
			for _, name := range test.lost {
				for _, place := range []string{"first", "second"} {
					w.writeFile(w.file(place, name), "damaged")
					if test.gone {
						if err := os.Remove(w.file(place, name)); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
			c = w.open()
			again, err := c.Request(0, RequestOptions{})
			w.refused(err, test.want)
			if test.want != "" {
				return
			}
			besideLost := len(test.lost) == 2 && test.lost[1] == beside
			if again.Definition.Type != product.Recover || test.before && !besideLost && again.Code != r {
				t.Errorf("asked for definition %d with %s, before with %s", again.Definition.ID, again.Code, r)
			}
			w.is(c, protectortest.Recover, Pending, ReasonAnswerAwaited)
			w.is(c, 1, Inactive, ReasonStateDamaged)
			_, err = c.Request(1, RequestOptions{})
			w.refused(err, ReasonStateDamaged)
			_, err = c.Enter(codes.Answer{Tag: 9}.Code().String())
			w.refused(err, ReasonStateDamaged)
			code := w.recovery(c, again.Code, today, 0)
			w.enter(c, code)
			if have := w.states(c); have != "" {
				t.Errorf("active after it: %s", have)
			}
			w.is(w.open(), 1, Inactive, ReasonNotActivated)
			if a := w.enter(c, code); !a.Already {
				t.Error("typed again it is not friendly")
			}
			if rec := w.stored(); !rec.Key.Equal(rec.stretched()) {
				t.Error("the fresh state is not under the license's key")
			}
			w.activate(c, 1, protectortest.Answer{})
		})
	}
}

// TestRecoverOnce: one answer a request, whatever file comes back.
func TestRecoverOnce(t *testing.T) {
	w, c := activated(t)
	older := w.request(c, protectortest.Recover)
	newer, err := c.Request(protectortest.Recover, RequestOptions{New: true})
	if err != nil {
		t.Fatal(err)
	}
	code := w.recovery(c, newer.Code, today, 0)
	kept := w.readFile(w.file("first", recoveryFile(number)))
	w.enter(c, code)
	for _, place := range []string{"first", "second"} {
		w.writeFile(w.file(place, recoveryFile(number)), kept)
	}
	c = w.open()
	if a := w.enter(c, code); !a.Already {
		t.Error("accepted twice")
	}
	if rec := w.stored(); rec.Recovered != 1 {
		t.Errorf("recovered %d times", rec.Recovered)
	}
	for _, r := range []codes.Code{newer.Code, older} { // a second answer, and one to a request before
		_, err = c.Enter(w.recovery(c, r, today+1, 0))
		w.refused(err, ReasonNoRequest)
	}
	if again := w.request(c, protectortest.Recover); again == newer.Code || again == older {
		t.Errorf("%s was answered, and is shown again", again)
	}
	w.enter(c, w.recovery(c, codes.Code{}, today, 0))
}

// TestRecoveryFileMoved: the record of a recovery is not a state, and the other way
// round.
func TestRecoveryFileMoved(t *testing.T) {
	w, c := activated(t)
	w.request(c, protectortest.Recover)
	state, beside := w.readFile(w.file("first", licenseFile(number))), w.readFile(w.file("first", recoveryFile(number)))
	for _, place := range []string{"first", "second"} {
		w.writeFile(w.file(place, licenseFile(number)), beside)
		w.writeFile(w.file(place, recoveryFile(number)), state)
	}
	w.is(w.open(), 1, Inactive, ReasonStateDamaged)
}

// TestRecoverWithdrawn: a license that was withdrawn is not recovered.
func TestRecoverWithdrawn(t *testing.T) {
	for _, damaged := range []bool{false, true} {
		t.Run(fmt.Sprint(damaged), func(t *testing.T) {
			w := newWorld(t)
			w.licensed()
			if damaged {
				w.writeFile(w.file("first", licenseFile(number)), "")
				w.writeFile(w.file("second", licenseFile(number)), "")
			}
			w.vendor.Withdraw(number)
			w.profile = w.vendor.Export()
			_, err := w.open().Request(protectortest.Recover, RequestOptions{})
			w.refused(err, ReasonWithdrawn)
		})
	}
}

// TestRecoverHardware: its answer is for the machine that asked.
func TestRecoverHardware(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	code := w.recovery(c, codes.Code{}, today, 0)
	w.machine = protectortest.Machine(2)
	_, err := w.open().Enter(code)
	w.refused(err, ReasonHardwareChanged)
	config := w.config()
	config.Machine = func(context.Context) (*fingerprint.Profile, error) { return nil, os.ErrInvalid }
	c, err = Open(config)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Enter(code)
	w.refused(err, ReasonHardwareUnreadable)
}
