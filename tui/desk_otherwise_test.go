package tui

import (
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes/product"
)

// A form whose wish the office does not take comes back with what was typed, on the field
// that is to blame; then it goes through, and nothing says any more that it was not recorded.
func TestAnsweringOtherwiseToItsEnd(t *testing.T) {
	d, _, c := calling(t, 1)
	d.write(c.asks(t, 1).String())
	d.press("ctrl+x", "right") // 3, Reactivate
	d.press("tab")
	d.shows("Nothing: Reactivate takes no value.")
	d.write("7")
	d.press("tab", "tab")
	d.write("30")
	d.press("tab", "tab", "tab", "enter")
	d.shows("✗ Not recorded. Reactivate (reactivate) takes no value, have 7.")
	d.shows("▸Value 7")
	d.press("esc")
	d.shows("Enter answers it with an activation code") // as asked, not as it was wished
	d.press("ctrl+x", "left", "tab")
	d.shows("▸Value 7")
	d.shows("A last day, such as 2026-11-22 or 22.11.2026.")
	d.press("tab", "tab", "tab", "tab", "tab", "enter")
	d.shows(`Value: have "7", want a day as`)
	d.press("ctrl+u")
	d.write("1.10.2026")
	d.press("tab", "tab", "tab", "tab", "tab", "enter")
	d.shows("have 2026-10-01, which is")
	d.shows("▸Value 1.10.2026")
	d.press("ctrl+u")
	d.write("1.10.2027")
	d.press("tab", "tab", "tab", "tab", "tab", "enter")
	d.shows("ANSWERED")
	d.shows("2027-10-01")
	d.hides("ot recorded")
}

// An answer was refused as it was wished, and the wish does not fit another time: what
// shows then is what Enter does.
func TestWhatShowsIsWhatEnterDoes(t *testing.T) {
	d, _, c := calling(t, 1)
	d.write(c.asks(t, 1).String())
	d.press("ctrl+x", "right", "tab", "tab", "tab", "tab", "tab", "tab", "enter")
	d.shows("REFUSED, RECORDED The machine asks to be reactivated")
	d.press("ctrl+x", "tab")
	d.write("7")
	d.press("tab", "tab", "tab", "tab", "tab", "enter")
	d.shows("takes no value")
	d.press("esc")
	d.shows("Enter answers it with an activation code")
	d.hides("Enter records the refusal")
	d.press("enter")
	d.shows("ANSWERED")
}

// A notice that something was not recorded is gone when it is.
func TestNotRecordedIsTakenBack(t *testing.T) {
	d, _, c := calling(t, 1)
	d.write(c.asks(t, 1).String())
	d.hold = true
	d.press("enter")
	d.held, d.hold = nil, false
	d.send(submitMsg{d.m.desk.now.id, nil, &activator.UsageError{Text: "reference: have too much"}})
	d.shows("! Not recorded. Reference: have too much.")
	d.press("enter")
	d.shows("ANSWERED")
	d.hides("Not recorded")
}

func TestTypedValues(t *testing.T) {
	release, feature := &product.Definition{Type: product.Release}, &product.Definition{Type: product.Feature}
	for _, c := range []struct {
		def   *product.Definition
		typed string
		want  uint32
		wrong string
	}{
		{feature, "0x7", 7, ""}, {feature, "0b101", 5, ""}, {feature, "2027-06-30", 0, "want a number"},
		{release, "2024-01-02", 1, ""}, {release, "2.1.2024", 1, ""}, {release, "9", 0, "want a day as"}, {release, "1.1.1999", 0, "expected a day from"},
	} {
		have, wrong := typedValue(c.typed, c.def)
		if have != c.want || (wrong == "") != (c.wrong == "") || !strings.Contains(wrong, c.wrong) {
			t.Errorf("%s for a %s: have %d, %q, want %d, %q", c.typed, c.def.Type, have, wrong, c.want, c.wrong)
		}
	}
}

// An override that the office does not take comes back with its reason.
func TestAnOverrideComesBack(t *testing.T) {
	d := opened(t)
	d.noSeat()
	d.press("ctrl+o")
	d.wait(early)
	d.write("sold by telephone")
	d.hold = true
	d.press("tab", "right", "enter")
	d.held = nil
	d.send(submitMsg{d.m.desk.now.id, nil, &activator.UsageError{Text: "reason: have too much"}})
	d.hold = false
	d.shows("✗ Not recorded. Reason: have too much.")
	d.shows("▸Reason sold by telephone")
}
