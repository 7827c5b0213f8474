package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// drawEntry shows one entry of the journal.
func (j *journalRoom) drawEntry(p *page) {
	e, t := j.entry, j.s.t
	p.line(" ", t.strong.Render(fmt.Sprintf("Entry %v", e.ID)), "   ", t.strong.Render(cut(story(e), 50)))
	p.blank()
	j.drawFound(p)
	p.field(t, "time", e.At.UTC().Format("Monday, 2 January 2006, 15:04:05 UTC"))
	p.field(t, "by", fmt.Sprintf("%s at desk %s, through %s", e.Operator, e.Desk, e.Via))
	p.field(t, "kind", string(e.Kind)+", "+string(e.Verdict))
	p.field(t, "product", j.s.product(e.Product))
	if e.License != 0 {
		p.field(t, "license", e.License.String())
	}
	if e.Definition != 0 {
		p.field(t, "definition", fmt.Sprint(e.Definition))
	}
	if e.Machine {
		p.field(t, "machine", fmt.Sprintf("%v, random %08x", e.Fingerprint, e.Random))
	}
	p.field(t, "state", e.State)
	p.field(t, "code", e.Code)
	p.field(t, "answer", e.Answer)
	for _, x := range e.Personal {
		if x.Redacted {
			p.field(t, x.Field, "(erased)")
		} else {
			p.field(t, x.Field, x.Text)
		}
	}
	if e.Detail != "" {
		lines := strings.Split(strings.TrimRight(e.Detail, "\n"), "\n")
		p.field(t, "detail", lines[0])
		if len(lines) > 1 {
			p.field(t, " ", fmt.Sprintf("and %d more lines: activator journal show %v", len(lines)-1, e.ID))
		}
	}
	if b := j.brought; b != nil {
		for _, l := range b.Logs {
			came, head := activator.SayBrought(l)
			p.field(t, "brought in", came)
			p.field(t, "its head", head)
		}
		taken, _ := activator.SayFollowed(b) // what collided stands above
		p.field(t, "taken over", taken)
	}
	if len(e.Checks) > 0 {
		p.blank()
	}
	collided := activator.Collided(e) // stand above
	for _, c := range e.Checks {
		if slices.Contains(collided, c.Detail) {
			continue
		}
		p.hang(" "+t.mark(activator.Result(c.Result))+" "+t.dim.Render(pad(cut(c.Name, 14), 14))+" ", t.plain, c.Detail)
	}
}

// drawFound says what a person has to look at: what an entry collided with, or all that a merge found.
func (j *journalRoom) drawFound(p *page) {
	t := j.s.t
	needs := func(head, text string) {
		p.hang(" "+t.bad.Render("✗ ")+t.strong.Render(head)+" ", t.plain, sentence(text))
	}
	for _, c := range activator.Collided(j.entry) {
		needs("Needs a person:", c)
	}
	switch {
	case j.entry.Kind != journal.KindMerge:
	case j.foundErr != nil:
		p.hang(" "+t.bad.Render("✗")+" ", t.plain, sentence(j.foundErr.Error()))
	case !j.looked:
		p.line(" …")
	case len(j.found) == 0:
		p.line(" Nothing collided.")
	default:
		p.line(" ", t.strong.Render("Both desks did what may be done once. Look at each:"))
		for i := range j.found {
			head := ""
			if l := j.found[i].License; l != 0 {
				head = "License " + l.String() + ":"
			}
			for _, c := range activator.Collided(&j.found[i]) {
				needs(head, c)
			}
		}
	}
	if j.entry.Kind == journal.KindMerge || len(activator.Collided(j.entry)) > 0 {
		p.blank()
	}
}
