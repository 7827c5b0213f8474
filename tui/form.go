package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"
	"charm.land/lipgloss/v2"
)

// form asks for some texts, and then for a yes or a no. What was typed into a
// form that was closed stands in it again when it is opened the next time.
type form struct {
	s      *shared
	title  string
	text   []string // paragraphs above the fields
	items  []*item
	at     int // the item that has the focus; len(items): the buttons
	yes    string
	yesOn  bool
	danger bool   // cannot be undone: begins on No, and its buttons ignore keys that come too early
	back   string // the word of the button that changes nothing; empty: Back, or No where it is dangerous
	edited bool   // something was typed or chosen since it was opened
	born   time.Time
	wrong  string
	draft  string // under which name texts are kept; empty for not at all
	once   bool   // what was typed is of no use a second time
	// do returns a sentence instead of a command to keep the form open; it may move the
	// focus to the field that the sentence is about, else the first one gets it.
	do    func(f *form) (tea.Cmd, string)
	never func() tea.Cmd // instead of closing on No; may be nil
}

// item is a line of a form: a text, or one of several options.
type item struct {
	label, note string
	says        func() string // in place of note, where that depends on the other items
	field       field
	options     []string
	pick        int
}

func (i *item) value() string {
	if i.options != nil {
		return i.options[i.pick]
	}
	return strings.TrimSpace(i.field.value())
}

func text(label, hint, note string) *item {
	return &item{label: label, note: note, field: newField(hint)}
}

func options(label, note string, all ...string) *item {
	return &item{label: label, note: note, options: all}
}

// early is how long the buttons of a form that cannot be undone ignore keys: they were
// meant for what was there before. What is typed into its fields is kept from the start.
const early = 400 * time.Millisecond

// begin makes the form ready to be opened.
func (f *form) begin(s *shared) *form {
	f.s, f.born, f.yesOn = s, s.cfg.Now(), !f.danger
	if kept := s.drafts[f.draft]; f.draft != "" && len(kept) == len(f.items) {
		for i, it := range f.items {
			if it.options != nil {
				it.pick = max(slices.Index(it.options, kept[i]), 0)
			} else if it.field.empty() {
				it.field.set(kept[i])
			}
		}
	}
	f.focus(0)
	return f
}

func (f *form) focus(at int) {
	f.at = min(max(at, 0), len(f.items))
	for i, it := range f.items {
		it.field.focused = i == f.at
	}
}

func (f *form) value(i int) string { return f.items[i].value() }

func (f *form) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	if is(k, keys.Back) {
		return f.close()
	}
	switch {
	case is(k, keys.Next, keys.Down):
		f.focus(f.at + 1)
		return nil, false
	case is(k, keys.Prev, keys.Up):
		f.focus(f.at - 1)
		return nil, false
	case f.at == len(f.items):
		return f.button(k)
	case is(k, keys.Enter):
		f.focus(f.at + 1)
		return nil, false
	}
	it := f.items[f.at]
	if it.options != nil {
		n := len(it.options)
		switch {
		case is(k, keys.Right), k.String() == "space":
			it.pick, f.edited = (it.pick+1)%n, true
		case is(k, keys.Left):
			it.pick, f.edited = (it.pick+n-1)%n, true
		}
		return nil, false
	}
	if changed, _ := it.field.update(k); changed {
		f.wrong, f.edited = "", true
	}
	return nil, false
}

func (f *form) button(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case f.danger && f.s.cfg.Now().Sub(f.born) < early:
	case is(k, keys.Left, keys.Right):
		f.yesOn = is(k, keys.Right) // No stands on the left
	case is(k, keys.Enter) && !f.yesOn:
		return f.close()
	case is(k, keys.Enter):
		cmd, wrong := f.do(f)
		if f.wrong = sentence(wrong); wrong != "" {
			if f.at == len(f.items) {
				f.focus(0)
			}
			return nil, false
		}
		if f.draft != "" && f.once {
			delete(f.s.drafts, f.draft)
		} else if f.draft != "" {
			f.keep() // it may fail, and be tried again
		}
		return cmd, true
	}
	return nil, false
}

// again opens the form once more, with what was typed, after what it asked for could
// not be done.
func (f *form) again(at int, why string) tea.Cmd {
	f.born, f.yesOn, f.wrong = f.s.cfg.Now(), !f.danger, sentence(why)
	f.focus(at)
	return f.s.open(f)
}

// blamed is the item that a sentence of the office is about: the one whose name is in it,
// else the first text that was typed.
func (f *form) blamed(why string) int {
	typed := -1
	for i, it := range f.items {
		if strings.Contains(strings.ToLower(why), strings.ToLower(it.label)) {
			return i
		}
		if typed < 0 && it.options == nil && !it.field.empty() {
			typed = i
		}
	}
	return max(typed, 0)
}

// about moves the focus to the field that a sentence is about, and returns the sentence.
func (f *form) about(at int, wrong string) (tea.Cmd, string) {
	f.focus(at)
	return nil, wrong
}

// empty takes out what was typed.
func (f *form) empty() {
	for _, it := range f.items {
		it.field.set("")
	}
}

// keep remembers what was typed.
func (f *form) keep() {
	if f.draft == "" {
		return
	}
	var kept []string
	for _, it := range f.items {
		if it.options != nil {
			kept = append(kept, it.value())
		} else {
			kept = append(kept, it.field.value())
		}
	}
	f.s.drafts[f.draft] = kept
}

func (f *form) close() (tea.Cmd, bool) {
	f.keep()
	if f.never != nil {
		return f.never(), true
	}
	return nil, true
}

func (f *form) paste(s string) {
	if f.at < len(f.items) && f.items[f.at].options == nil {
		f.items[f.at].field.insert(strings.Trim(s, "\r\n"))
		f.wrong, f.edited = "", true
	}
}

func (f *form) help() []key.Binding {
	move := called(keys.Enter, "next")
	word := "close"
	if f.never != nil {
		word = strings.ToLower(f.no())
	}
	away, kept := called(keys.Back, word), called(keys.Back, word)
	if f.draft != "" || f.never != nil && f.back == "" {
		kept = called(keys.Back, word+", keeps what was typed")
	}
	buttons := bind("←→", "no or yes", "left")
	if f.no() != "No" {
		buttons = bind("←→", "the other button", "left")
	}
	switch {
	case f.at == len(f.items) && len(f.items) == 0:
		return []key.Binding{buttons, called(keys.Enter, "choose"), away}
	case f.at == len(f.items):
		return []key.Binding{buttons, called(keys.Enter, "choose"), called(keys.Prev, "back to the fields"), away}
	case f.items[f.at].options != nil:
		return []key.Binding{bind("←→", "change", "left"), move, away}
	}
	return []key.Binding{called(keys.Enter, "next"), kept}
}

func (f *form) draw(w, h int) *page {
	p, t := newPage(w), f.s.t
	p.line(t.strong.Render(cut(f.title, w)))
	p.blank()
	for _, s := range f.text {
		p.text(t.plain, 0, s)
		p.blank()
	}
	width := 8
	for _, it := range f.items {
		width = max(width, lipgloss.Width(it.label))
	}
	for i, it := range f.items {
		if it.options == nil {
			p.draw(t, it.label, width, &it.field)
		} else {
			head, style := " "+t.dim.Render(pad(it.label, width)), t.plain
			if i == f.at {
				head, style = t.accent.Render("▸")+t.strong.Render(pad(it.label, width)), t.strong
			}
			p.line(head, t.dim.Render(" ‹ "), style.Render(cut(it.value(), w-width-8)), t.dim.Render(" ›"))
		}
		note := it.note
		if it.says != nil {
			note = it.says()
		}
		if note != "" && i == f.at {
			p.hang(strings.Repeat(" ", width+2), t.dim, note)
		}
	}
	if len(f.items) > 0 {
		p.blank()
	}
	if f.wrong != "" {
		p.hang(t.bad.Render("✗")+" ", t.plain, f.wrong)
		p.blank()
	}
	p.line(" ", f.draw1(f.no(), !f.yesOn), "  ", f.draw1(f.yes, f.yesOn))
	return p
}

// no is the word of the button that changes nothing.
func (f *form) no() string {
	switch {
	case f.back != "":
		return f.back
	case f.danger:
		return "No"
	}
	return "Back"
}

// draw1 draws a button; the brackets say which one Enter presses.
func (f *form) draw1(word string, on bool) string {
	switch {
	case on && f.at == len(f.items):
		return f.s.t.selected.Render("[▸ " + word + " ]")
	case on:
		return f.s.t.strong.Render("[▸ " + word + " ]")
	}
	return f.s.t.dim.Render("[  " + word + " ]")
}
