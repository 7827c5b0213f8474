package tui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// drawResult shows what a submission came to. It is in the journal.
func (d *desk) drawResult(p *page, h int) {
	o, t := d.result(), d.s.t
	entry := t.dim.Render(fmt.Sprintf("   journal entry %v", o.Entry))
	band := func(style lipgloss.Style, word, text string) {
		p.hang(" "+style.Render(" "+word+" ")+" ", t.strong, text)
	}
	switch {
	case !o.Answer.IsZero():
		d.drawAnswer(p, h, o)
		return
	case d.confirmed():
		d.drawConfirmed(p, o)
		return
	case o.Verdict == journal.Unreadable:
		band(t.bandBad, "RECORDED AS UNREADABLE", "Ask the customer for the code once more, group by group.")
		p.line(entry)
	default:
		band(t.bandBad, "REFUSED, RECORDED", sentence(withoutFlags(o.Reason)))
		p.line(entry)
		p.blank()
		switch {
		case o.Overridable():
			p.hang(" ", t.plain, "ctrl+o takes it all the same, with a reason; ctrl+p parks it until a seat comes free.")
			p.blank()
		case d.seenBefore() && !strings.Contains(o.Reason, "without a reference"):
			p.hang(" ", t.plain, "The same code counts once. Compare the reference with the one above; with the same reference in its field, enter shows the receipt again.")
			p.blank()
		}
	}
	d.body(p, h-len(p.lines), &o.Reading)
}

func (d *desk) seenBefore() bool {
	o := d.result()
	for _, c := range o.Checks {
		if c.Name == "used before" && c.Result == activator.Failed {
			return o.Code.Kind() == codes.KindConfirmation
		}
	}
	return false
}

// drawAnswer shows the activation code, large.
func (d *desk) drawAnswer(p *page, h int, o *activator.Outcome) {
	t := d.s.t
	word := " ANSWERED "
	switch {
	case o.Verdict == journal.Repeat:
		word = " THE SAME ANSWER AGAIN "
	case o.Revision > 1:
		word = fmt.Sprintf(" ANSWERED, REVISION %d ", o.Revision)
	}
	until := "it never expires"
	if o.Day != 0 {
		until = "to be typed until " + o.Day.Date().Format("Monday, 2 January 2006")
	}
	if p.w < 90 && len(word) > 12 {
		until = strings.Replace(until, "to be typed until", "type it until", 1)
	}
	if d.signed() {
		p.hang(" "+t.bandGood.Render(word)+" ", t.strong, "Signed activation code, "+until)
		p.blank()
		for _, l := range o.Answer.Lines() {
			p.line("  ", t.strong.Render(l))
		}
		p.blank()
		p.hang("  ", t.plain, "It goes by mail, as a file or as a QR symbol: nobody needs to read it out. The customer's program takes the whole mail.")
	} else {
		p.hang(" "+t.bandGood.Render(word)+" ", t.strong, "Activation code, "+until)
		p.blank()
		for _, l := range large(d.spoken(), p.w-4, h-len(p.lines)-5) {
			p.line("  ", t.strong.Render(l))
		}
		p.blank()
		form := "letters"
		if d.digits {
			form = "digits"
		}
		p.line("  ", t.accent.Render(d.spoken()), t.dim.Render("   "+form))
	}
	if o.Granted != nil {
		p.field(t, "grants", fmt.Sprintf("%s (%d, %s)%s", o.Granted.Name, o.Granted.ID, o.Granted.Type, valueOf(o.Granted, o.Value)))
	}
	var warnings []activator.Check
	for _, c := range o.Checks {
		if c.Result == activator.Overridden || c.Result == activator.Warning {
			warnings = append(warnings, c)
		}
	}
	p.field(t, "journal", fmt.Sprintf("entry %v", o.Entry))
	if h-len(p.lines) > 8 {
		p.line(" ", t.dim.Render(strings.Repeat("─", max(p.w-2, 0))))
		d.body(p, h-len(p.lines), &o.Reading)
		d.drawLife(p, h-len(p.lines))
		return
	}
	if who := o.License; who != nil {
		p.field(t, "for", fmt.Sprintf("%s · machine %v", who.Customer, o.Statement.Fingerprint))
	}
	for _, c := range warnings {
		p.hang(" "+t.mark(c.Result)+" ", t.plain, c.Name+": "+c.Detail)
	}
}

// valueOf says what the parameter of an answer means.
func valueOf(f *product.Definition, v uint32) string {
	switch {
	case (f.Type == product.Release || f.Type == product.ExpireOn) && v == 0:
		return ""
	case (f.Type == product.Release || f.Type == product.ExpireOn) && v <= uint32(codes.MaxDay):
		return ", until " + codes.Day(v).String()
	case len(f.Parameter.Bits) > 0:
		return fmt.Sprintf(", value %d: %s", v, strings.Join(f.Parameter.Named(v), ", "))
	case v != 0:
		return fmt.Sprintf(", value %d", v)
	}
	return ""
}

// drawConfirmed says what an accepted confirmation means for the seat.
func (d *desk) drawConfirmed(p *page, o *activator.Outcome) {
	t := d.s.t
	word, text := "DEACTIVATION CONFIRMED", seatsAfter(o.License)
	for _, c := range o.Checks {
		if c.Name == "seat" && c.Result != activator.Passed {
			text = sentence(c.Detail)
		}
	}
	if o.Definition != nil && o.Definition.Type == product.CheckIn {
		word = "GIVEN BACK"
	}
	if o.Verdict == journal.Repeat {
		word, text = "CONFIRMED BEFORE", "This is the first receipt again; the code counts once."
	}
	p.hang(" "+t.bandGood.Render(" ✓ "+word+" ")+" ", t.strong, text)
	p.line(t.dim.Render(fmt.Sprintf("   journal entry %v", o.Entry)))
	p.blank()
	switch n := len(o.Active); n {
	case 0:
		p.hang(" ", t.strong, "No other machine of this license is active.")
	case 1:
		p.hang(" ", t.strong, "1 other machine of this license is active: "+machineLine(o.Active[0]))
	default:
		p.hang(" ", t.strong, fmt.Sprintf("%d other machines of this license are active:", n))
		for i, m := range o.Active {
			if i == 4 {
				p.line("   ", fmt.Sprintf("and %d more", n-4))
				break
			}
			p.line("   ", machineLine(m))
		}
	}
	if r := o.Refund; r != nil {
		p.blank()
		if r.Verdict == journal.OK || r.Verdict == journal.Repeat {
			p.hang(" "+t.bandGood.Render(" ✓ REFUND RECORDED ")+" ", t.strong, fmt.Sprintf("Entry %v. This license is closed.", r.Entry))
		} else {
			p.hang(" "+t.bandBad.Render(" REFUND REFUSED ")+" ", t.strong, sentence(r.Reason))
		}
	}
	p.blank()
	for _, c := range o.Checks {
		if c.Result == activator.Warning || c.Result == activator.Overridden {
			p.hang(" "+t.mark(c.Result)+" ", t.plain, c.Name+": "+c.Detail)
		}
	}
	p.line(" ", t.dim.Render("Receipt   ctrl+y copies it, ctrl+s saves it, ctrl+f records the refund"))
	for l := range strings.SplitSeq(strings.TrimRight(o.Receipt, "\n"), "\n") {
		p.line("   ", cut(l, p.w-4))
	}
}
