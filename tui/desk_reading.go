package tui

import (
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// wide is from which width on the desk shows two columns.
const wide = 116

// drawReading shows who asks for what on which machine, and every check. It returns how many lines stand above that, with
// what Enter does.
func (d *desk) drawReading(p *page, h int) int {
	r := d.reading
	d.band(p)
	d.whence(p)
	if c := d.parkedHere(); c != nil {
		p.line(" ", d.s.t.warn.Render(cut(fmt.Sprintf("! Parked since %s by %s: F6 lists it.", since(c.at, d.s.cfg.Now()), clean(c.by)), p.w-2)))
	}
	fixed := len(p.lines)
	p.blank()
	d.body(p, h-len(p.lines), r)
	d.drawLife(p, h-len(p.lines))
	return fixed
}

// whence says where the text in the box comes from, if nobody typed it.
func (d *desk) whence(p *page) {
	if d.from != "" {
		p.line(" ", d.s.t.dim.Render(cut("("+d.from+")", p.w-2)))
	}
}

// drawLife shows what the journal has of the license, where there is room for it.
func (d *desk) drawLife(p *page, h int) {
	t := d.s.t
	if h < 6 || len(d.life) == 0 {
		return
	}
	p.blank()
	p.line(" ", t.dim.Render(strings.Repeat("─", max(p.w-2, 0))))
	p.line(" ", t.strong.Render("The life of this license"), t.dim.Render(", the newest first"))
	for i := range d.life[:min(len(d.life), h-3)] {
		p.line("   ", cut(lifeLine(&d.life[i]), p.w-4))
	}
}

// band says that nothing is recorded yet, and what Enter would do.
func (d *desk) band(p *page) {
	t, r := d.s.t, d.reading
	word, style, next := " NOT YET RECORDED ", t.bandWarn, ""
	switch kind := r.Code.Kind(); {
	case kind == codes.KindSerial && r.Verdict == journal.OK:
		word, style, next = " SERIAL NUMBER ", t.band, "Enter opens the license."
	case kind == codes.KindSerial:
		word, style, next = " SERIAL NUMBER ", t.bandBad, sentence(r.Reason)
	case d.needsMore():
		word, next = " ONE THING IS MISSING ", sentence(withoutFlags(r.Reason))+" Enter asks for it."
	case r.Verdict == journal.Refused && r.Overridable():
		next = "✗ " + sentence(r.Reason) + " Enter records the refusal; ctrl+o takes it all the same, with a reason."
	case r.Verdict == journal.Refused:
		next = "✗ " + sentence(r.Reason) + " Enter records the refusal."
	case r.Verdict == journal.Repeat && kind == codes.KindConfirmation:
		next = "Accepted before for this reference; enter shows its receipt again."
	case r.Verdict == journal.Repeat:
		next = "Answered before; enter gives the same answer again."
	case kind == codes.KindConfirmation:
		next = "Enter records the deactivation."
	default:
		next = "Enter answers it with an activation code."
	}
	p.hang(" "+style.Render(word)+" ", t.strong, next)
	if r.Code.Kind() == codes.KindConfirmation && r.Verdict == journal.OK && d.reference() == "" {
		p.hang(" "+t.warn.Render("!")+" ", t.plain, "No reference: it cannot be added later. Tab goes to its field.")
	}
}

// body is the facts and the checks, beside each other where there is room.
func (d *desk) body(p *page, h int, r *activator.Reading) {
	if p.w >= wide {
		left := newPage(p.w * 46 / 100)
		d.facts(left, r)
		right := newPage(p.w - left.w - 2)
		d.checks(right, r.Checks, "", max(h, 8))
		left.beside(left.w+2, right)
		p.lines = append(p.lines, left.lines...)
		return
	}
	at := len(p.lines)
	d.facts(p, r)
	p.blank()
	d.checks(p, r.Checks, r.Reason, h-(len(p.lines)-at))
}

// facts say who, what and which machine.
func (d *desk) facts(p *page, r *activator.Reading) {
	t := d.s.t
	if l := r.License; l != nil {
		who := l.Customer
		if who == "" {
			who = "(name erased)"
		}
		if l.Order != "" {
			who += " · order " + l.Order
		}
		p.field(t, "who", who)
		state := ""
		if l.State != journal.Live {
			state = " · " + strings.ToUpper(l.State)
		}
		p.field(t, "license", fmt.Sprintf("%v%s · %d of %d seats taken", l.Number, state, l.Taken, l.Seats))
	}
	if r.Product != nil {
		s := r.Product.Name
		if r.Release != 0 {
			s += fmt.Sprintf(", release %d", r.Release)
		}
		p.field(t, "product", s)
	}
	if f := r.Definition; f != nil {
		label := "asks for"
		if r.Code.Kind() == codes.KindConfirmation {
			label = "came from"
		}
		s := fmt.Sprintf("%s (%d, %s)", f.Name, f.ID, f.Type)
		if f.Description != "" {
			s += ": " + f.Description
		}
		p.field(t, label, s)
	}
	if k := r.Code.Kind(); k == codes.KindRequest || k == codes.KindConfirmation {
		s := r.Statement.Fingerprint.String()
		if name := r.Machine(); name != "" {
			s += " “" + name + "”"
		}
		if story := r.MachineStory(); story != "" {
			s += " · " + story
		}
		p.field(t, "machine", s)
	}
	const most = 4
	for i, m := range r.Active {
		label := ""
		if i == 0 {
			label = "others"
			if r.Code.Kind() == codes.KindSerial {
				label = "machines"
			}
		}
		if i == most && len(r.Active) > most+1 {
			p.field(t, " ", fmt.Sprintf("and %d more", len(r.Active)-most))
			break
		}
		p.field(t, pad(label, 1), machineLine(m))
	}
}

func machineLine(m activator.Machine) string {
	s := m.Fingerprint.String()
	if m.Name != "" {
		s += " “" + m.Name + "”"
	}
	return s + fmt.Sprintf(" · seat %d since %s", m.Seat, m.Since)
}

// mark is the sign of a check's result.
func (t theme) mark(r activator.Result) string {
	switch r {
	case activator.Passed:
		return t.good.Render("✓")
	case activator.Failed:
		return t.bad.Render("✗")
	case activator.Warning, activator.Overridden:
		return t.warn.Render("!")
	}
	return t.dim.Render("–")
}

// telling are the checks whose sentences say most, in the order of what an agent
// asks first.
var telling = []string{"state", "seat", "hardware", "parts", "used before", "limits", "outcome", "pre-conditions", "granted", "release"}

// checks lists what was checked: what an agent must say first, then of the rest
// as many sentences as fit into h lines, and the names of the others.
// What stands above already, said, is not said again.
func (d *desk) checks(p *page, all []activator.Check, said string, h int) {
	t := d.s.t
	at := len(p.lines)
	var rest []activator.Check
	for _, c := range all {
		if c.Result == activator.Passed || c.Result == activator.NotApplicable {
			rest = append(rest, c)
			continue
		}
		detail := withoutFlags(c.Detail)
		if c.Detail == said {
			detail = "as said above"
		}
		p.hang(" "+t.mark(c.Result)+" "+t.strong.Render(pad(c.Name, 14))+" ", t.plain, detail)
	}
	row := func(c activator.Check) []string {
		q := newPage(p.w)
		q.hang(" "+t.mark(c.Result)+" "+t.dim.Render(pad(c.Name, 14))+" ", t.plain, c.Detail)
		return q.lines
	}
	full := 0
	for _, c := range rest {
		full += len(row(c))
	}
	if len(p.lines)-at+full <= h || d.scroll > 0 {
		for _, c := range rest {
			p.lines = append(p.lines, row(c)...)
		}
		return
	}
	left := h - (len(p.lines) - at) - 3
	shown := map[string]bool{}
	for _, name := range telling {
		for _, c := range rest {
			if l := row(c); c.Name == name && c.Result == activator.Passed && len(l) <= left {
				p.lines = append(p.lines, l...)
				left -= len(l)
				shown[name] = true
			}
		}
	}
	var names []string
	for _, c := range rest {
		if c.Result == activator.Passed && !shown[c.Name] {
			names = append(names, c.Name)
		}
	}
	if len(names) > 0 {
		p.hang(" "+t.good.Render("✓")+" ", t.plain, "passed: "+strings.Join(names, ", ")+".")
	}
	p.line("   ", t.dim.Render("↓ every check with its sentence"))
	for len(p.lines)-at < h {
		p.blank()
	}
	for _, c := range rest { // below what shows
		p.lines = append(p.lines, row(c)...)
	}
}
