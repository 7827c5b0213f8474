package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// licensePage is one license: facts, machines, and its life as a timeline.
type licensePage struct {
	s        *shared
	number   codes.LicenseNumber
	gen      int
	license  *activator.License
	machines []activator.Machine
	life
	err    error
	serial codes.Code // while it shows
	list   list       // over machines, then entries
}

// manyEntries is how much of a license's life shows.
const manyEntries = 500

func newLicensePage(s *shared, n codes.LicenseNumber) *licensePage {
	return &licensePage{s: s, number: n}
}

func (l *licensePage) load() tea.Cmd {
	if l.s.office == nil {
		return nil
	}
	l.gen++
	office, number, gen := l.s.office, l.number, l.gen
	return l.s.do("opening the license", func(ctx context.Context) any {
		m := licenseMsg{gen: gen}
		if m.license, m.err = office.License(ctx, number); m.err != nil {
			return m
		}
		if m.machines, m.err = office.Machines(ctx, number); m.err != nil {
			return m
		}
		m.life, m.err = lifeOf(ctx, office, number, manyEntries, 0)
		return m
	})
}

func (l *licensePage) message(m any) tea.Cmd {
	switch m := m.(type) {
	case licenseMsg:
		if m.gen == l.gen && (m.license == nil || m.license.Number == l.number) {
			l.license, l.machines, l.life, l.err = m.license, m.machines, m.life, m.err
		}
	case serialMsg:
		if m.err != nil {
			return l.s.warn("No serial number: " + clean(m.err.Error()))
		}
		l.serial = m.code
	case changedMsg:
		return l.load()
	}
	return nil
}

// machine is the one that is chosen, or the only one.
func (l *licensePage) machine() *activator.Machine {
	if l.list.at < len(l.machines) {
		return &l.machines[l.list.at]
	}
	if len(l.machines) == 1 {
		return &l.machines[0]
	}
	return nil
}

func (l *licensePage) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	if l.license == nil {
		return nil, false
	}
	switch {
	case l.list.key(k, len(l.machines)+len(l.entries)):
		return nil, true
	case is(k, keys.Enter):
		if i := l.list.at - len(l.machines); i >= 0 && i < len(l.entries) {
			return l.s.tell(openEntryMsg{l.entries[i].ID}), true
		}
		return nil, true
	case is(k, keys.Serial):
		return l.showSerial(), true
	case is(k, keys.Copy):
		if l.serial.IsZero() {
			return l.s.say("s shows the serial number; then ctrl+y copies it."), true
		}
		return l.s.copy("The serial number", l.serial.String()), true
	case is(k, keys.Revoke):
		return l.revoke(), true
	case is(k, keys.Gone):
		return l.gone(), true
	case is(k, keys.Name):
		return l.rename(), true
	case k.String() == "f":
		return askRefund(l.s, l.number, ""), true
	}
	return nil, false
}

func (l *licensePage) showSerial() tea.Cmd {
	if !l.serial.IsZero() {
		l.serial = codes.Code{}
		return nil
	}
	office, lic := l.s.office, l.license
	return l.s.do("making the serial number again", func(context.Context) any {
		c, err := office.Serial(lic)
		return serialMsg{c, err}
	})
}

func (l *licensePage) help() []key.Binding {
	back := called(keys.Back, "find another")
	if l.license == nil {
		return []key.Binding{back}
	}
	revoke := called(keys.Revoke, "revoke")
	if l.license.State == journal.Revoked {
		revoke = called(keys.Revoke, "restore")
	}
	bs := []key.Binding{keys.Serial}
	if !l.serial.IsZero() {
		bs = []key.Binding{keys.Copy, called(keys.Serial, "hide it")}
	}
	if l.machine() != nil {
		bs = append(bs, keys.Name, keys.Gone)
	}
	return append(bs, revoke, bind("f", "refund", "f"), called(keys.Enter, "open the entry"), back)
}

func (l *licensePage) commands() []command {
	if l.license == nil {
		return nil
	}
	return []command{
		{"Show the serial number", "s", l.showSerial},
		{"Give the machine a name", "m", l.rename},
		{"Declare the machine gone", "g", l.gone},
		{"Revoke or restore the license", "v", l.revoke},
		{"Record the refund", "f", func() tea.Cmd { return askRefund(l.s, l.number, "") }},
	}
}

func (l *licensePage) draw(w, h int) *page {
	p, t := newPage(w), l.s.t
	switch {
	case l.err != nil:
		p.hang(" "+t.bad.Render("✗")+" ", t.plain, sentence(l.err.Error()))
		return p
	case l.license == nil:
		p.line(" …")
		return p
	}
	c := l.license
	who := c.Customer
	if who == "" {
		who = "(name erased)"
	}
	band := t.bandGood.Render(" LIVE ")
	if c.State != journal.Live {
		band = t.bandBad.Render(" " + strings.ToUpper(c.State) + " ")
	}
	p.line(" ", t.strong.Render("License "+c.Number.String()), "  ", band)
	p.field(t, "who", who)
	order := c.Order
	if order == "" {
		order = "none"
	}
	l.drawCollisions(p, h)
	p.field(t, "order", order+" · registered "+c.Registered.UTC().Format("2 January 2006"))
	p.field(t, "product", l.s.product(c.Product))
	p.field(t, "bought", c.Grants.String())
	p.field(t, "seats", fmt.Sprintf("%d of %d taken", c.Taken, c.Seats))
	if !l.serial.IsZero() {
		p.blank()
		p.line(" ", t.dim.Render(pad("serial", 10)), t.strong.Render(l.serial.String()))
		p.line(" ", t.dim.Render(pad("", 10)), l.serial.Digits())
	}
	p.blank()
	rows := h - len(p.lines)
	n := len(l.machines) + len(l.entries)
	if len(l.machines) == 0 {
		p.line(" ", t.dim.Render("No machine holds a seat."))
		rows--
	}
	l.list.rows(p, t, n, rows, func(i int) string {
		if i < len(l.machines) {
			return "■ machine " + machineLine(l.machines[i])
		}
		return lifeLine(&l.entries[i-len(l.machines)])
	})
	return p
}

// drawCollisions says what of the license a person has to look at, as far as there is room: the rest is below, and all of it
// stands in the timeline.
func (l *licensePage) drawCollisions(p *page, h int) {
	for i, c := range l.collisions {
		q := newPage(p.w)
		q.hang(" "+l.s.t.bad.Render("✗ Needs a person:")+" ", l.s.t.plain, sentence(c))
		if i > 0 && len(p.lines)+len(q.lines) > h/2 {
			p.line(" ", l.s.t.bad.Render(fmt.Sprintf("✗ and %d more, below", len(l.collisions)-i)))
			return
		}
		p.put(q)
	}
}

// lifeLine is an entry as a line of a license's timeline.
func lifeLine(e *journal.Entry) string {
	s := "│ " + e.At.UTC().Format("2006-01-02 15:04") + "  " + pad(cut(story(e), 25), 26)
	if e.Machine {
		s += " " + e.Fingerprint.String()
	} else {
		s += "        "
	}
	s += "  " + e.Operator
	if c := activator.Collided(e); len(c) > 0 {
		return s + " · " + sentence(c[0])
	}
	for _, x := range e.Personal {
		if !x.Redacted && x.Field != "customer" {
			s += " · " + x.Text
		}
	}
	return s
}

// takenOver is the story of an entry that takes over another desk's.
func takenOver(e *journal.Entry) (string, bool) {
	if _, ok := e.Restates(); !ok {
		return "", false
	}
	if len(activator.Collided(e)) > 0 {
		return "✗ done at two desks", true
	}
	own := *e
	own.Effects = nil
	return "taken over: " + story(&own), true
}

// story says in a few words what an entry records.
func story(e *journal.Entry) string {
	if taken, ok := takenOver(e); ok {
		return taken
	}
	bad := e.Verdict == journal.Refused || e.Verdict == journal.Unreadable
	override := ""
	for _, c := range e.Checks {
		if c.Result == journal.Overridden {
			override = ", with a reason"
		}
	}
	switch {
	case e.Kind == journal.KindRequest && e.Verdict == journal.Repeat:
		return "the same answer again"
	case e.Kind == journal.KindRequest && bad:
		return "✗ request refused"
	case e.Kind == journal.KindRequest:
		return "✓ answered" + override
	case e.Kind == journal.KindConfirmation && e.Verdict == journal.Repeat:
		return "the same confirmation again"
	case e.Kind == journal.KindConfirmation && bad:
		return "✗ confirmation refused"
	case e.Kind == journal.KindConfirmation:
		return "↩ given back" + override
	case e.Kind == journal.KindGone && bad:
		return "✗ machine gone, refused"
	case e.Kind == journal.KindGone:
		return "! machine gone" + override
	case e.Kind == journal.KindRefund && bad:
		return "✗ refund refused"
	case e.Kind == journal.KindRefund:
		return "✓ refunded" + override
	case e.Kind == journal.KindLicense:
		return "registered"
	case e.Kind == journal.KindChange:
		what := e.Detail
		switch {
		case what == "name":
			what = "machine got its name"
		case bad:
			what = "✗ " + what + " refused"
		case what == string(activator.RevokeLicense):
			what = "revoked"
		case what == string(activator.RestoreLicense):
			what = "restored"
		}
		return what
	case e.Kind == journal.KindUnreadable:
		return "✗ could not be read"
	case e.Kind == journal.KindOther:
		return "✗ a code of another kind"
	case e.Kind == journal.KindLog:
		return "the journal opens"
	case e.Kind == journal.KindMerge:
		return "other desk brought in"
	case e.Kind == journal.KindPool:
		return "licenses drawn ahead"
	case e.Kind == journal.KindKey:
		return activator.SayKeys(e)
	case e.Kind == journal.KindBatch && strings.HasPrefix(e.Detail, "end "):
		return "file of codes: done"
	case e.Kind == journal.KindBatch:
		return "file of codes: begun"
	case e.Kind == journal.KindBackup:
		return "backup written"
	case e.Kind == journal.KindRedact:
		return "personal texts erased"
	case e.Kind == journal.KindProduct:
		word, _, _ := strings.Cut(e.Detail, " ")
		return "product " + word
	}
	return string(e.Kind)
}
