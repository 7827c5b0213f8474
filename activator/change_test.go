package activator_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// A license is revoked and restored from the one state that each leads out of; a refund is for good, whatever an
// operator says.
func TestStandingChanges(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	for _, c := range []struct {
		kind  activator.ChangeKind
		want  string // failed checks
		state string
	}{
		{activator.RestoreLicense, "standing", journal.Live},
		{activator.RevokeLicense, "", journal.Revoked},
		{activator.RevokeLicense, "standing", journal.Revoked},
		{activator.RestoreLicense, "", journal.Live},
		{activator.RefundLicense, "", journal.Refunded},
		{activator.RevokeLicense, "standing", journal.Refunded},
		{activator.RestoreLicense, "standing", journal.Refunded},
	} {
		out := o.change(l, activator.Change{Kind: c.kind, Reason: "r", Reference: "R", Override: "he insists"})
		if have := failed(out); have != c.want || out.License.State != c.state {
			t.Fatalf("%s: have %q failed, license %s, want %q, %s", c.kind, have, out.License.State, c.want, c.state)
		}
	}
}

// Seats go down to the highest that is taken, and not below.
func TestSeatsInUseAreNotTakenAway(t *testing.T) {
	o := newOffice(t)
	l := o.license(3)
	var ms []*machine
	for fp := range codes.Fingerprint(3) {
		m := o.machine(l, 7+fp)
		m.activate(defRelease, activator.Decision{})
		ms = append(ms, m)
	}
	o.submit(ms[0].deactivate(2, 0), activator.Decision{}) // seats 2 and 3 stay
	for _, c := range []struct {
		seats int
		want  string
	}{{1, "seat"}, {2, "seat"}, {3, ""}} {
		if have := failed(o.change(l, activator.Change{Kind: activator.AmendLicense, Seats: &c.seats, Reason: "r", Override: "please"})); have != c.want {
			t.Errorf("%d seats: have %q failed, want %q", c.seats, have, c.want)
		}
	}
	// A seat beyond the bought ones, by an operator's word, does not hold them up.
	o.machine(l, 20).activate(defRelease, activator.Decision{})
	o.machine(l, 21).activate(defRelease, activator.Decision{Override: "a fourth one"})
	three := 3
	if have := failed(o.change(l, activator.Change{Kind: activator.AmendLicense, Seats: &three, Reason: "r"})); have != "" {
		t.Errorf("3 seats beside one by override: have %q failed, want none", have)
	}
}

// What a change says is taken in its bounds or not at all, and changes nothing then.
func TestChangesOutOfBounds(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	before := o.entries()
	seats := func(n int) activator.Change { return activator.Change{Seats: &n} }
	customer := func(s string) activator.Change { return activator.Change{Customer: &s} }
	for name, c := range map[string]activator.Change{
		"no name":         {Kind: activator.NameMachine},
		"a long name":     {Kind: activator.NameMachine, Name: strings.Repeat("x", 201)},
		"no seats":        seats(0),
		"seats below":     seats(-1),
		"seats above":     seats(product.MaxSeats + 1),
		"two lines":       customer("A\nB"),
		"an escape":       customer("A\x1b[31m"),
		"no customer":     customer(""),
		"a long customer": customer(strings.Repeat("x", 201)),
		"not of product":  {Grants: &product.Grants{Definitions: []uint8{200}}},
	} {
		c.License, c.Reason = l.Number, "r"
		if c.Kind == "" {
			c.Kind = activator.AmendLicense
		}
		var usage *activator.UsageError
		if _, err := o.Change(context.Background(), c); !errors.As(err, &usage) {
			t.Errorf("%s: have %v, want a usage error", name, err)
		}
	}
	var unknown *activator.UnknownLicenseError
	if _, err := o.Change(context.Background(), activator.Change{License: l.Number + 77, Kind: activator.RevokeLicense, Reason: "r"}); !errors.As(err, &unknown) {
		t.Errorf("an unknown license: have %v, want it named", err)
	}
	if have := o.entries(); have != before {
		t.Errorf("entries: have %d, want %d", have, before)
	}
}

// The entry of a change says what it was, with the reasons given as one erasable text.
func TestChangesInTheJournal(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	o.machine(l, 7).activate(defRelease, activator.Decision{})
	o.declareGone(l)
	if e := o.newest(journal.KindGone); e.Detail != "gone disk-dead" {
		t.Errorf("machine gone: have detail %q", e.Detail)
	}
	refused := o.change(l, activator.Change{Kind: activator.RefundLicense, Reference: "R"})
	if failed(refused) != "outcome" || refused.Receipt != "" {
		t.Errorf("refund of a machine that is gone: have %q failed, receipt %q, want outcome and none", failed(refused), refused.Receipt)
	}
	first := o.change(l, activator.Change{Kind: activator.RefundLicense, Reference: "R", Reason: "police report", Override: " seen "})
	o.want(first, "ok", "")
	var reasons []string
	for _, p := range o.newest(journal.KindRefund).Personal {
		if p.Field == "reason" {
			reasons = append(reasons, p.Text)
		}
	}
	if len(reasons) != 1 || reasons[0] != "police report; seen" {
		t.Errorf("reasons: have %q, want both as one text", reasons)
	}
	if again := o.change(l, activator.Change{Kind: activator.RefundLicense, Reference: "R"}); first.Receipt == "" || again.Receipt != first.Receipt {
		t.Errorf("receipt of the repeat: have\n%s\nwant\n%s", again.Receipt, first.Receipt)
	}
}

// A name that was refused, or erased, is none.
func TestNamesThatDoNotCount(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(defRelease, activator.Decision{})
	names := func() int {
		have, err := o.MachineNames(context.Background(), l.Number)
		if err != nil {
			t.Fatal(err)
		}
		return len(have)
	}
	stranger := codes.Fingerprint(99)
	o.want(o.change(l, activator.Change{Kind: activator.NameMachine, Name: "RIP room", Fingerprint: &stranger}), "refused", "")
	if names() != 0 {
		t.Error("a name that was refused counts")
	}
	o.want(o.change(l, activator.Change{Kind: activator.NameMachine, Name: "RIP room"}), "ok", "")
	if names() != 1 {
		t.Error("the name does not count")
	}
	if _, err := o.Erase(context.Background(), activator.Erasure{License: l.Number, Reason: "asked for"}); err != nil {
		t.Fatal(err)
	}
	if names() != 0 {
		t.Error("a name that was erased counts")
	}
}

// Machines are declared gone within a limit: it counts machines of a time, not their states, and is the product's.
func TestGoneLimitCountsMachines(t *testing.T) {
	o := newOffice(t)
	l := o.license(3)
	gone := func(fp codes.Fingerprint) string {
		return failed(o.change(l, activator.Change{Kind: activator.MachineGone, Reason: "lost", Fingerprint: &fp}))
	}
	for fp := range codes.Fingerprint(3) {
		m := o.machine(l, 7+fp)
		m.activate(defRelease, activator.Decision{})
		m.activate(defFeature, activator.Decision{}) // two states of one machine
	}
	if have := failed(o.change(l, activator.Change{Kind: activator.MachineGone, Reason: "lost", Override: "any"})); have != "seat" {
		t.Errorf("one of three, unnamed: have %q failed, want seat", have)
	}
	for _, c := range []struct {
		name string
		fp   codes.Fingerprint
		want string
	}{{"a stranger", 99, "seat"}, {"the first", 7, ""}, {"the second", 8, ""}, {"the third", 9, "limits"}} {
		if have := gone(c.fp); have != c.want {
			t.Errorf("%s: have %q failed, want %q", c.name, have, c.want)
		}
	}
	if have := failed(o.change(l, activator.Change{Kind: activator.MachineGone, Reason: "lost"})); have != "limits" {
		t.Errorf("the only one left: have %q failed, want limits", have)
	}
	o.later(366)
	if have := gone(9); have != "" {
		t.Errorf("the third, a year later: have %q failed, want none", have)
	}
	o.machine(l, 10).activate(defRelease, activator.Decision{})
	file := filepath.Join(o.dir, "products", "press-studio.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte("gone = 2"), []byte("gone = 1"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	o.open()
	if have := gone(10); have != "limits" {
		t.Errorf("one more, by a limit of 1: have %q failed, want limits", have)
	}
}
