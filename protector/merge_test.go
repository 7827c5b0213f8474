package protector

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector/protectortest"
)

// stateFiles lists the files of the state in every place whose names begin with a word.
func (w *world) stateFiles(prefix string) []string {
	w.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "*", w.vendor.Profile.UID.String(), prefix+"*.state"))
	if err != nil || len(files) == 0 {
		w.Fatalf("files %s*.state: have %v, %v, want some", prefix, files, err)
	}
	return files
}

// setBack reports whether the clock counts as set back.
func (w *world) setBack(c *Client) bool {
	return slices.ContainsFunc(w.status(c).Notes, func(n Note) bool { return n.Reason == ReasonClockSetBack })
}

// A recovery under one license sets the clock for all: neither the record of another
// license brings the wrong time back, nor a machine's record from before.
func TestRecoveredClockOfTwoLicenses(t *testing.T) {
	w := newWorld(t)
	second := w.vendor.Vouch(0x00abcdef).Code().String()
	w.profile = w.vendor.Export()
	w.licensed()
	w.now = future
	c := w.open()
	for _, serial := range []string{second, w.serial} { // both have seen 2031
		if _, err := c.EnterSerial(serial); err != nil {
			t.Fatal(err)
		}
	}
	before := map[string][]byte{}
	for _, name := range w.stateFiles("machine") {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		before[name] = data
	}
	w.now = start
	if c = w.open(); !w.setBack(c) {
		t.Fatal("clock after 2031: have no note, want it set back")
	}
	w.enter(c, w.recovery(c, codes.Code{}, today, 0))
	if c = w.open(); w.setBack(c) {
		t.Fatal("clock after the recovery: have it set back, want it right")
	}
	for name, data := range before { // the machine's record from before the recovery
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if c = w.open(); w.setBack(c) {
		t.Fatal("clock with the machine's record of 2031: have it set back, want the license's recovery to count")
	}
	for _, name := range w.stateFiles("machine") {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if c = w.open(); w.setBack(c) {
		t.Fatal("clock without the machine's record: have it set back, want the recovery to count")
	}
	if _, err := c.EnterSerial(second); err != nil {
		t.Fatal(err)
	}
	if w.setBack(w.open()) {
		t.Fatal("clock under the other license: have it set back, want the recovery to count")
	}
}

// Whoever deletes the machine's record keeps the trial that began, while anything else of
// the state is left: another license's record, or what is kept for a recovery.
func TestTrialOutlastsPartialWipe(t *testing.T) {
	for _, keep := range []string{"recover-", "license-00abcdef", "license-00123456"} {
		w := tried(t, product.Trial{Days: 14, Runs: 2})
		second := w.vendor.Vouch(0x00abcdef).Code().String()
		w.profile = w.vendor.Export()
		c := w.licensed()
		w.end(w.begin(c))
		if _, err := c.EnterSerial(second); err != nil {
			t.Fatal(err)
		}
		w.request(c, protectortest.Recover)
		if _, err := c.EnterSerial(w.serial); err != nil {
			t.Fatal(err)
		}
		w.now = start.Add(10 * oneDay)
		for _, name := range w.stateFiles("") {
			if !strings.HasPrefix(filepath.Base(name), keep) {
				if err := os.Remove(name); err != nil {
					t.Fatal(err)
				}
			}
		}
		if s := w.status(w.open()); s.Trial.Days != 4 || s.Trial.Runs != 1 {
			t.Errorf("with %s left: have %d days and %d starts (%s), want 4 and 1", keep, s.Trial.Days, s.Trial.Runs, s.Trial.Reason)
		}
	}
}
