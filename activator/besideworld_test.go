package activator_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// A besideWorld is an office as it was before a batch, and what its customers may send.
type besideWorld struct {
	*office
	licenses []*activator.License
	stories  [][]string // codes of one machine each, in the order in which it makes them
}

// The machines of each license: the first is activated before the batch.
const besideMachines = 3

func newBesideWorld(t *testing.T) *besideWorld {
	w := &besideWorld{office: newOffice(t)}
	var machines []*machine
	for _, seats := range []int{1, 2} {
		l := w.license(seats)
		w.licenses = append(w.licenses, l)
		for n := range besideMachines {
			m := w.machine(l, codes.Fingerprint(n+1))
			if n == 0 {
				m.activate(defRelease, activator.Decision{})
			}
			machines = append(machines, m)
		}
	}
	told := w.copied() // what the machines are answered, whoever does it and when
	for i, m := range machines {
		m.o = told
		w.stories = append(w.stories, m.story(i%besideMachines == 0))
	}
	f, err := os.OpenFile(filepath.Join(w.dir, "products", "press-studio.toml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("\n# changed\n"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), w.desk.Close()); err != nil {
		t.Fatal(err)
	}
	return w
}

// story is what a machine sends in its life.
func (m *machine) story(active bool) (texts []string) {
	ask := func(definition uint8) {
		r := m.request(definition)
		texts = append(texts, r.String())
		out := m.o.submit(r, activator.Decision{Override: "to know what it is told"})
		m.o.want(out, "ok", "")
		m.enter(r, out.Answer, definition)
	}
	back := func(definition uint8) {
		c := m.deactivate
		if definition == defCheckIn {
			c = func(d, _ uint8) codes.Code { return m.checkIn(d) }
		}
		d := c(definition, 0)
		texts = append(texts, d.String())
		m.o.want(m.o.submit(d, activator.Decision{Override: "to know it"}), "ok", "")
	}
	if !active {
		ask(defRelease)
	}
	stranger := m.copied()
	stranger.key = m.lk.Deactivated(m.uid, m.statement(codes.KindConfirmation, 2, 0))
	again := m.copied()
	again.key = m.lk
	ask(defFeature)
	back(defCheckIn)
	back(2)
	ask(3)
	texts = append(texts, stranger.request(defFeature).String(), again.request(defRelease).String())
	back(2)
	return texts
}

// copied is another office with the same folder, as it is now.
func (o *office) copied() *office {
	o.t.Helper()
	if err := o.desk.Close(); err != nil {
		o.t.Fatal(err)
	}
	c := o.copyOf()
	o.open()
	return c
}

// copyOf is another office with a copy of the folder, which nobody has open.
func (o *office) copyOf() *office {
	c := &office{t: o.t, dir: filepath.Join(o.t.TempDir(), "vendor"), heads: o.t.TempDir(), now: o.now}
	if err := os.CopyFS(c.dir, os.DirFS(o.dir)); err != nil {
		o.t.Fatal(err)
	}
	for _, secret := range []string{"identity.age", "keyring.age"} { // copied as anybody's to read
		if err := os.Chmod(filepath.Join(c.dir, secret), 0o600); err != nil {
			o.t.Fatal(err)
		}
	}
	c.open()
	return c
}

// beside is a second desk on the same folder.
func (o *office) beside() *office {
	c := &office{t: o.t, dir: o.dir, heads: o.t.TempDir(), now: o.now}
	c.open()
	return c
}

// An act is what another desk does, in the name of an operator of its own.
type act struct {
	name string
	do   func(s *activator.Session) error
}

// submits is another desk's answer to a code.
func submits(text string, d activator.Decision) act {
	return act{fmt.Sprintf("submits %s %+v", text, d), func(s *activator.Session) error {
		_, err := s.Submit(context.Background(), text, d)
		return err
	}}
}

func changes(c activator.Change) act {
	return act{fmt.Sprintf("changes %+v", c), func(s *activator.Session) error {
		_, err := s.Change(context.Background(), c)
		return err
	}}
}

// draw draws what customers send, and what another desk does meanwhile.
func (w *besideWorld) draw(t *rapid.T) (rows []activator.Row, acts []act) {
	at := make([]int, len(w.stories))
	text := func() string {
		n := rapid.IntRange(0, len(w.stories)-1).Draw(t, "machine")
		story := w.stories[n]
		switch rapid.IntRange(0, 9).Draw(t, "which") {
		case 0: // again
			return story[rapid.IntRange(0, len(story)-1).Draw(t, "step")]
		case 1: // a slip
			return strings.Replace(story[min(at[n], len(story)-1)], "-", "-x", 1)
		}
		s := story[min(at[n], len(story)-1)]
		at[n]++
		return s
	}
	reference := func() string { return rapid.SampledFrom([]string{"", "", "case 1", "case 2"}).Draw(t, "reference") }
	refund := func(text string) string {
		if c, err := codes.Parse(text); err != nil || c.Kind() != codes.KindConfirmation {
			return ""
		}
		return rapid.SampledFrom([]string{"", "", "", "case 1"}).Draw(t, "refund")
	}
	for range rapid.IntRange(4, 12).Draw(t, "rows") {
		text := text()
		rows = append(rows, activator.Row{Text: text, Decision: activator.Decision{Reference: reference(), Refund: refund(text)}})
	}
	for range rapid.IntRange(0, 4).Draw(t, "acts") {
		l := w.licenses[rapid.IntRange(0, len(w.licenses)-1).Draw(t, "license")].Number
		fp := codes.Fingerprint(rapid.IntRange(1, besideMachines).Draw(t, "machine"))
		seats := rapid.IntRange(1, 3).Draw(t, "seats")
		acts = append(acts, rapid.SampledFrom([]func() act{
			func() act {
				text := text()
				return submits(text, activator.Decision{Reference: reference(), Refund: refund(text)})
			},
			func() act { return submits(text(), activator.Decision{Reference: reference()}) },
			func() act { return submits(text(), activator.Decision{Override: "he insists"}) },
			func() act { return changes(activator.Change{Kind: activator.RevokeLicense, License: l, Reason: "r"}) },
			func() act { return changes(activator.Change{Kind: activator.RestoreLicense, License: l, Reason: "r"}) },
			func() act {
				return changes(activator.Change{Kind: activator.RefundLicense, License: l, Reference: "R", Override: "o"})
			},
			func() act {
				return changes(activator.Change{Kind: activator.AmendLicense, License: l, Seats: &seats, Reason: "r"})
			},
			func() act {
				return changes(activator.Change{Kind: activator.AmendLicense, License: l, Grants: &product.Grants{Definitions: []uint8{defRelease}}, Reason: "r"})
			},
			func() act {
				return changes(activator.Change{Kind: activator.MachineGone, License: l, Fingerprint: &fp, Reason: "r", Override: "o"})
			},
		}).Draw(t, "act")())
	}
	return rows, acts
}
