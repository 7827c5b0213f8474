package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// The least window. Below it the desk says so and keeps everything.
const (
	leastWidth  = 72
	leastHeight = 20
)

// View implements [tea.Model].
func (m *Model) View() tea.View {
	p := m.picture()
	v := tea.NewView(strings.Join(p.lines, "\n"))
	v.AltScreen = true
	v.WindowTitle = "Activator"
	if m.training {
		v.WindowTitle += ", training"
	}
	if m.set.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if p.cur != nil {
		v.Cursor = tea.NewCursor(p.cur.x, p.cur.y)
	}
	return v
}

// picture is the whole window.
func (m *Model) picture() *page {
	p := newPage(m.w)
	if m.w < leastWidth || m.h < leastHeight {
		p.text(m.t.plain, 0, fmt.Sprintf("This window is %d×%d. The desk needs %d×%d: please make it larger. Nothing that you typed is lost.",
			m.w, m.h, leastWidth, leastHeight))
		p.fit(m.h)
		return p
	}
	p.line(m.header())
	if m.training {
		band := " TRAINING  Throw-away keys: codes work nowhere.   ctrl+t: a customer calls"
		if said := m.customer.said; said != "" {
			band = " TRAINING  the customer says " + said
			if len(band) > m.w {
				band = " TRAINING  " + said
			}
		}
		p.line(m.t.bandWarn.Render(pad(cut(band, m.w), m.w)))
	}
	foot := m.foot()
	body := m.h - len(p.lines) - len(foot)
	p.put(m.body(body))
	for _, l := range foot {
		p.line(l)
	}
	p.fit(m.h)
	return p
}

// body is what lies between header and foot.
func (m *Model) body(h int) *page {
	var q *page
	switch {
	case m.first != nil:
		q = m.first.draw(m.w, h)
	case m.door != nil:
		q = m.door.draw(m.w, h)
	case len(m.over) > 0:
		under := m.rooms[m.at].draw(m.w, h)
		under.cur = nil
		under.fit(h)
		q = m.lay(under, m.over[len(m.over)-1], h)
	default:
		q = m.rooms[m.at].draw(m.w, h)
	}
	q.fit(h)
	return q
}

// lay puts a dialog over a page, in a frame.
func (m *Model) lay(under *page, d dialog, h int) *page {
	w := min(m.w-4, 92)
	in := d.draw(w-4, h-4)
	in.fit(min(len(in.lines), h-4))
	x, y := (m.w-w)/2, max((h-len(in.lines)-2)/3, 0)
	box := newPage(m.w)
	for i, l := range under.lines {
		under.lines[i] = m.t.dim.Render(ansi.Strip(l))
	}
	side := strings.Repeat("─", w-2)
	rows := []string{m.t.accent.Render("╭" + side + "╮")}
	for _, l := range in.lines {
		rows = append(rows, m.t.accent.Render("│")+" "+pad(l, w-4)+" "+m.t.accent.Render("│"))
	}
	rows = append(rows, m.t.accent.Render("╰"+side+"╯"))
	for i, l := range under.lines {
		if at := i - y; at >= 0 && at < len(rows) {
			l = pad(ansi.Truncate(l, x, ""), x) + rows[at] + ansi.TruncateLeft(pad(l, m.w), x+w, "")
		}
		box.line(l)
	}
	if in.cur != nil {
		box.cur = &point{in.cur.x + x + 2, in.cur.y + y + 1}
	}
	return box
}

// header names the rooms, the operator and the desk.
func (m *Model) header() string {
	right := cut(m.cfg.Operator, 20)
	if m.office != nil {
		right = cut(m.cfg.Operator+"@"+m.office.Desk(), 24)
	}
	if m.first != nil || m.door != nil {
		left := " " + m.t.strong.Render("Manual Activator")
		return left + strings.Repeat(" ", max(m.w-lipgloss.Width(left)-lipgloss.Width(right)-1, 1)) + m.t.dim.Render(right)
	}
	var b strings.Builder
	b.WriteString(" ")
	for i, k := range m.roomKeys() {
		style := m.t.tab
		if i == m.at || i == roomDesk && m.at == roomAloud {
			style = m.t.tabActive
		}
		b.WriteString(m.t.dim.Render(k.Help().Key) + " " + style.Render(m.rooms[i].name()) + strings.Repeat(" ", m.tabGap()))
	}
	left := b.String()
	for _, right := range []string{right, cut(m.cfg.Operator, 10), cut(m.cfg.Operator, 5)} {
		if gap := m.w - lipgloss.Width(left) - lipgloss.Width(right) - 1; gap >= 0 {
			return left + strings.Repeat(" ", gap) + m.t.dim.Render(right)
		}
	}
	return left
}

// tabGap is the space between the rooms of the header.
func (m *Model) tabGap() int {
	if m.w < 100 {
		return 1
	}
	return 2
}

// foot is the line of notices and the line of keys.
func (m *Model) foot() []string {
	return append(m.noticeLines(), m.helpLine())
}

// lengthy are things that take their time.
var lengthy = []string{exporting, answering, tryingOut}

// slow is how long something may take before it shows.
const slow = 700 * time.Millisecond

// noticeLines are at least one, so that nothing jumps, and at most three.
func (m *Model) noticeLines() []string {
	if o := m.slowest(); o != nil && (m.at != roomBatch || !m.batch.underway()) {
		if d := m.cfg.Now().Sub(o.since); d >= slow {
			s := fmt.Sprintf(" … %s, %d s", o.what, int(d.Seconds()))
			if d >= 5*time.Second && !slices.Contains(lengthy, o.what) {
				s += ": no answer yet."
				if m.first == nil && m.door == nil {
					s += " You can go on typing."
				}
				return []string{m.t.bandWarn.Render(pad(cut(s+" ", m.w), m.w))}
			}
			return []string{m.t.warn.Render(cut(s, m.w-1))}
		}
	}
	if m.note.text == "" {
		return []string{""}
	}
	mark, style := " • ", m.t.accent
	if m.note.bad {
		mark, style = " ! ", m.t.warn
	}
	p := newPage(m.w)
	p.hang(style.Render(mark), style, m.note.text)
	return p.lines[:min(len(p.lines), 3)]
}

// helpLine follows the focus.
func (m *Model) helpLine() string {
	var bs []key.Binding
	tail := "" // always in sight
	switch {
	case m.first != nil:
		bs = m.first.help()
	case m.door != nil:
		bs = append(m.door.help(), keys.Quit)
	case len(m.over) > 0:
		bs = m.over[len(m.over)-1].help()
	default:
		bs = append(m.rooms[m.at].help(), keys.Palette, keys.Quit)
		tail = " · " + keys.Help.Help().Key + " " + keys.Help.Help().Desc
	}
	var b strings.Builder
	used := 1
	b.WriteString(" ")
	for i, k := range bs {
		if !k.Enabled() {
			continue
		}
		h := k.Help()
		n := lipgloss.Width(h.Key) + 1 + lipgloss.Width(h.Desc)
		if i > 0 {
			n += 3
		}
		if used+n+len(tail) > m.w-1 {
			break
		}
		if used > 1 {
			b.WriteString(m.t.dim.Render(" · "))
		}
		b.WriteString(m.t.key.Render(h.Key) + " " + m.t.dim.Render(h.Desc))
		used += n
	}
	if tail != "" {
		b.WriteString(m.t.dim.Render(" · ") + m.t.key.Render(keys.Help.Help().Key) + " " + m.t.dim.Render(keys.Help.Help().Desc))
	}
	return b.String()
}
