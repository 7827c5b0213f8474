package protector

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// Links that make one folder of two places: there is no waiting for the own lock, and
// there are two copies all the same, each enough alone.
func TestPlacesThatAreOne(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making links needs a right that few have")
	}
	for _, test := range []struct{ name, link, to string }{
		{"the second is the first", "second", "first"},
		{"the first is the second", "first", "second"},
		{"with a way around", "second", "../" + "st/./first"},
	} {
		for _, there := range []bool{true, false} { // a link may lead to what is not there yet
			t.Run(test.name, func(t *testing.T) {
				w := newWorld(t)
				w.dir = filepath.Join(w.dir, "st")
				fatal(t, os.MkdirAll(w.dir, 0o700))
				if there {
					fatal(t, os.Mkdir(filepath.Join(w.dir, filepath.Base(test.to)), 0o700))
				}
				fatal(t, os.Symlink(test.to, filepath.Join(w.dir, test.link)))
				c := w.licensed()
				w.activate(c, 1, protectortest.Answer{}) // a lock that is waited for is not had
				w.is(w.open(), 1, Active, ReasonActive)
				if notes := w.open().Notes(); len(notes) != 0 {
					t.Errorf("noted %v", notes)
				}
				real, err := filepath.EvalSymlinks(filepath.Join(w.dir, "first", c.Profile().UID.String()))
				fatal(t, err)
				name := licenseFile(number)
				for _, gone := range []string{filepath.Join(real, name), filepath.Join(real, "second", name)} {
					fatal(t, os.Remove(gone))
					w.is(w.open(), 1, Active, ReasonActive) // written again from the other
				}
				if d, err := w.open().Deactivate(0, yes); err != nil || d.CopiesLeft {
					t.Errorf("deactivated: %+v, %v", d, err)
				}
			})
		}
	}
}

// The usual places where a link, or a variable, makes them one.
func TestUsualPlacesThatAreOne(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the variables are those of Linux")
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("XDG_STATE_HOME", "")
	w := newWorld(t)
	fatal(t, os.MkdirAll(filepath.Join(home, ".config"), 0o700))
	fatal(t, os.MkdirAll(filepath.Join(home, ".local"), 0o700))
	fatal(t, os.Symlink("../.config", filepath.Join(home, ".local", "state")))
	c := w.open()
	places, err := usualPlaces(c.Profile().UID)
	fatal(t, err)
	own := places[:2]
	have := c.distinct(own)
	if len(have) != 2 || have[0].dir != own[0].dir || have[1].dir != filepath.Join(own[0].dir, "second") {
		t.Errorf("the places are %v", have)
	}
	shared := place{dir: own[1].dir, shared: true}
	if have := c.distinct([]place{own[0], {dir: filepath.Join(home, "other")}, shared}); len(have) != 2 || have[1].shared {
		t.Errorf("the machine's folder is the user's: %v", have)
	}
}

// Lock files that are one, although the folders are two.
func TestLocksThatAreOne(t *testing.T) {
	w := newWorld(t)
	uid := w.licensed().Profile().UID
	places := placesBelow(w.dir, uid)
	fatal(t, os.Remove(filepath.Join(places[0].dir, lockFile)))
	if err := os.Link(filepath.Join(places[1].dir, lockFile), filepath.Join(places[0].dir, lockFile)); err != nil {
		t.Skip(err)
	}
	w.activate(w.open(), 1, protectortest.Answer{}) // a lock that is waited for is not had
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// After something was given back every copy is the newest one: nothing is repaired,
// by no client and in no number of places.
func TestNothingToRepairAfterGivingBack(t *testing.T) {
	for _, shared := range []bool{false, true} {
		w := newWorld(t)
		config := w.config()
		uid := w.vendor.Profile.UID
		config.places = placesBelow(w.dir, uid)
		if shared {
			config.places = append(config.places, place{dir: filepath.Join(w.dir, "shared", uid.String()), shared: true})
		}
		open := func() *Client {
			c, err := Open(config)
			fatal(t, err)
			return c
		}
		before := open()
		_, err := before.EnterSerial(w.serial)
		fatal(t, err)
		quiet := func(when string) {
			t.Helper()
			for _, c := range []*Client{before, open(), open()} {
				if s := w.status(c); len(s.Notes) != 0 {
					t.Errorf("%s: noted %v", when, s.Notes)
				}
			}
		}
		w.activate(open(), 1, protectortest.Answer{})
		w.activate(open(), 5, protectortest.Answer{Parameter: 1})
		quiet("activated")
		in, err := open().CheckIn(0, yes)
		fatal(t, err)
		_, err = w.vendor.Confirm(in.Code)
		fatal(t, err)
		quiet("checked in")
		for range 2 {
			d := w.deactivate(open())
			quiet("deactivated")
			_, err = w.vendor.Confirm(d)
			fatal(t, err)
			w.now = w.now.Add(2 * time.Hour)
			quiet("deactivated, later")
			w.activate(open(), 3, protectortest.Answer{})
			quiet("reactivated")
		}
	}
}
