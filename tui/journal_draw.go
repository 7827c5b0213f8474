package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
)

func (j *journalRoom) draw(w, h int) *page {
	p, t := newPage(w), j.s.t
	if j.entry != nil {
		q := newPage(w)
		j.drawEntry(q)
		j.scroll = min(j.scroll, max(0, len(q.lines)-h))
		p.lines = q.lines[j.scroll:]
		return p
	}
	p.draw(t, "Search", 7, &j.find)
	if s := j.filter.String(); s != "" {
		if j.filter.kind == collisions {
			s = "what two desks did that may be done once" + strings.TrimPrefix(s, string(collisions))
		}
		p.line(" ", t.accent.Render(cut("Only "+s, w-2)))
	} else {
		order := "Everything, the newest first"
		if slices.ContainsFunc(j.entries, func(e journal.Entry) bool { return e.ID.Log() != 0 }) {
			order = "Everything, the newest of this journal first; then what other desks brought in"
		}
		p.line(" ", t.dim.Render(cut(order, w-2)))
	}
	if j.err != nil {
		p.blank()
		p.hang(" "+t.bad.Render("✗")+" ", t.plain, sentence(j.err.Error()))
		return p
	}
	day, told, fp := 11, 23, 0 // the year and the machine are left out where there is no room
	if w >= 100 {
		day, told, fp = 16, 28, 8
	}
	line := func(no, at, what, license, machine, by, rest string) string {
		return pad(cut(no, 7), 8) + pad(at[max(0, len(at)-day):], day+1) + pad(cut(what, told-1), told) + pad(license, 9) + pad(cut(machine, fp), fp) + pad(cut(by, 7), 8) + rest
	}
	last := "customer, ref., reason"
	if j.filter.kind == collisions {
		last = "what both did"
		line = func(no, _, _, license, _, _, rest string) string { return pad(cut(no, 7), 8) + pad(license, 9) + rest }
	}
	p.line(" ", t.dim.Render(cut(line("no.", "time (UTC)", "what", "license", "machine", "by", last), w-3)))
	rows := h - len(p.lines) - 1
	j.list.rows(p, t, len(j.entries), rows, func(i int) string {
		e := &j.entries[i]
		license, machine := "", ""
		if e.License != 0 {
			license = e.License.String()
		}
		if e.Machine {
			machine = e.Fingerprint.String()
		}
		return line(e.ID.String(), e.At.UTC().Format("2006-01-02 15:04"), story(e), license, machine, e.Operator, about(e, j.names))
	})
	for len(p.lines) < h-1 {
		p.blank()
	}
	p.line(" ", t.dim.Render(j.state()))
	return p
}

// personal are the erasable texts of an entry, in one line.
func personal(e *journal.Entry) string { return strings.Join(textsOf(e), " · ") }

func textsOf(e *journal.Entry) (all []string) {
	for _, x := range e.Personal {
		if !x.Redacted {
			all = append(all, x.Text)
		}
	}
	return all
}

// state says how much of the journal was looked at.
func (j *journalRoom) state() string {
	_, text := j.filter.query(strings.TrimSpace(j.find.value()))
	switch {
	case text != "" && !j.end:
		return fmt.Sprintf("%d found, %d entries looked through, back to %s …", len(j.entries), j.searched, j.until)
	case text != "":
		return fmt.Sprintf("%d found in all %s", len(j.entries), plural(j.searched, "entry", "entries"))
	case j.end && len(j.entries) == 0 && j.filter == (filter{kind: collisions}):
		return "Nothing that may be done once was done at two desks."
	case j.end && len(j.entries) == 0:
		return "No entries."
	case j.end:
		return "All: " + plural(len(j.entries), "entry", "entries")
	case len(j.entries) == 0:
		return "…"
	}
	return fmt.Sprintf("%d entries loaded; more come as you scroll", len(j.entries))
}
