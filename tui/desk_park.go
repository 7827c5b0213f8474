package tui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// park puts a request aside that cannot be answered now.
func (d *desk) park() tea.Cmd {
	r := d.reading
	if r == nil || r.Code.IsZero() || r.Code.Kind() != codes.KindRequest || r.License == nil || !d.answer().IsZero() {
		return d.s.say("Only a request that was read and not answered can be parked.")
	}
	if d.parkedHere() != nil {
		return d.s.say("It is parked already: F6 lists it.")
	}
	d.ids++
	c := &call{
		id: d.ids, at: d.s.cfg.Now(), text: d.box.value(), ref: d.ref.value(), form: d.layout.Form,
		reading: r, parked: true, by: d.s.cfg.Operator, profile: d.profile(),
	}
	d.calls = append(d.calls, c)
	d.next()
	d.shelved++
	shelf, id, p := d.s.shelf, c.id, c.onShelf()
	return tea.Batch(
		d.s.do("keeping the parked request", func(ctx context.Context) any { return keptMsg{id, shelf.Put(ctx, p)} }),
		d.s.say("Parked. It is looked at again when a seat of this license comes free; F6 lists it."),
	)
}

// onShelf is how a call is kept.
func (c *call) onShelf() Parked {
	return Parked{Code: c.text, Hardware: c.profile, Reference: c.ref, By: c.by, At: c.at}
}

// parkedAs finds the parked request with a text.
func (d *desk) parkedAs(text string) *call {
	for _, c := range d.calls {
		if c.parked && c.text == text {
			return c
		}
	}
	return nil
}

// parkedHere is the parked request with the code that was read, however it was written; nil for none.
func (d *desk) parkedHere() *call {
	for _, c := range d.calls {
		if c.parked && (c.text == d.box.value() || c.reading != nil && c.reading.Code == d.reading.Code) {
			return c
		}
	}
	return nil
}

// unpark takes a request off the list and off the shelf.
func (d *desk) unpark(c *call) tea.Cmd {
	d.remove(c)
	d.shelved++
	shelf, p := d.s.shelf, c.onShelf()
	return d.s.do("taking a parked request off the list", func(ctx context.Context) any {
		return takenMsg{shelf.Take(ctx, p)}
	})
}

// keptParked notes that a parked request will be there after the program ended.
func (d *desk) keptParked(msg keptMsg) tea.Cmd {
	d.shelved++
	for _, c := range d.calls {
		if c.id == msg.call {
			c.kept = msg.err == nil
		}
	}
	if msg.err != nil {
		return d.s.warn("Parked only until you leave, because it could not be kept: " + clean(msg.err.Error()))
	}
	return nil
}

// lookAtShelf lists what is parked in the vendor folder, by this desk or another.
func (d *desk) lookAtShelf() tea.Cmd {
	if d.s.office == nil {
		return nil
	}
	shelf, before := d.s.shelf, d.shelved
	return d.s.do("looking for parked requests", func(ctx context.Context) any {
		all, err := shelf.All(ctx)
		return shelfMsg{before, all, err}
	})
}

// foundParked takes what is on the shelf, and looks at each again.
func (d *desk) foundParked(msg shelfMsg) tea.Cmd {
	var cmds []tea.Cmd
	if msg.err != nil {
		cmds = append(cmds, d.s.warn(sentence(clean(msg.err.Error()))))
	}
	if msg.before != d.shelved {
		return tea.Batch(append(cmds, d.lookAtShelf())...) // it changed meanwhile
	}
	for _, p := range msg.all {
		if d.parkedAs(p.Code) == nil {
			d.ids++
			d.calls = append(d.calls, &call{
				id: d.ids, at: p.At, text: p.Code, ref: p.Reference, by: p.By, form: codes.Inspect(p.Code).Form, parked: true, kept: true, profile: p.Hardware,
			})
		}
	}
	if msg.err == nil {
		for _, c := range slices.Clone(d.calls) {
			gone := !slices.ContainsFunc(msg.all, func(p Parked) bool { return p.Code == c.text })
			if c.parked && c.kept && gone {
				d.remove(c) // another desk took it
			}
		}
	}
	return tea.Batch(append(cmds, d.lookAgain(0))...)
}

// lookAtParked reads parked requests again after something freed a seat.
func (d *desk) lookAtParked(c *call) tea.Cmd {
	if c.outcome.License == nil || c.outcome.Receipt == "" {
		return nil
	}
	return d.lookAgain(c.outcome.License.Number)
}

// lookAgain reads the parked requests of a license again; 0 for all.
func (d *desk) lookAgain(license codes.LicenseNumber) tea.Cmd {
	var cmds []tea.Cmd
	for _, c := range d.calls {
		of := c.reading == nil || c.reading.License == nil || c.reading.License.Number == license
		if !c.parked || license != 0 && !of || d.s.office == nil {
			continue
		}
		office, id, text := d.s.office, c.id, withHardware(c.text, c.profile)
		cmds = append(cmds, d.s.do("looking at a parked request", func(ctx context.Context) any {
			r, err := office.Read(ctx, text, activator.Decision{})
			return parkedMsg{id, r, err}
		}))
	}
	return tea.Batch(cmds...)
}

// lookedAgain says when a parked request can be answered, or was.
func (d *desk) lookedAgain(msg parkedMsg) tea.Cmd {
	for _, c := range d.calls {
		if c.id != msg.call || msg.err != nil || !c.parked {
			continue
		}
		was := c.ready
		c.reading = msg.reading
		c.ready = msg.reading.Verdict == journal.OK
		who := "a customer"
		if l := msg.reading.License; l != nil && l.Customer != "" {
			who = clean(l.Customer)
		}
		switch {
		case msg.reading.Verdict == journal.Repeat:
			return tea.Batch(d.unpark(c), d.s.say(fmt.Sprintf("A parked request of %s was answered meanwhile: it is off the list.", who)))
		case c.ready && !was:
			return d.s.say(fmt.Sprintf("A parked request of %s can be answered now: F6, then enter.", who))
		}
		return nil
	}
	return nil
}
