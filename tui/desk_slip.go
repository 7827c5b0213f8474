package tui

import (
	"errors"
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// drawSlip shows a text that is no code, and what it may have been.
func (d *desk) drawSlip(p *page) {
	t, r := d.s.t, d.reading
	ps := d.proposals()
	if d.capitalsOnly() {
		p.hang(" "+t.bandWarn.Render(" READ WITHOUT CAPITALS ")+" ", t.strong, "One code fits. Tab takes it; nothing is recorded yet.")
		d.whence(p)
		p.blank()
		d.drawProposal(p, &ps[0], true)
		return
	}
	p.line(" ", t.bandBad.Render(" CANNOT BE READ "), " ", t.strong.Render("Nothing is recorded."))
	d.whence(p)
	p.blank()
	p.hang(" "+t.bad.Render("✗")+" ", t.plain, sentence(strings.TrimPrefix(r.Reason, "no code could be read: ")))
	var slip *codes.SlipError
	if errors.As(r.Slip, &slip) {
		if why := alike(slip.Found); why != "" {
			p.hang("   ", t.plain, why)
		}
	}
	if len(ps) == 0 {
		p.blank()
		var length *codes.LengthError
		if errors.As(r.Slip, &length) && length.Want > 0 && length.Have > length.Want {
			p.text(t.dim, 1, "Something stands in it that is not part of the code, or twice: go through the groups with the customer, and take it out.")
			return
		}
		p.text(t.dim, 1, "No code is that close: at most one slip in a group can be guessed. Ask for the groups marked ✗ again and type over them.")
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
	if !chosen || x.OnlyCase() {
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
