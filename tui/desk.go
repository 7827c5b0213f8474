package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// desk is the first room: one box for every code. What is typed is looked at at
// once and recorded by Enter.
type desk struct {
	s     *shared
	box   field
	ref   field
	onRef bool

	layout  codes.Layout
	gen     int // counts what stood in the box
	reading *activator.Reading
	life    []journal.Entry // of the license that was read, the newest first
	readErr error
	looking bool
	stop    context.CancelFunc // of the reading under way
	pick    int                // the proposal, or the code of a mail, that is chosen
	found   []string           // codes of a pasted text, while one must be chosen
	mailed  *mailed            // several codes of a pasted text, one of them in the box
	from    string             // where the text in the box was found
	with    map[string]string  // hardware profiles, by the request of the same mail
	row     *badRow            // the row of a file that is mended here
	armed   bool               // Enter was pressed on an unreadable text
	scroll  int

	now    *call // what was submitted of the text in the box
	digits bool  // the answer shows in digits
	quiet  time.Time
	calls  []*call
	past   []snapshot
	ids    int

	shelved int // how often this desk changed what is parked
}

// call is something that was submitted, or parked, since the program began.
type call struct {
	id       int
	at       time.Time
	text     string
	ref      string
	form     codes.Form
	reading  *activator.Reading
	outcome  *activator.Outcome
	err      error
	waiting  bool // submitted; nothing is known yet
	parked   bool
	by       string // who parked it
	kept     bool   // parked, and in the vendor folder
	ready    bool   // parked, and can be answered now
	decision activator.Decision
	asked    *form   // said more than Enter does; nil for Enter
	row      *badRow // the row of a file that it mends
	profile  string  // the hardware profile that came with it
}

// snapshot is what the desk showed, to be brought back.
type snapshot struct {
	text, ref, from string
	pos             int
	now             *call
	row             *badRow
	mailed          *mailed
}

// mailed are the codes of a pasted text.
type mailed struct {
	codes []string
	done  []bool // recorded
	at    int    // the one in the box
}

// left is the first code that is not done, -1 for none.
func (m *mailed) left() int { return slices.Index(m.done, false) }

// open counts the codes that are not done.
func (m *mailed) open() (n int) {
	for _, done := range m.done {
		if !done {
			n++
		}
	}
	return n
}

func newDesk(s *shared) *desk {
	d := &desk{s: s, box: newField("type or paste any code, or a whole mail"), ref: newField("reference: case, ticket or credit note (tab)"), stop: func() {}, with: map[string]string{}}
	d.box.focused = true
	return d
}

func (d *desk) name() string { return "Desk" }

func (d *desk) enter() tea.Cmd { return nil }

// leaving says what leaving would lose; empty for nothing.
func (d *desk) leaving() string {
	for _, c := range d.calls {
		if c.waiting {
			return "A code is still being recorded."
		}
	}
	for _, c := range d.calls {
		if c.parked && !c.kept {
			return "A parked request will be forgotten, because it could not be kept."
		}
	}
	if !d.box.empty() && d.now == nil {
		return "What is in the box is not recorded."
	}
	return ""
}

func (d *desk) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	if d.found != nil {
		return d.choose(k)
	}
	if !is(k, keys.Enter) {
		d.armed = false // the warning went with this key
	}
	switch {
	case is(k, keys.Enter):
		return d.press(), true
	case is(k, keys.Back):
		d.next()
		return nil, true
	case is(k, keys.Undo):
		return d.undo(), true
	case is(k, keys.Take) && d.proposed() != nil:
		return d.take(), true
	case is(k, keys.Take) && d.proposing():
		return d.s.say("One moment: the desk looks for what it may have been."), true
	case is(k, keys.Next, keys.Prev):
		d.focus(!d.onRef)
		return nil, true
	case is(k, keys.Up, keys.Down, keys.PageUp, keys.PageDown):
		d.move(k)
		return nil, true
	}
	if cmd, taken := d.act(k); taken {
		return cmd, true
	}
	if d.onRef {
		if o := d.result(); o != nil && o.Verdict != journal.Refused && typed(k) {
			return d.recordedAlready(), true
		}
		changed, taken := d.ref.update(k)
		if changed {
			return d.retold(), true
		}
		return nil, taken
	}
	if d.now != nil && typed(k) && (d.settled() || d.box.pos == len(d.box.text)) {
		d.next() // a new call begins by typing it
	}
	if d.now != nil && edits(k) && d.settled() {
		return d.s.say("This is recorded as it stands. Enter begins the next call."), true
	}
	before := d.shown()
	changed, taken := d.box.update(k)
	if changed && (d.now != nil || is(k, keys.Clear)) {
		d.remember(before)
		d.now = nil // the text is no longer what was submitted; it is still of its row
	}
	if changed {
		return d.edited(), true
	}
	return nil, taken
}

// settled reports whether what was submitted stands as it is: it is still being
// recorded, or it has its answer or receipt. What was refused can be mended.
func (d *desk) settled() bool {
	return d.now != nil && (d.now.waiting || !d.answer().IsZero() || d.confirmed())
}

// recordedAlready refuses a reference for what was recorded without it: it would look
// recorded and not be.
func (d *desk) recordedAlready() tea.Cmd {
	return d.s.say("This is in the journal as it stands: a reference goes in before enter. Enter begins the next call.")
}

// focus moves between the box and the reference.
func (d *desk) focus(ref bool) {
	d.onRef = ref
	d.box.focused, d.ref.focused = !ref, ref
}

// move scrolls, or chooses a proposal.
func (d *desk) move(k tea.KeyPressMsg) {
	n := len(d.proposals())
	switch {
	case is(k, keys.PageUp):
		d.scroll = max(0, d.scroll-5)
	case is(k, keys.PageDown):
		d.scroll += 5
	case is(k, keys.Up) && n > 1:
		d.pick = (d.pick + n - 1) % n
	case is(k, keys.Down) && n > 1:
		d.pick = (d.pick + 1) % n
	case is(k, keys.Up):
		d.scroll = max(0, d.scroll-1)
	default:
		d.scroll++
	}
}

// next clears the desk for the next call. Nothing is lost: undo brings it back.
func (d *desk) next() {
	d.keep()
	d.box.set("")
	d.ref.set("")
	d.now, d.from, d.found, d.row, d.mailed = nil, "", nil, nil, nil
	d.focus(false)
	d.forget()
}

// holds reports whether a row of a file stands in the box and is not recorded.
func (d *desk) holds(row *badRow) bool {
	return row != nil && d.row != nil && row.mending == d.row.mending && d.now == nil && !d.box.empty()
}

// putBack leaves with the row in the box what was changed of it, before another text takes
// its place.
func (d *desk) putBack() {
	if d.holds(d.row) && d.box.value() != d.row.taken {
		d.row.draft = d.box.value()
	}
}

// forget drops what is known of the text in the box.
func (d *desk) forget() {
	d.stop()
	d.stop = func() {}
	d.gen++
	d.layout = inspect(d.box.value())
	d.reading, d.readErr, d.looking, d.armed, d.life = nil, nil, false, false, nil
	d.scroll, d.pick = 0, 0
}

// keep remembers what the desk shows.
func (d *desk) keep() {
	if d.box.empty() && d.ref.empty() {
		return
	}
	d.remember(d.shown())
}

// shown is what the desk shows.
func (d *desk) shown() snapshot {
	return snapshot{d.box.value(), d.ref.value(), d.from, d.box.pos, d.now, d.row, d.mailed}
}

func (d *desk) remember(s snapshot) {
	const most = 50
	if d.past = append(d.past, s); len(d.past) > most {
		d.past = d.past[1:]
	}
}

// undo brings back what the desk showed before; pressed again, what it showed
// before that, and so on around.
func (d *desk) undo() tea.Cmd {
	if len(d.past) == 0 {
		return d.s.say("There is nothing to bring back.")
	}
	back := d.past[len(d.past)-1]
	d.past = d.past[:len(d.past)-1]
	if !d.box.empty() || !d.ref.empty() {
		d.past = append([]snapshot{d.shown()}, d.past...)
	}
	d.box.set(back.text)
	d.box.pos = back.pos
	d.ref.set(back.ref)
	d.found = nil
	d.focus(false)
	d.forget()
	d.now, d.from, d.row, d.mailed = back.now, back.from, back.row, back.mailed
	if d.now != nil {
		d.reading = d.now.reading
		return nil
	}
	return d.look()
}

// result is what the submission of the text in the box came to; nil while there
// is nothing.
func (d *desk) result() *activator.Outcome {
	if d.now == nil {
		return nil
	}
	return d.now.outcome
}

// answer is the code to read out, if one was given.
func (d *desk) answer() codes.Code {
	if o := d.result(); o != nil {
		return o.Answer
	}
	return codes.Code{}
}

// signed reports whether the answer is a signed activation code, which is too long to
// be read aloud and has no digits.
func (d *desk) signed() bool { return d.answer().Kind() == codes.KindSigned }

// spoken is the answer in the form that shows.
func (d *desk) spoken() string {
	if d.digits && !d.signed() {
		return d.answer().Digits()
	}
	return d.answer().String()
}

// confirmed reports whether a confirmation was accepted.
func (d *desk) confirmed() bool {
	o := d.result()
	return o != nil && o.Receipt != "" && (o.Verdict == journal.OK || o.Verdict == journal.Repeat)
}

func (d *desk) help() []key.Binding {
	switch {
	case d.found != nil:
		return []key.Binding{called(keys.Up, "choose"), called(keys.Enter, "take this one"), keys.Back}
	case d.now != nil && d.now.waiting:
		return []key.Binding{called(keys.Back, "next call meanwhile")}
	case d.now != nil && d.now.row != nil && !d.answer().IsZero():
		return []key.Binding{called(keys.Answered, "back to the file"), keys.Aloud, keys.Copy, keys.Mail, keys.Undo}
	case d.signed():
		return []key.Binding{keys.Answered, keys.Copy, keys.Mail, called(keys.Save, "save it"), called(keys.Form, "QR symbol"), keys.Undo}
	case !d.answer().IsZero():
		return []key.Binding{keys.Answered, keys.Aloud, keys.Copy, keys.Form, keys.Mail, keys.Undo}
	case d.confirmed():
		return []key.Binding{keys.Answered, called(keys.Copy, "copy receipt"), called(keys.Save, "save it"), keys.Refund, keys.Mail, keys.Undo}
	case d.result() != nil:
		bs := []key.Binding{keys.Answered, keys.Mail}
		if d.result().Overridable() {
			bs = append(bs, keys.Override, keys.Park)
		}
		return append(bs, keys.Undo)
	case len(d.proposals()) > 0:
		bs := []key.Binding{keys.Take}
		if len(d.proposals()) > 1 {
			bs = append(bs, called(keys.Down, "others"))
		}
		return append(bs, called(keys.Back, "clear"), keys.Undo)
	}
	bs := []key.Binding{}
	if r := d.reading; r != nil && !r.Code.IsZero() {
		switch {
		case d.needsMore():
			bs = append(bs, called(keys.Enter, "say what"))
		case r.Code.Kind() == codes.KindSerial:
			bs = append(bs, called(keys.Enter, "open the license"))
		case r.Verdict == journal.Refused && r.Overridable():
			bs = append(bs, called(keys.Enter, "record the refusal"), keys.Override, keys.Park)
		case r.Verdict == journal.Refused:
			bs = append(bs, called(keys.Enter, "record the refusal"))
		case r.Code.Kind() == codes.KindConfirmation:
			bs = append(bs, called(keys.Enter, "record"), called(keys.Refund, "record with refund"))
		default:
			bs = append(bs, called(keys.Enter, "answer"), keys.Otherwise, keys.Park)
		}
	}
	if d.onRef {
		bs = append(bs, called(keys.Next, "code"))
	} else {
		bs = append(bs, called(keys.Next, "ref."))
	}
	if !d.box.empty() || d.row != nil {
		bs = append(bs, called(keys.Back, "clear"))
	}
	if len(d.past) > 0 {
		bs = append(bs, keys.Undo)
	}
	return bs
}
