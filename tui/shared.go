package tui

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/codes"
)

// shared is what all screens have in common.
type shared struct {
	cfg      Config
	office   Office // nil while the desk is locked
	shelf    Shelf
	files    Files
	customer *Customer
	training bool
	t        theme
	set      Settings
	products map[codes.UID]string // names

	drafts map[string][]string // texts of forms that were closed

	ctx     context.Context
	next    int
	told    []any // messages for the root that wait
	pending map[int]*op
}

// op is something under way.
type op struct {
	what   string
	since  time.Time
	cancel context.CancelFunc
}

// do runs work outside of Update. While it is under way its name shows, with the
// time it takes; its message comes back through the root to every screen.
func (s *shared) do(what string, work func(ctx context.Context) any) tea.Cmd {
	cmd, _ := s.start(what, work)
	return cmd
}

// start is do with a way to give up.
func (s *shared) start(what string, work func(ctx context.Context) any) (tea.Cmd, context.CancelFunc) {
	s.next++
	id := s.next
	ctx, cancel := context.WithCancel(s.ctx)
	s.pending[id] = &op{what, s.cfg.Now(), cancel}
	stop := func() {
		cancel()
		delete(s.pending, id)
	}
	return func() tea.Msg { return doneMsg{id, work(ctx)} }, stop
}

// slowest is what has been under way for longest; nil when nothing is.
func (s *shared) slowest() *op {
	ops := slices.SortedFunc(maps.Values(s.pending), func(a, b *op) int { return cmp.Compare(a.since.UnixNano(), b.since.UnixNano()) })
	if len(ops) == 0 {
		return nil
	}
	return ops[0]
}

// tell sends a message to the root. It is there before the next key is.
func (s *shared) tell(m any) tea.Cmd {
	s.told = append(s.told, m)
	return nil
}

// say and warn show a notice.
func (s *shared) say(text string) tea.Cmd  { return s.tell(noticeMsg{text: text}) }
func (s *shared) warn(text string) tea.Cmd { return s.tell(noticeMsg{text: text, bad: true}) }

// open lays a dialog over the screen.
func (s *shared) open(d dialog) tea.Cmd { return s.tell(dialogMsg{d}) }

// copy sends a text to the clipboard. Nobody acknowledges it, so the text stays
// on the screen.
func (s *shared) copy(what, text string) tea.Cmd {
	return tea.Batch(s.cfg.Copy(text), s.say(what+" was sent to the clipboard."))
}

// product is the name of a product, or its uid where it has no file.
func (s *shared) product(uid codes.UID) string {
	if name, ok := s.products[uid]; ok {
		return name
	}
	if uid == (codes.UID{}) {
		return ""
	}
	return uid.String()
}

// screen is one of the desk's rooms. It returns lines and never touches the
// terminal.
type screen interface {
	// name is its word in the header.
	name() string
	// enter is called when it comes to the front.
	enter() tea.Cmd
	// key takes a key; false leaves it to the root.
	key(k tea.KeyPressMsg) (tea.Cmd, bool)
	// paste takes a pasted text.
	paste(text string) tea.Cmd
	// message takes anything else. Every screen sees every message.
	message(m any) tea.Cmd
	// draw shows it in w columns and h lines.
	draw(w, h int) *page
	// help is what the keys do right now, the most wanted first.
	help() []key.Binding
	// commands are what the palette offers beside the keys.
	commands() []command
}

// command is a line of the palette.
type command struct {
	name string
	key  string
	run  func() tea.Cmd
}

// dialog lies over a screen until it is done.
type dialog interface {
	key(k tea.KeyPressMsg) (cmd tea.Cmd, done bool)
	paste(text string)
	draw(w, h int) *page
	help() []key.Binding
}

// dialogMsg opens a dialog.
type dialogMsg struct{ d dialog }
