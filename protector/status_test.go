package protector

import (
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// TestHardware: changes above the tolerance end the activation, others do not.
func TestHardware(t *testing.T) {
	for _, test := range []struct {
		name    string
		machine *fingerprint.Profile
		want    Reason
		kinds   string
	}{
		{"same", protectortest.Parts(1, 1, 1, 8), ReasonActive, ""},
		{"memory", protectortest.Parts(1, 1, 1, 64), ReasonActive, ""},
		{"network card", protectortest.Parts(2, 1, 1, 8), ReasonActive, ""},
		{"drive", protectortest.Parts(1, 1, 2, 8), ReasonActive, ""},
		{"processor and memory", protectortest.Parts(1, 2, 1, 64), ReasonActive, ""},
		{"network card and memory", protectortest.Parts(2, 1, 1, 64), ReasonHardwareChanged, "mac memory"},
		{"processor and drive", protectortest.Parts(1, 2, 2, 8), ReasonHardwareChanged, "cpu system drive"},
		{"nothing read", fingerprint.New(), ReasonHardwareUnreadable, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, c := activated(t)
			answer := w.issue(w.request(c, 5), protectortest.Answer{})
			old := w.machine
			w.machine = test.machine
			c = w.open()
			state := Active
			if test.want != ReasonActive {
				state = Inactive
			}
			w.is(c, 1, state, test.want)
			d, _ := w.status(c).Definition(1)
			var kinds []string
			for _, k := range d.Changed {
				kinds = append(kinds, k.String())
			}
			if have := strings.Join(kinds, " "); have != test.kinds {
				t.Errorf("changed %q, want %q", have, test.kinds)
			}
			_, err := c.Enter(answer)
			if test.want == ReasonActive {
				w.refused(err, "")
			} else {
				w.refused(err, test.want)
			}
			conf, err := c.Deactivate(0, yes)
			if err != nil || conf.Hardware != (test.want != ReasonActive) {
				t.Errorf("confirmation %+v, %v", conf, err)
			}
			w.machine = old
		})
	}
	t.Run("asked for again", func(t *testing.T) {
		w, _ := activated(t)
		w.machine = protectortest.Machine(2)
		c := w.open()
		w.activate(c, 1, protectortest.Answer{})
		w.is(c, 1, Active, ReasonActive)
		w.machine = protectortest.Machine(1)
		w.is(w.open(), 1, Inactive, ReasonHardwareChanged)
	})
}

func TestTrial(t *testing.T) {
	w := tried(t, product.Trial{Days: 14})
	c := w.open()
	left := func(want int) {
		t.Helper()
		if s := w.status(c); s.Trial.Days != want {
			t.Errorf("%d days left (%s), want %d", s.Trial.Days, s.Trial.Reason, want)
		}
	}
	left(14)
	w.is(c, 0, Active, ReasonTrialLeft)
	w.now = start.Add(10*oneDay + time.Hour)
	left(4)
	w.now = start.Add(-100 * oneDay)
	left(4)
	if s := w.status(c); len(s.Notes) != 1 || s.Notes[0].Reason != ReasonClockSetBack {
		t.Errorf("notes %v", s.Notes)
	}
	w.now = start.Add(14 * oneDay)
	w.is(c, 0, Expired, ReasonTrialOver)
	w.now = start
	w.is(w.open(), 0, Expired, ReasonTrialOver)

	c = w.licensed()
	w.is(c, 0, Expired, ReasonTrialOver)
	w.activate(c, 4, protectortest.Answer{Parameter: 7}) // from now on, since it was over
	w.is(c, 4, Active, ReasonTrialLeft)
	w.is(c, 0, Active, ReasonTrialLeft)
	left(7)
	w.activate(c, 4, protectortest.Answer{Parameter: 3}) // on top
	left(10)
	w.now = start.Add(24*oneDay - time.Hour)
	left(1)
	w.now = start.Add(24 * oneDay)
	w.is(c, 4, Expired, ReasonTrialOver)
	w.activate(c, 1, protectortest.Answer{})
	w.is(c, 0, Active, ReasonActive)
	w.deactivate(c)
	if s := w.status(c); s.Trial.State != Deactivated {
		t.Errorf("the trial of a deactivated copy is %s", s.Trial.State)
	}
}

// TestTrialCountersStayUsed: a deactivation stops no clock.
func TestTrialCountersStayUsed(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	w.activate(c, 4, protectortest.Answer{Parameter: 20})
	w.activate(c, 1, protectortest.Answer{})
	w.confirm(w.deactivate(c))
	w.now = start.Add(15 * oneDay)
	w.activate(c, 3, protectortest.Answer{})
	if s := w.status(c); s.Trial.Days != 5 {
		t.Errorf("%d days left, want 5", s.Trial.Days)
	}
}

func TestProvisionalRelease(t *testing.T) {
	w := newWorld(t)
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{Parameter: 1060})
	w.is(c, 1, Active, ReasonProvisional)
	w.now = codes.Day(1060).End().Add(-time.Second)
	w.is(c, 1, Active, ReasonProvisional)
	w.now = w.now.Add(time.Second)
	w.is(c, 1, Expired, ReasonLastDayOver)
	w.now = start
	w.is(c, 1, Expired, ReasonLastDayOver)
	w.activate(c, 1, protectortest.Answer{})
	w.is(c, 1, Active, ReasonActive)
	_, err := c.Enter(w.issue(w.request(c, 1), protectortest.Answer{Parameter: 1 << 20}))
	w.refused(err, ReasonAnswerValue)
}

// TestRollback: an older program is honest, an older profile of the same release is not.
func TestRollback(t *testing.T) {
	w := newWorld(t)
	old := w.profile
	c := w.licensed()
	w.activate(c, 1, protectortest.Answer{})
	w.vendor.Profile.SignedOn++
	second := w.vendor.Export()
	w.vendor.Withdraw(number)
	w.vendor.Profile.Release, w.vendor.Profile.Releases = 2, []uint16{1, 2}
	third := w.vendor.Export()

	w.profile = second
	w.is(w.open(), 1, Active, ReasonActive)
	w.profile = old
	if _, err := Open(w.config()); ReasonOf(err) != ReasonProfileRollback {
		t.Errorf("an older profile of the same release: %v", err)
	}
	w.profile = third
	w.is(w.open(), 1, Inactive, ReasonWithdrawn)
	for _, w.profile = range [][]byte{second, old} { // an older program
		c = w.open()
		w.is(c, 1, Inactive, ReasonWithdrawn)
		if notes := c.Notes(); len(notes) != 1 || notes[0].Reason != ReasonProfileOlder {
			t.Errorf("notes %v", notes)
		}
		_, err := c.Request(1, RequestOptions{})
		w.refused(err, ReasonWithdrawn)
	}
	w.vendor.Profile.Sunset = nil // restored
	w.profile = w.vendor.Export()
	w.is(w.open(), 1, Active, ReasonActive)
}

func TestReleaseCovered(t *testing.T) {
	for _, test := range []struct {
		name     string
		grants   int // highest release in the license file; -1: a serial number
		policy   bool
		covered  bool
		existing uint16 // the release it was activated under
	}{
		{"serial", -1, false, true, 1},
		{"serial, reactivate", -1, true, false, 1},
		{"file, any", 0, false, true, 1},
		{"file, any, reactivate", 0, true, false, 1},
		{"file, 1", 1, false, false, 1},
		{"file, 2", 2, false, true, 1},
		{"file, 2, reactivate", 2, true, true, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.vendor.Profile.Policy.ReactivateOnRelease = test.policy
			w.profile = w.vendor.Export()
			c := w.open()
			if test.grants < 0 {
				c = w.licensed()
			} else if _, err := c.EnterLicenseFile(w.vendor.LicenseFile(number, func(l *product.License) { l.Grants.Release = uint16(test.grants) })); err != nil {
				t.Fatal(err)
			}
			w.activate(c, 1, protectortest.Answer{})
			w.is(c, 1, Active, ReasonActive)
			w.vendor.Profile.Release, w.vendor.Profile.Releases = 2, []uint16{1, 2}
			w.profile = w.vendor.Export()
			c = w.open()
			if test.covered {
				w.is(c, 1, Active, ReasonActive)
				return
			}
			w.is(c, 1, Inactive, ReasonReleaseNotCovered)
			w.activate(c, 1, protectortest.Answer{}) // the vendor's desk decided
			w.is(c, 1, Active, ReasonActive)
		})
	}
}
