package tui

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/activator/journal"
)

// batchRoom answers a file of codes: choose it, see what would become of its rows,
// answer them, mend what could not be read.
type batchRoom struct {
	s     *shared
	path  field
	names []string         // that began with what stood in path when they were listed
	gen   int              // of the listing under way
	named int              // of the listing that names are of
	early *tea.KeyPressMsg // a key for names that are not there yet
	err   error            // of the listing
	run   *fileRun         // the last one, or the one under way; nil while a file is chosen
	list  list
}

func newBatchRoom(s *shared) *batchRoom {
	b := &batchRoom{s: s, path: newField("a file of codes: .csv, .jsonl, .eml, .mbox, .txt")}
	b.path.focused = true
	return b
}

func (b *batchRoom) name() string { return "Batch" }

func (b *batchRoom) enter() tea.Cmd {
	if b.run == nil {
		return b.look()
	}
	return nil
}

// underway reports whether a file is being run.
func (b *batchRoom) underway() bool { return b.run != nil && b.run.running }

// look lists what begins with the path.
func (b *batchRoom) look() tea.Cmd {
	if b.s.files == nil {
		return nil
	}
	b.gen++
	files, path, gen := b.s.files, b.path.value(), b.gen
	return b.s.do("looking into the folder", func(ctx context.Context) any {
		names, err := files.List(ctx, path)
		return namesMsg{gen, names, err}
	})
}

func (b *batchRoom) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case b.run == nil:
		return b.chooseKey(k)
	case b.run.running:
		if is(k, keys.Back) {
			return b.halt(), true
		}
		return nil, typed(k) || is(k, keys.Enter)
	}
	return b.rowsKey(k)
}

// chooseKey types a path, or takes one of the names that begin with it.
func (b *batchRoom) chooseKey(k tea.KeyPressMsg) (tea.Cmd, bool) {
	b.early = nil
	switch {
	case is(k, keys.Enter, keys.Next) && b.named != b.gen: // else it took a name of before
		b.early = &k
		return nil, true
	case is(k, keys.Enter):
		return b.take(), true
	case is(k, keys.Next):
		if name := b.chosen(); name != "" {
			b.path.set(name)
			b.list = list{}
			return b.look(), true
		}
		return nil, true
	case is(k, keys.Back):
		if b.path.empty() {
			return b.s.tell(showMsg{roomDesk}), true
		}
		b.path.set("")
		return b.look(), true
	case is(k, keys.Home, keys.End):
	case b.list.key(k, len(b.names)):
		return nil, true
	}
	changed, taken := b.path.update(k)
	if changed {
		b.list = list{}
		return b.look(), true
	}
	return nil, taken
}

// chosen is the name that is marked; empty for none.
func (b *batchRoom) chosen() string {
	if b.list.at < len(b.names) {
		return b.names[b.list.at]
	}
	return ""
}

// take goes into the folder that is marked, or tries the file. Without names it tries
// the path as it was typed: then the desk says what is wrong with it.
func (b *batchRoom) take() tea.Cmd {
	name := b.chosen()
	if name == "" {
		name = strings.TrimSpace(b.path.value())
	}
	if name == "" {
		return nil
	}
	b.path.set(name)
	b.list = list{}
	if isFolder(name) {
		return b.look()
	}
	return b.start(FileRun{In: name, Dry: true})
}

func isFolder(name string) bool {
	return strings.HasSuffix(name, "/") || strings.HasSuffix(name, string(filepath.Separator))
}

func (b *batchRoom) paste(text string) tea.Cmd {
	if b.run != nil {
		return nil
	}
	b.early = nil
	b.path.insert(strings.Trim(text, " \r\n\"'")) // as file managers copy it
	return b.look()
}

func (b *batchRoom) message(m any) tea.Cmd {
	switch m := m.(type) {
	case namesMsg:
		if m.gen != b.gen {
			break
		}
		b.names, b.err, b.named = m.names, m.err, m.gen
		if k := b.early; k != nil && b.run == nil {
			cmd, _ := b.chooseKey(*k)
			return cmd
		}
	case outMsg:
		switch {
		case m.there:
			return m.form.again(0, fmt.Sprintf("%q is there already: give the answers another name", m.run.Out))
		case !b.underway():
			return b.start(m.run)
		}
	case fileTickMsg:
		if b.run == m.run && b.run.running {
			b.run.catchUp()
			return b.s.cfg.After(fileTick, m)
		}
	case fileDoneMsg:
		if b.run == m.run {
			return b.ended(m)
		}
	case rowsSavedMsg:
		if m.err == nil {
			for row, o := range m.rows {
				row.saved = o
			}
		}
		return b.s.tell(m.savedMsg)
	}
	return nil
}

func (b *batchRoom) commands() []command {
	cs := []command{{"Answer another file", "", func() tea.Cmd { return b.another() }}}
	if b.mended() > 0 {
		cs = append(cs, command{"Save the mended rows", "ctrl+s", b.save})
	}
	return cs
}

func (b *batchRoom) help() []key.Binding {
	switch {
	case b.run == nil:
		return []key.Binding{called(keys.Down, "choose"), called(keys.Next, "complete"), called(keys.Enter, "try it, nothing is recorded"), called(keys.Back, "clear, or the desk")}
	case b.run.running:
		return []key.Binding{called(keys.Back, "end it in order")}
	}
	bs := []key.Binding{called(keys.Down, "choose")}
	switch row := b.row(); {
	case row == nil:
		bs = append(bs, called(keys.Enter, "do it"))
	case !row.good():
		bs = append(bs, called(keys.Enter, "take it to the desk"))
	}
	if b.mended() > 0 {
		bs = append(bs, called(keys.Save, "save the mended rows"))
	}
	return append(bs, called(keys.Back, "another file"))
}

// row is the one that is marked; nil for the line above the rows.
func (b *batchRoom) row() *badRow {
	if b.run == nil || b.list.at < 1 || b.list.at > len(b.run.bad) {
		return nil
	}
	return b.run.bad[b.list.at-1]
}

func (b *batchRoom) rowsKey(k tea.KeyPressMsg) (tea.Cmd, bool) {
	switch {
	case b.list.key(k, len(b.run.bad)+1):
		return nil, true
	case is(k, keys.Back):
		return b.another(), true
	case is(k, keys.Save):
		return b.save(), true
	case is(k, keys.Enter):
		if row := b.row(); row != nil {
			return b.mend(row), true
		}
		if b.run.dry || !b.run.whole() {
			return b.ask(), true
		}
		return b.another(), true
	}
	return nil, false
}

// reasons tell why rows have no answer, the most frequent first.
func (u *unanswered) reasons() []reason {
	return slices.SortedFunc(maps.Values(u.why), func(a, b reason) int {
		return cmp.Or(b.n-a.n, strings.Compare(a.check, b.check))
	})
}

// unreadable is the reason of rows that no check was made of.
const unreadable = "cannot be read"

// firstFailed names the check that a row failed; empty where none did.
func firstFailed(e *journal.Entry) string {
	if e.Verdict == journal.Unreadable {
		return unreadable
	}
	for _, c := range e.Checks {
		if c.Result == journal.Failed {
			return c.Name
		}
	}
	return string(e.Verdict)
}
