package attack

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// Actions are all that an operator may or may not do.
var actions = []activator.Action{
	activator.ActRead, activator.ActIssue, activator.ActConfirm, activator.ActOverride, activator.ActRegister,
	activator.ActChange, activator.ActRefund, activator.ActGone, activator.ActExport,
}

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
	change := func(c activator.Change) func(*activator.Session) error {
		c.License = l.Number
		return func(s *activator.Session) error { _, err := s.Change(ctx, c); return err }
	}
	submit := func(text string, d activator.Decision) func(*activator.Session) error {
		return func(s *activator.Session) error { _, err := s.Submit(ctx, text, d); return err }
	}
	seats := 9
	tries := map[activator.Action][]func(*activator.Session) error{
		activator.ActRead: {
			func(s *activator.Session) error { _, err := s.Read(ctx, r, activator.Decision{}); return err },
			func(s *activator.Session) error { _, err := s.License(ctx, l.Number); return err },
			func(s *activator.Session) error { _, err := s.Machines(ctx, l.Number); return err },
			func(s *activator.Session) error { _, err := s.MachineNames(ctx, l.Number); return err },
			func(s *activator.Session) error { _, err := s.Head(ctx); return err },
			func(s *activator.Session) error { _, err := s.Entry(ctx, 1); return err },
			func(s *activator.Session) error { _, err := s.Verify(ctx); return err },
			func(s *activator.Session) error { return first(s.Entries(ctx, journal.Query{})) },
			func(s *activator.Session) error { return first(s.Licenses(ctx, journal.LicenseQuery{})) },
		},
		activator.ActIssue:    {submit(r, activator.Decision{}), submit(r, activator.Decision{Want: []codes.Kind{codes.KindRequest}})},
		activator.ActConfirm:  {submit(d, activator.Decision{}), submit(d, activator.Decision{Want: []codes.Kind{codes.KindConfirmation}})},
		activator.ActOverride: {submit(r, activator.Decision{Override: "he is nice"}), change(activator.Change{Kind: activator.RefundLicense, Reference: "R", Override: "he is nice"})},
		activator.ActRefund:   {submit(d, activator.Decision{Refund: "R"}), change(activator.Change{Kind: activator.RefundLicense, Reference: "R"})},
		activator.ActGone:     {change(activator.Change{Kind: activator.MachineGone, Reason: "lost"})},
		activator.ActChange: {
			change(activator.Change{Kind: activator.AmendLicense, Seats: &seats, Reason: "more"}),
			change(activator.Change{Kind: activator.RevokeLicense, Reason: "away"}),
			change(activator.Change{Kind: activator.RestoreLicense, Reason: "again"}),
			change(activator.Change{Kind: activator.NameMachine, Name: "mine"}),
		},
		activator.ActRegister: {
			func(s *activator.Session) error {
				_, err := s.Register(ctx, activator.Order{Product: studio, Customer: "myself"})
				return err
			},
			func(s *activator.Session) error { _, err := s.Serial(l); return err },
			func(s *activator.Session) error { _, err := s.LicenseFile(l); return err },
		},
		activator.ActExport: {
			func(s *activator.Session) error { _, _, err := s.Export(ctx, studio); return err },
			func(s *activator.Session) error { return s.Backup(ctx, filepath.Join(t.TempDir(), "backup"), 10) },
		},
	}
	before, err := v.Head(ctx)
	v.must(err)
	for _, action := range actions {
		rest := slices.DeleteFunc(slices.Clone(actions), func(a activator.Action) bool { return a == action })
		agent := v.desk.Session(activator.Operator{Name: "mallory", Only: rest}, "test")
		if len(tries[action]) == 0 {
			t.Errorf("%s: have no try, want one for each action", action)
		}
		for i, try := range tries[action] {
			var forbidden *activator.ForbiddenError
			if err := try(agent); !errors.As(err, &forbidden) || forbidden.Action != action {
				t.Errorf("%s, try %d: have %v, want it forbidden", action, i, err)
			}
		}
	}
	if after, err := v.Head(ctx); err != nil || after.Size != before.Size {
		t.Errorf("entries: have %d (%v), want %d still", after.Size, err, before.Size)
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
