package tui

import (
	"fmt"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/codes"
)

// aloudRoom walks through an answer group by group, in big type with spelling
// words, and listens back: the agent types what the customer repeats.
type aloudRoom struct {
	s      *shared
	call   int // whose answer it is
	code   codes.Code
	digits bool
	at     int      // the group
	heard  []string // what was repeated, by group
	listen bool
}

func newAloudRoom(s *shared) *aloudRoom { return &aloudRoom{s: s} }

func (a *aloudRoom) name() string              { return "Read aloud" }
func (a *aloudRoom) enter() tea.Cmd            { return nil }
func (a *aloudRoom) commands() []command       { return nil }
func (a *aloudRoom) paste(text string) tea.Cmd { return nil }

func (a *aloudRoom) message(m any) tea.Cmd {
	msg, ok := m.(readAloudMsg)
	if !ok {
		return nil
	}
	at := a.at
	if msg.call != a.call || msg.code != a.code || msg.digits != a.digits || a.listen {
		at = 0
	}
	a.begin(msg.code, msg.digits)
	a.call, a.at = msg.call, at // reading the same answer on keeps the place
	return nil
}

func (a *aloudRoom) begin(c codes.Code, digits bool) {
	a.code, a.digits, a.at, a.listen = c, digits, 0, false
	a.heard = make([]string, len(a.groups()))
}

func (a *aloudRoom) groups() []string {
	if a.code.IsZero() {
		return []string{""}
	}
	if a.digits {
		return strings.Split(a.code.Digits(), "-")
	}
	return strings.Split(a.code.String(), "-")
}

func (a *aloudRoom) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	n := len(a.groups())
	switch {
	case k.String() == "space" && a.listen && a.heard[a.at] == "":
		// said between two groups: the one before moved on by itself
	case k.String() == "space" && a.at == n-1:
		return a.s.say("That was the last group. Enter goes back to the desk."), true
	case is(k, keys.Right), is(k, keys.Enter), k.String() == "space":
		if a.at == n-1 && !is(k, keys.Right) {
			if a.listen && !a.allRight() {
				return a.s.say("Not every group was repeated yet."), true
			}
			return a.s.tell(showMsg{roomDesk}), true
		}
		a.at = min(a.at+1, n-1)
	case is(k, keys.Left), is(k, keys.Prev):
		a.at = max(a.at-1, 0)
	case is(k, keys.Home):
		a.at = 0
	case is(k, keys.End):
		a.at = n - 1
	case is(k, keys.Next):
		if a.listen = !a.listen; a.listen {
			a.at, a.heard = 0, make([]string, n)
		}
	case is(k, keys.Form):
		a.begin(a.code, !a.digits)
	case is(k, keys.Copy):
		return a.s.copy("The answer", strings.Join(a.groups(), "-")), true
	case k.String() == "backspace" && a.listen:
		a.back()
	case typed(k) && a.listen:
		a.hear(k.Text)
	case typed(k):
		return a.s.say("Tab listens back: then type what the customer repeats."), true
	default:
		return nil, false
	}
	return nil, true
}

func (a *aloudRoom) back() {
	if h := []rune(a.heard[a.at]); len(h) > 0 {
		a.heard[a.at] = string(h[:len(h)-1])
	} else {
		a.at = max(a.at-1, 0)
	}
}

// hear takes what was typed, and goes on to the next group after a right one. A group
// that is full is heard once more from its start.
func (a *aloudRoom) hear(text string) {
	for _, r := range text {
		if r == '-' || r == ' ' {
			continue
		}
		if len([]rune(a.heard[a.at])) >= 6 {
			a.heard[a.at] = ""
		}
		a.heard[a.at] += string(r)
	}
	if a.right(a.at) && a.at < len(a.groups())-1 {
		a.at++
	}
}

// same compares without case: it is not said.
func same(a, b rune) bool { return unicode.ToLower(a) == unicode.ToLower(b) }

// right reports whether a group was repeated as it is.
func (a *aloudRoom) right(group int) bool {
	return strings.EqualFold(a.heard[group], a.groups()[group])
}

func (a *aloudRoom) allRight() bool {
	for g := range a.groups() {
		if !a.right(g) {
			return false
		}
	}
	return true
}

func (a *aloudRoom) help() []key.Binding {
	listen := called(keys.Next, "listen back")
	if a.listen {
		listen = called(keys.Next, "read aloud")
	}
	return []key.Binding{called(keys.Right, "next group"), called(keys.Left, "group before"), listen, called(keys.Back, "desk"), keys.Form, keys.Copy}
}

func (a *aloudRoom) draw(w, h int) *page {
	p, t := newPage(w), a.s.t
	if a.code.IsZero() {
		p.text(t.plain, 1, "There is nothing to read aloud: it begins with ctrl+r at an answer.")
		return p
	}
	groups := a.groups()
	group := groups[a.at]
	title := "Read aloud"
	if a.listen {
		title = "Listen back: type what the customer repeats"
	}
	p.line(" ", t.strong.Render(title), t.dim.Render(fmt.Sprintf("   group %d of %d", a.at+1, len(groups))))
	p.line(" ", a.progress(groups))
	p.blank()
	left := strings.Repeat(" ", max((w-70)/2, 1))
	for _, l := range full(group) {
		p.line(left, t.strong.Render(l))
	}
	p.blank()
	words, kinds, marks := "", "", ""
	spell := spellingOf(a.s.set.Spelling)
	heard := []rune(a.heard[a.at])
	for i, r := range []rune(group) {
		width := 12
		if i == 5 {
			width = 0
		}
		words += t.accent.Render(pad(spell.word(r), width))
		kind := ""
		if unicode.IsUpper(r) {
			kind = "capital"
		} else if unicode.IsLower(r) {
			kind = "small"
		}
		kinds += t.dim.Render(pad(kind, width))
		mark := pad("", width)
		if i < len(heard) && same(heard[i], r) {
			mark = t.good.Render(pad("✓ "+string(heard[i]), width))
		} else if i < len(heard) {
			mark = t.bad.Render(pad("✗ heard "+clean(string(heard[i])), width))
		}
		marks += mark
	}
	p.line(left, words)
	p.line(left, kinds)
	p.blank()
	if a.listen {
		p.line(left, marks)
		p.cursorAt(len(left)+12*min(len(heard), 5), len(p.lines)-1)
		p.blank()
		p.text(t.plain, len(left), a.advice(group, heard, spell))
		return p
	}
	if a.digits {
		return p
	}
	p.text(t.dim, len(left), "Capital or small may be left out: the program on the other side finds them, shows the code, and takes it when enter is pressed.")
	return p
}

// advice says what to do about what was heard.
func (a *aloudRoom) advice(group string, heard []rune, spell *spelling) string {
	want := []rune(group)
	for i, r := range heard {
		if !same(r, want[i]) {
			return fmt.Sprintf("✗ Character %d is %q: say %q once more. Backspace takes back what was typed.", i+1, string(want[i]), spell.word(want[i]))
		}
	}
	switch {
	case a.allRight():
		return "✓ Everything was repeated as it is. Enter goes back to the desk."
	case a.right(a.at):
		return "✓ This group is right."
	case a.digits:
		return "Digit by digit: what differs shows at once."
	}
	return "Capital and small are the same here."
}

// progress shows all groups, the present one marked.
func (a *aloudRoom) progress(groups []string) string {
	t := a.s.t
	var b strings.Builder
	for g, s := range groups {
		mark := " "
		if a.heard[g] != "" {
			mark = t.bad.Render("✗")
			if a.right(g) {
				mark = t.good.Render("✓")
			} else if g == a.at {
				mark = t.dim.Render("…")
			}
		}
		if g == a.at {
			b.WriteString(t.selected.Render(s) + mark + " ")
		} else {
			b.WriteString(t.dim.Render(s) + mark + " ")
		}
	}
	return b.String()
}
