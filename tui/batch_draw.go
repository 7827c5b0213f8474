package tui

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"charm.land/bubbles/v2/progress"

	"github.com/manual-activator/manual-activator/activator/journal"
)

func (b *batchRoom) draw(w, h int) *page {
	p := newPage(w)
	switch {
	case b.run == nil:
		b.drawChoice(p, h)
	case b.run.running:
		b.drawRunning(p)
	default:
		b.drawRows(p, h)
	}
	return p
}

// drawChoice has a file chosen.
func (b *batchRoom) drawChoice(p *page, h int) {
	t := b.s.t
	p.draw(t, "File", 7, &b.path)
	p.blank()
	switch {
	case b.err != nil:
		p.hang(" "+t.bad.Render("✗")+" ", t.plain, sentence(clean(b.err.Error())))
	case len(b.names) == 0:
		p.text(t.plain, 1, "No file or folder begins like this.")
	default:
		b.list.rows(p, t, len(b.names), max(h-len(p.lines)-5, 3), func(i int) string { return b.names[i] })
	}
	for len(p.lines) < h-4 {
		p.blank()
	}
	p.text(t.dim, 1, "A table with a column “code”, lines of JSON, or mails: requests and confirmations, one per row. First they are tried out: nothing is recorded, and you see what would be refused and why.")
}

// drawRunning shows how far a run is.
func (b *batchRoom) drawRunning(p *page) {
	t, r := b.s.t, b.run
	d := r.done.FileProgress
	word, style := " ANSWERING ", t.bandWarn
	if r.dry {
		word, style = " TRYING OUT, NOTHING IS RECORDED ", t.band
	}
	p.hang(" "+style.Render(word)+" ", t.strong, filepath.Base(r.in))
	p.blank()
	took := b.s.cfg.Now().Sub(r.began)
	part := 0.0
	if d.Size > 0 {
		part = min(float64(d.Read)/float64(d.Size), 1)
		if n := d.Rows + d.Waiting; n > 0 { // what waits is not done
			part *= float64(d.Rows) / float64(n)
		}
		bar := progress.New(progress.WithWidth(max(p.w-20, 10)), progress.WithoutPercentage())
		p.line("   ", bar.ViewAs(part), fmt.Sprintf(" %3.0f %%", part*100))
		p.blank()
	}
	p.field(t, "rows", fmt.Sprintf("%d%s", d.Rows, perSecond(d.Rows-d.Before, took)))
	p.field(t, "answered", fmt.Sprint(d.OK+d.Repeat))
	p.field(t, "refused", fmt.Sprint(d.Refused))
	p.field(t, "unreadable", fmt.Sprint(d.Unreadable))
	if d.Before > 0 {
		p.field(t, "before", fmt.Sprintf("%d were recorded by a run before this one", d.Before))
	}
	if d.Waiting > 0 {
		p.field(t, "waiting", fmt.Sprintf("%s for a seat that other rows may free", plural(d.Waiting, "row waits", "rows wait")))
	}
	p.field(t, "time", spell(took)+left(took, part))
	if r.halted {
		p.blank()
		p.text(t.warn, 1, "It ends after the rows that are being recorded …")
	}
}

// perSecond is a speed, once there is one.
func perSecond(rows int, took time.Duration) string {
	if took < time.Second || rows <= 0 {
		return ""
	}
	return fmt.Sprintf("   %.0f a second", float64(rows)/took.Seconds())
}

// left is how long it may still take.
func left(took time.Duration, part float64) string {
	if took < 2*time.Second || part < 0.02 || part >= 1 {
		return ""
	}
	return ", about " + spell(time.Duration(float64(took)*(1-part)/part)) + " left"
}

// spell is a duration for people.
func spell(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d == 0:
		return "less than 1 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// drawRows shows what a run came to, and the rows without an answer.
func (b *batchRoom) drawRows(p *page, h int) {
	t, r := b.s.t, b.run
	d := &r.done
	b.band(p)
	word := "answered"
	if r.dry && !d.Again {
		word = "would be answered"
	}
	p.hang(" ", t.plain, fmt.Sprintf("%s: %d %s, %d refused, %d cannot be read%s.", plural(d.Rows, "row", "rows"), d.OK+d.Repeat, word, d.Refused, d.Unreadable, b.nearly()))
	if r.dry && !d.Again && d.Before > 0 {
		p.hang(" ", t.plain, plural(d.Before, "row was recorded by a run before, and stays as it was.", "rows were recorded by a run before, and stay as they were."))
	}
	if r.dry && len(d.Aside) > 0 {
		p.hang(" "+t.warn.Render("!")+" ", t.plain, "Carried through, and not acted on: "+cut(clean(strings.Join(d.Aside, ", ")), 2*p.w-60)+".")
	}
	if r.done.CodeLess > 0 {
		p.hang(" "+t.warn.Render("!")+" ", t.plain, plural(r.done.CodeLess, "mail has", "mails have")+" no code, so no row here: look into the mailbox.")
	}
	if r.dry && len(r.why) > 0 {
		const most = 4
		p.blank()
		for i, x := range r.reasons() {
			if i == most {
				p.line("   ", t.dim.Render("and "+plural(len(r.why)-most, "more reason", "more reasons")))
				break
			}
			said := x.example
			if x.n > 1 {
				said = "for example: " + said
			}
			p.line("   ", t.warn.Render(fmt.Sprintf("%7d", x.n)), "  ", pad(x.check, 16), t.dim.Render(cut(said, p.w-31)))
		}
	}
	p.blank()
	detail := b.detail(p.w)
	b.list.rows(p, t, len(r.bad)+1, max(h-len(p.lines)-len(detail.lines)-1, 3), func(i int) string {
		if i == 0 {
			return b.action()
		}
		return b.rowLine(r.bad[i-1], p.w)
	})
	for len(p.lines) < h-len(detail.lines) {
		p.blank()
	}
	p.put(detail)
}

// nearly says how many rows a proposal would mend.
func (b *batchRoom) nearly() string {
	if b.run.near == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them with a proposal", b.run.near)
}

// band says what the numbers below are.
func (b *batchRoom) band(p *page) {
	t, r := b.s.t, b.run
	name := filepath.Base(r.in)
	switch {
	case r.err != nil:
		p.hang(" "+t.bandBad.Render(" ENDED EARLY ")+" ", t.strong, sentence(clean(r.err.Error()))+" What is recorded holds: the same file goes on there.")
	case r.dry && r.done.Again:
		p.hang(" "+t.bandGood.Render(" ANSWERED ALREADY ")+" ", t.strong, name+" came to its end before: answering it again writes its first answers once more and records nothing. What it came to:")
	case r.dry && r.halted:
		p.hang(" "+t.bandWarn.Render(" TRIED OUT IN PART, NOT RECORDED ")+" ", t.strong, name)
	case r.dry:
		p.hang(" "+t.bandWarn.Render(" NOT YET RECORDED ")+" ", t.strong, "What would become of "+name+":")
	case r.halted:
		p.hang(" "+t.bandWarn.Render(" ENDED BY YOU ")+" ", t.strong, name+" was not done to its end: what is recorded holds, and the same file goes on there. The answers are written when all rows are done.")
	case r.done.Again:
		p.hang(" "+t.bandGood.Render(" ✓ DONE BEFORE ")+" ", t.strong, "These are its first answers again, in "+r.done.Out)
	default:
		p.hang(" "+t.bandGood.Render(" ✓ DONE ")+" ", t.strong, fmt.Sprintf("The answers are in %s. It took %s%s.", r.done.Out, spell(r.took), strings.TrimSpace(strings.Replace(perSecond(r.done.Rows-r.done.Before, r.took), "   ", ", ", 1))))
	}
}

// action is the line above the rows.
func (b *batchRoom) action() string {
	switch {
	case !b.run.dry && b.run.whole():
		return "Another file"
	case !b.run.dry:
		return "Go on with this file …"
	case b.run.refusedWhole():
		return "Record these refusals …"
	}
	return fmt.Sprintf("Answer the file: %s …", plural(b.run.done.OK+b.run.done.Repeat, "answer", "answers"))
}

// rowLine is a row without an answer in one line, and what became of it at the desk.
func (b *batchRoom) rowLine(r *badRow, w int) string {
	what := "✗ " + firstFailed(&r.Entry)
	if n := len(r.Proposals()); n > 0 {
		what += ", " + plural(n, "proposal", "proposals")
	}
	if r.draft != "" {
		what = "✎ changed, not recorded"
	} else if o := r.mended; o != nil {
		what = "✓ recorded as entry " + o.Entry.String()
		if o.Verdict == journal.Refused || o.Verdict == journal.Unreadable {
			what = "✗ refused at the desk, entry " + o.Entry.String()
		}
	}
	return pad(fmt.Sprintf("line %d", r.Row.Line), 13) + pad(cut(what, 33), 35) + cut(r.Row.Text, max(w-52, 10))
}

// detail says of the marked row what it was and, where it was mended, what it is now.
func (b *batchRoom) detail(w int) *page {
	p, t := newPage(w), b.s.t
	r := b.row()
	if b.run.more > 0 && r == nil {
		where := "are in the file of the answers"
		if b.run.dry || !b.run.whole() {
			where = "come with the file of the answers, which is written when all rows are done"
		}
		p.hang(" ", t.dim, fmt.Sprintf("Here are %d rows without an answer, those with a proposal before others; %d more %s.", len(b.run.bad), b.run.more, where))
	}
	if r == nil {
		return p
	}
	p.line(" ", t.dim.Render(strings.Repeat("─", max(w-2, 0))))
	p.field(t, fmt.Sprintf("line %d", r.Row.Line), cut(r.Row.Text, 2*w-30))
	p.field(t, "with it", cut(r.carried(), 2*w-30))
	p.field(t, "as it came", sentence(cut(withoutFlags(r.Reason()), 3*w-40)))
	if o := r.mended; o != nil {
		p.field(t, "at the desk", cut(r.typed, w-15))
		said := string(o.Verdict)
		switch {
		case !o.Answer.IsZero():
			said += " · " + o.Answer.String()
		case o.Reason != "":
			said += " · " + o.Reason
		}
		p.field(t, " ", said+fmt.Sprintf(" · journal entry %v", o.Entry))
	}
	return p
}
