package tui

import (
	"context"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"
)

// settingsRoom changes an operator's own settings. They hold at once.
type settingsRoom struct {
	s         *shared
	at        int
	languages []string // of reply texts
}

type languagesMsg struct{ names []string }

func newSettingsRoom(s *shared) *settingsRoom { return &settingsRoom{s: s, languages: []string{"en"}} }

func (r *settingsRoom) name() string { return "Settings" }

func (r *settingsRoom) enter() tea.Cmd {
	if r.s.office == nil {
		return nil
	}
	office := r.s.office
	return r.s.do("looking for reply texts", func(context.Context) any {
		names, err := office.ReplyLanguages()
		if err != nil {
			return noticeMsg{text: "Reply texts: " + err.Error(), bad: true}
		}
		return languagesMsg{names}
	})
}

// setting is one line: its values, and which one holds.
type setting struct {
	label, note string
	values      []string
	names       []string
	get         func(*Settings) string
	set         func(*Settings, string)
}

func (r *settingsRoom) all() []setting {
	var tables, names []string
	for _, s := range spellings {
		tables, names = append(tables, s.id), append(names, s.name)
	}
	idle := []string{"0", "5", "15", "30", "60"}
	lock := "Without a key for so long, the desk asks for the passphrase again."
	if r.s.cfg.Passphrase != nil {
		lock = "Not in force: the passphrase was given to the program, so it would open to anybody who starts it again."
	}
	return []setting{
		{"Spelling table", "The words of read-aloud.", tables, names, func(s *Settings) string { return s.Spelling }, func(s *Settings, v string) { s.Spelling = v }},
		{"Answers show in", "Letters or digits; as asked: in the form in which the request came.", []string{formAsked, formLetters, formDigits}, nil, func(s *Settings) string { return s.Form }, func(s *Settings, v string) { s.Form = v }},
		{"Reply texts in", "Your own: replies/LANGUAGE.txt in the vendor folder.", r.languages, nil, func(s *Settings) string { return s.Reply }, func(s *Settings, v string) { s.Reply = v }},
		{"Lock after", lock, idle, []string{"never", "5 minutes", "15 minutes", "30 minutes", "1 hour"}, func(s *Settings) string { return fmt.Sprint(s.Idle) }, func(s *Settings, v string) { s.Idle, _ = strconv.Atoi(v) }},
		{"Mouse", "On: the wheel scrolls, a click on the header changes rooms. Off: your terminal selects text as usual.", []string{"false", "true"}, []string{"off", "on"}, func(s *Settings) string { return fmt.Sprint(s.Mouse) }, func(s *Settings, v string) { s.Mouse = v == "true" }},
	}
}

func (r *settingsRoom) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	all := r.all()
	switch {
	case is(k, keys.Down, keys.Next):
		r.at = min(r.at+1, len(all)-1)
	case is(k, keys.Up, keys.Prev):
		r.at = max(r.at-1, 0)
	case is(k, keys.Right, keys.Enter), k.String() == "space":
		return r.turn(all[r.at], 1), true
	case is(k, keys.Left):
		return r.turn(all[r.at], -1), true
	case is(k, keys.Back):
		return r.s.tell(showMsg{roomDesk}), true
	default:
		return nil, false
	}
	return nil, true
}

// turn takes the next value of a setting, and keeps it.
func (r *settingsRoom) turn(s setting, by int) tea.Cmd {
	at, now := 0, s.get(&r.s.set)
	for i, v := range s.values {
		if v == now {
			at = i
		}
	}
	n := len(s.values)
	s.set(&r.s.set, s.values[(at+by+n)%n])
	keep, set := r.s.cfg.SaveSettings, r.s.set
	return r.s.do("keeping the settings", func(context.Context) any { return settingsMsg{keep(set)} })
}

func (r *settingsRoom) paste(string) tea.Cmd { return nil }

func (r *settingsRoom) message(m any) tea.Cmd {
	if m, ok := m.(languagesMsg); ok && len(m.names) > 0 {
		r.languages = m.names
	}
	return nil
}

func (r *settingsRoom) commands() []command { return nil }

func (r *settingsRoom) help() []key.Binding {
	return []key.Binding{called(keys.Down, "choose"), bind("←→", "change", "right"), called(keys.Back, "desk")}
}

func (r *settingsRoom) draw(w, h int) *page {
	p, t := newPage(w), r.s.t
	p.line(" ", t.strong.Render("Settings of "+cut(r.s.cfg.Operator, 40)))
	p.blank()
	for i, s := range r.all() {
		value := s.get(&r.s.set)
		for j, v := range s.values {
			if v == value && s.names != nil {
				value = s.names[j]
				break
			}
		}
		head, style := " "+t.dim.Render(pad(s.label, 18)), t.plain
		if i == r.at {
			head, style = t.accent.Render("▸")+t.strong.Render(pad(s.label, 18)), t.strong
		}
		p.line(head, t.dim.Render("‹ "), style.Render(value), t.dim.Render(" ›"))
		if i == r.at {
			p.hang(pad("", 19), t.dim, s.note)
		}
	}
	p.blank()
	p.field(t, "folder", r.s.cfg.Folder)
	return p
}
