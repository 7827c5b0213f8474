package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"charm.land/bubbles/v2/progress"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/batch"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// A meter shows on standard error how far a batch is: a bar on a terminal, else a
// line now and then.
type meter struct {
	a       *app
	src     *source
	bar     *progress.Model // nil without a terminal
	plain   bool            // without colors
	columns func() int      // of the terminal, which may change
	started time.Time
	said    time.Time
	last    batch.Progress
}

// meterEvery is how often a line is written where nobody watches.
const meterEvery = 10 * time.Second

func (a *app) newMeter(src *source) *meter {
	m := &meter{a: a, src: src, started: time.Now(), said: time.Now()}
	if fd, watched := terminal(a.err); watched && a.env("TERM") != "dumb" {
		bar := progress.New(progress.WithoutPercentage())
		m.bar, m.plain = &bar, a.env("NO_COLOR") != ""
		m.columns = func() int {
			if w, _, err := term.GetSize(fd); err == nil && w > 0 {
				return w
			}
			return width
		}
	}
	return m
}

// show takes the progress of a run.
func (m *meter) show(p batch.Progress) {
	m.last = p
	if m.bar != nil {
		fmt.Fprintf(m.a.err, "\r%s\x1b[K", m.barred(m.columns()-1))
		return
	}
	if time.Since(m.said) >= meterEvery {
		m.said = time.Now()
		m.a.say("%s", m.line())
	}
}

// barred is the progress in one line of a terminal, which must not go on in the next: the
// bar has what the words leave.
func (m *meter) barred(columns int) string {
	const least, most = 5, 30
	line := m.line()
	room := columns - 1 - ansi.StringWidth(line)
	if room < least {
		return ansi.Truncate(line, columns, "…")
	}
	m.bar.SetWidth(min(room, most))
	bar := m.bar.ViewAs(m.share())
	if m.plain {
		bar = ansi.Strip(bar)
	}
	return bar + " " + line
}

// end leaves the line of the bar.
func (m *meter) end() {
	if m.bar != nil {
		fmt.Fprint(m.a.err, "\r\x1b[K")
	}
}

// share is how much of the input is done, as far as its size tells.
func (m *meter) share() float64 {
	if m.src.size == 0 {
		return 0
	}
	share := min(1, float64(m.src.read.Load())/float64(m.src.size))
	if n := m.last.Rows + m.last.Waiting; n > 0 { // rows that wait count as not done
		share *= float64(m.last.Rows) / float64(n)
	}
	return share
}

// line is the progress in words.
func (m *meter) line() string {
	spent := time.Since(m.started)
	s := fmt.Sprintf("%d rows, %.0f a second", m.last.Rows, m.rate())
	if share := m.share(); share > 0.01 && share < 1 {
		left := time.Duration(float64(spent) * (1 - share) / share).Round(time.Second)
		s += fmt.Sprintf(", %v left", left)
	}
	if n := m.last.Refused + m.last.Unreadable; n > 0 {
		s += fmt.Sprintf(", %d refused", n)
	}
	if n := m.last.Waiting; n > 0 {
		s += fmt.Sprintf(", %d wait for a seat", n)
	}
	return s
}

func (m *meter) rate() float64 {
	return float64(m.last.Rows) / max(time.Since(m.started).Seconds(), 0.001)
}

// batchDone says what a batch came to.
func (a *app) batchDone(o batchOptions, j *batch.Job, sum batch.Summary, m *meter) error {
	m.last = sum.Progress
	t, mails := sum.BatchTotals, j.Input.Mails()
	status := exitDone
	if t.Refused+t.Unreadable > 0 {
		status = exitRefused
	}
	if a.json && o.out != "-" {
		v := map[string]any{
			"verdict": journal.OK, "batch": j.Name, "rows": t.Rows, "ok": t.OK, "repeat": t.Repeat, "refused": t.Refused,
			"unreadable": t.Unreadable, "recorded_before": sum.Before, "dry_run": o.dry, "file": o.out,
		}
		if mails.Read > 0 {
			v["mails"], v["mails_without_code"], v["mails_deleted"] = mails.Read, mails.CodeLess, mails.Deleted
		}
		if status != exitDone {
			v["verdict"] = journal.Refused
		}
		if err := a.put(v); err != nil {
			return err
		}
		return answered(status)
	}
	w := io.Writer(a.out)
	if o.out == "-" {
		w = a.err
	}
	p := &printer{w: w, width: width}
	if w != a.err {
		p = a.printer()
	}
	title := plural(t.Rows, "row") + " done"
	if o.dry {
		title = plural(t.Rows, "row") + " looked at; nothing was recorded"
	}
	p.title(title)
	p.blank()
	p.field("answered", fmt.Sprint(t.OK))
	for _, f := range []struct {
		name string
		n    int
	}{{"repeated", t.Repeat}, {"refused", t.Refused}, {"unreadable", t.Unreadable}, {"done before", sum.Before}} {
		if f.n > 0 {
			p.field(f.name, fmt.Sprint(f.n))
		}
	}
	if mails.Read > 0 {
		p.field("mails", mailsRead(mails))
	}
	if !o.dry {
		p.field("batch", j.Name)
	}
	p.field("took", fmt.Sprintf("%v, %.0f rows a second", time.Since(m.started).Round(time.Millisecond), m.rate()))
	if o.out != "-" {
		p.field("answers", o.out)
	}
	return answered(status)
}

// mailsRead says of how many mails there are no rows, and why.
func mailsRead(m batch.Mails) string {
	said := fmt.Sprint(m.Read)
	if m.CodeLess > 0 {
		said += fmt.Sprintf(", %d of them without a code: look into the mailbox", m.CodeLess)
	}
	if m.Deleted > 0 {
		said += fmt.Sprintf("; %d deleted, and passed over", m.Deleted)
	}
	return said
}

// batchStopped says how to go on after a run that did not come to its end.
func (a *app) batchStopped(err error, o batchOptions, j *batch.Job, sum batch.Summary) error {
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	if o.dry || sum.Rows == 0 {
		return err
	}
	made := "no output was made of them yet"
	if o.out == "-" {
		made = "their answers were written, and come again"
	}
	then := fmt.Sprintf("%s recorded; %s.", isOrAre(sum.Rows), made)
	if !errors.As(err, new(*activator.EndedBatchError)) { // which says itself what helps: it goes on nowhere
		then += " To go on:\n  " + a.goOn(o, j.Name)
	}
	return &stopped{err, then}
}

// A stopped error says what was done before and, where that is possible, how to go on.
type stopped struct {
	why  error
	then string
}

func (e *stopped) Error() string { return e.why.Error() + "\n" + e.then }

func (e *stopped) Unwrap() error { return e.why }

// goOn is the command that goes on with a batch, with the flags of this one.
func (a *app) goOn(o batchOptions, name string) string {
	in := o.in
	if strings.HasPrefix(in, "-") && in != "-" {
		in = "./" + in // else it would be a flag
	}
	words := []string{"activator", "batch", quoteArg(in)}
	for _, f := range []struct{ flag, value, unset string }{
		{"-o", o.out, "-"}, {"--format", o.format, ""}, {"--name", name, ""},
		{"--dir", a.dir, ""}, {"--journal", a.journal, ""}, {"--operator", a.operator, ""}, {"--passphrase-file", a.passphraseFile, ""},
	} {
		switch {
		case f.value == f.unset:
		case strings.HasPrefix(f.flag, "--") && strings.HasPrefix(f.value, "-"):
			words = append(words, f.flag+"="+quoteArg(f.value))
		default:
			words = append(words, f.flag, quoteArg(f.value))
		}
	}
	words = append(words, "--resume")
	if a.json {
		words = append(words, "--json")
	}
	return strings.Join(words, " ")
}

func isOrAre(n int) string {
	if n == 1 {
		return "1 row is"
	}
	return fmt.Sprintf("%d rows are", n)
}

// quoteArg makes a word of a command line, for a shell as POSIX has it.
func quoteArg(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@%+=,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
