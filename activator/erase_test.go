package activator_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

func TestErasure(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	other := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	renamed := "New Print Shop" // the other license's entry stands between the two names
	if _, err := o.Change(t.Context(), activator.Change{License: l.Number, Kind: activator.AmendLicense, Customer: &renamed, Reason: "sold"}); err != nil {
		t.Fatal(err)
	}
	back := o.submit(m.deactivate(2, 0), activator.Decision{Reference: "CASE-1"})
	for _, bad := range []activator.Erasure{
		{Reason: "x"}, {License: l.Number}, {License: l.Number, Customer: "x", Reason: "x"}, {License: l.Number, Reason: " "},
	} {
		if _, err := o.Erase(t.Context(), bad); !errors.As(err, new(*activator.UsageError)) {
			t.Errorf("%+v: have %v, want a *UsageError", bad, err)
		}
	}
	if _, err := o.Erase(t.Context(), activator.Erasure{License: l.Number ^ 1, Reason: "x"}); !errors.As(err, new(*activator.UnknownLicenseError)) {
		t.Errorf("a license that is not there: have %v", err)
	}
	plan, err := o.PlanErasure(t.Context(), activator.Erasure{License: l.Number, Reason: "x"})
	if err != nil || plan.Texts != 4 || plan.Of != 3 || plan.Entries != nil {
		t.Fatalf("plan: have %+v, %v, want 4 texts of 3 entries", plan, err)
	}
	done, err := o.Erase(t.Context(), activator.Erasure{License: l.Number, Reason: "asked"})
	if err != nil || done.Texts != 4 || len(done.Entries) == 0 {
		t.Fatalf("have %+v, %v, want 4 texts", done, err)
	}
	e, err := o.Entry(t.Context(), back.Entry)
	if err != nil || !e.Personal[0].Redacted {
		t.Errorf("have %+v, %v, want the reference erased", e.Personal, err)
	}
	record, err := o.Entry(t.Context(), done.Entries[0])
	if err != nil || record.Kind != journal.KindRedact || strings.Contains(string(record.Leaf(nil)), "CASE-1") || record.License != l.Number {
		t.Errorf("have %+v, %v, want an entry of kind redact without the text", record, err)
	}
	if now, err := o.License(t.Context(), other.Number); err != nil || now.Customer == "" {
		t.Errorf("the other license: have %+v, %v, want its customer", now, err)
	}
	// The reference still counts for its confirmation.
	if again := o.submit(back.Code, activator.Decision{Reference: "CASE-1"}); again.Verdict != journal.Repeat {
		t.Errorf("the same reference after it was erased: have %v, want repeat", again.Verdict)
	}
	if again := o.submit(back.Code, activator.Decision{Reference: "CASE-2"}); again.Verdict != journal.Refused {
		t.Errorf("another reference after it was erased: have %v, want refused", again.Verdict)
	}
	if again, err := o.Erase(t.Context(), activator.Erasure{Before: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), Reason: "all"}); err != nil || again.Texts == 0 {
		t.Errorf("everything: have %+v, %v", again, err)
	}
	for e, err := range o.Entries(t.Context(), journal.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(e.Personal, func(p journal.Personal) bool { return !p.Redacted && p.Text != "all" }); i >= 0 {
			t.Errorf("entry %v: have %q, want it erased", e.ID, e.Personal[i].Text)
		}
	}
	if _, err := o.Verify(t.Context()); err != nil {
		t.Errorf("verify: %v", err)
	}
}

func TestReceiptOfAnEntry(t *testing.T) {
	o := newOffice(t)
	l := o.license(1)
	m := o.machine(l, 7)
	m.activate(1, activator.Decision{})
	back := o.submit(m.deactivate(2, 0), activator.Decision{Refund: "CREDIT-1"})
	if back.Refund == nil || !strings.Contains(back.Refund.Receipt, "CREDIT-1") || !strings.Contains(back.Refund.Receipt, "License refunded") {
		t.Fatalf("refund: have %+v, want a receipt", back.Refund)
	}
	closed, err := o.Receipt(t.Context(), back.Refund.Entry)
	if err != nil || strings.Contains(closed.Text, "CREDIT-1") || len(closed.Proof.Personal) != 0 {
		t.Errorf("without the reference: have %+v, %v", closed, err)
	}
	open, err := o.Receipt(t.Context(), back.Refund.Entry, "reference")
	if err != nil || !strings.Contains(open.Text, "CREDIT-1") || len(open.Proof.Personal) != 1 {
		t.Errorf("with the reference: have %+v, %v", open, err)
	}
	again := o.submit(back.Code, activator.Decision{Reference: "CREDIT-1"})
	if r, err := o.Receipt(t.Context(), again.Entry); again.Verdict != journal.Repeat || err != nil || r.Entry.ID != back.Entry {
		t.Errorf("of a repeat: have %v, %v, want the receipt of entry %v", r, err, back.Entry)
	}
	if _, err := o.Receipt(t.Context(), 0); !errors.As(err, new(*activator.UsageError)) {
		t.Errorf("of the first entry: have %v, want a *UsageError", err)
	}
	if _, err := o.Prove(t.Context(), back.Entry, "customer"); !errors.As(err, new(*activator.UsageError)) {
		t.Errorf("a text that is not there: have %v, want a *UsageError", err)
	}
}
