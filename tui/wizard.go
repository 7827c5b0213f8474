package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/activator/keyring"
)

// wizard is the first run: a vendor folder is made, and a first license.
type wizard struct {
	s     *shared
	form  *form
	asked map[int]*form // by step: what was typed stays when one goes back and forth
	real  bool          // not training
	busy  bool
	frame int
	wrong string
	begin Beginning
	done  bool
}

const (
	stepChoose = iota
	stepNames
	stepPassphrase
)

func newWizard(s *shared) *wizard {
	w := &wizard{s: s, asked: map[int]*form{}}
	w.ask(stepChoose)
	return w
}

// ask goes to a step, as it was left.
func (w *wizard) ask(step int) {
	make := map[int]func() *form{stepChoose: w.choose, stepNames: w.names, stepPassphrase: w.passphrase}
	if w.asked[step] == nil {
		w.asked[step] = make[step]()
	}
	w.form = w.asked[step]
	w.form.wrong = ""
	w.form.focus(0)
}

const (
	forReal  = "begin for real: make the vendor folder"
	forTrial = "look around first: training, nothing is kept"
)

func (w *wizard) choose() *form {
	f := &form{title: "There is no vendor folder yet", yes: "Go on", items: []*item{options("How", "", forReal, forTrial)}}
	f.text = []string{"A vendor folder holds your keys, your journal and your product files. It would be made here: " + clean(w.s.cfg.Folder)}
	f.do = func(f *form) (tea.Cmd, string) {
		if f.value(0) == forTrial {
			w.busy = true
			return tea.Batch(train(w.s), w.s.cfg.After(spinEvery, spinMsg{})), ""
		}
		w.real = true
		w.ask(stepNames)
		return nil, ""
	}
	f.back, f.never = "Leave", func() tea.Cmd { return tea.Quit }
	return f.begin(w.s)
}

func (w *wizard) names() *form {
	f := &form{title: "Step 1 of 3: who you are", yes: "Go on", items: []*item{
		text("Company", "as your customers know it", "It stands in what you sign, and cannot be changed later."),
		text("This desk", "such as front", "The journal keeps with every entry at which desk it was made."),
	}}
	f.items[1].field.set(w.s.cfg.Host)
	f.do = func(f *form) (tea.Cmd, string) {
		for i, it := range f.items {
			if it.value() == "" {
				return f.about(i, "both names are needed")
			}
		}
		w.begin.Vendor, w.begin.Desk = f.value(0), f.value(1)
		w.ask(stepPassphrase)
		return nil, ""
	}
	f.never = func() tea.Cmd { w.ask(stepChoose); return nil }
	return f.begin(w.s)
}

func (w *wizard) passphrase() *form {
	f := &form{title: "Step 2 of 3: the passphrase", yes: "Make the vendor folder", items: []*item{
		text("Passphrase", "", "A few words that only you and your safe know."),
		text("Once more", "", ""),
	}}
	warned := ""
	f.text = []string{"It locks your keys. It cannot be had back: without it, and without a backup, no license can be answered again."}
	for _, it := range f.items {
		it.field.secret = true
	}
	f.do = func(f *form) (tea.Cmd, string) {
		first, again := f.items[0].field.value(), f.items[1].field.value()
		switch weak := keyring.Weak([]byte(first)); {
		case first == "":
			return nil, "a passphrase is needed"
		case first != again:
			f.empty()
			return nil, "the two differ: type both again"
		case weak != "" && warned != first:
			warned = first
			f.empty()
			return nil, weak + " Choose another, or type this one again to take it all the same"
		}
		w.begin.Passphrase = []byte(first)
		w.busy = true
		create, b := w.s.cfg.Create, w.begin
		return tea.Batch(w.s.do("making the vendor folder", func(ctx context.Context) any {
			return createdMsg{create(ctx, b)}
		}), w.s.cfg.After(spinEvery, spinMsg{})), ""
	}
	f.never = func() tea.Cmd { w.ask(stepNames); return nil }
	return f.begin(w.s)
}

// created opens the folder that was made.
func (w *wizard) created(m createdMsg) tea.Cmd {
	if m.err != nil {
		w.failed(m.err)
		return nil
	}
	openIt, pass := w.s.cfg.Open, w.begin.Passphrase
	return w.s.do("opening the keyring", func(ctx context.Context) any {
		o, err := openIt(ctx, pass)
		return openedMsg{o, err}
	})
}

func (w *wizard) failed(err error) {
	w.busy, w.wrong = false, sentence(clean(err.Error()))
}

// opened goes on to the first license; in training there is one already.
func (w *wizard) opened() tea.Cmd {
	w.busy = false
	clear(w.begin.Passphrase)
	w.asked = nil // with the passphrase in it
	if !w.real {
		w.done = true
		return w.s.tell(showMsg{roomDesk})
	}
	w.form = w.license()
	return nil
}

func (w *wizard) license() *form {
	p := w.s.office.Products()
	f := newRegister(w.s, "")
	f.title, f.draft, f.back = "Step 3 of 3: the first license", "", "Later"
	f.text = []string{fmt.Sprintf("The vendor folder is made, with %d sample product. Register a license for it, or go to the desk and do that later.", len(p))}
	do := f.do
	f.do = func(f *form) (tea.Cmd, string) {
		cmd, wrong := do(f)
		if wrong == "" {
			w.done = true
			cmd = tea.Batch(cmd, w.s.tell(showMsg{roomLicenses}))
		}
		return cmd, wrong
	}
	f.never = func() tea.Cmd { w.done = true; return w.s.tell(showMsg{roomDesk}) }
	return f
}

func (w *wizard) key(k tea.KeyPressMsg) tea.Cmd {
	if w.busy {
		return nil
	}
	w.wrong = ""
	cmd, _ := w.form.key(k) // steps change the form themselves
	return cmd
}

func (w *wizard) paste(text string) {
	if !w.busy {
		w.form.paste(text)
	}
}

func (w *wizard) spin() tea.Cmd {
	if !w.busy {
		return nil
	}
	w.frame++
	return w.s.cfg.After(spinEvery, spinMsg{})
}

func (w *wizard) help() []key.Binding {
	if w.busy {
		return []key.Binding{keys.Quit}
	}
	return append(w.form.help(), keys.Quit)
}

func (w *wizard) draw(width, h int) *page {
	p, t := newPage(width), w.s.t
	p.blank()
	if w.busy {
		p.line("   ", t.accent.Render(spinner[w.frame%len(spinner)]), " Making keys and journal. This is slow on purpose, against guessing.")
		return p
	}
	in := w.form.draw(min(width-8, 84), h-4)
	for i, l := range in.lines {
		in.lines[i] = "   " + l
	}
	if in.cur != nil {
		in.cur.x += 3
	}
	p.put(in)
	if w.wrong != "" {
		p.blank()
		p.hang("   "+t.bad.Render("✗")+" ", t.plain, w.wrong)
	}
	return p
}

// train opens an office on throw-away keys.
func train(s *shared) tea.Cmd {
	begin := s.cfg.Train
	return s.do("preparing the training", func(ctx context.Context) any {
		o, err := begin(ctx)
		return openedMsg{o, err}
	})
}

// goTraining leaves the real desk for the training, if that is wanted, unless something would
// be left in the middle.
func (m *Model) goTraining() tea.Cmd {
	if len(m.pending) > 0 {
		return m.warn("Something is still under way: go to the training in a moment.")
	}
	f := &form{title: "Go to the training?", yes: "Go to the training", text: []string{
		"Everything works as for real, on throw-away keys and a throw-away journal. The way back is to leave and to start again.",
	}}
	lost := m.lost()
	if lost != "" {
		f.text, f.danger = append(f.text, "Nothing is taken along. "+lost), true
	}
	f.do = func(*form) (tea.Cmd, string) {
		m.given = lost
		return train(m.shared), ""
	}
	return m.open(f.begin(m.shared))
}
