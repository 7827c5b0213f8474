package tui

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// laptop is a desk that works apart, with what the desk at the screen had by then.
func (d *drive) laptop() *activator.Session { return d.laptopOf("bert") }

// laptopOf is the same with someone else at it.
func (d *drive) laptopOf(operator string) *activator.Session {
	d.t.Helper()
	ctx, dir, random := context.Background(), filepath.Join(d.dir, "laptop"), seeded(3)
	clock := func() time.Time { return d.now }
	must(d.t, activator.Join(ctx, activator.Setup{
		Dir: dir, Desk: "laptop", Operator: operator, Registry: 1, Apart: true, Passphrase: []byte(passphrase), Now: clock, Rand: random,
	}, filepath.Join(d.dir, "vendor")))
	desk, err := activator.Open(ctx, activator.Config{Dir: dir, Now: clock, Rand: random, Unlock: func() ([]byte, error) { return []byte(passphrase), nil }})
	must(d.t, err)
	d.t.Cleanup(func() { desk.Close() })
	s := desk.Session(activator.Operator{Name: operator}, "terminal")
	_, err = s.Merge(ctx, filepath.Join(d.dir, "vendor"))
	must(d.t, err)
	return s
}

// collided has a confirmation accepted at two desks, for two cases; at one of them the license was refunded with it, and at
// the other one its seat went to another machine. Then this desk brings in what the other one did.
func collided(d *drive) (l *activator.License, confirmation string, laptop *activator.Session) {
	l, c := d.license("Print Shop Miller", 1)
	d.answered(c, 1)
	d.press("esc")
	laptop = d.laptop()
	back := c.givesBack(d.t)
	submit := func(s *activator.Session, code codes.Code, decision activator.Decision) {
		out, err := s.Submit(context.Background(), code.String(), decision)
		if err != nil || out.Verdict != "ok" {
			d.t.Fatalf("%s: have %+v, %v, want ok", code, out, err)
		}
	}
	d.now = d.now.Add(time.Hour)
	submit(laptop, back, activator.Decision{Reference: "case 7"})
	d.now = d.now.Add(time.Hour)
	submit(laptop, d.customer(l, 9).asks(d.t, 1), activator.Decision{})
	d.now = d.now.Add(time.Hour)
	submit(d.office, back, activator.Decision{Refund: "credit 8"})
	d.now = d.now.Add(time.Hour)
	m, err := d.office.Merge(context.Background(), filepath.Join(d.dir, "laptop"))
	must(d.t, err)
	if len(m.Collisions) != 2 {
		d.t.Fatalf("merged: have %+v, want two collisions", m.Collisions)
	}
	return l, back.String(), laptop
}

// What a merge found reads in the journal as it did where it was merged: with its entry, all in a list, and each in the
// entry that has it.
func TestCollisionsAreSeenInTheJournal(t *testing.T) {
	d := opened(t)
	d.size(120, 40)
	l, confirmation, laptop := collided(d)
	twice := "was accepted twice: first by bert at laptop on 22 November 2026 10:30 UTC, then by anna at front on 22 November 2026 12:30 UTC. It counts once"
	d.press("f4")
	d.write("merge")
	d.wait(time.Second)
	d.shows("other desk brought in")
	d.press("enter")
	d.shows("Both desks did what may be done once")
	d.shows("License " + l.Number.String() + ": Deactivation confirmation")
	d.shows("was refunded at one desk")
	d.shows("brought in laptop: entries 1/0 to 1/")
	d.shows("hash ")
	d.shows("behind this one, about 1 license")
	d.press("esc", "esc", "ctrl+g")
	d.shows("Only what two desks did that may be done once")
	d.shows(l.Number.String() + " Deactivation confirmation")
	d.shows("All: 2 entries")
	d.press("ctrl+s")
	for _, text := range d.saved {
		if lines := strings.Count(text, "\n"); lines != 3 || !strings.Contains(text, twice) {
			t.Errorf("exported: have %d lines\n%s\nwant two collisions with their sentences", lines, text)
		}
	}
	d.press("enter")
	d.shows("Needs a person: Deactivation confirmation")
	d.shows(twice)
	d.press("right")
	d.shows("Needs a person: License " + l.Number.String() + " was refunded at one desk")
	d.press("esc")
	d.write(confirmation)
	d.wait(time.Second)
	d.shows("All: 1 entry")
	d.press("ctrl+g")
	d.shows("Everything, the newest of this journal first")
	d.shows("taken over: ✓ answered")
	d.press("ctrl+k")
	d.write("two desks")
	d.press("enter")
	d.shows("All: 2 entries")
	_, err := laptop.Merge(t.Context(), filepath.Join(d.dir, "vendor")) // where the same is told
	must(t, err)
	_, err = d.office.Merge(t.Context(), filepath.Join(d.dir, "laptop"))
	must(t, err)
	d.press("esc", "ctrl+g")
	d.shows("All: 2 entries")
}

// A license that two desks disagreed about says so at its top, in its life, and beside a code that is read.
func TestCollisionsAreSeenWithTheLicense(t *testing.T) {
	d := opened(t)
	d.size(120, 40)
	l, confirmation, _ := collided(d)
	d.write(confirmation)
	d.wait(time.Second)
	d.shows("✗ done at two desks")
	d.press("f3")
	d.write("mill")
	d.wait(time.Second)
	d.press("enter")
	d.shows("Needs a person: Deactivation confirmation")
	d.shows("Needs a person: License " + l.Number.String() + " was refunded at one desk")
	if n := strings.Count(d.screen(), "done at two desks"); n != 2 {
		t.Errorf("have %d of them in the license's life, want 2:\n%s", n, d.screen())
	}
	days := []string{"12:30  ✓ refunded", "12:30  ↩ given back", "11:30  ✗ done", "11:30  ✓ answered", "10:30  ✗ done", "10:30  ↩ given back", "09:30  ✓ answered"}
	rest := d.screen()
	for _, want := range days {
		var found bool
		if _, rest, found = strings.Cut(rest, want); !found {
			t.Fatalf("life: have\n%s\nwant %q in it, in the order %q", d.screen(), want, days)
		}
	}
	d.size(80, 24)
	d.press("down", "down", "down", "enter")
	d.shows("Needs a person")
}

// Where nothing collided, it is said.
func TestMergeWithoutCollisions(t *testing.T) {
	d := opened(t)
	d.license("Print Shop Miller", 1)
	laptop := d.laptop()
	_, err := laptop.Register(context.Background(), activator.Order{Product: "press-studio", Customer: "Print Shop Blue", Seats: 1})
	must(t, err)
	_, err = d.office.Merge(context.Background(), filepath.Join(d.dir, "laptop"))
	must(t, err)
	d.press("f4", "ctrl+g")
	d.shows("Nothing that may be done once was done at two desks.")
	d.shows("ctrl+g everything again")
	d.press("esc")
	d.shows("taken over: registered")
	d.write("log")
	d.wait(time.Second)
	d.press("enter")
	d.shows("Nothing collided.")
}
