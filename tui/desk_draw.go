package tui

import (
	"errors"
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// wide is from which width on the desk shows two columns.
const wide = 116

func (d *desk) draw(w, h int) *page {
	p, t := newPage(w), d.s.t
	p.draw(t, "Code", 7, &d.box)
	for _, l := range d.strip(w - 9) {
		p.line("         ", l)
	}
	p.draw(t, "Ticket", 7, &d.ticket)
	p.blank()
	q := newPage(w)
	d.rest(q, h-len(p.lines))
	top := min(d.scroll, max(0, len(q.lines)-(h-len(p.lines))))
	d.scroll = top
	q.lines = q.lines[top:]
	p.lines = append(p.lines, q.lines...)
	return p
}

// strip shows the groups of the text in the box, each with its mark.
func (d *desk) strip(w int) []string {
	t := d.s.t
	spoken := d.oneCase() && (d.reading == nil || !d.reading.Code.IsZero())
	var parts []string
	var widths []int
	add := func(s string) {
		parts = append(parts, s)
		widths = append(widths, lipgloss.Width(s))
	}
	for _, g := range d.layout.Groups {
		switch text := cut(g.Text, 24); g.State {
		case codes.GroupRight:
			add(t.good.Render(text) + " " + t.good.Render("✓"))
		case codes.GroupWrong:
			if spoken && g.Slip != nil && g.Slip.Slip == codes.SlipCheck {
				add(t.plain.Render(text) + t.dim.Render(" ?"))
				continue
			}
			add(t.bad.Underline(true).Render(text) + " " + t.bad.Render("✗"))
		default:
			add(t.plain.Render(text) + t.dim.Render(strings.Repeat("·", max(0, 6-lipgloss.Width(text)))) + "  ")
		}
	}
	for i := len(d.layout.Groups); i < d.layout.Want; i++ {
		add(t.dim.Render("······") + "  ")
	}
	if len(parts) == 0 {
		return []string{t.dim.Render("Groups form by themselves; ? stands for what nobody could hear.")}
	}
	const most = 3
	var lines []string
	line, used := "", 0
	for i, s := range parts {
		if used+widths[i]+1 > w && line != "" {
			lines, line, used = append(lines, line), "", 0
		}
		line += s + " "
		used += widths[i] + 1
	}
	lines = append(lines, line)
	if len(lines) > most {
		lines = append(lines[:most-1], t.dim.Render("… and more"))
	}
	return lines
}

// rest is what lies below the box.
func (d *desk) rest(p *page, h int) {
	t := d.s.t
	switch {
	case d.found != nil:
		d.drawFound(p)
	case d.box.empty():
		d.drawEmpty(p, h)
	case d.now != nil && d.now.waiting:
		p.hang(" "+t.bandWarn.Render(" RECORDING … ")+" ", t.plain, "Give no code yet: the answer shows when it is safe in the journal.")
	case d.now != nil && d.result() != nil:
		d.drawResult(p, h)
		d.drawHardware(p, d.now.reading)
	case d.readErr != nil:
		p.line(" ", t.bandBad.Render(" NOT RECORDED "), " ", t.strong.Render("The journal did not answer."))
		p.hang("   ", t.plain, sentence(d.readErr.Error()))
		p.hang("   ", t.plain, "Nothing is promised and nothing is lost: press enter to try again.")
	case d.reading == nil:
		d.drawTyping(p)
	case d.reading.Code.IsZero():
		d.drawSlip(p)
	default:
		d.drawReading(p, h)
		d.drawHardware(p, d.reading)
	}
}

// drawEmpty is a desk that waits for a call.
func (d *desk) drawEmpty(p *page, h int) {
	t := d.s.t
	if n := d.parked(); n > 0 {
		p.line(" ", t.warn.Render(fmt.Sprintf("%d parked: F6 lists them.", n)))
		p.blank()
	}
	p.line(" ", t.strong.Render("Ready for the next call."))
	p.blank()
	for _, l := range [][2]string{
		{"R…", "a request code: the program asks for an activation"},
		{"D…", "a confirmation code: the program gave its activation back"},
		{"S…", "a serial number: opens its license"},
		{"1… 2… 4…", "the same in digits, as they are read out on the telephone"},
		{"a mail", "pasted whole: the code in it is found"},
	} {
		p.line("   ", t.accent.Render(pad(l[0], 10)), t.plain.Render(l[1]))
	}
	if len(d.past) > 0 {
		p.blank()
		p.line(" ", t.dim.Render("ctrl+z brings the call before back."))
	}
}

func (d *desk) parked() (n int) {
	for _, c := range d.calls {
		if c.parked {
			n++
		}
	}
	return n
}

// drawFound has one of several codes chosen.
func (d *desk) drawFound(p *page) {
	t := d.s.t
	p.line(" ", t.strong.Render(fmt.Sprintf("There are %d codes in that text. Which one is meant?", len(d.found))))
	p.blank()
	for i, s := range d.found {
		kind := codes.Inspect(s).Kind
		line := pad(cut(s, 66), 68) + kindName(kind)
		if i == d.pick {
			p.line(" ", t.accent.Render("▸ "), t.strong.Render(line))
		} else {
			p.line("   ", line)
		}
	}
}

func kindName(k codes.Kind) string {
	if k == 0 {
		return "unknown kind"
	}
	return k.String()
}

// drawTyping says what the text is so far.
func (d *desk) drawTyping(p *page) {
	t, l := d.s.t, d.layout
	switch {
	case l.Complete || d.looking:
		p.line(" ", t.strong.Render(sentence(kindName(l.Kind))), t.dim.Render(" Looking it up …"))
	case l.Kind != 0:
		form := ""
		if l.Form == codes.FormDigits {
			form = ", in digits"
		}
		right := 0
		for _, g := range l.Groups {
			if g.State == codes.GroupRight {
				right++
			}
		}
		p.line(" ", t.strong.Render(strings.ToUpper(l.Kind.String()[:1])+l.Kind.String()[1:]+form), t.dim.Render(fmt.Sprintf("   %d of %d groups are right", right, l.Want)))
	case len(l.Groups) > 0:
		p.hang(" ", t.plain, "No code begins like this. Letters: R, D, S or A; digits: 1, 2, 4 or 3. The program shows the whole code: begin with its first character.")
	}
	spoken := d.oneCase()
	if spoken {
		p.hang("   ", t.plain, "All letters are alike in case: type on to the end, the desk finds the capitals by itself.")
	}
	for i, g := range l.Groups {
		if g.Slip == nil || spoken && g.Slip.Slip == codes.SlipCheck {
			continue
		}
		if i == len(l.Groups)-1 || g.State == codes.GroupWrong {
			p.hang(" "+t.bad.Render("✗")+" ", t.plain, sentence(g.Slip.Error()))
			if why := alike(g.Slip.Found); why != "" {
				p.hang("   ", t.plain, why)
			}
		}
	}
}

// drawSlip shows a text that is no code, and what it may have been.
func (d *desk) drawSlip(p *page) {
	t, r := d.s.t, d.reading
	p.line(" ", t.bandBad.Render(" CANNOT BE READ "), " ", t.strong.Render("Nothing is recorded."))
	p.blank()
	ps := d.proposals()
	if len(ps) == 1 && withoutCapitals(&ps[0]) {
		p.hang(" "+t.good.Render("✓")+" ", t.strong, "Read without capitals: one code fits. Tab takes it.")
	} else {
		p.hang(" "+t.bad.Render("✗")+" ", t.plain, sentence(strings.TrimPrefix(r.Reason, "no code could be read: ")))
		var slip *codes.SlipError
		if errors.As(r.Slip, &slip) {
			if why := alike(slip.Found); why != "" {
				p.hang("   ", t.plain, why)
			}
		}
	}
	if len(ps) == 0 {
		p.blank()
		p.text(t.dim, 1, "Nothing fits that a slip or two would explain. Ask for the groups marked ✗ again and type over them.")
		return
	}
	p.blank()
	head := "Did you hear:"
	if len(ps) > 1 {
		head = fmt.Sprintf("Did you hear one of these %d:", len(ps))
	}
	p.line(" ", t.strong.Render(head))
	first := max(0, min(d.pick-2, len(ps)-5))
	for i := first; i < min(first+5, len(ps)); i++ {
		d.drawProposal(p, &ps[i], i == d.pick || len(ps) == 1)
	}
	p.blank()
	p.text(t.plain, 1, "Ask for the group again, in the customer's words: never read a proposal out. Tab takes the one marked ▸.")
}

// drawProposal shows what a text may have been, differences underlined.
func (d *desk) drawProposal(p *page, x *codes.Proposal, chosen bool) {
	t := d.s.t
	code := x.Code.String()
	if d.layout.Form == codes.FormDigits {
		code = x.Code.Digits()
	}
	marked := make([]bool, len(code))
	for _, c := range x.Changes {
		from, to := c.Group*7+c.Position, c.Group*7+c.Position+max(1, len(c.To))
		if c.Position < 0 {
			from, to = c.Group*7, c.Group*7+6
		}
		for i := max(from, 0); i < min(to, len(code)); i++ {
			marked[i] = true
		}
	}
	var b strings.Builder
	for i := range code {
		if marked[i] {
			b.WriteString(t.warn.Underline(true).Reverse(true).Render(code[i : i+1]))
		} else {
			b.WriteString(code[i : i+1])
		}
	}
	mark := "   "
	if chosen {
		mark = t.accent.Render(" ▸ ")
	}
	p.line(mark, b.String())
	if !chosen || withoutCapitals(x) {
		return
	}
	for i, c := range x.Changes {
		if i == 3 {
			p.line("     ", t.dim.Render(fmt.Sprintf("and %d more differences", len(x.Changes)-3)))
			break
		}
		p.hang("     ", t.dim, c.String())
	}
}

// drawReading shows who asks for what on which machine, and every check.
func (d *desk) drawReading(p *page, h int) {
	t, r := d.s.t, d.reading
	d.band(p)
	if d.from != "" {
		p.line(" ", t.dim.Render(cut("("+d.from+")", p.w-2)))
	}
	p.blank()
	d.body(p, h-len(p.lines), r)
	_ = t
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
	case r.Verdict == journal.Refused && r.Overridable():
		next = "✗ " + sentence(r.Reason) + " Enter records the refusal; ctrl+o takes it all the same, with a reason."
	case r.Verdict == journal.Refused:
		next = "✗ " + sentence(r.Reason) + " Enter records the refusal."
	case r.Verdict == journal.Repeat && kind == codes.KindConfirmation:
		next = "Accepted before for this ticket; enter shows its receipt again."
	case r.Verdict == journal.Repeat:
		next = "Answered before; enter gives the same answer again."
	case kind == codes.KindConfirmation:
		next = "Enter records the deactivation."
	default:
		next = "Enter answers it with an activation code."
	}
	p.hang(" "+style.Render(word)+" ", t.strong, next)
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
		detail := c.Detail
		if detail == said {
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
