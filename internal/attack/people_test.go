package attack

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Actions are all that an operator may or may not do.
var actions = []activator.Action{
	activator.ActRead, activator.ActIssue, activator.ActConfirm, activator.ActOverride, activator.ActRegister,
	activator.ActChange, activator.ActRefund, activator.ActGone, activator.ActExport, activator.ActKeys, activator.ActErase, activator.ActMerge,
}

// open are the methods of a session that need no right: they tell what is in files that
// the operator reads anyway, or work on what another method gave.
var open = []string{"BrokenProducts", "Desk", "KeysRevoked", "Products", "Reply", "ReplyLanguages"}

// An agent at the desk has every right but one, and tries just that one, through each
// door. The session asks before anything is done, and nothing is recorded.
func TestAgentWithoutTheRight(t *testing.T) {
	v := newVendor(t, nil)
	ctx := context.Background()
	l := v.sell(studio, 1)
	p := v.licensed(l, 1)
	p.activate(release)
	r := p.request(feature).String()
	d := p.deactivate().String()
	tries := map[activator.Action][]func(*activator.Session) error{}
	tried := map[string]bool{}
	try := func(action activator.Action, method string, do func(*activator.Session) error) {
		tries[action] = append(tries[action], do)
		tried[method] = true
	}
	change := func(action activator.Action, c activator.Change) {
		c.License = l.Number
		try(action, "Change", func(s *activator.Session) error { _, err := s.Change(ctx, c); return err })
	}
	submit := func(action activator.Action, text string, d activator.Decision) {
		try(action, "Submit", func(s *activator.Session) error { _, err := s.Submit(ctx, text, d); return err })
	}
	submit(activator.ActIssue, r, activator.Decision{})
	submit(activator.ActIssue, r, activator.Decision{Want: []codes.Kind{codes.KindRequest}})
	submit(activator.ActConfirm, d, activator.Decision{})
	submit(activator.ActConfirm, d, activator.Decision{Want: []codes.Kind{codes.KindConfirmation}})
	submit(activator.ActOverride, r, activator.Decision{Override: "he is nice"})
	submit(activator.ActRefund, d, activator.Decision{Refund: "R"})
	change(activator.ActOverride, activator.Change{Kind: activator.RefundLicense, Reference: "R", Override: "he is nice"})
	change(activator.ActRefund, activator.Change{Kind: activator.RefundLicense, Reference: "R"})
	change(activator.ActGone, activator.Change{Kind: activator.MachineGone, Reason: "lost"})
	seats := 9
	change(activator.ActChange, activator.Change{Kind: activator.AmendLicense, Seats: &seats, Reason: "more"})
	change(activator.ActChange, activator.Change{Kind: activator.RevokeLicense, Reason: "away"})
	change(activator.ActChange, activator.Change{Kind: activator.RestoreLicense, Reason: "again"})
	change(activator.ActChange, activator.Change{Kind: activator.NameMachine, Name: "mine"})

	read := activator.ActRead
	try(read, "Read", func(s *activator.Session) error { _, err := s.Read(ctx, r, activator.Decision{}); return err })
	try(read, "License", func(s *activator.Session) error { _, err := s.License(ctx, l.Number); return err })
	try(read, "Machines", func(s *activator.Session) error { _, err := s.Machines(ctx, l.Number); return err })
	try(read, "MachineNames", func(s *activator.Session) error { _, err := s.MachineNames(ctx, l.Number); return err })
	try(read, "Head", func(s *activator.Session) error { _, err := s.Head(ctx); return err })
	try(read, "Entry", func(s *activator.Session) error { _, err := s.Entry(ctx, 1); return err })
	try(read, "Verify", func(s *activator.Session) error { _, err := s.Verify(ctx); return err })
	try(read, "Prove", func(s *activator.Session) error { _, err := s.Prove(ctx, 1); return err })
	try(read, "ProveConsistency", func(s *activator.Session) error { _, err := s.ProveConsistency(ctx, journal.Head{}); return err })
	try(read, "Receipt", func(s *activator.Session) error { _, err := s.Receipt(ctx, 1); return err })
	try(read, "BatchState", func(s *activator.Session) error { _, err := s.BatchState(ctx, "orders"); return err })
	try(read, "Entries", func(s *activator.Session) error { return first(s.Entries(ctx, journal.Query{})) })
	try(read, "Collisions", func(s *activator.Session) error { return first(s.Collisions(ctx, 0)) })
	try(read, "Brought", func(s *activator.Session) error { _, err := s.Brought(ctx, &journal.Entry{}); return err })
	try(read, "DesksApart", func(s *activator.Session) error { _, err := s.DesksApart(ctx); return err })
	try(read, "Licenses", func(s *activator.Session) error { return first(s.Licenses(ctx, journal.LicenseQuery{})) })

	order := activator.Order{Product: studio, Customer: "myself"}
	try(activator.ActRegister, "Register", func(s *activator.Session) error { _, err := s.Register(ctx, order); return err })
	try(activator.ActRegister, "CheckOrders", func(s *activator.Session) error { _, err := s.CheckOrders(ctx, order); return err })
	try(activator.ActRegister, "Recover", func(s *activator.Session) error { _, err := s.Recover(ctx, l.Serial, order); return err })
	try(activator.ActRegister, "Serial", func(s *activator.Session) error { _, err := s.Serial(l); return err })
	try(activator.ActRegister, "LicenseFile", func(s *activator.Session) error { _, err := s.LicenseFile(l); return err })
	for _, action := range []activator.Action{activator.ActRegister, activator.ActChange} {
		try(action, "Reissue", func(s *activator.Session) error { _, err := s.Reissue(ctx, l.Number, "leaked"); return err })
	}
	row := func(yield func(activator.Row, error) bool) { yield(activator.Row{Line: 1, Text: r}, nil) }
	for _, action := range []activator.Action{activator.ActIssue, activator.ActConfirm} {
		try(action, "Batch", func(s *activator.Session) error {
			return first(s.Batch(ctx, row, activator.BatchOptions{Name: "orders"}))
		})
		try(action, "EndBatch", func(s *activator.Session) error { return s.EndBatch(ctx, "orders", activator.BatchTotals{}) })
	}
	try(activator.ActExport, "Export", func(s *activator.Session) error { _, _, err := s.Export(ctx, studio); return err })
	try(activator.ActExport, "Backup", func(s *activator.Session) error { return s.Backup(ctx, filepath.Join(t.TempDir(), "backup"), 10) })
	try(activator.ActExport, "MoveJournal", func(s *activator.Session) error {
		_, err := s.MoveJournal(ctx, filepath.Join(t.TempDir(), "journal.db"))
		return err
	})
	try(activator.ActKeys, "RotateKeys", func(s *activator.Session) error { _, err := s.RotateKeys(ctx, "mine now"); return err })
	try(activator.ActKeys, "RevokeEpoch", func(s *activator.Session) error { _, err := s.RevokeEpoch(ctx, 0, "mine now"); return err })
	try(activator.ActKeys, "ChangePassphrase", func(s *activator.Session) error {
		_, err := s.ChangePassphrase(ctx, []byte("another passphrase"), 10)
		return err
	})
	try(activator.ActKeys, "BackupKeys", func(s *activator.Session) error {
		_, err := s.BackupKeys(ctx, 1, 1, func(*activator.KeyShares) error { return nil })
		return err
	})
	try(activator.ActKeys, "AdoptKeys", func(s *activator.Session) error { _, err := s.AdoptKeys(ctx, "missing"); return err })
	try(read, "KeyBackups", func(s *activator.Session) error { _, err := s.KeyBackups(ctx); return err })
	erase := activator.Erasure{License: l.Number, Reason: "to hide it"}
	try(activator.ActMerge, "Merge", func(s *activator.Session) error { _, err := s.Merge(ctx, "missing"); return err })
	try(activator.ActErase, "Erase", func(s *activator.Session) error { _, err := s.Erase(ctx, erase); return err })
	try(activator.ActErase, "PlanErasure", func(s *activator.Session) error { _, err := s.PlanErasure(ctx, erase); return err })

	before, err := v.Head(ctx)
	v.must(err)
	for _, action := range actions {
		rest := slices.DeleteFunc(slices.Clone(actions), func(a activator.Action) bool { return a == action })
		agent := v.desk.Session(activator.Operator{Name: "mallory", Only: rest}, "test")
		if len(tries[action]) == 0 {
			t.Errorf("%s: have no try, want one for each action", action)
		}
		for i, do := range tries[action] {
			var forbidden *activator.ForbiddenError
			if err := do(agent); !errors.As(err, &forbidden) || forbidden.Action != action {
				t.Errorf("%s, try %d: have %v, want it forbidden", action, i, err)
			}
		}
	}
	if after, err := v.Head(ctx); err != nil || after.Size != before.Size {
		t.Errorf("entries: have %d (%v), want %d still", after.Size, err, before.Size)
	}
	for m := range reflect.TypeFor[*activator.Session]().Methods() {
		if !tried[m.Name] && !slices.Contains(open, m.Name) {
			t.Errorf("Session.%s: have no try without the right for it, want one", m.Name)
		}
	}
}

// first is the error of a listing.
func first[T any](seq func(func(T, error) bool)) (err error) {
	for _, err = range seq {
		return err
	}
	return nil
}

// An agent grants a friend what was not bought, or a seat too many, with an invented
// reason. He may; but it stands in the journal as overridden, under his name, with his
// words, and the license shows it.
func TestAgentWithAnInventedReason(t *testing.T) {
	v := newVendor(t, nil)
	ctx := context.Background()
	l := v.sell(studio, 1)
	v.licensed(l, 1).activate(release)
	friend := v.licensed(l, 2)
	mallory := v.desk.Session(activator.Operator{Name: "mallory"}, "test")
	for _, blank := range []string{" ", "\t\n", "\u00a0"} {
		var usage *activator.UsageError
		if _, err := mallory.Submit(ctx, friend.request(release).String(), activator.Decision{Override: blank}); !errors.As(err, &usage) {
			t.Errorf("reason %q: have %v, want a usage error", blank, err)
		}
	}
	out, err := mallory.Submit(ctx, friend.request(release).String(), activator.Decision{Override: "his aunt asked"})
	v.must(err)
	friend.enter(out.Answer)
	e, err := v.Entry(ctx, out.Entry)
	v.must(err)
	overridden := slices.ContainsFunc(e.Checks, func(c journal.Check) bool { return c.Result == string(activator.Overridden) && c.Name == "seat" })
	if !overridden || e.Operator != "mallory" || len(e.Personal) != 1 || e.Personal[0].Text != "his aunt asked" {
		t.Errorf("entry: have operator %q, personal %+v, checks %+v; want mallory's words and the seat overridden", e.Operator, e.Personal, e.Checks)
	}
}

// An agent types a customer's serial number where a request belongs, as it is, in
// digits, in a mail, with a slip, and reads the journal later, or sends it to somebody:
// it holds the license's number, and not the key that the serial number carries.
func TestSerialInTheJournal(t *testing.T) {
	v := newVendor(t, nil)
	ctx := context.Background()
	l := v.sell(studio, 1)
	letters, digits := l.Serial.String(), l.Serial.Digits()
	slip := letters[:9] + "?" + letters[10:]
	for _, text := range []string{letters, digits, withoutDashes(l.Serial), "Dear Sir,\nmy serial is " + letters + ", please help.\n", slip, "it is " + slip} {
		if out := v.submit(text, activator.Decision{}); !out.Answer.IsZero() {
			t.Errorf("%q: have an answer, want none", text)
		}
	}
	entries := 0
	for e, err := range v.Entries(ctx, journal.Query{}) {
		v.must(err)
		entries++
		kept := string(e.Leaf(nil))
		for _, p := range e.Personal {
			kept += "\n" + p.Text
		}
		for _, secret := range []string{letters[14:20], letters[21:27], digits[21:27], digits[28:34], withoutDashes(l.Serial)[14:24]} {
			if strings.Contains(kept, secret) {
				t.Errorf("entry %v: have %q of the serial number in it:\n%s", e.ID, secret, kept)
			}
		}
	}
	if entries < 8 {
		t.Errorf("have %d entries, want what was typed among them", entries)
	}
}
