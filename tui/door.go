package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/activator/keyring"
)

// door asks for the passphrase. It stands before the desk at the beginning, and
// again after it was locked.
type door struct {
	s      *shared
	pass   field
	given  []byte // from the configuration: opens without asking
	busy   bool
	frame  int
	locked bool
	wrong  string
}

var spinner = []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"}

const spinEvery = 90 * time.Millisecond

func newDoor(s *shared, given []byte) *door {
	d := &door{s: s, pass: newField(""), given: given}
	d.pass.secret, d.pass.focused = true, true
	return d
}

// begin opens at once where the passphrase is known.
func (d *door) begin() tea.Cmd {
	if d.given == nil {
		return nil
	}
	return d.open(d.given)
}

func (d *door) open(pass []byte) tea.Cmd {
	d.busy, d.wrong = true, ""
	pass = append([]byte(nil), pass...)
	open := d.s.cfg.Open
	return tea.Batch(d.s.do("opening the keyring", func(ctx context.Context) any {
		o, err := open(ctx, pass)
		return openedMsg{o, err}
	}), d.s.cfg.After(spinEvery, spinMsg{}))
}

func (d *door) spin() tea.Cmd {
	if !d.busy {
		return nil
	}
	d.frame++
	return d.s.cfg.After(spinEvery, spinMsg{})
}

func (d *door) failed(err error) tea.Cmd {
	d.busy = false
	d.wrong = sentence(clean(err.Error()))
	if errors.Is(err, keyring.ErrPassphrase) {
		d.wrong = "That is not the passphrase of this vendor folder."
		d.pass.set("")
	}
	return nil
}

func (d *door) key(k tea.KeyPressMsg) tea.Cmd {
	switch {
	case d.busy:
		return nil
	case is(k, keys.Enter):
		if d.pass.empty() {
			return nil
		}
		return d.open([]byte(d.pass.value()))
	case is(k, keys.Back):
		d.pass.set("")
		return nil
	case is(k, keys.Practice) && !d.locked:
		d.busy, d.wrong = true, ""
		return tea.Batch(train(d.s), d.s.cfg.After(spinEvery, spinMsg{}))
	}
	d.pass.update(k)
	return nil
}

func (d *door) paste(text string) {
	if !d.busy {
		d.pass.insert(strings.TrimRight(text, "\r\n"))
	}
}

func (d *door) help() []key.Binding {
	bs := []key.Binding{called(keys.Enter, "open the desk"), called(keys.Back, "clear")}
	if !d.locked {
		bs = append(bs, called(keys.Practice, "training"))
	}
	return bs
}

func (d *door) draw(w, h int) *page {
	p, t := newPage(w), d.s.t
	for range max(h/3-3, 1) {
		p.blank()
	}
	if d.locked {
		p.line(" ", t.strong.Render("The desk is locked."), " What was typed is still there.")
	} else {
		p.line(" ", t.strong.Render("Welcome to the desk."))
	}
	p.blank()
	p.field(t, "folder", d.s.cfg.Folder)
	p.field(t, "operator", d.s.cfg.Operator)
	p.blank()
	if d.busy {
		p.line(" ", t.accent.Render(spinner[d.frame%len(spinner)]), " Opening. This is slow on purpose, against guessing.")
	} else {
		p.draw(t, "Passphrase", 10, &d.pass)
	}
	if d.wrong != "" {
		p.blank()
		p.hang(" "+t.bad.Render("✗")+" ", t.plain, d.wrong)
	}
	return p
}
