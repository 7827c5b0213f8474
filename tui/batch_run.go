package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// fileRun is one run of a file, dry or recorded.
type fileRun struct {
	in, out string
	dry     bool
	began   time.Time
	took    time.Duration
	running bool
	halted  bool // the operator ended it
	stop    context.CancelFunc
	live    *live
	done    FileDone
	err     error

	unanswered
	before []*badRow // of a run of the same file before this one
}

// unanswered are the rows of a run that have no answer.
type unanswered struct {
	bad  []*badRow // at most mostBad with a proposal, and mostBad without
	more int       // beyond them
	near int       // with a proposal
	why  map[string]reason
}

// reason is a check that failed: in how many rows it was the first to, and the sentence
// of one of them.
type reason struct {
	check, example string
	n              int
}

// add counts a row, and keeps it if there is room.
func (u *unanswered) add(file string, o *activator.RowOutcome, cells func() []Cell) {
	check := firstFailed(&o.Entry)
	why, known := u.why[check]
	if !known {
		why = reason{check: check, example: withoutFlags(o.Reason())}
	}
	why.n++
	u.why[check] = why
	kept := len(u.bad) - min(u.near, mostBad)
	if len(o.Proposals()) > 0 {
		kept = u.near
		u.near++
	}
	if kept >= mostBad {
		u.more++
		return
	}
	u.bad = append(u.bad, &badRow{RowOutcome: *o, file: file, cells: cells(), mending: &mending{}})
}

// badRow is a row that has no answer, and what was recorded of it at the desk.
type badRow struct {
	activator.RowOutcome
	file  string
	cells []Cell
	*mending
}

// mending is what the desk made of a row. It outlives the run: a file that was tried out
// and mended may be answered afterwards.
type mending struct {
	typed  string             // what was submitted in its place
	mended *activator.Outcome // nil until then
	saved  *activator.Outcome // the one that is in a file of mended rows
	taken  string             // as the desk got it last
	draft  string             // what the desk made of it, not submitted; empty for nothing
}

// begun reports whether something was made of the row at the desk.
func (m *mending) begun() bool { return m.mended != nil || m.draft != "" }

// good reports whether the row has its answer by now.
func (m *mending) good() bool {
	return m.mended != nil && (m.mended.Verdict == journal.OK || m.mended.Verdict == journal.Repeat)
}

// take keeps what the desk recorded of the row: the last, unless the row was good before.
func (m *mending) take(typed string, o *activator.Outcome) {
	m.draft = ""
	good := o.Verdict == journal.OK || o.Verdict == journal.Repeat
	if good || !m.good() {
		m.typed, m.mended = typed, o
	}
}

// mostBad bounds how many rows without an answer are kept for the list, of those with
// a proposal and of the others; the file of the answers has all of them.
const mostBad = 5_000

// fileTick is how often a run's progress is looked at.
const fileTick = 250 * time.Millisecond

// live is what the goroutine of a run tells. Everything else of the screens belongs to
// Update alone.
type live struct {
	mu sync.Mutex
	p  FileProgress
	u  unanswered
}

func newLive() *live { return &live{u: unanswered{why: map[string]reason{}}} }

func (l *live) progress(p FileProgress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.p = p
}

// each keeps a row that has no answer.
func (l *live) each(file string, o *activator.RowOutcome, cells func() []Cell) {
	v := o.Verdict()
	if v == journal.OK || v == journal.Repeat {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.u.add(file, o, cells)
}

// whole reports whether all rows are done.
func (r *fileRun) whole() bool { return r.err == nil && !r.halted }

// refusedWhole reports whether all rows were tried out, and none of them would be answered.
func (r *fileRun) refusedWhole() bool { return r.dry && r.whole() && r.done.OK+r.done.Repeat == 0 }

// catchUp takes over what the run told so far.
func (r *fileRun) catchUp() {
	r.live.mu.Lock()
	defer r.live.mu.Unlock()
	r.done.FileProgress = r.live.p
	r.unanswered = r.live.u
	r.bad, r.why = slices.Clip(r.bad), maps.Clone(r.why) // the goroutine adds to its own
}

// start runs a file.
func (b *batchRoom) start(f FileRun) tea.Cmd {
	r := &fileRun{in: f.In, out: f.Out, dry: f.Dry, began: b.s.cfg.Now(), running: true, live: newLive()}
	l, file := r.live, filepath.Base(f.In)
	f.Progress = l.progress
	f.Each = func(o *activator.RowOutcome, cells func() []Cell) { l.each(file, o, cells) }
	files, what := b.s.files, answering
	if f.Dry {
		what = tryingOut
	}
	if b.run != nil && b.run.in == f.In {
		r.before = b.run.bad
	}
	b.run, b.list = r, list{}
	ctx, stop := context.WithCancel(b.s.ctx)
	r.stop = stop // ends the run, whose message still comes
	return tea.Batch(b.s.do(what, func(context.Context) any {
		defer stop()
		done, err := files.Run(ctx, f)
		return fileDoneMsg{r, done, err}
	}), b.s.cfg.After(fileTick, fileTickMsg{r}))
}

// What takes its time.
const (
	answering = "answering the file"
	tryingOut = "trying the file out"
)

// halt ends a run in order: what is being recorded is recorded.
func (b *batchRoom) halt() tea.Cmd {
	b.run.halted = true
	b.run.stop()
	return b.s.say("It ends after the rows that are being recorded.")
}

// ended takes what a run came to.
func (b *batchRoom) ended(m fileDoneMsg) tea.Cmd {
	r := m.run
	r.catchUp()
	r.inherit()
	slices.SortStableFunc(r.bad, func(a, b *badRow) int { return a.Row.Line - b.Row.Line }) // rows that waited come last
	r.running, r.done, r.err, r.took = false, m.done, m.err, b.s.cfg.Now().Sub(r.began)
	if r.halted && errors.Is(m.err, context.Canceled) {
		r.err = nil
		b.s.tell(noticeMsg{}) // it ended
	} else {
		r.halted = false
	}
	if r.err != nil && r.done.Rows == 0 && r.dry {
		err := r.err
		b.run, b.list = nil, list{}
		return tea.Batch(b.look(), b.s.tell(noticeMsg{text: "This file cannot be taken: " + clean(err.Error()), bad: true, passing: true}))
	}
	return nil
}

// inherit takes over what was mended after a run before this one, with the row itself where
// this run has none of it: it ended before, or there was no room for it, or it answered it.
func (r *fileRun) inherit() {
	type place struct {
		line int
		sum  [32]byte
	}
	known := map[place]*badRow{}
	for _, x := range r.bad {
		known[place{x.Row.Line, x.Row.Sum}] = x
	}
	for _, x := range r.before {
		switch now := known[place{x.Row.Line, x.Row.Sum}]; {
		case now != nil:
			now.mending = x.mending
		case x.begun():
			r.bad = append(r.bad, x)
		}
	}
	r.before = nil
}

// ask asks before a file is answered: what is recorded stays recorded.
func (b *batchRoom) ask() tea.Cmd {
	r := b.run
	if r.dry && r.whole() && r.done.Rows == 0 {
		return b.s.say("There are no rows in this file.")
	}
	f := &form{
		title: "Answer " + filepath.Base(r.in) + "?", yes: "Answer and record", danger: true, draft: "batch " + r.in,
		text:  []string{"Every row is recorded, those that are refused too. It can be ended at any time and goes on later with the same file."},
		items: []*item{text("Answers to", "a new file", "Written whole when all rows are done. It must not be there yet.")},
	}
	if r.refusedWhole() {
		f.title, f.yes = "Record these refusals?", "Record them"
		f.text[0] = "No row of " + filepath.Base(r.in) + " can be answered. " + f.text[0]
	}
	if r.halted && r.dry {
		f.text = append(f.text, fmt.Sprintf("Only its first %s were tried out.", plural(r.done.Rows, "row", "rows")))
	}
	f.items[0].field.set(cmp.Or(r.out, answersFor(r.in)))
	f.do = func(f *form) (tea.Cmd, string) {
		if f.value(0) == "" {
			return nil, "a file for the answers is needed"
		}
		out, files := f.value(0), b.s.files
		return b.s.do("looking for that file", func(ctx context.Context) any {
			names, err := files.List(ctx, out)
			return outMsg{f, FileRun{In: r.in, Out: out}, err == nil && slices.Contains(names, out)}
		}), ""
	}
	return b.s.open(f.begin(b.s))
}

// answersFor proposes a name for the answers: beside the input, of the same form where
// that is a table or lines, a table for mails.
func answersFor(in string) string {
	ext := filepath.Ext(in)
	stem := strings.TrimSuffix(in, ext)
	switch strings.ToLower(ext) {
	case ".csv", ".jsonl":
	default:
		ext = ".csv"
	}
	return stem + "-answers" + ext
}

// carried says what the file has beside the code, in one line.
func (r *badRow) carried() string {
	var all []string
	for _, c := range r.cells {
		if text := strings.TrimSpace(c.Text); !c.Code && text != "" {
			all = append(all, c.Column+" "+text)
		}
	}
	return strings.Join(all, " · ")
}
