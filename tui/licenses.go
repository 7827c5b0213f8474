package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// licenses finds a license as one types, and shows its page.
type licenses struct {
	s    *shared
	find field
	gen  int
	stop context.CancelFunc
	rows []journal.License
	more bool
	err  error
	list list
	busy bool
	late bool         // something was typed that was not looked for yet
	want bool         // Enter came before what was typed was found
	page *licensePage // nil while looking for one
}

// manyLicenses is how many are listed; nobody looks through more.
const manyLicenses = 200

func newLicenses(s *shared) *licenses {
	l := &licenses{s: s, find: newField("customer, order, license number, fingerprint, serial number"), stop: func() {}}
	l.find.focused = true
	return l
}

func (l *licenses) name() string { return "Licenses" }

func (l *licenses) enter() tea.Cmd {
	if l.page != nil {
		return l.page.load()
	}
	return l.search()
}

// search looks for what was typed. The search before it is given up.
func (l *licenses) search() tea.Cmd {
	if l.s.office == nil {
		return nil
	}
	l.stop()
	l.gen++
	office, gen, words := l.s.office, l.gen, strings.TrimSpace(l.find.value())
	l.busy, l.late = true, false
	cmd, stop := l.s.start("looking for licenses", func(ctx context.Context) any {
		rows, more, err := findLicenses(ctx, office, words)
		return licensesMsg{gen, rows, more, err}
	})
	l.stop = stop
	return cmd
}

// findLicenses finds by serial number or code, by fingerprint, and by words.
func findLicenses(ctx context.Context, office Office, words string) ([]journal.License, bool, error) {
	var rows []journal.License
	if c, err := codes.Parse(words); err == nil {
		if n := c.License(); n != 0 {
			words = n.String()
		}
	}
	add := func(q journal.LicenseQuery) error {
		for l, err := range office.Licenses(ctx, q) {
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(rows, func(r journal.License) bool { return r.Number == l.Number }) {
				rows = append(rows, l)
			}
		}
		return nil
	}
	if f, err := codes.ParseFingerprint(words); err == nil {
		seen := map[codes.LicenseNumber]bool{}
		for e, err := range office.Entries(ctx, journal.Query{Fingerprint: &f, Newest: true, Limit: 500}) {
			if err != nil {
				return nil, false, err
			}
			if e.License == 0 || seen[e.License] {
				continue
			}
			seen[e.License] = true
			if err := add(journal.LicenseQuery{Words: e.License.String(), Limit: 1}); err != nil {
				return nil, false, err
			}
		}
	}
	err := add(journal.LicenseQuery{Words: words, Limit: manyLicenses + 1})
	more := len(rows) > manyLicenses
	return rows[:min(len(rows), manyLicenses)], more, err
}

func (l *licenses) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	if l.page != nil {
		if is(k, keys.Back) {
			l.page = nil
			return l.search(), true
		}
		return l.page.key(k)
	}
	switch {
	case is(k, keys.New):
		return l.s.open(newRegister(l.s, l.find.value())), true
	case is(k, keys.Enter):
		return l.choose(), true
	case is(k, keys.Back):
		if l.find.empty() {
			return l.s.tell(showMsg{roomDesk}), true
		}
		l.find.set("")
		return l.search(), true
	case is(k, keys.Home, keys.End):
	case l.list.key(k, len(l.rows)):
		return nil, true
	}
	changed, taken := l.find.update(k)
	if changed {
		return l.typed(), true
	}
	return nil, taken
}

// choose opens the license that is chosen. What shows may still be of the words before:
// then the one that the words find is opened, once they have found it.
func (l *licenses) choose() tea.Cmd {
	switch {
	case l.late:
		l.want = true
		return l.search()
	case l.busy:
		l.want = true
	case l.list.at < len(l.rows):
		return l.open(l.rows[l.list.at].Number)
	}
	return nil
}

// found takes what was looked for.
func (l *licenses) found(m licensesMsg) tea.Cmd {
	if m.gen != l.gen || errors.Is(m.err, context.Canceled) {
		return nil
	}
	l.rows, l.more, l.err, l.busy = m.rows, m.more, m.err, false
	want := l.want
	if l.want = false; want && len(l.rows) == 1 {
		return l.open(l.rows[0].Number)
	}
	return nil
}

// typed looks for what was typed, a moment after the last key.
func (l *licenses) typed() tea.Cmd {
	l.stop()
	l.stop = func() {}
	l.gen++
	l.list, l.late, l.want = list{}, true, false
	return l.s.cfg.After(60*time.Millisecond, laterMsg{l.gen, "find"})
}

func (l *licenses) open(n codes.LicenseNumber) tea.Cmd {
	l.page = newLicensePage(l.s, n)
	return l.page.load()
}

func (l *licenses) paste(text string) tea.Cmd {
	if l.page != nil {
		return nil
	}
	l.find.insert(strings.TrimSpace(text))
	return l.typed()
}

func (l *licenses) message(m any) tea.Cmd {
	switch m := m.(type) {
	case laterMsg:
		if m.of == "find" && m.gen == l.gen {
			return l.search()
		}
	case licensesMsg:
		return l.found(m)
	case openLicenseMsg:
		return l.open(m.number)
	case registeredMsg:
		if m.err == nil {
			return tea.Batch(l.open(m.license.Number), l.s.tell(registeredNotice(m.license, m.first, m.form.value(0))))
		}
		return notRegistered(m)
	}
	if l.page != nil {
		return l.page.message(m)
	}
	return nil
}

// hide takes the serial number off the page, before the desk is locked.
func (l *licenses) hide() {
	if l.page != nil {
		l.page.serial = codes.Code{}
	}
}

func (l *licenses) help() []key.Binding {
	if l.page != nil {
		return l.page.help()
	}
	return []key.Binding{called(keys.Down, "choose"), called(keys.Enter, "open"), keys.New, called(keys.Back, "clear, or the desk")}
}

func (l *licenses) commands() []command {
	cs := []command{{"Register a new license", "ctrl+n", func() tea.Cmd { return l.s.open(newRegister(l.s, "")) }}}
	if l.page != nil {
		cs = append(l.page.commands(), cs...)
	}
	return cs
}

func (l *licenses) draw(w, h int) *page {
	if l.page != nil {
		return l.page.draw(w, h)
	}
	p, t := newPage(w), l.s.t
	p.draw(t, "Find", 7, &l.find)
	p.blank()
	switch {
	case l.err != nil:
		p.hang(" "+t.bad.Render("✗")+" ", t.plain, sentence(l.err.Error()))
		return p
	case len(l.rows) == 0 && !l.busy && l.find.empty():
		p.text(t.plain, 1, "No license is registered yet. ctrl+n registers the first one.")
		return p
	case len(l.rows) == 0 && !l.busy:
		p.text(t.plain, 1, "Nothing found: every word must begin a word of the customer, the order or the number. ctrl+n registers a new license.")
		return p
	}
	order, product := 12, 13
	if w >= 110 {
		order, product = 20, 24
	}
	name := w - 3 - 10 - order - 6 - 9 - product
	p.line(t.dim.Render(fmt.Sprintf(" %s%s%s%s%s", pad("license", 10), pad("customer", name), pad("order", order), pad("seats", 6), "state    product")))
	l.list.rows(p, t, len(l.rows), h-len(p.lines)-1, func(i int) string {
		r := l.rows[i]
		who := r.Customer
		if who == "" {
			who = "(name erased)"
		}
		return pad(r.Number.String(), 10) + pad(cut(who, name-1), name) + pad(cut(r.Order, order-1), order) +
			pad(fmt.Sprint(r.Seats), 6) + pad(r.State, 9) + cut(l.s.product(r.Product), product)
	})
	if l.more {
		p.line(t.dim.Render(fmt.Sprintf("  the first %d; type more to narrow it", manyLicenses)))
	}
	return p
}
