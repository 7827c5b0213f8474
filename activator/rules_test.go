package activator_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// failed names the checks of an outcome that failed.
func failed(out *activator.Outcome) string {
	var names []string
	for _, c := range out.Checks {
		if c.Result == activator.Failed {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, ",")
}

func TestRefusals(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	ctx := context.Background()
	active := o.machine(l, 7)
	active.activate(1, activator.Decision{})
	grants := product.Grants{Definitions: []uint8{1}, Release: 3}
	ls, err := o.Register(ctx, activator.Order{Product: "press-studio", Customer: "Small Shop", Seats: 5, Grants: &grants})
	if err != nil {
		t.Fatal(err)
	}
	small := o.machine(&ls[0], 9)
	old := small.copied()
	old.release = 3
	small3 := old.copied()
	small3.fp = 10
	small3.activate(1, activator.Decision{})

	forged := active.statement(codes.KindRequest, 1, 0)
	forged.Tag ^= 1
	unknown := active.statement(codes.KindRequest, 1, 0)
	unknown.License ^= 0x00ffff
	undefined := active.copied()
	undefined.types = map[uint8]product.Type{99: product.Release}
	deactivated := active.copied()
	deactivated.deactivate(2, 0)
	five := uint32(5)

	for _, c := range []struct {
		name  string
		code  codes.Code
		d     activator.Decision
		want  string // failed checks
		state string
	}{
		{"forged tag", forged.Code(), activator.Decision{}, "genuine", "not genuine"},
		{"unknown license", unknown.Code(), activator.Decision{}, "license", ""},
		{"unknown definition", undefined.statement(codes.KindRequest, 99, 0).Code(), activator.Decision{}, "definition", ""},
		{"no seat", o.machine(l, 8).request(1), activator.Decision{}, "seat", "current"},
		{"serial in the wrong place", l.Serial, activator.Decision{}, "form", ""},
		{"state never read here", deactivated.request(3), activator.Decision{}, "genuine", "not genuine"},
		{"reactivate while active", active.request(3), activator.Decision{}, "state", "current"},
		{"deactivate asked for as a request", active.request(2), activator.Decision{}, "granted", "current"},
		{"not granted", small3.request(4), activator.Decision{}, "granted", "current"},
		{"release not covered", small.request(1), activator.Decision{}, "release", "current"},
		{"confirmation never activated", o.machine(l, 11).deactivate(2, 0), activator.Decision{}, "state,pre-conditions", "current"},
		{"outcome not complete", active.copied().deactivate(2, 1), activator.Decision{}, "outcome", "current"},
		{"outcome of a newer version", active.copied().deactivate(2, 77), activator.Decision{Override: "x"}, "outcome", "current"},
		{"kind not wanted", active.request(4), activator.Decision{Want: []codes.Kind{codes.KindConfirmation}}, "form", "current"},
		{"not a definition", active.request(4), activator.Decision{As: 200}, "granted", "current"},
		{"granting a deactivation", active.request(4), activator.Decision{As: 2}, "granted", "current"},
		{"override does not reach hard checks", forged.Code(), activator.Decision{Override: "trust me"}, "genuine", "not genuine"},
		{"more bits than granted", small3.request(4), activator.Decision{Parameter: &five}, "granted", "current"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := o.entries()
			r, err := o.Read(ctx, c.code.String(), c.d)
			if err != nil {
				t.Fatal(err)
			}
			if c.code != l.Serial && r.Verdict != journal.Refused {
				t.Errorf("read: have verdict %s, want refused", r.Verdict)
			}
			if have, want := o.entries(), before; have != want {
				t.Fatalf("entries after read: have %d, want %d", have, want)
			}
			out := o.submit(c.code, c.d)
			o.want(out, "refused", "")
			if have := failed(out); have != c.want {
				t.Fatalf("failed checks: have %q, want %q\n%s", have, c.want, listChecks(out))
			}
			if have := string(out.State); have != c.state {
				t.Fatalf("state: have %q, want %q", have, c.state)
			}
			if !out.Answer.IsZero() || out.Receipt != "" {
				t.Fatal("a refusal gave something away")
			}
			if out.Reason == "" {
				t.Fatal("a refusal without a sentence")
			}
			if have, want := o.entries(), before+1; have != want {
				t.Fatalf("entries after a refusal: have %d, want %d", have, want)
			}
		})
	}
	if _, err := o.Verify(ctx); err != nil {
		t.Fatal(err)
	}
}

// entries counts the journal.
func (o *office) entries() (n int) {
	o.t.Helper()
	for _, err := range o.Entries(context.Background(), journal.Query{}) {
		if err != nil {
			o.t.Fatal(err)
		}
		n++
	}
	return n
}

func TestOverrides(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	o.machine(l, 7).activate(1, activator.Decision{})
	second := o.machine(l, 8)
	r := second.request(1)
	o.want(o.submit(r, activator.Decision{}), "refused", "current")
	clerk := o.desk.Session(activator.Operator{Name: "ben", Only: []activator.Action{activator.ActRead, activator.ActIssue, activator.ActConfirm}}, "test")
	_, err := clerk.Submit(context.Background(), r.String(), activator.Decision{Override: "he is nice"})
	var forbidden *activator.ForbiddenError
	if !errors.As(err, &forbidden) || forbidden.Action != activator.ActOverride {
		t.Fatalf("clerk's override: have %v, want a ForbiddenError for override", err)
	}
	out := o.submit(r, activator.Decision{Override: "moved, the old machine is being wiped"})
	o.want(out, "ok", "current")
	second.enter(r, out.Answer, 1)
	e, err := o.Entry(context.Background(), out.Entry)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Personal) != 1 || e.Personal[0].Field != "reason" || e.Personal[0].Text != "moved, the old machine is being wiped" {
		t.Fatalf("reason in the journal: have %+v", e.Personal)
	}
	o.want(o.submit(second.deactivate(2, 0), activator.Decision{}), "ok", "current")
}

func TestAnswers(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	r := m.request(1)
	first := o.submit(r, activator.Decision{})
	if have, want := first.Day.String(), "2026-12-02"; have != want {
		t.Fatalf("last day: have %s, want %s", have, want)
	}
	o.later(10)
	o.want(o.submit(r, activator.Decision{}), "repeat", "") // holds until noon of the next day
	o.later(2)
	renewed := o.submit(r, activator.Decision{})
	o.want(renewed, "ok", "current")
	if renewed.Answer == first.Answer || renewed.Revision != 2 {
		t.Fatalf("renewal: have %v revision %d, want another code, revision 2", renewed.Answer, renewed.Revision)
	}
	feature := uint8(4)
	o.want(o.submit(r, activator.Decision{As: feature}), "refused", "")
	value := uint32(3)
	shorter := 3
	o.want(o.submit(r, activator.Decision{ShelfLife: &shorter}), "refused", "")
	corrected := o.submit(r, activator.Decision{As: feature, Parameter: &value, Correct: "wrong menu item"})
	o.want(corrected, "ok", "current")
	if corrected.Revision != 3 || corrected.Granted.ID != feature || corrected.Value != 3 {
		t.Fatalf("correction: have revision %d of %d, value %d", corrected.Revision, corrected.Granted.ID, corrected.Value)
	}
	m.key = m.lk
	m.enter(r, corrected.Answer, feature)
	o.want(o.submit(m.request(4), activator.Decision{}), "ok", "current")
	o.want(o.submit(r, activator.Decision{Correct: "again"}), "refused", "") // it is in use
	zero := 0
	forever := o.submit(m.request(1), activator.Decision{ShelfLife: &zero})
	if forever.Day != 0 {
		t.Fatalf("shelf-life lifted: have %v, want none", forever.Day)
	}
	big, days := uint32(8), 99999
	var usage *activator.UsageError
	if _, err := o.Submit(context.Background(), m.request(4).String(), activator.Decision{Parameter: &big}); !errors.As(err, &usage) {
		t.Fatalf("parameter 8 of 7: have %v, want a usage error", err)
	}
	if _, err := o.Submit(context.Background(), m.request(4).String(), activator.Decision{ShelfLife: &days}); !errors.As(err, &usage) {
		t.Fatalf("shelf-life of %d days: have %v, want a usage error", days, err)
	}
}

func TestGuessBudget(t *testing.T) {
	o := newOffice(t)
	l := o.license(2)
	m := o.machine(l, 7)
	for range 50 {
		s := m.statement(codes.KindRequest, 1, 0)
		s.Tag ^= 0x155
		o.want(o.submit(s.Code(), activator.Decision{}), "refused", "not genuine")
	}
	good := m.request(1)
	if out := o.submit(good, activator.Decision{}); failed(out) != "guesses" {
		t.Fatalf("after 50 guesses: have %q failed, want guesses", failed(out))
	}
	o.want(o.submit(good, activator.Decision{Override: "spoke to the customer"}), "ok", "current")
	o.later(2)
	o.want(o.submit(m.request(1), activator.Decision{}), "ok", "")
}

func TestGone(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	lose := func() *activator.Outcome {
		out, err := o.Change(ctx, activator.Change{License: l.Number, Kind: activator.MachineGone, Reason: "disk dead"})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	o.want(lose(), "ok", "")
	if have, want := failed(lose()), "seat"; have != want {
		t.Fatalf("gone twice: have %q failed, want %q", have, want)
	}
	back := m.copied()
	out := o.submit(back.request(4), activator.Decision{})
	o.want(out, "refused", "gone")

	next := o.machine(l, 8)
	next.activate(1, activator.Decision{})
	late := o.submit(m.deactivate(2, 0), activator.Decision{})
	o.want(late, "ok", "gone") // closes the case, frees no second seat
	o.want(o.submit(o.machine(l, 9).request(1), activator.Decision{}), "refused", "current")
	o.want(lose(), "ok", "")
	o.machine(l, 9).activate(1, activator.Decision{})
	if have, want := failed(lose()), "limits"; have != want {
		t.Fatalf("third machine gone in a year: have %q failed, want %q", have, want)
	}
}

func TestRefund(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	l := o.license(2)
	a, b := o.machine(l, 7), o.machine(l, 8)
	a.activate(1, activator.Decision{})
	b.activate(1, activator.Decision{})
	refund := func(ref, override string) *activator.Outcome {
		out, err := o.Change(ctx, activator.Change{License: l.Number, Kind: activator.RefundLicense, Reference: ref, Override: override})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	both := o.submit(a.deactivate(2, 0), activator.Decision{Refund: "R-1"})
	o.want(both, "ok", "current")
	o.want(both.Refund, "refused", "")
	o.want(refund("R-1", "he insists"), "refused", "") // a seat is taken: no override
	o.want(o.submit(b.deactivate(2, 2), activator.Decision{Reference: "R-1", Override: "card swapped"}), "ok", "current")
	o.want(refund("R-1", ""), "refused", "")
	o.want(refund("R-1", "other hardware, checked by phone"), "ok", "")
	o.want(refund("R-1", ""), "repeat", "")
	o.want(refund("R-2", ""), "refused", "")
	o.want(o.submit(a.request(3), activator.Decision{}), "refused", "given back")
	if _, err := o.Change(ctx, activator.Change{License: l.Number, Kind: activator.RefundLicense}); err == nil {
		t.Fatal("a refund without a reference: have it taken, want a usage error")
	}
	serial, err := o.Read(ctx, l.Serial.String(), activator.Decision{})
	if err != nil || serial.Verdict != journal.Refused || !strings.Contains(serial.Reason, "refunded") {
		t.Fatalf("serial of a refunded license: have %s %q, %v", serial.Verdict, serial.Reason, err)
	}
}

// A backup restored after a deactivation and a reactivation comes from an earlier
// state, and what it says cannot free the seat of the later one.
func TestEarlierStateFreesNoLaterSeat(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	o.machine(l, 7).activate(1, activator.Decision{}) // installed again, a new line
	again := o.machine(l, 7)
	_ = again
	fresh := o.machine(l, 7)
	fresh.activate(1, activator.Decision{})
	o.want(o.submit(fresh.request(4), activator.Decision{}), "ok", "current") // seen in use
	out := o.submit(m.deactivate(2, 0), activator.Decision{})
	o.want(out, "refused", "earlier")
	out = o.submit(m.copied().request(4), activator.Decision{})
	o.want(out, "refused", "")
	if have := o.taken(l); have != 1 {
		t.Fatalf("seats taken: have %d, want 1", have)
	}
}

func (o *office) taken(l *activator.License) int {
	o.t.Helper()
	have, err := o.License(context.Background(), l.Number)
	if err != nil {
		o.t.Fatal(err)
	}
	return have.Taken
}

func TestRegisterIsIdempotentByOrder(t *testing.T) {
	o := newOffice(t)
	ctx := context.Background()
	order := activator.Order{Product: "press-studio", Customer: "Print Shop", Order: "2026-17", Seats: 2}
	a, err := o.Register(ctx, order)
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.Register(ctx, order)
	if err != nil {
		t.Fatal(err)
	}
	if a[0].Number != b[0].Number || a[0].Serial != b[0].Serial || !b[0].Existing {
		t.Fatalf("same order: have license %v, want %v", b[0].Number, a[0].Number)
	}
	order.Seats = 3
	var usage *activator.UsageError
	if _, err := o.Register(ctx, order); !errors.As(err, &usage) {
		t.Fatalf("same order with other seats: have %v, want a usage error", err)
	}
	before := o.entries()
	_, err = o.Register(ctx, activator.Order{Product: "press-studio", Customer: "A", Order: "1"}, activator.Order{Product: "nothing", Customer: "B"})
	if err == nil || o.entries() != before {
		t.Fatalf("one bad order of two: have %v and %d new entries, want an error and none", err, o.entries()-before)
	}
}

func TestBlankTextsAreNoReasons(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	r := o.machine(l, 7).request(1)
	var usage *activator.UsageError
	for _, d := range []activator.Decision{{Override: " "}, {Correct: "\t"}, {Reference: "\n"}, {Refund: " "}} {
		if _, err := o.Submit(context.Background(), r.String(), d); !errors.As(err, &usage) {
			t.Errorf("%+v: have %v, want a usage error", d, err)
		}
	}
	for _, c := range []activator.Change{
		{Kind: activator.RevokeLicense, Reason: "  "}, {Kind: activator.RefundLicense, Reference: " "}, {Kind: activator.RevokeLicense},
		{Kind: activator.MachineGone, Reason: "x", Cause: "eaten"}, {Kind: activator.NameMachine, Name: " "}, {Kind: activator.AmendLicense, Reason: "x"},
	} {
		c.License = l.Number
		if _, err := o.Change(context.Background(), c); !errors.As(err, &usage) {
			t.Errorf("%+v: have %v, want a usage error", c, err)
		}
	}
}
