package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/key"

	"github.com/manual-activator/manual-activator/activator/catalog"
)

// productRoom is the catalogue, and the mistakes of its files.
type productRoom struct {
	s      *shared
	all    []*catalog.Product
	broken []*catalog.MistakesError
	at     int
	scroll int
}

func newProductRoom(s *shared) *productRoom { return &productRoom{s: s} }

func (r *productRoom) name() string { return "Products" }

// enter takes the catalogue, which the office has in memory.
func (r *productRoom) enter() tea.Cmd {
	if r.s.office != nil {
		r.all, r.broken = r.s.office.Products(), r.s.office.BrokenProducts()
	}
	r.at = max(0, min(r.at, r.count()-1))
	return nil
}

func (r *productRoom) count() int { return len(r.all) + len(r.broken) }

func (r *productRoom) key(k tea.KeyPressMsg) (tea.Cmd, bool) {
	n := max(r.count(), 1)
	switch {
	case is(k, keys.Right, keys.Next):
		r.at, r.scroll = (r.at+1)%n, 0
	case is(k, keys.Left, keys.Prev):
		r.at, r.scroll = (r.at+n-1)%n, 0
	case is(k, keys.Down):
		r.scroll++
	case is(k, keys.Up):
		r.scroll = max(0, r.scroll-1)
	case is(k, keys.PageDown):
		r.scroll += 10
	case is(k, keys.PageUp):
		r.scroll = max(0, r.scroll-10)
	case is(k, keys.Back):
		return r.s.tell(showMsg{roomDesk}), true
	default:
		return nil, false
	}
	return nil, true
}

func (r *productRoom) paste(string) tea.Cmd { return nil }
func (r *productRoom) message(any) tea.Cmd  { return nil }
func (r *productRoom) commands() []command  { return nil }

func (r *productRoom) help() []key.Binding {
	return []key.Binding{called(keys.Right, "next product"), called(keys.Left, "product before"), called(keys.Down, "scroll"), called(keys.Back, "desk")}
}

func (r *productRoom) draw(w, h int) *page {
	p, t := newPage(w), r.s.t
	if r.count() == 0 {
		p.text(t.plain, 1, "There is no product file yet: activator product new NAME writes one.")
		return p
	}
	var tabs []string
	for i, x := range r.all {
		tabs = append(tabs, r.tab(i, x.Name))
	}
	for i, b := range r.broken {
		tabs = append(tabs, r.tab(len(r.all)+i, "✗ "+base(b.File)))
	}
	p.line(" ", strings.Join(tabs[max(0, r.at-3):], "  "))
	p.blank()
	q := newPage(w)
	if r.at < len(r.all) {
		r.drawProduct(q, r.all[r.at])
	} else {
		r.drawBroken(q, r.broken[r.at-len(r.all)])
	}
	r.scroll = min(r.scroll, max(0, len(q.lines)-(h-2)))
	p.lines = append(p.lines, q.lines[r.scroll:]...)
	return p
}

func (r *productRoom) tab(i int, name string) string {
	if i == r.at {
		return r.s.t.tabActive.Render(cut(name, 24))
	}
	return r.s.t.tab.Render(cut(name, 24))
}

func base(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

func (r *productRoom) drawProduct(p *page, x *catalog.Product) {
	t := r.s.t
	releases := fmt.Sprintf("%d now", x.Release)
	for i := len(x.Releases) - 1; i >= 0; i-- {
		releases += fmt.Sprintf(", %d", x.Releases[i])
	}
	p.field(t, "file", "products/"+base(x.Path))
	p.field(t, "uid", x.UID.String())
	p.field(t, "releases", releases)
	p.field(t, "hardware", fmt.Sprintf("tolerance %d on the machine, %d at the desk", x.Policy.Tolerance, x.Policy.DeskTolerance))
	p.field(t, "limits", fmt.Sprintf("%d reactivations, %d new installations, %d machines gone within %d days", x.Limits.Reactivations, x.Limits.Reissues, x.Limits.Gone, x.Limits.PeriodDays))
	p.field(t, "new license", plural(x.Defaults.Seats, "seat", "seats")+", "+x.Defaults.Grants.String())
	for _, n := range x.Notes {
		p.hang(" "+t.warn.Render("!")+" ", t.plain, n.String())
	}
	p.blank()
	for _, d := range x.Definitions {
		p.line(" ", t.strong.Render(fmt.Sprintf("%3d  %s", d.ID, cut(d.Name, 40))), t.dim.Render("  "+d.Type.String()))
		text := d.Description
		if d.Menu != "" {
			text += " In the program: " + d.Menu + "."
		}
		if len(d.Requires) > 0 {
			text += fmt.Sprintf(" Needs %v.", d.Requires)
		}
		if len(d.Leaves) > 0 {
			text += fmt.Sprintf(" Of %v.", d.Leaves)
		}
		if d.Parameter.Most > 0 {
			text += fmt.Sprintf(" Value %d to %d, else %d.", d.Parameter.Least, d.Parameter.Most, d.Parameter.Default)
		}
		if d.ShelfLife == 0 && !d.Type.Ends() {
			text += " Its answer waits forever."
		} else if !d.Type.Ends() {
			text += fmt.Sprintf(" To be typed within %d days.", d.ShelfLife)
		}
		p.text(t.plain, 6, strings.TrimSpace(text))
	}
}

// drawBroken shows the mistakes of a file with their lines.
func (r *productRoom) drawBroken(p *page, b *catalog.MistakesError) {
	t := r.s.t
	p.hang(" "+t.bad.Render("✗")+" ", t.strong, fmt.Sprintf("%s has mistakes: its codes are refused until they are mended.", base(b.File)))
	for _, m := range b.Mistakes {
		p.blank()
		head := sentence(m.Problem)
		if m.Key != "" {
			head = m.Key + ": " + m.Problem
		}
		p.hang(" • ", t.plain, head)
		for l := range strings.SplitSeq(m.Drawing(), "\n") {
			if l != "" {
				p.line("     ", t.accent.Render(clean(l)))
			}
		}
		if m.Remedy != "" {
			p.hang("   → ", t.plain, m.Remedy)
		}
	}
}
