package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// late takes what came after it was given up. Only an office that opened too late
// needs care: it must be closed.
func (m *Model) late(msg any) {
	if o, ok := msg.(openedMsg); ok && o.opened != nil {
		_ = o.opened.Close() // it was never used
	}
}

// opened takes the office, or says why there is none.
func (m *Model) opened(msg openedMsg) tea.Cmd {
	if msg.err != nil {
		switch {
		case m.door != nil:
			return m.door.failed(msg.err)
		case m.first != nil:
			m.first.failed(msg.err)
		default:
			return m.warn("The training could not be begun: " + clean(msg.err.Error()))
		}
		return nil
	}
	var leave tea.Cmd
	if m.close != nil && (m.lost() != m.given || len(m.pending) > 0) {
		m.late(msg)
		return m.warn("Something was begun meanwhile: the real desk is still here. Go to the training again.")
	}
	if m.close != nil { // from the real desk to the training: nothing is taken along
		shut := m.close
		leave = m.do("closing the journal", func(context.Context) any {
			if err := shut(); err != nil {
				return noticeMsg{text: "The journal could not be closed: " + err.Error(), bad: true}
			}
			return nil
		})
		m.build()
		clear(m.drafts)
		clear(m.shared.products)
	}
	m.shelf, m.files = msg.opened.Shelf, msg.opened.Files
	m.office, m.close, m.customer = msg.opened.Office, msg.opened.Close, msg.opened.Customer
	m.training = m.customer != nil
	for _, p := range m.office.Products() {
		m.shared.products[p.UID] = p.Name
	}
	m.touched = m.cfg.Now()
	m.door = nil
	if m.first != nil {
		cmd := m.first.opened()
		if m.first.done {
			m.first = nil
		}
		if m.first != nil {
			return cmd
		}
	}
	return tea.Batch(leave, m.desk.lookAtShelf(), m.rooms[m.at].enter())
}

// tick is called once a second.
func (m *Model) tick() tea.Cmd {
	now := m.cfg.Now()
	if now.After(m.noteUntil) {
		m.note = noticeMsg{}
	}
	idle := time.Duration(m.set.Idle) * time.Minute
	if m.office != nil && m.first == nil && idle > 0 && now.Sub(m.touched) >= idle && len(m.pending) == 0 && !m.training && m.cfg.Passphrase == nil {
		return m.lock()
	}
	return nil
}

// lock closes the office and wipes its keys. What was typed stays.
func (m *Model) lock() tea.Cmd {
	if m.training {
		m.notice(noticeMsg{text: "Training needs no lock: its keys are thrown away."})
		return nil
	}
	if len(m.pending) > 0 {
		m.notice(noticeMsg{text: "Something is still under way: lock in a moment.", bad: true})
		return nil
	}
	shut := m.close
	m.office, m.close = nil, nil
	for _, d := range m.over {
		if f, ok := d.(*form); ok {
			f.keep()
		}
	}
	m.over = nil
	m.rooms[roomLicenses].(*licenses).hide()
	m.door = newDoor(m.shared, nil)
	m.door.locked = true
	return m.do("closing the journal", func(context.Context) any {
		if err := shut(); err != nil {
			return noticeMsg{text: "The journal could not be closed: " + err.Error(), bad: true}
		}
		return nil
	})
}

// leave ends the program, after the key was pressed twice where that loses something, or
// always.
func (m *Model) leave(key string, always bool) tea.Cmd {
	now, lost := m.cfg.Now(), m.lost()
	if (lost != "" || always) && now.Sub(m.breakAt) > 3*time.Second {
		m.breakAt = now
		m.notice(noticeMsg{text: strings.TrimSpace("Press " + key + " once more to leave. " + lost), bad: true, passing: true})
		return nil
	}
	return m.quit()
}

// quit ends the program. Work that is under way is told to stop.
func (m *Model) quit() tea.Cmd {
	if m.batch.underway() && !m.leaving {
		m.leaving = true
		return m.batch.halt()
	}
	for _, o := range m.pending {
		o.cancel()
	}
	return tea.Quit
}

// Close gives back the office, after the program ended.
func (m *Model) Close() error {
	if m.close == nil {
		return nil
	}
	return m.close()
}

// practice has the customer of the training call.
func (m *Model) practice() tea.Cmd {
	customer := m.customer
	return m.do("waiting for a call", func(context.Context) any {
		n, err := customer.Number()
		return ringMsg{n, err}
	})
}

// rings takes a training call.
func (m *Model) rings(msg ringMsg) tea.Cmd {
	if m.customer == nil {
		return nil
	}
	call, err := m.customer.Call(msg.number)
	if err = errors.Join(msg.err, err); err != nil {
		return m.warn("The customer could not call: " + err.Error())
	}
	m.over = append(m.over, newCallDialog(m.shared, call))
	return nil
}
