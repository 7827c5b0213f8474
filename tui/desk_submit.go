package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// settle is how long Enter is not taken for "next call" after an answer came: a
// second press that was meant for the first must not clear it away.
const settle = 600 * time.Millisecond

// press is Enter.
func (d *desk) press() tea.Cmd {
	r := d.reading
	switch {
	case d.now != nil && d.now.waiting:
		return d.s.say("It is being recorded. The answer shows here when it is safe on disk.")
	case d.now != nil && d.result().Verdict == journal.Refused && d.ref.value() != d.now.ref:
		return d.submit(activator.Decision{}) // the reference was mended
	case d.now != nil:
		if !d.s.cfg.Now().After(d.quiet) {
			return nil
		}
		row, m := d.now.row, d.mailed
		switch d.next(); {
		case row != nil:
			return d.s.tell(showMsg{roomBatch})
		case m != nil && d.nextOfMail(m):
		}
		return nil
	case d.box.empty():
		return nil
	case d.readErr != nil:
		return d.look()
	case d.looking && r == nil:
		return d.s.say("One moment: the code is being looked up.")
	case r == nil && d.tooLong():
		return d.look() // which says so
	case r == nil:
		return tea.Batch(d.look(), d.s.warn("The code is not complete. Nothing was recorded."))
	case r.Code.IsZero():
		return d.pressUnreadable()
	case r.Code.Kind() == codes.KindSerial:
		if r.License == nil || !d.genuineSerial() {
			return d.s.warn(sentence(r.Reason))
		}
		return d.s.tell(openLicenseMsg{r.License.Number})
	}
	if d.needsMore() {
		return d.otherwise()
	}
	return d.submit(activator.Decision{})
}

func (d *desk) genuineSerial() bool {
	for _, c := range d.reading.Checks {
		if c.Name == "genuine" {
			return c.Result == activator.Passed
		}
	}
	return false
}

// pressUnreadable records a text that is no code, after it was asked for twice.
func (d *desk) pressUnreadable() tea.Cmd {
	var length *codes.LengthError
	if errors.As(d.reading.Slip, &length) && length.Have < length.Want {
		return d.s.warn("The code is not complete. Nothing was recorded.")
	}
	if !d.armed {
		d.armed = true
		return d.s.warn("This cannot be read. Ask for the group again, or press enter once more to record that it could not be read.")
	}
	return d.submit(activator.Decision{})
}

// submit has the desk decide on what stands in the box, for the journal.
func (d *desk) submit(dec activator.Decision) tea.Cmd {
	d.ids++
	text := d.text()
	dec = d.decision(dec)
	c := &call{
		id: d.ids, at: d.s.cfg.Now(), text: d.box.value(), ref: d.ref.value(), form: d.layout.Form,
		reading: d.reading, waiting: true, decision: dec, row: d.row, profile: d.profile(),
	}
	d.calls = append(d.calls, c)
	d.now, d.scroll = c, 0
	d.focus(false)
	office := d.s.office
	return tea.Batch(d.s.tell(submittingMsg{}), d.s.do("recording", func(ctx context.Context) any {
		o, err := office.Submit(ctx, text, dec)
		if o != nil && o.License != nil {
			if now, e := office.License(ctx, o.License.Number); e == nil {
				o.License = now // the seats as they are now
			}
		}
		return submitMsg{c.id, o, err}
	}))
}

// submitAs is submit with what a form says. The form comes back where that does not fit.
func (d *desk) submitAs(f *form, dec activator.Decision) tea.Cmd {
	cmd := d.submit(dec)
	d.now.asked = f
	return cmd
}

// decision adds to what the operator said what stands beside the code: its reference, and
// what a file says of its row.
func (d *desk) decision(said activator.Decision) activator.Decision {
	if d.row != nil {
		of := d.row.Row.Decision
		if said.As == 0 && said.Parameter == nil && said.Choose == nil {
			said.As, said.Parameter, said.Choose = of.As, of.Parameter, of.Choose
		}
		said.ShelfLife, said.Refund = cmp.Or(said.ShelfLife, of.ShelfLife), cmp.Or(said.Refund, of.Refund)
	}
	said.Reference = cmp.Or(said.Reference, d.reference())
	return said
}

// submitted takes what a submission came to.
func (d *desk) submitted(msg submitMsg) tea.Cmd {
	var c *call
	for _, x := range d.calls {
		if x.id == msg.call {
			c = x
		}
	}
	if c == nil {
		return nil
	}
	c.waiting, c.outcome, c.err = false, msg.outcome, msg.err
	if msg.outcome == nil {
		d.remove(c)
		return d.notRecorded(c)
	}
	c.reading = &msg.outcome.Reading
	if c.row != nil {
		c.row.take(c.text, msg.outcome)
	}
	var cmds []tea.Cmd
	if x := d.parkedAs(c.text); x != nil && (msg.outcome.Verdict == journal.OK || msg.outcome.Verdict == journal.Repeat) {
		cmds = append(cmds, d.unpark(x))
	}
	if d.now == c {
		d.reading = c.reading
		d.quiet = d.s.cfg.Now().Add(settle)
		if l := c.reading.License; l != nil {
			cmds = append(cmds, d.lookAtLife(l.Number))
		}
		d.digits = c.form == codes.FormDigits && d.s.set.Form != formLetters || d.s.set.Form == formDigits
	} else {
		cmds = append(cmds, d.s.say("The call before has its answer: ctrl+z brings it back, F6 lists it."))
	}
	if msg.err != nil {
		cmds = append(cmds, d.s.warn(sentence(clean(msg.err.Error()))))
	}
	if d.s.customer != nil && !msg.outcome.Answer.IsZero() {
		d.s.customer.Enter(msg.outcome)
	}
	return tea.Batch(append(cmds, d.lookAtParked(c))...)
}

// notRecorded says that a submission failed: nothing is promised.
func (d *desk) notRecorded(c *call) tea.Cmd {
	why := sentence(withoutFlags(clean(c.err.Error())))
	if d.now != c {
		return d.s.warn("NOT recorded: " + cut(c.text, 20) + ": " + why)
	}
	d.now = nil
	var usage *activator.UsageError
	var forbidden *activator.ForbiddenError
	if errors.As(c.err, &usage) || errors.As(c.err, &forbidden) {
		look := d.look() // what shows may have been read with another decision
		if c.asked != nil {
			return tea.Batch(look, c.asked.again(c.asked.blamed(why), "not recorded. "+why))
		}
		return tea.Batch(look, d.s.tell(noticeMsg{text: "Not recorded. " + why, bad: true, unrecorded: true}))
	}
	d.readErr = c.err
	return nil
}

func (d *desk) remove(c *call) {
	for i, x := range d.calls {
		if x == c {
			d.calls = append(d.calls[:i:i], d.calls[i+1:]...)
			return
		}
	}
}

// saveAnswer writes the reply text with the answer to a file, in which the customer's
// program finds it.
func (d *desk) saveAnswer() tea.Cmd {
	o, office, language, save := d.result(), d.s.office, d.s.set.Reply, d.s.cfg.Save
	name := fmt.Sprintf("answer-%v.txt", strings.ReplaceAll(o.Entry.String(), "/", "-"))
	return d.s.do("saving", func(context.Context) any {
		text, err := office.Reply(o, language)
		if err != nil {
			return savedMsg{"", err}
		}
		path, err := save(name, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
		return savedMsg{path, err}
	})
}

// saveReceipt writes the receipt to a file.
func (d *desk) saveReceipt() tea.Cmd {
	o := d.result()
	text := o.Receipt
	save, name := d.s.cfg.Save, fmt.Sprintf("receipt-%v.txt", strings.ReplaceAll(o.Entry.String(), "/", "-"))
	return d.s.do("saving", func(context.Context) any {
		path, err := save(name, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
		return savedMsg{path, err}
	})
}

func (d *desk) message(m any) tea.Cmd {
	switch m := m.(type) {
	case laterMsg:
		if m.of == "read" && m.gen == d.gen && d.reading == nil && !d.looking {
			return d.look()
		}
	case readMsg:
		return d.read(m)
	case lifeMsg:
		if m.gen == d.gen {
			d.life = m.entries
		}
	case foundMsg:
		return d.mail(m)
	case submitMsg:
		return d.submitted(m)
	case parkedMsg:
		return d.lookedAgain(m)
	case shelfMsg:
		return d.foundParked(m)
	case takenMsg:
		d.shelved++
		if m.err != nil {
			return d.s.warn("The parked request could not be taken off the list: " + clean(m.err.Error()))
		}
	case keptMsg:
		return d.keptParked(m)
	case changedMsg:
		if m.err == nil && m.outcome != nil && m.outcome.License != nil {
			return d.lookAgain(m.outcome.License.Number)
		}
	case takeCodeMsg:
		if d.holds(m.row) {
			return nil // it is here, as it was left
		}
		d.putBack()
		d.next()
		d.box.set(m.text)
		d.ref.set(m.ref)
		if m.profile != "" {
			d.with[m.text] = m.profile
		}
		if d.row = m.row; d.row != nil {
			d.row.taken = m.text
			d.from = d.row.place()
		}
		return d.changed()
	}
	return nil
}
