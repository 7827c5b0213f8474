package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

func (a *app) licenseShowCmd() *cobra.Command {
	return &cobra.Command{
		Use: "show LICENSE", Short: "show a license: facts, machines, history",
		Args: args(1, -1, "the license: a serial number or a license number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := a.text(args)
			if err != nil {
				return err
			}
			return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
				l, err := license(cmd.Context(), s, text)
				if err != nil {
					return err
				}
				return a.show(cmd.Context(), s, l)
			})
		},
	}
}

func (a *app) show(ctx context.Context, s *activator.Session, l *activator.License) error {
	r := &activator.Reading{}
	revoked, err := s.KeysRevoked(l.Number)
	if err != nil {
		return err
	}
	if !revoked {
		if l.Serial, err = s.Serial(l); err != nil {
			return err
		}
		if r, err = s.Read(ctx, l.Serial.String(), activator.Decision{Want: []codes.Kind{codes.KindSerial}}); err != nil {
			return err
		}
	}
	var history []journal.Entry
	for e, err := range s.Entries(ctx, journal.Query{License: l.Number}) {
		if err != nil {
			return err
		}
		history = append(history, e)
	}
	history, collisions := activator.Life(history)
	names := productNames(s)
	if a.json {
		j := newLicenseJSON(l, names)
		j.Machines = r.Active
		if j.Machines == nil {
			j.Machines = []activator.Machine{}
		}
		j.History, j.Collisions = []entryJSON{}, collisions
		for i := range history {
			j.History = append(j.History, newEntryJSON(&history[i], names))
		}
		return a.put(j)
	}
	machines, err := s.MachineNames(ctx, l.Number)
	if err != nil {
		return err
	}
	p := a.printer()
	p.title("License")
	p.blank()
	p.licenseFacts(l, names[l.Product])
	p.field("registered", l.Registered.UTC().Format("2 January 2006"))
	name := "machines"
	for _, m := range r.Active {
		p.field(name, seat(m))
		name = " "
	}
	if revoked {
		p.field("serial number", fmt.Sprintf("none: the keys of epoch %d were revoked", l.Number.Epoch()))
		p.blank()
	} else {
		p.serial(l.Serial)
	}
	for _, c := range collisions {
		p.hang("  "+p.in(red, "✗")+" ", 4, capital(c)+".")
		p.blank()
	}
	p.life(history, r.Product, machines)
	return nil
}

// life writes the history of a license as a timeline: each day once, then what
// happened on it.
func (p *printer) life(history []journal.Entry, of *catalog.Product, machines map[codes.Fingerprint]string) {
	p.title("History (UTC)")
	last := ""
	for i := range history {
		e := &history[i]
		day := e.At.UTC().Format("Monday, 2 January 2006")
		if day != last {
			p.blank()
			p.line("  ", p.in(bold, day))
			last = day
		}
		p.hang(fmt.Sprintf("    %s  %s", e.At.UTC().Format("15:04"), pad(e.ID.String(), 6)), 17, inLife(e, of, machines))
	}
}

// inLife is an entry of a license in a line, with the words of its product and the
// names of its machines.
func inLife(e *journal.Entry, of *catalog.Product, machines map[codes.Fingerprint]string) string {
	var b strings.Builder
	b.WriteString(what(e))
	if d, ok := defined(of, e.Definition); ok {
		fmt.Fprintf(&b, ": %s (%d)", d.Name, d.ID)
	}
	if e.Machine {
		fmt.Fprintf(&b, ", machine %s", named(e.Fingerprint, machines[e.Fingerprint]))
	}
	b.WriteString(aside(e))
	return b.String()
}

func defined(of *catalog.Product, id uint8) (product.Definition, bool) {
	if of == nil || id == 0 {
		return product.Definition{}, false
	}
	return of.Definition(id)
}
