package activator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// defFonts is what addFonts adds.
const defFonts = 20

// addFonts gives the sample product a feature whose answer is reusable.
func (o *office) addFonts() {
	o.t.Helper()
	file := filepath.Join(o.dir, "products", "press-studio.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		o.t.Fatal(err)
	}
	text = append(text, "\n[[definition]]\nid = 20\ntype = \"feature\"\nname = \"Fonts\"\nreusable = true\n"...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		o.t.Fatal(err)
	}
	o.open()
}

// What a refund makes of answers that are out beside an activation that was given back. One that may be in use
// stands against it, whether or not a seat does too; one that makes nothing active by itself, or goes with its
// machine, does not.
func TestRefundWithAnswersOut(t *testing.T) {
	for _, test := range []struct {
		name string
		out  func(o *office, l *activator.License, m *machine)
		want string
	}{
		{"none", func(*office, *activator.License, *machine) {}, ""},
		{"to another machine", func(o *office, l *activator.License, _ *machine) {
			o.machine(l, 9).activate(defRelease, activator.Decision{})
		}, "seat,outcome"},
		{"to another machine, declared gone", func(o *office, l *activator.License, _ *machine) {
			o.machine(l, 9).activate(defRelease, activator.Decision{})
			other := codes.Fingerprint(9)
			o.want(o.change(l, activator.Change{Kind: activator.MachineGone, Reason: "lost", Fingerprint: &other}), "ok", "")
		}, "outcome"},
		{"to the same machine, installed anew", func(o *office, l *activator.License, m *machine) {
			o.submit(o.machine(l, m.fp).request(defFeature), activator.Decision{})
		}, "outcome"},
		{"for a feature, never typed: the give-back dropped its request", func(o *office, _ *activator.License, m *machine) {
			o.submit(m.request(defFeature), activator.Decision{})
		}, ""},
		{"for a feature, typed", func(_ *office, _ *activator.License, m *machine) { m.activate(defFeature, activator.Decision{}) }, ""},
		{"reusable", func(_ *office, _ *activator.License, m *machine) {
			m.o.want(m.o.submit(m.request(defFonts), activator.Decision{}), "ok", "current")
		}, ""},
		{"a recovery", func(_ *office, _ *activator.License, m *machine) {
			lost := m.copied()
			lost.key = m.lk // a recovery is asked for under the license key
			m.o.want(m.o.submit(lost.request(defRecover), activator.Decision{}), "ok", "")
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t)
			o.addFonts()
			l := o.license(2)
			m := o.machine(l, 7)
			m.activate(defRelease, activator.Decision{})
			test.out(o, l, m)
			o.submit(m.deactivate(2, 0), activator.Decision{Reference: "R-1"})
			if out := o.change(l, activator.Change{Kind: activator.RefundLicense, Reference: "R"}); failed(out) != test.want {
				t.Errorf("refund: have %q failed, want %q\n%s", failed(out), test.want, listChecks(out))
			}
		})
	}
}

// What a refund says where no machine gave anything back.
func TestRefundWithoutGiveBack(t *testing.T) {
	for _, test := range []struct {
		name   string
		before func(o *office, l *activator.License)
		failed string
		want   string // in what the check says
	}{
		{"never activated", func(*office, *activator.License) {}, "", "was never activated"},
		{"a recovery alone: something ran there", func(o *office, l *activator.License) {
			o.want(o.submit(o.machine(l, 7).request(defRecover), activator.Decision{}), "ok", "current")
		}, "outcome", "none has given back"},
		{"declared gone", func(o *office, l *activator.License) {
			o.machine(l, 7).activate(defRelease, activator.Decision{})
			o.declareGone(l)
		}, "outcome", "declared gone"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t)
			l := o.license(1)
			test.before(o, l)
			out := o.change(l, activator.Change{Kind: activator.RefundLicense, Reference: "R"})
			if failed(out) != test.failed || !strings.Contains(listChecks(out), test.want) {
				t.Errorf("refund: have %q failed, want %q and %q\n%s", failed(out), test.failed, test.want, listChecks(out))
			}
		})
	}
}
