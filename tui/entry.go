package tui

import (
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
)

// drawEntry shows one entry of the journal.
func (j *journalRoom) drawEntry(p *page) {
	e, t := j.entry, j.s.t
	p.line(" ", t.strong.Render(fmt.Sprintf("Entry %v", e.ID)), "   ", t.strong.Render(cut(story(e), 50)))
	p.blank()
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
	if len(e.Checks) > 0 {
		p.blank()
	}
	for _, c := range e.Checks {
		p.hang(" "+t.mark(activator.Result(c.Result))+" "+t.dim.Render(pad(cut(c.Name, 14), 14))+" ", t.plain, c.Detail)
	}
}
