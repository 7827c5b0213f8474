package recovery

import (
	"fmt"
	"strings"
	"time"
)

// Info is what a page says besides the share.
type Info struct {
	Vendor string
	Epochs []uint8 // the key epochs whose secrets are in the set
	Made   time.Time
	By     string // who made it
	Desk   string // at which desk
}

// Page is the text of one page: the share, what it is, and what to do with it. Lines have
// at most 72 characters; up to 16 epochs fit on a page.
func (s *Share) Page(i Info) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("RECOVERY SHARE %d OF %d                  Manual Activator", s.Number, s.Count())
	p("")
	switch {
	case s.Count() == 1:
		p("Whoever has this page has all keys. There is no other share.")
	default:
		p("Any %d of the %d shares bring the keys back. Fewer tell nothing.", s.Need(), s.Count())
	}
	p("")
	p("  vendor      %s", i.Vendor)
	p("  set         %v", s.Set)
	p("  key epochs  %s", strings.Trim(strings.ReplaceAll(fmt.Sprint(numbersOf(i.Epochs)), " ", ", "), "[]"))
	p("  made        %s by %s, desk %s", i.Made.UTC().Format("2 January 2006"), i.By, i.Desk)
	p("")
	p("Share code, of this page alone:")
	p("")
	for n, l := range lines(s.bytes()) {
		p("  %-4s %s", fmt.Sprintf("%c%d", shareLetter, n+1), l)
	}
	p("")
	p("Set code, the same on each page of set %v, typed once:", s.Set)
	p("")
	for n, l := range lines(s.common) {
		p("  %-4s %s", fmt.Sprintf("%c%d", commonLetter, n+1), l)
	}
	p("")
	p("What to do: on a computer of yours, with the shares at hand, type")
	p("  activator keys restore")
	p("and give the lines as they stand here, capitals and small letters too.")
	p("The last character of each group tells a slip at once. The shares bring")
	p("back the keys alone: have the newest backup of the journal at hand too.")
	p("")
	p("Keep the pages apart from one another and from the vendor folder. Show")
	p("them to nobody, photograph none. After a rotation of the keys make new")
	p("shares, and destroy these.")
	return b.String()
}

// numbersOf makes numbers of epochs, which would print as text.
func numbersOf(epochs []uint8) []int {
	var out []int
	for _, e := range epochs {
		out = append(out, int(e))
	}
	return out
}
