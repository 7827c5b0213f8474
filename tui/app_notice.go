package tui

import (
	"strings"
	"time"
)

// pass takes a notice away with a key, if it was the answer to the key before, or could
// be read meanwhile.
func (m *Model) pass() {
	readable := 2 * time.Second
	if m.note.bad {
		readable = 6 * time.Second
	}
	if m.note.passing || m.cfg.Now().Sub(m.noteFrom) >= readable {
		m.note = noticeMsg{}
	}
}

// lost says what leaving the program, or the real desk for the training, would lose; empty for nothing.
func (m *Model) lost() string {
	if m.first != nil {
		if m.first.form.edited {
			return unkept
		}
		return ""
	}
	var all []string
	for _, d := range m.over {
		if f, ok := d.(*form); ok && f.edited {
			all = append(all, unkept)
		}
	}
	if m.batch.underway() {
		all = append(all, "A file is being answered: it ends after the rows that are being recorded, and goes on later with the same file.")
	}
	for _, s := range []string{m.desk.leaving(), m.batch.leaving()} {
		if s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, " ")
}

const unkept = "What was typed into this form is not kept."

// notice shows a sentence for a while.
func (m *Model) notice(n noticeMsg) {
	m.note = n
	for_ := 6 * time.Second
	if n.bad {
		for_ = 15 * time.Second
	}
	m.noteFrom = m.cfg.Now()
	m.noteUntil = m.noteFrom.Add(for_)
}
