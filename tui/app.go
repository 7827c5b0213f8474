package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/codes"
)

// The rooms, in the order of the header.
const (
	roomDesk = iota
	roomLicenses
	roomJournal
	roomProducts
	roomToday
	roomSettings
	roomBatch
	roomAloud // not in the header
)

// Model is the program's root. It alone knows the window.
type Model struct {
	*shared
	w, h  int
	rooms []screen
	at    int
	over  []dialog
	door  *door   // the way in, while the desk is closed
	first *wizard // the first run, while there is no vendor folder
	close func() error

	desk  *desk
	batch *batchRoom

	note      noticeMsg
	noteFrom  time.Time
	noteUntil time.Time
	touched   time.Time // the last key
	breakAt   time.Time // ctrl+c was pressed once
	leaving   bool      // the program ends when the file that is being answered ended
	given     string    // what the operator was told that going to the training loses
}

// New makes the program's model.
func New(ctx context.Context, c Config) *Model {
	s := &shared{cfg: c, ctx: ctx, t: newTheme(!c.Light), set: c.Settings.valid(), pending: map[int]*op{}, drafts: map[string][]string{}, products: map[codes.UID]string{}}
	m := &Model{shared: s, touched: c.Now()}
	m.build()
	if c.Present {
		m.door = newDoor(s, c.Passphrase)
	} else {
		m.first = newWizard(s)
	}
	return m
}

// build makes the rooms, with nothing in them.
func (m *Model) build() {
	s := m.shared
	m.desk, m.batch = newDesk(s), newBatchRoom(s)
	m.rooms = []screen{
		m.desk, newLicenses(s), newJournalRoom(s), newProductRoom(s), newTodayRoom(s, m.desk), newSettingsRoom(s), m.batch, newAloudRoom(s),
	}
	m.at = roomDesk
}

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{tea.RequestBackgroundColor, m.cfg.After(time.Second, tickMsg{})}
	if m.door != nil {
		cmds = append(cmds, m.door.begin())
	}
	return tea.Batch(cmds...)
}

// Update implements [tea.Model]. It does no I/O.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := m.update(msg)
	passing := false
	switch msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		passing = true
	}
	for len(m.told) > 0 {
		next := m.told[0]
		m.told = m.told[1:]
		if n, ok := next.(noticeMsg); ok {
			n.passing = n.passing || passing
			next = n
		}
		cmd = tea.Batch(cmd, m.message(next))
	}
	return m, cmd
}

func (m *Model) update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.t = newTheme(msg.IsDark())
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case tea.MouseWheelMsg:
		return m, m.wheel(msg)
	case tea.MouseClickMsg:
		return m, m.click(msg)
	case tea.PasteMsg:
		m.touched = m.cfg.Now()
		m.pass()
		return m, m.paste(msg.Content)
	case doneMsg:
		o, wanted := m.pending[msg.id]
		if !wanted {
			m.late(msg.msg)
			return m, nil
		}
		o.cancel() // it is done: gives back what the context holds
		delete(m.pending, msg.id)
		return m, m.message(msg.msg)
	case tickMsg:
		return m, tea.Batch(m.tick(), m.cfg.After(time.Second, tickMsg{}))
	default:
		return m, m.message(msg)
	}
	return m, nil
}

// press finds who takes a key: what ends the program, a dialog, the way in, the
// room, and what works everywhere.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	m.touched = m.cfg.Now()
	m.pass()
	if is(k, keys.Break) && m.at == roomBatch && m.batch.underway() && !m.batch.run.halted {
		return m.batch.halt()
	}
	if is(k, keys.Break) || is(k, keys.Quit) {
		return m.leave(k.String(), is(k, keys.Break) && m.office != nil)
	}
	m.breakAt = time.Time{}
	switch {
	case m.first != nil:
		cmd := m.first.key(k)
		if m.first.done {
			m.first = nil
		}
		return cmd
	case m.door != nil:
		return m.door.key(k)
	case len(m.over) > 0:
		d := m.over[len(m.over)-1]
		cmd, done := d.key(k)
		if done {
			m.drop(d)
		}
		return cmd
	}
	if m.at == roomAloud && is(k, keys.Back) {
		return m.show(roomDesk)
	}
	if cmd, taken := m.rooms[m.at].key(k); taken {
		return cmd
	}
	return m.everywhere(k)
}

// drop closes a dialog, wherever it lies by now.
func (m *Model) drop(d dialog) {
	for i := range m.over {
		if m.over[i] == d {
			m.over = append(m.over[:i:i], m.over[i+1:]...)
			return
		}
	}
}

// everywhere are the keys that no room wanted.
func (m *Model) everywhere(k tea.KeyPressMsg) tea.Cmd {
	for i, b := range m.roomKeys() {
		if is(k, b) {
			if !m.note.bad {
				m.note = noticeMsg{} // it was about what showed
			}
			return m.show(i)
		}
	}
	switch {
	case is(k, keys.Palette):
		m.over = append(m.over, newPalette(m.shared, m.commands()))
	case is(k, keys.Help):
		m.over = append(m.over, newHelp(m.shared, m.rooms[m.at], m.global()))
	case is(k, keys.Lock):
		return m.lock()
	case is(k, keys.Practice) && m.customer != nil:
		return m.practice()
	}
	return nil
}

func (m *Model) roomKeys() []key.Binding {
	return []key.Binding{keys.Desk, keys.Licenses, keys.Journal, keys.Products, keys.Today, keys.Settings, keys.Batch}
}

// show brings a room to the front.
func (m *Model) show(room int) tea.Cmd {
	m.at = room
	switch r := m.rooms[room].(type) { // where one goes to find something, what is typed searches, from its first letter
	case *licenses:
		r.page = nil
		r.find.set("")
		r.list = list{}
	case *journalRoom:
		r.entry = nil
		r.find.set("")
	}
	return m.rooms[room].enter()
}

func (m *Model) paste(text string) tea.Cmd {
	switch {
	case m.first != nil:
		m.first.paste(text)
	case m.door != nil:
		m.door.paste(text)
	case len(m.over) > 0:
		m.over[len(m.over)-1].paste(text)
	default:
		return m.rooms[m.at].paste(text)
	}
	return nil
}

// message takes everything that is no key.
func (m *Model) message(msg any) tea.Cmd {
	switch msg := msg.(type) {
	case noticeMsg:
		m.notice(msg)
		return nil
	case submittingMsg:
		if m.note.unrecorded {
			m.note = noticeMsg{}
		}
		return nil
	case dialogMsg:
		m.over = append(m.over, msg.d)
		return nil
	case showMsg:
		return m.show(msg.screen)
	case openedMsg:
		return m.opened(msg)
	case createdMsg:
		if m.first != nil {
			return m.first.created(msg)
		}
	case changedMsg:
		cmd := m.changedNotice(msg)
		for _, r := range m.rooms {
			cmd = tea.Batch(cmd, r.message(msg))
		}
		return cmd
	case ringMsg:
		return m.rings(msg)
	case fileDoneMsg:
		cmd := m.batch.message(msg)
		if m.leaving {
			return tea.Batch(cmd, m.quit())
		}
		return cmd
	case settingsMsg:
		if msg.err != nil {
			m.notice(noticeMsg{text: "The settings hold for now, but could not be kept: " + clean(msg.err.Error()), bad: true})
		}
	case savedMsg:
		if msg.err != nil {
			m.notice(noticeMsg{text: "Not saved: " + clean(msg.err.Error()), bad: true})
		} else {
			m.notice(noticeMsg{text: "Saved as " + clean(msg.path)})
		}
	case replyMsg:
		if msg.err != nil {
			m.notice(noticeMsg{text: "No reply text: " + clean(msg.err.Error()), bad: true})
		} else {
			m.over = append(m.over, &textDialog{s: m.shared, title: "Reply text (" + msg.language + ")", text: msg.text})
		}
	case openLicenseMsg:
		m.at = roomLicenses
	case openEntryMsg:
		m.at = roomJournal
	case takeCodeMsg:
		m.at = roomDesk
	case readAloudMsg:
		m.at = roomAloud
	case spinMsg:
		if m.door != nil {
			return m.door.spin()
		}
		if m.first != nil {
			return m.first.spin()
		}
		return nil
	}
	var cmds []tea.Cmd
	for _, r := range m.rooms {
		cmds = append(cmds, r.message(msg))
	}
	return tea.Batch(cmds...)
}
