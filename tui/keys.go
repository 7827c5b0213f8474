package tui

import (
	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"
)

func bind(help, what string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(help, what))
}

// The one key map. Letters are never commands where something can be typed: only a
// license's page, which has nothing to type in, takes some.
var keys = struct {
	Help, Palette, Quit, Break, Lock                                             key.Binding
	Desk, Licenses, Journal, Products, Today, Settings, Batch                    key.Binding
	Enter, Back, Next, Prev, Up, Down, Left, Right, PageUp, PageDown, Home, End  key.Binding
	Take, Undo, Copy, Aloud, Form, Mail, Override, Otherwise, Park, Save, Refund key.Binding
	New, Serial, Revoke, Gone, Name, Filter, Export, Practice, Collisions        key.Binding
	Answered, Clear                                                              key.Binding
}{
	Help:    bind("F1", "help", "f1", "ctrl+_"),
	Palette: bind("ctrl+k", "commands", "ctrl+k"),
	Quit:    bind("ctrl+q", "leave", "ctrl+q"),
	Break:   bind("ctrl+c", "leave", "ctrl+c"),
	Lock:    bind("ctrl+l", "lock", "ctrl+l"),

	Desk:     bind("F2", "desk", "f2", "alt+2"),
	Licenses: bind("F3", "licenses", "f3", "alt+3"),
	Journal:  bind("F4", "journal", "f4", "alt+4"),
	Products: bind("F5", "products", "f5", "alt+5"),
	Today:    bind("F6", "today", "f6", "alt+6"),
	Settings: bind("F7", "settings", "f7", "alt+7"),
	Batch:    bind("F8", "batch", "f8", "alt+8"),

	Enter:    bind("enter", "go on", "enter"),
	Back:     bind("esc", "back", "esc"),
	Next:     bind("tab", "next field", "tab"),
	Prev:     bind("shift+tab", "field before", "shift+tab"),
	Up:       bind("↑", "up", "up"),
	Down:     bind("↓", "down", "down"),
	Left:     bind("←", "before", "left"),
	Right:    bind("→", "next", "right"),
	PageUp:   bind("pgup", "page up", "pgup"),
	PageDown: bind("pgdn", "page down", "pgdown"),
	Home:     bind("home", "first", "home"),
	End:      bind("end", "last", "end"),

	Take:      bind("tab", "take the proposal", "tab"),
	Undo:      bind("ctrl+z", "bring back", "ctrl+z"),
	Copy:      bind("ctrl+y", "copy", "ctrl+y"),
	Aloud:     bind("ctrl+r", "read aloud", "ctrl+r"),
	Form:      bind("ctrl+d", "letters or digits", "ctrl+d"),
	Mail:      bind("ctrl+e", "reply text", "ctrl+e"),
	Override:  bind("ctrl+o", "override", "ctrl+o"),
	Otherwise: bind("ctrl+x", "answer otherwise", "ctrl+x"),
	Park:      bind("ctrl+p", "park", "ctrl+p"),
	Save:      bind("ctrl+s", "save", "ctrl+s"),
	Refund:    bind("ctrl+f", "refund", "ctrl+f"),

	New:        bind("ctrl+n", "new license", "ctrl+n"),
	Serial:     bind("s", "serial number", "s"),
	Revoke:     bind("v", "revoke or restore", "v"),
	Gone:       bind("g", "machine gone", "g"),
	Name:       bind("m", "name the machine", "m"),
	Collisions: bind("ctrl+g", "collisions", "ctrl+g"),
	Filter:     bind("ctrl+f", "filter", "ctrl+f"),
	Export:     bind("ctrl+s", "export", "ctrl+s"),
	Practice:   bind("ctrl+t", "a customer calls", "ctrl+t"),
	Answered:   bind("enter", "next call", "enter"),
	Clear:      bind("ctrl+u", "clear the field", "ctrl+u"),
}

func is(k tea.KeyPressMsg, b ...key.Binding) bool { return key.Matches(k, b...) }

// called is a binding with other words for the help line.
func called(b key.Binding, what string) key.Binding {
	return key.NewBinding(key.WithKeys(b.Keys()...), key.WithHelp(b.Help().Key, what))
}
