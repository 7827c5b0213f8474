package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// reading writes a code as the desk sees it: what it is, who asks for what on
// which machine, and every check.
func (p *printer) reading(r *activator.Reading) {
	if r.Code.IsZero() {
		p.unreadable(r)
		return
	}
	kind := r.Code.Kind()
	p.title(strings.ToUpper(kind.String()[:1]) + kind.String()[1:])
	if kind != codes.KindSerial {
		p.line("  ", r.Code.String())
	}
	p.blank()
	if r.License != nil {
		l := r.License
		p.field("license", l.Number.String()+standing(l.State))
		p.field("customer", l.Customer)
		p.field("order", l.Order)
	}
	if r.Product != nil {
		product := r.Product.Name + " (" + r.Product.ID + ")"
		if r.Release != 0 {
			product += fmt.Sprintf(", release %d", r.Release)
		}
		p.field("product", product)
	}
	if d := r.Definition; d != nil {
		name := "asks for"
		if kind == codes.KindConfirmation {
			name = "gives back by"
		}
		p.field(name, fmt.Sprintf("%s (%d, %s)", d.Name, d.ID, d.Type))
	}
	if kind == codes.KindRequest || kind == codes.KindConfirmation {
		p.field("machine", named(r.Statement.Fingerprint, r.Report().Machine))
	}
	if r.StateNote != "" {
		p.field("state", string(r.State)+": "+r.StateNote)
	}
	if r.License != nil {
		p.field("seats", fmt.Sprintf("%d of %d taken", r.License.Taken, r.License.Seats))
		name := "other machines"
		if kind == codes.KindSerial {
			name = "machines"
		}
		p.machines(name, r.Active)
	}
	p.checks(r.Checks)
	if r.Hardware != nil {
		p.blank()
		p.machinesBeside(*r.Hardware, 2)
	}
}

func standing(state string) string {
	if state == journal.Live || state == "" {
		return ""
	}
	return ", " + state
}

// manyMachines bounds how many machines are listed with a code.
const manyMachines = 8

func (p *printer) machines(name string, ms []activator.Machine) {
	for i, m := range ms {
		if i == manyMachines {
			p.field(name, fmt.Sprintf("and %d more: activator license show", len(ms)-i))
			return
		}
		p.field(name, seat(m))
		name = ""
	}
}

// named is a machine with what people call it.
func named(f codes.Fingerprint, name string) string {
	if name == "" {
		return f.String()
	}
	return f.String() + " " + strconv.Quote(name)
}

func seat(m activator.Machine) string {
	return fmt.Sprintf("%s, seat %d since %s", named(m.Fingerprint, m.Name), m.Seat, m.Since)
}

// checks writes every check with its mark and its sentence.
func (p *printer) checks(cs []activator.Check) {
	if len(cs) == 0 {
		return
	}
	p.blank()
	for _, c := range cs {
		p.hang("  "+p.mark(c.Result)+" "+pad(c.Name, labels), 4+labels, c.Detail)
	}
}

func (p *printer) mark(r activator.Result) string {
	switch r {
	case activator.Passed:
		return p.in(green, "✓")
	case activator.Failed:
		return p.in(red, "✗")
	case activator.Warning, activator.Overridden:
		return p.in(yellow, "!")
	}
	return p.in(faint, "–")
}

// unreadable writes why a text is no code, and what it may have been.
func (p *printer) unreadable(r *activator.Reading) {
	p.title("Not readable")
	p.blank()
	p.sentence(2, sentence(r.Reason))
	p.several(r.Text)
	p.proposals(r.Proposals)
}

// proposals lists what a text may have been. They are for comparing by eye; the
// caller is asked again, so that nobody is talked into a code.
func (p *printer) proposals(ps []codes.Proposal) {
	if len(ps) == 0 {
		return
	}
	p.blank()
	p.line("  Did you mean:")
	groups := map[int]bool{}
	for _, x := range ps {
		text := x.Code.String()
		if len(x.Changes) > 0 && x.Changes[0].Form == codes.FormDigits {
			text = x.Code.Digits()
		}
		marks := make([]bool, len(text))
		for _, c := range x.Changes {
			groups[c.Group] = true
			mark(marks, c)
		}
		p.proposal(text, marks)
		for _, c := range x.Changes {
			if c.Class != codes.ClassCase {
				p.sentence(6, c.String())
			}
		}
	}
	p.blank()
	p.sentence(2, askAgain(groups)+" Do not read a proposal out: what the customer then says again is what counts.")
}

// groupWidth is a group with its check character and the dash after it.
const groupWidth = 7

// mark notes which characters of a proposal a change is about.
func mark(marks []bool, c codes.Change) {
	from, to := c.Group*groupWidth+c.Position, c.Group*groupWidth+c.Position+max(1, len(c.To))
	if c.Position < 0 {
		from, to = c.Group*groupWidth, c.Group*groupWidth+groupWidth-1
	}
	for i := max(from, 0); i < to && i < len(marks); i++ {
		marks[i] = true
	}
}

// proposal writes a proposed code and, below it, which characters differ from
// what was typed. A long code breaks between groups.
func (p *printer) proposal(text string, marks []bool) {
	const indent = "    "
	perLine := (p.width - len(indent)) / groupWidth * groupWidth
	for at := 0; at < len(text); at += perLine {
		end := min(at+perLine, len(text))
		var codeLine, markLine strings.Builder
		for i := at; i < end; i++ {
			ch := text[i : i+1]
			if marks[i] {
				codeLine.WriteString(p.in(bold.Foreground(yellow.GetForeground()), ch))
				markLine.WriteByte('^')
			} else {
				codeLine.WriteString(ch)
				markLine.WriteByte(' ')
			}
		}
		p.line(indent, codeLine.String())
		p.line(indent, markLine.String())
	}
}

// askAgain says which groups to have read again.
func askAgain(groups map[int]bool) string {
	var names []string
	for g := range 20 {
		if groups[g] {
			names = append(names, fmt.Sprint(g+1))
		}
	}
	switch len(names) {
	case 0:
		return "Ask for the whole code again."
	case 1:
		return "Ask for group " + names[0] + " again."
	}
	return "Ask for groups " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " again."
}

// sentence makes a sentence of an error's text.
func sentence(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	s = strings.ToUpper(string(r[:1])) + string(r[1:])
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// verdict writes how it ended, or would end.
func (p *printer) verdict(v journal.Verdict, words string) {
	p.blank()
	style := bold.Foreground(green.GetForeground())
	if v == journal.Refused || v == journal.Unreadable {
		style = bold.Foreground(red.GetForeground())
	}
	for _, l := range wrap(safe(words), p.width) {
		p.line(p.in(style, l))
	}
}

// refused says why, and what an operator may do about it.
func refused(r *activator.Reading) string {
	why := sentence(r.Reason)
	switch {
	case why == "":
		return "Refused."
	case r.Overridable():
		return "Refused. " + why + " To pass it all the same, say why: --override REASON."
	}
	return "Refused. " + why
}
