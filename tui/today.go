package tui

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// todayRoom lists the calls of the day: those that wait, and what the journal has
// of this operator since midnight.
type todayRoom struct {
	s       *shared
	desk    *desk
	entries []journal.Entry
	names   map[codes.LicenseNumber]string
	err     error
	list    list
}

func newTodayRoom(s *shared, d *desk) *todayRoom { return &todayRoom{s: s, desk: d} }

// callKinds are the entries that come from calls.
var callKinds = []journal.Kind{
	journal.KindRequest, journal.KindConfirmation, journal.KindUnreadable, journal.KindOther, journal.KindSerial,
	journal.KindRefund, journal.KindGone, journal.KindLicense, journal.KindChange,
}

// manyToday is how many calls of a day are listed at most.
const manyToday = 500

func (r *todayRoom) name() string { return "Today" }

func (r *todayRoom) enter() tea.Cmd {
	if r.s.office == nil {
		return nil
	}
	now := r.s.cfg.Now()
	office, operator := r.s.office, r.s.cfg.Operator
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	return tea.Batch(r.desk.lookAtShelf(), r.s.do("reading the calls of the day", func(ctx context.Context) any {
		m := todayMsg{names: map[codes.LicenseNumber]string{}}
		for e, err := range office.Entries(ctx, journal.Query{Newest: true, Kinds: callKinds, Operator: operator, From: midnight}) {
			if err != nil {
				m.err = err
				return m
			}
			if _, taken := e.Restates(); taken {
				continue // what another desk did, brought in: no call
			}
			if m.entries = append(m.entries, e); len(m.entries) == manyToday {
				break
			}
		}
		slices.SortStableFunc(m.entries, func(a, b journal.Entry) int { return b.At.Compare(a.At) }) // another desk's come after ours
		m.err = addCustomers(ctx, office, m.names, m.entries)
		return m
	}))
}

// waiting are the calls that are parked or still being recorded.
func (r *todayRoom) waiting() []*call {
	var out []*call
	for _, c := range r.desk.calls {
		if c.parked || c.waiting {
			out = append(out, c)
		}
	}
	return out
}

func (r *todayRoom) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	w := r.waiting()
	switch {
	case r.list.key(k, len(w)+len(r.entries)):
	case is(k, keys.Back):
		return r.s.tell(showMsg{roomDesk}), true
	case is(k, keys.Enter):
		switch i := r.list.at; {
		case i < len(w):
			return r.s.tell(takeCodeMsg{text: w[i].text, ref: w[i].ref, profile: w[i].profile}), true
		case i-len(w) < len(r.entries):
			return r.s.tell(openEntryMsg{r.entries[i-len(w)].ID}), true
		}
	case k.String() == "delete" && r.list.at < len(w) && w[r.list.at].parked:
		return r.askUnpark(w[r.list.at]), true
	default:
		return nil, false
	}
	return nil, true
}

// askUnpark takes a request off the list, if that is wanted: nobody calls back then.
func (r *todayRoom) askUnpark(c *call) tea.Cmd {
	f := &form{
		title: "Take this request off the list?", yes: "Take it off", danger: true,
		text: []string{"Nobody is told when a seat comes free then. The request itself stays as good as it is: " + clean(cut(c.text, 62))},
	}
	f.do = func(*form) (tea.Cmd, string) {
		if r.desk.parkedAs(c.text) != c {
			return r.s.say("It is off the list already."), ""
		}
		return tea.Batch(r.desk.unpark(c), r.s.say("No longer parked.")), ""
	}
	return r.s.open(f.begin(r.s))
}

func (r *todayRoom) paste(string) tea.Cmd { return nil }

func (r *todayRoom) message(m any) tea.Cmd {
	if m, ok := m.(todayMsg); ok {
		r.entries, r.names, r.err = m.entries, m.names, m.err
	}
	return nil
}

func (r *todayRoom) commands() []command { return nil }

func (r *todayRoom) help() []key.Binding {
	bs := []key.Binding{called(keys.Down, "choose"), called(keys.Enter, "open")}
	if w := r.waiting(); r.list.at < len(w) {
		bs = append(bs, bind("del", "no longer parked", "delete"))
	}
	return append(bs, called(keys.Back, "desk"))
}

// since is the time of a call of today, or the day of one before.
func since(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Format(time.DateOnly) != now.Format(time.DateOnly) {
		return at.Format("01-02")
	}
	return at.Format("15:04")
}

func (r *todayRoom) draw(w, h int) *page {
	p, t := newPage(w), r.s.t
	wait := r.waiting()
	given, returned, refused := 0, 0, 0
	for i := range r.entries {
		switch e := &r.entries[i]; {
		case e.Verdict == journal.Refused || e.Verdict == journal.Unreadable:
			refused++
		case e.Verdict == journal.Repeat: // counted where it was answered first
		case e.Answer != "":
			given++
		case e.Kind == journal.KindConfirmation:
			returned++
		}
	}
	p.line(" ", t.strong.Render("Today, "+r.s.cfg.Now().Format("Monday, 2 January 2006")), t.dim.Render(fmt.Sprintf("   %d answered · %d given back · %d refused", given, returned, refused)))
	p.blank()
	if r.err != nil {
		p.hang(" "+t.bad.Render("✗")+" ", t.plain, sentence(r.err.Error()))
	}
	if len(wait)+len(r.entries) == 0 {
		p.text(t.plain, 1, "No calls yet.")
		return p
	}
	r.list.rows(p, t, len(wait)+len(r.entries), h-len(p.lines), func(i int) string {
		if i < len(wait) {
			c := wait[i]
			state := "parked"
			switch {
			case c.waiting:
				state = "… being recorded"
			case c.ready:
				state = "✓ parked, can be answered now"
			case c.by != r.s.cfg.Operator:
				state = "parked by " + cut(c.by, 19)
			}
			license, who := "", ""
			if c.reading != nil && c.reading.License != nil {
				license, who = c.reading.License.Number.String(), cut(c.reading.License.Customer, 30)
			}
			if c.ref != "" {
				who += " · " + c.ref
			}
			return pad(since(c.at, r.s.cfg.Now()), 7) + pad(state, 31) + pad(license, 10) + who
		}
		e := &r.entries[i-len(wait)]
		license := ""
		if e.License != 0 {
			license = e.License.String()
		}
		return pad(e.At.In(r.s.cfg.Now().Location()).Format("15:04"), 7) + pad(cut(story(e), 30), 31) + pad(license, 10) + about(e, r.names)
	})
	return p
}
