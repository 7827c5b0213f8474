package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

func (d *desk) draw(w, h int) *page {
	p, t := newPage(w), d.s.t
	p.draw(t, "Code", 7, &d.box)
	for _, l := range d.strip(w - 9) {
		p.line("         ", l)
	}
	p.draw(t, "Ref.", 7, &d.ref)
	p.blank()
	q := newPage(w)
	fixed := d.rest(q, h-len(p.lines))
	d.scroll = min(d.scroll, max(0, len(q.lines)-(h-len(p.lines))))
	q.lines = slices.Delete(q.lines, fixed, min(fixed+d.scroll, len(q.lines)))
	if room := h - len(p.lines); d.confirmed() && room > 0 && len(q.lines) > room {
		q.lines = append(q.lines[:room-1], " "+t.dim.Render("↓ more below"))
	}
	p.lines = append(p.lines, q.lines...)
	return p
}

// strip shows the groups of the text in the box, each with its mark.
func (d *desk) strip(w int) []string {
	t := d.s.t
	var parts []string
	var widths []int
	add := func(s string) {
		parts = append(parts, s)
		widths = append(widths, lipgloss.Width(s))
	}
	partial := func(text string) string {
		return t.plain.Render(text) + t.dim.Render(strings.Repeat("·", max(0, 6-lipgloss.Width(text)))) + "  "
	}
	for _, g := range d.layout.Groups {
		switch text := cut(g.Text, 24); g.State {
		case codes.GroupRight:
			add(t.good.Render(text) + " " + t.good.Render("✓"))
		case codes.GroupWrong:
			switch {
			case d.uncertain(g) && lipgloss.Width(text) < 6:
				add(partial(text))
			case d.uncertain(g):
				add(t.plain.Render(text) + t.dim.Render(" ?"))
			default:
				add(t.bad.Underline(true).Render(text) + " " + t.bad.Render("✗"))
			}
		default:
			add(partial(text))
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

// rest is what lies below the box. It returns how many lines of it stay where they are when the others are scrolled.
func (d *desk) rest(p *page, h int) (fixed int) {
	t := d.s.t
	switch {
	case d.found != nil:
		d.drawFound(p)
	case d.box.empty() && d.row != nil:
		p.line(" ", t.strong.Render("Type what this row of the file is meant to be. Esc: the next call."))
		d.whence(p)
	case d.box.empty():
		d.drawEmpty(p, h)
	case d.now != nil && d.now.waiting:
		p.hang(" "+t.bandWarn.Render(" RECORDING … ")+" ", t.plain, "Give no code yet: the answer shows when it is safe in the journal.")
	case d.now != nil && d.result() != nil:
		d.drawResult(p, h)
		d.drawHardware(p, d.now.reading)
	case errors.As(d.readErr, new(*activator.FormerJournalError)):
		p.line(" ", t.bandBad.Render(" STOP "), " ", t.strong.Render("Nothing is answered and nothing is recorded."))
		p.hang("   ", t.plain, sentence(d.readErr.Error()))
	case d.readErr != nil:
		p.line(" ", t.bandBad.Render(" NOT RECORDED "), " ", t.strong.Render("The journal did not answer."))
		p.hang("   ", t.plain, sentence(d.readErr.Error()))
		p.hang("   ", t.plain, "Nothing is promised and nothing is lost: press enter to try again.")
	case d.reading == nil:
		d.drawTyping(p)
	case d.reading.Code.IsZero():
		d.drawSlip(p)
	default:
		fixed = d.drawReading(p, h)
		d.drawHardware(p, d.reading)
	}
	return fixed
}

// drawEmpty is a desk that waits for a call.
func (d *desk) drawEmpty(p *page, h int) {
	t := d.s.t
	if n := d.parked(); n > 0 {
		them := "them"
		if n == 1 {
			them = "it"
		}
		p.line(" ", t.warn.Render(fmt.Sprintf("%d parked: F6 lists %s.", n, them)))
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
	head := fmt.Sprintf("There are %d codes in that text. Which one is meant?", len(d.found))
	if n := d.mailed.open(); n < len(d.found) {
		head = fmt.Sprintf("%d more in that text. Which one is next? Esc: none.", n)
	}
	p.line(" ", t.strong.Render(head))
	p.blank()
	for i, s := range d.found {
		kind := "unknown"
		if k := codes.Inspect(s).Kind; k != 0 {
			kind = k.Word()
		}
		if d.mailed.done[i] {
			kind = "✓ recorded"
		}
		line := pad(cut(kind, 13), 14) + cut(s, 62)
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
	if d.row != nil {
		d.whence(p)
	}
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
	if d.oneCase() && l.Kind != 0 {
		p.hang("   ", t.plain, "All letters are alike in case: type on to the end, the desk finds the capitals by itself.")
	}
	for i, g := range l.Groups {
		if g.Slip == nil || d.uncertain(g) {
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
