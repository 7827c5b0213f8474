package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/internal/mailtext"
)

// shortPaste is up to which size, in bytes, a pasted text goes into the box as it
// is; in a longer one, a mail, the codes are looked for.
const shortPaste = 120

// patience is how long the desk waits for more before it looks for proposals in a
// text that is not a whole code.
const patience = 400 * time.Millisecond

// tookProposal is where a text comes from that an agent took from the proposals.
const tookProposal = "a proposal that you took; what the customer says counts"

// edited looks at the box after it was typed or pasted into: a proposal is no longer what was proposed.
func (d *desk) edited() tea.Cmd {
	if d.from == tookProposal {
		d.from = ""
	}
	return d.changed()
}

// changed looks at what now stands in the box.
func (d *desk) changed() tea.Cmd {
	d.forget()
	if d.box.empty() { // a row of a file is typed anew; only esc leaves it
		d.from, d.mailed = d.row.place(), nil
	}
	switch {
	case d.layout.Complete, d.full():
		return d.look()
	case d.enough():
		return d.s.cfg.After(patience, laterMsg{d.gen, "read"})
	}
	return nil
}

// inspect is [codes.Inspect], for a text that may be typed without capitals from
// its first letter on.
func inspect(text string) codes.Layout {
	l := codes.Inspect(text)
	text = strings.TrimLeftFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '?' })
	first, size := utf8.DecodeRuneInString(text)
	if l.Kind != 0 || !strings.ContainsRune("rdsa", first) {
		return l
	}
	if l = codes.Inspect(strings.ToUpper(text[:size]) + text[size:]); len(l.Groups) > 0 {
		l.Groups[0].Text = string(first) + strings.TrimPrefix(l.Groups[0].Text, strings.ToUpper(string(first)))
	}
	l.Complete = false // the first letter is to be taken as a proposal too
	return l
}

// tooLong reports whether the text has more characters than its kind.
func (d *desk) tooLong() bool { return d.layout.Want > 0 && d.characters() > d.layout.Want*6 }

// full reports whether the text has as many characters as its kind.
func (d *desk) full() bool { return d.layout.Want > 0 && d.characters() == d.layout.Want*6 }

func (d *desk) characters() (n int) {
	for _, g := range d.layout.Groups {
		n += len([]rune(g.Text))
	}
	return n
}

// oneCase reports whether the letters so far are all small, or all capital: read
// out without case. The first letter, typed as a capital, does not count.
func (d *desk) oneCase() bool {
	upper, lower, first := 0, 0, true
	for _, r := range d.box.text {
		switch {
		case first && unicode.IsLetter(r):
			first = false
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	return d.layout.Form == codes.FormLetters && upper+lower >= 3 && (upper == 0 || lower == 0)
}

// uncertain reports whether a group that is not right may be, once the capitals are
// found: it was read without them. A small l is the capital one then, and so on.
func (d *desk) uncertain(g codes.Group) bool {
	if g.Slip == nil || !d.capitalsOnly() && !(d.oneCase() && (d.reading == nil || !d.reading.Code.IsZero())) {
		return false
	}
	return g.Slip.Slip == codes.SlipCheck || g.Slip.Slip == codes.SlipForeign && slices.Contains([]string{"l", "I", "O"}, g.Slip.Found)
}

// enough reports whether the text is long enough for a code with a slip in it.
func (d *desk) enough() bool {
	if d.layout.Want > 0 {
		return d.characters() >= d.layout.Want*6-1
	}
	return d.characters() >= 23
}

// look reads the text in the box, as it would be decided with the reference that stands
// there. It journals nothing.
func (d *desk) look() tea.Cmd {
	if d.s.office == nil || d.box.empty() {
		return nil
	}
	d.stop()
	office, text, gen, ref, dec := d.s.office, d.text(), d.gen, d.reference(), d.decision(activator.Decision{})
	d.looking, d.readErr = true, nil
	cmd, stop := d.s.start("looking the code up", func(ctx context.Context) any {
		r, err := office.Read(ctx, text, dec)
		return readMsg{gen, ref, r, err}
	})
	d.stop = stop
	return cmd
}

// reference is the case that the reference field names.
func (d *desk) reference() string { return strings.TrimSpace(d.ref.value()) }

// retold looks again after the reference changed: a confirmation counts once, for one
// reference. What was read before shows until then.
func (d *desk) retold() tea.Cmd {
	if d.now != nil || d.reading == nil && !d.looking {
		return nil
	}
	return d.look()
}

// read takes a reading, if it is still of what stands in the box and beside it.
func (d *desk) read(msg readMsg) tea.Cmd {
	if msg.gen != d.gen || msg.ref != d.reference() {
		return nil
	}
	d.looking, d.reading, d.readErr, d.pick = false, msg.reading, msg.err, 0
	if msg.reading != nil && msg.reading.License != nil {
		return d.lookAtLife(msg.reading.License.Number)
	}
	return nil
}

// manyLife is how much of a license's life the desk shows beside a code.
const manyLife = 30

func (d *desk) lookAtLife(number codes.LicenseNumber) tea.Cmd {
	office, gen := d.s.office, d.gen
	if office == nil {
		return nil
	}
	return d.s.do("looking at the license", func(ctx context.Context) any {
		l, _ := lifeOf(ctx, office, number, manyLife, 10*manyLife) // the code was read all the same
		return lifeMsg{gen: gen, entries: l.entries}
	})
}

// proposals are what a text with a slip may have been.
func (d *desk) proposals() []codes.Proposal {
	if d.reading == nil || !d.reading.Code.IsZero() || d.now != nil {
		return nil
	}
	return d.reading.Proposals
}

// proposing reports whether a text with a slip has no proposals yet, because it is still
// being read.
func (d *desk) proposing() bool {
	return !d.onRef && d.now == nil && d.reading == nil && d.readErr == nil && !d.layout.Complete && (d.looking || d.enough())
}

// proposed is the proposal that is chosen.
func (d *desk) proposed() *codes.Proposal {
	ps := d.proposals()
	if len(ps) == 0 {
		return nil
	}
	return &ps[min(d.pick, len(ps)-1)]
}

// take puts the chosen proposal into the box, because the agent asked for it. The
// text as it was typed can be brought back.
func (d *desk) take() tea.Cmd {
	p := d.proposed()
	text := p.Code.String()
	if d.layout.Form == codes.FormDigits {
		text = p.Code.Digits()
	}
	d.keep()
	d.box.set(text)
	if d.row == nil {
		d.from = tookProposal
	}
	return d.changed()
}

// capitalsOnly reports whether the text was read without capitals, and exactly one
// code fits.
func (d *desk) capitalsOnly() bool {
	ps := d.proposals()
	return len(ps) == 1 && ps[0].OnlyCase()
}

func (d *desk) paste(text string) tea.Cmd {
	if d.onRef {
		if o := d.result(); o != nil && o.Verdict != journal.Refused {
			return d.recordedAlready()
		}
		d.ref.insert(strings.TrimSpace(text))
		return d.retold()
	}
	if len(text) <= shortPaste {
		if d.now != nil {
			d.next()
		}
		d.box.insert(text)
		return d.edited()
	}
	if len(text) > maxPaste {
		return d.s.warn(fmt.Sprintf("%d MB are no mail: nothing was taken.", len(text)>>20))
	}
	gen := d.gen
	return d.s.do("looking for codes in the text", func(context.Context) any {
		text := mailtext.Plain(text)
		return foundMsg{gen, text, activator.CodesIn(text)}
	})
}

// mail takes the codes that were found in a pasted text.
func (d *desk) mail(msg foundMsg) tea.Cmd {
	if msg.gen != d.gen {
		return d.s.warn("A text was pasted, but the box changed meanwhile: paste it once more.")
	}
	var found []string
	for _, m := range msg.matches {
		found = append(found, msg.text[m.Start:m.End])
	}
	profile := d.attach(msg.text, found)
	switch len(found) {
	case 0:
		if profile != "" {
			return d.takeFound(profile, "a hardware profile, found in a text")
		}
		return d.s.warn(fmt.Sprintf("No code was found in the text that was pasted (%d characters).", len([]rune(msg.text))))
	case 1:
		return d.takeFound(found[0], fmt.Sprintf("found in a text of %d characters", len([]rune(msg.text))))
	}
	d.found, d.pick, d.mailed = found, 0, &mailed{codes: found, done: make([]bool, len(found))}
	return nil
}

// nextOfMail has the next code of a pasted text chosen, after the one in the box was
// recorded. It reports whether there is one.
func (d *desk) nextOfMail(m *mailed) bool {
	m.done[m.at] = true
	left := m.left()
	if left < 0 {
		return false
	}
	d.mailed, d.found, d.pick = m, m.codes, left
	return true
}

func (d *desk) takeFound(text, from string) tea.Cmd {
	d.keep()
	if l := codes.Inspect(text); l.Complete {
		text = l.Canonical
	}
	d.box.set(text)
	d.focus(false)
	d.now, d.found, d.from, d.mailed = nil, nil, from, nil
	return d.changed()
}

// choose has one of several codes of a pasted text chosen.
func (d *desk) choose(k tea.KeyPressMsg) (tea.Cmd, bool) {
	n := len(d.found)
	switch {
	case is(k, keys.Up):
		d.pick = (d.pick + n - 1) % n
	case is(k, keys.Down, keys.Next):
		d.pick = (d.pick + 1) % n
	case is(k, keys.Enter):
		m, at := d.mailed, d.pick
		cmd := d.takeFound(d.found[at], fmt.Sprintf("code %d of %d in the pasted text", at+1, n))
		d.mailed = m
		m.at = at
		return cmd, true
	case is(k, keys.Back):
		d.found, d.pick, d.mailed = nil, 0, nil
	default:
		return nil, typed(k)
	}
	return nil, true
}

// alike explains characters that codes leave out because they look like others.
func alike(found string) string {
	switch found {
	case "0", "O":
		return "Codes have no zero and no capital O: it may be a small o, a D or a Q."
	case "I", "l":
		return "Codes have no capital I and no small l: it may be a 1, an i or a capital L."
	}
	return ""
}
