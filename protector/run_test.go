package protector

import (
	"os"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

func (w *world) begin(c *Client) *Run {
	w.Helper()
	r, err := c.Begin()
	if err != nil {
		w.Fatalf("begin: %v", err)
	}
	return r
}

func (w *world) end(r *Run) {
	w.Helper()
	if err := r.End(); err != nil {
		w.Fatalf("end: %v", err)
	}
}

// left checks what is left of the trial.
func (w *world) left(c *Client, days int, running time.Duration, runs int) {
	w.Helper()
	t := w.status(c).Trial
	if t.Days != days || t.Running != running || t.Runs != runs {
		w.Errorf("left are %d days, %v, %d starts (%s), want %d days, %v, %d starts", t.Days, t.Running, t.Runs, t.Detail, days, running, runs)
	}
}

func TestRuns(t *testing.T) {
	w := tried(t, product.Trial{Runs: 2})
	c := w.open()
	w.left(c, 0, 0, 2)
	w.end(w.begin(c))
	w.left(c, 0, 0, 1)
	r := w.begin(w.open()) // another program has it open
	w.left(c, 0, 0, 0)
	w.is(c, 0, Expired, ReasonTrialOver)
	if s, err := r.Tick(); err != nil || !s.Usable() {
		t.Errorf("during the last run: %+v, %v", s.Trial, err)
	}
	_, err := c.Begin()
	w.refused(err, ReasonTrialOver)
	w.end(r)
	w.end(r) // ended again, nothing happens
	if r.client.running != 0 {
		t.Errorf("%d runs are on", r.client.running)
	}
	if s, err := r.Tick(); err != nil || s.Usable() {
		t.Errorf("after the last run: %+v, %v", s.Trial, err)
	}

	c = w.licensed()
	w.activate(c, protectortest.Runs, protectortest.Answer{Parameter: 3})
	w.left(c, 0, 0, 3)
	w.begin(c) // crashes
	w.left(w.open(), 0, 0, 2)
	w.activate(c, protectortest.Runs, protectortest.Answer{Parameter: 5})
	w.left(c, 0, 0, 7)
}

func TestHours(t *testing.T) {
	w := tried(t, product.Trial{Hours: 2})
	c := w.open()
	w.left(c, 0, 2*time.Hour, 0)
	r := w.begin(c)
	w.now = start.Add(20*time.Minute + 500*time.Millisecond)
	if s, err := r.Tick(); err != nil || s.Trial.Running != 100*time.Minute {
		t.Errorf("after 20 minutes: %+v, %v", s, err)
	}
	w.now = w.now.Add(500 * time.Millisecond) // the half seconds add up
	w.end(r)
	w.left(c, 0, 100*time.Minute-time.Second, 0)
	w.now = start.Add(50 * oneDay) // not running, nothing is used
	w.left(w.open(), 0, 100*time.Minute-time.Second, 0)

	r = w.begin(c)
	w.now = w.now.Add(30 * time.Minute)
	if _, err := r.Tick(); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(5 * time.Minute) // and crashes: these are lost
	c = w.open()
	w.left(c, 0, 70*time.Minute-time.Second, 0)

	r = w.begin(c)
	w.now = w.now.Add(-300 * oneDay) // the clock is set back
	if _, err := r.Tick(); err != nil {
		t.Fatal(err)
	}
	w.left(c, 0, 70*time.Minute-time.Second, 0)
	w.now = w.now.Add(300*oneDay + 5*time.Hour)
	s, err := r.Tick()
	if err != nil || s.Trial.Running != 0 || s.Usable() {
		t.Errorf("overdrawn: %+v, %v", s.Trial, err)
	}
	_, err = c.Begin()
	w.refused(err, ReasonTrialOver)
	c = w.licensed()
	w.activate(c, protectortest.Hours, protectortest.Answer{Parameter: 3})
	w.left(c, 0, 3*time.Hour, 0)
	w.is(c, protectortest.Hours, Active, ReasonTrialLeft)
}

// TestMeters: every limit of the product counts, whichever is first; what an answer
// alone grants counts besides, so that no answer shortens a trial.
func TestMeters(t *testing.T) {
	for _, test := range []struct {
		name  string
		trial product.Trial
		as    uint8 // granted at the start
		days  int   // that pass
		runs  int   // of an hour each
		want  State
	}{
		{"days hold, starts are over", product.Trial{Days: 14, Runs: 2}, 0, 1, 2, Expired},
		{"starts hold, days are over", product.Trial{Days: 14, Runs: 2}, 0, 14, 1, Expired},
		{"hours are over", product.Trial{Days: 14, Hours: 2, Runs: 9}, 0, 1, 2, Expired},
		{"all hold", product.Trial{Days: 14, Hours: 3, Runs: 9}, 0, 1, 2, Active},
		{"more starts", product.Trial{Days: 14, Runs: 2}, protectortest.Runs, 1, 2, Active},
		{"more starts, days are over", product.Trial{Days: 14, Runs: 2}, protectortest.Runs, 14, 1, Expired},
		{"starts besides the days", product.Trial{Days: 14}, protectortest.Runs, 20, 1, Active},
		{"starts besides the days, used up", product.Trial{Days: 14}, protectortest.Runs, 1, 5, Active},
		{"both over", product.Trial{Days: 14}, protectortest.Runs, 20, 5, Expired},
		{"no trial but what is granted", product.Trial{}, protectortest.Hours, 100, 4, Active},
		{"no trial and used up", product.Trial{}, protectortest.Hours, 100, 5, Expired},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := tried(t, test.trial)
			c := w.licensed()
			if test.as != 0 {
				w.activate(c, test.as, protectortest.Answer{Parameter: 5})
			}
			w.now = start.Add(time.Duration(test.days)*oneDay - time.Duration(test.runs)*time.Hour)
			for range test.runs {
				r := w.begin(c)
				w.now = w.now.Add(time.Hour)
				w.end(r)
			}
			if s := w.status(c); s.State != test.want {
				t.Errorf("the trial is %s (%s), want %s", s.State, s.Trial.Detail, test.want)
			}
		})
	}
}

// TestCountersStayUsed: over a deactivation and its reversal, the serial number again,
// another license, and the loss of one file.
func TestCountersStayUsed(t *testing.T) {
	w := tried(t, product.Trial{Hours: 10, Runs: 5})
	second := w.vendor.Vouch(0x00abcdef).Code().String()
	w.profile = w.vendor.Export()
	c := w.licensed()
	run := func() {
		t.Helper()
		r := w.begin(c)
		w.now = w.now.Add(time.Hour)
		w.end(r)
	}
	run()
	w.left(c, 0, 9*time.Hour, 4)
	w.activate(c, 1, protectortest.Answer{})
	run() // counted while a release is active, as days are
	w.left(c, 0, 8*time.Hour, 3)
	w.confirm(w.deactivate(c))
	_, err := c.Begin()
	w.refused(err, ReasonDeactivated)
	w.activate(c, 3, protectortest.Answer{})
	w.left(c, 0, 8*time.Hour, 3)
	if _, err := c.EnterSerial(w.serial); err != nil {
		t.Fatal(err)
	}
	w.left(c, 0, 8*time.Hour, 3)
	if _, err := c.EnterSerial(second); err != nil {
		t.Fatal(err)
	}
	run()
	w.left(c, 0, 7*time.Hour, 2)
	if _, err := c.EnterSerial(w.serial); err != nil {
		t.Fatal(err)
	}
	w.left(c, 0, 7*time.Hour, 2)
	run()
	for _, place := range []string{"first", "second"} {
		if err := os.Remove(w.file(place, machineFile)); err != nil {
			t.Fatal(err)
		}
	}
	c = w.open()
	w.left(c, 0, 6*time.Hour, 1)
	for _, place := range []string{"first", "second"} {
		w.writeFile(w.file(place, machineFile), "damaged")
		w.writeFile(w.file(place, licenseFile(number)), "damaged")
		w.writeFile(w.file(place, licenseFile(0x00abcdef)), "damaged")
	}
	c = w.licensed() // nobody knows what was used
	w.left(c, 0, 0, 0)
	w.activate(c, protectortest.Hours, protectortest.Answer{Parameter: 4})
	w.activate(c, protectortest.Runs, protectortest.Answer{Parameter: 2})
	w.left(c, 0, 4*time.Hour, 2)
}

// TestBeginUnwritten: a start that cannot be counted is none, unless a release is
// active.
func TestBeginUnwritten(t *testing.T) {
	w := tried(t, product.Trial{Runs: 5})
	bad := &faultDisk{}
	w.disk = bad
	c := w.licensed()
	bad.replaceErr = failing("", os.ErrPermission, false)
	_, err := c.Begin()
	w.refused(err, ReasonStateNotWritable)
	if c.running != 0 {
		t.Errorf("%d runs are on", c.running)
	}
	bad.replaceErr = nil
	w.left(c, 0, 0, 5)
	w.activate(c, 1, protectortest.Answer{})
	bad.replaceErr = failing("", os.ErrPermission, false)
	if _, err := c.Begin(); err != nil {
		t.Error(err)
	}
}

// TestBeginWithoutTrial: a product that counts nothing is not written to.
func TestBeginWithoutTrial(t *testing.T) {
	w := newWorld(t)
	w.vendor.Profile.Definitions = append(w.vendor.Profile.Definitions[:8:8], w.vendor.Profile.Definitions[10:]...)
	w.profile = w.vendor.Export()
	c := w.licensed()
	before := w.stored().Sequence
	r := w.begin(c)
	w.now = w.now.Add(time.Minute)
	w.end(r)
	if after := w.stored().Sequence; after != before {
		t.Errorf("written %d times", after-before)
	}
}
