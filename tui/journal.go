package tui

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// journalRoom lists the journal, newest first, page by page as one scrolls.
type journalRoom struct {
	s        *shared
	find     field // always ready to type in
	filter   filter
	gen      int
	stop     context.CancelFunc
	loading  bool
	entries  []journal.Entry
	end      bool
	searched int
	last     *journal.EntryID // of the last one looked at
	until    string           // how far back a text search came
	names    map[codes.LicenseNumber]string
	followed map[codes.LicenseNumber]bool // nil until they were looked for
	err      error
	list     list
	entry    *journal.Entry     // open, nil for the list
	found    []journal.Entry    // that tell what a merge, which is open, found
	brought  *activator.Brought // by that merge
	foundErr error
	looked   bool // for them
	scroll   int
}

const (
	pageEntries  = 100   // loaded at once
	sliceEntries = 4_000 // looked through at once by a text search
)

func newJournalRoom(s *shared) *journalRoom {
	j := &journalRoom{s: s, find: newField("text, customer, code, license number, fingerprint"), stop: func() {}}
	j.find.focused = true
	return j
}

func (j *journalRoom) name() string { return "Journal" }

func (j *journalRoom) enter() tea.Cmd { return j.reload() }

// reload begins anew, with the filter as it is. The load before it is given up.
func (j *journalRoom) reload() tea.Cmd {
	j.stop()
	j.gen++
	j.entries, j.end, j.searched, j.last, j.err, j.until = nil, false, 0, nil, nil, ""
	j.names, j.followed = nil, nil
	j.list = list{}
	j.loading = false
	return j.load()
}

// load gets the next page, or the next slice of a text search.
func (j *journalRoom) load() tea.Cmd {
	if j.s.office == nil || j.loading || j.end {
		return nil
	}
	j.loading = true
	office, gen, followed := j.s.office, j.gen, j.followed
	q, text := j.filter.query(strings.TrimSpace(j.find.value()))
	q.Newest, q.After, q.Limit = true, j.last, pageEntries
	if text != "" {
		q.Limit = sliceEntries
	}
	cmd, stop := j.s.start("reading the journal", func(ctx context.Context) any {
		m := entriesMsg{gen: gen, followed: followed, names: map[codes.LicenseNumber]string{}}
		if text != "" && followed == nil {
			if m.followed, m.err = licensesOf(ctx, office, text); m.err != nil {
				return m
			}
		}
		n := 0
		for e, err := range entriesOf(ctx, office, q) {
			if err != nil {
				m.err = err
				return m
			}
			n++
			id := e.ID
			m.last, m.at = &id, e.At
			if text == "" || m.followed[e.License] || mentions(&e, text) {
				m.entries = append(m.entries, e)
			}
		}
		m.err = addCustomers(ctx, office, m.names, m.entries)
		m.searched, m.end = n, n < q.Limit
		return m
	})
	j.stop = stop
	return cmd
}

func (j *journalRoom) loaded(m entriesMsg) tea.Cmd {
	if m.gen != j.gen {
		return nil
	}
	j.loading = false
	if m.err != nil {
		if !errors.Is(m.err, context.Canceled) {
			j.err = m.err
		}
		return nil
	}
	j.entries = append(j.entries, m.entries...)
	j.followed = m.followed
	if j.names == nil {
		j.names = map[codes.LicenseNumber]string{}
	}
	maps.Copy(j.names, m.names)
	j.end, j.searched = m.end, j.searched+m.searched
	if m.last != nil {
		j.last, j.until = m.last, m.at.UTC().Format("2 January 2006")
	}
	return j.more()
}

// more loads what is needed for what is in sight.
func (j *journalRoom) more() tea.Cmd {
	if !j.end && j.list.at+j.list.height+20 >= len(j.entries) {
		return j.load()
	}
	return nil
}

// mentions reports whether an entry has a text, in any case, anywhere a person
// would look for it.
func mentions(e *journal.Entry, text string) bool {
	has := func(s string) bool { return s != "" && strings.Contains(strings.ToLower(s), text) }
	if has(e.Code) || has(e.Answer) || has(e.Operator) || has(e.Desk) || has(e.State) || has(string(e.Kind)) || e.Kind != journal.KindProduct && has(e.Detail) {
		return true
	}
	if e.License != 0 && has(e.License.String()) || e.Machine && has(e.Fingerprint.String()) {
		return true
	}
	return slices.ContainsFunc(append(textsOf(e), activator.Collided(e)...), has)
}

func (j *journalRoom) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case j.entry != nil:
		return j.entryKey(k)
	case j.list.key(k, len(j.entries)):
		return j.more(), true
	case is(k, keys.Enter):
		if j.list.at < len(j.entries) {
			e := j.entries[j.list.at]
			return j.show(e), true
		}
		return nil, true
	case is(k, keys.Collisions):
		return j.onlyCollisions(), true
	case is(k, keys.Filter):
		return j.s.open(j.filter.form(j.s, func(f filter) tea.Cmd { j.filter = f; return j.reload() })), true
	case is(k, keys.Export):
		return j.export(), true
	case is(k, keys.Back):
		if j.filter.empty() && j.find.empty() {
			return j.s.tell(showMsg{roomDesk}), true
		}
		j.filter = filter{}
		j.find.set("")
		return j.reload(), true
	}
	changed, taken := j.find.update(k)
	if changed {
		return j.typed(), true
	}
	return nil, taken
}

// typed searches, a moment after the last key.
func (j *journalRoom) typed() tea.Cmd {
	j.stop()
	j.gen++
	j.loading = false
	return j.s.cfg.After(patience/2, laterMsg{j.gen, "search"})
}

// show opens an entry.
func (j *journalRoom) show(e journal.Entry) tea.Cmd {
	j.entry, j.scroll, j.found, j.brought, j.foundErr, j.looked = &e, 0, nil, nil, nil, false
	if e.Kind != journal.KindMerge {
		return nil
	}
	office := j.s.office
	return j.s.do("looking for collisions", func(ctx context.Context) any {
		m := collisionsMsg{merge: e.ID}
		if m.entries, m.err = collect(office.Collisions(ctx, e.ID), manyCollisions); m.err == nil {
			m.brought, m.err = office.Brought(ctx, &e)
		}
		return m
	})
}

// onlyCollisions shows what two desks did though it may be done once; a second time, everything again.
func (j *journalRoom) onlyCollisions() tea.Cmd {
	if j.filter == (filter{kind: collisions}) {
		j.filter = filter{}
	} else {
		j.filter = filter{kind: collisions}
	}
	j.find.set("")
	return j.reload()
}

func (j *journalRoom) entryKey(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case is(k, keys.Back):
		j.entry = nil
	case is(k, keys.Down, keys.PageDown):
		j.scroll++
	case is(k, keys.Up, keys.PageUp):
		j.scroll = max(0, j.scroll-1)
	case is(k, keys.Right, keys.Left):
		step := 1
		if is(k, keys.Left) {
			step = -1
		}
		if at := j.list.at + step; at >= 0 && at < len(j.entries) && j.entries[j.list.at].ID == j.entry.ID {
			e := j.entries[at]
			j.list.at = at
			return tea.Batch(j.show(e), j.more()), true
		}
		return j.more(), true
	case is(k, keys.Enter):
		if j.entry.License != 0 {
			return j.s.tell(openLicenseMsg{j.entry.License}), true
		}
	case is(k, keys.Copy):
		switch {
		case j.entry.Answer != "":
			return j.s.copy("The answer", j.entry.Answer), true
		case j.entry.Code != "":
			return j.s.copy("The code", j.entry.Code), true
		}
	default:
		return nil, false
	}
	return nil, true
}

func (j *journalRoom) paste(text string) tea.Cmd {
	if j.entry != nil {
		return nil
	}
	j.find.insert(strings.TrimSpace(text))
	return j.typed()
}

func (j *journalRoom) message(m any) tea.Cmd {
	switch m := m.(type) {
	case laterMsg:
		if m.of == "search" && m.gen == j.gen {
			return j.reload()
		}
	case entriesMsg:
		return j.loaded(m)
	case openEntryMsg:
		j.entry = nil
		office, id := j.s.office, m.id
		return j.s.do("opening the entry", func(ctx context.Context) any {
			e, err := office.Entry(ctx, id)
			return entryMsg{e, err}
		})
	case entryMsg:
		if m.err != nil {
			return j.s.warn(sentence(clean(m.err.Error())))
		}
		return j.show(m.entry)
	case collisionsMsg:
		if j.entry != nil && j.entry.ID == m.merge {
			j.found, j.brought, j.foundErr, j.looked = m.entries, m.brought, m.err, true
		}
	}
	return nil
}

func (j *journalRoom) help() []key.Binding {
	switch {
	case j.entry != nil:
		bs := []key.Binding{called(keys.Right, "older"), called(keys.Left, "newer"), keys.Copy}
		if j.entry.License != 0 {
			bs = append(bs, called(keys.Enter, "open the license"))
		}
		return append(bs, called(keys.Back, "list"))
	}
	if j.filter.kind == collisions {
		return []key.Binding{called(keys.Down, "choose"), called(keys.Enter, "open"), called(keys.Collisions, "everything again"), keys.Filter, keys.Export, called(keys.Back, "everything again")}
	}
	return []key.Binding{called(keys.Down, "choose"), called(keys.Enter, "open"), keys.Filter, keys.Export, keys.Collisions, called(keys.Back, "all, or the desk")}
}

func (j *journalRoom) commands() []command {
	return []command{
		{"Filter the journal by kind, verdict, operator, product, day", "ctrl+f", func() tea.Cmd {
			return j.s.open(j.filter.form(j.s, func(f filter) tea.Cmd { j.filter = f; return j.reload() }))
		}},
		{"Export what the journal shows, as CSV", "ctrl+s", j.export},
		{"Collisions: what two desks did that may be done once", "ctrl+g", j.onlyCollisions},
	}
}
