package tui

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// act are the keys of the desk that do something with what was read or answered.
func (d *desk) act(k tea.KeyPressMsg) (tea.Cmd, bool) {
	o := d.result()
	switch {
	case is(k, keys.Copy):
		switch {
		case !d.answer().IsZero():
			return d.s.copy("The answer", d.spoken()), true
		case d.confirmed():
			return d.s.copy("The receipt", o.Receipt), true
		}
		return d.s.say("There is no answer to copy yet."), true
	case is(k, keys.Aloud):
		if d.answer().IsZero() {
			return d.s.say("There is no answer to read aloud yet."), true
		}
		if d.signed() {
			return d.s.say("120 characters are too many to read out, sorry: mail them (ctrl+e), save them, or show the QR symbol (ctrl+d)."), true
		}
		return d.s.tell(readAloudMsg{d.now.id, d.answer(), d.digits}), true
	case is(k, keys.Form):
		if d.signed() {
			return d.s.open(&qrDialog{d.s, d.answer().String()}), true
		}
		if !d.answer().IsZero() {
			d.digits = !d.digits
		}
		return nil, true
	case is(k, keys.Mail):
		if o == nil {
			return d.s.say("The reply text is there once the code was recorded."), true
		}
		return d.reply(o), true
	case is(k, keys.Override):
		return d.override(), true
	case is(k, keys.Otherwise):
		return d.otherwise(), true
	case is(k, keys.Park):
		return d.park(), true
	case is(k, keys.Save):
		switch {
		case d.confirmed():
			return d.saveReceipt(), true
		case !d.answer().IsZero():
			return d.saveAnswer(), true
		}
		return d.s.say("There is no answer or receipt to save yet."), true
	case is(k, keys.Refund):
		return d.refund(), true
	}
	return nil, false
}

// reply makes the text of a mail.
func (d *desk) reply(o *activator.Outcome) tea.Cmd {
	office, language := d.s.office, d.s.set.Reply
	return d.s.do("writing the reply", func(context.Context) any {
		text, err := office.Reply(o, language)
		return replyMsg{language, text, err}
	})
}

// override asks for the reason to pass checks that are a matter of judgment.
func (d *desk) override() tea.Cmd {
	r := d.reading
	switch {
	case r == nil || r.Code.IsZero():
		return d.s.say("There is nothing to override: no code was read.")
	case r.Verdict != journal.Refused:
		return d.s.say("There is nothing to override: no check failed.")
	case !r.Overridable():
		return d.s.say("Nobody can override what failed here: the sentence above says what the customer does next.")
	}
	f := &form{title: "Take it all the same?", yes: "Take it, and keep the reason", danger: true, draft: "override " + r.Code.String()}
	for _, c := range r.Checks {
		if c.Result == activator.Failed {
			f.text = append(f.text, "✗ "+c.Name+": "+sentence(c.Detail))
		}
	}
	f.items = []*item{text("Reason", "why it is right this time", "The journal keeps it, with your name.")}
	f.do = func(f *form) (tea.Cmd, string) {
		if f.value(0) == "" {
			return nil, "a reason is needed"
		}
		return d.submitAs(f, activator.Decision{Override: f.value(0)}), ""
	}
	return d.s.open(f.begin(d.s))
}

// otherwise asks for an answer that differs from what the definition gives.
func (d *desk) otherwise() tea.Cmd {
	r := d.reading
	if r == nil || r.Code.IsZero() || r.Code.Kind() != codes.KindRequest || r.Product == nil || r.Definition == nil {
		return d.s.say("Only a request that was read can be answered otherwise.")
	}
	var names []string
	var defs []*product.Definition
	pick := 0
	for i := range r.Product.Definitions {
		def := &r.Product.Definitions[i]
		if def.Type.Ends() {
			continue
		}
		if def.ID == r.Definition.ID {
			pick = len(defs)
		}
		defs = append(defs, def)
		names = append(names, fmt.Sprintf("%d %s (%s)", def.ID, def.Name, def.Type))
	}
	grant := options("Grant", "As asked, or another definition in its place.", names...)
	grant.pick = min(pick, len(names)-1)
	f := &form{
		title: "Answer otherwise", yes: "Answer", draft: "otherwise " + r.Code.String(),
		items: []*item{
			grant,
			text("Value", "as the product file has it", ""),
			text("Choose", "none", ""),
			text("Shelf-life", "as the product file has it", "Days in which the answer must be typed; 0: it never expires."),
			text("Correct", "", "The reason for a new answer to a request that was answered wrongly."),
			text("Override", "", "The reason for passing checks that are a matter of judgment."),
		},
	}
	f.items[1].says = func() string { return valueNote(defs[grant.pick]) }
	f.items[2].says = func() string {
		if def := defs[grant.pick]; def.Type == product.Choice {
			return "The ids of what it grants, such as 4,5: " + leafNames(r.Product, def) + "."
		}
		return "For a choice only: the ids of what it grants, such as 4,5."
	}
	f.begin(d.s)
	switch {
	case r.Definition.Type == product.Choice:
		f.focus(2)
	case d.needsMore():
		f.focus(1)
	}
	f.do = func(f *form) (tea.Cmd, string) {
		dec, at, wrong := decisionOf(f, defs[grant.pick], r.Definition.ID)
		if wrong != "" {
			return f.about(at, wrong)
		}
		return d.submitAs(f, dec), ""
	}
	return d.s.open(f)
}

// leafNames lists what a choice can grant.
func leafNames(p *catalog.Product, choice *product.Definition) string {
	var names []string
	for _, id := range choice.Leaves {
		name := ""
		if leaf, ok := p.Definition(id); ok {
			name = " " + leaf.Name
		}
		names = append(names, fmt.Sprint(id)+name)
	}
	return strings.Join(names, ", ")
}

// flags are the words of the command line in a sentence; the desk has a form.
var flags = regexp.MustCompile(`, such as --(param|choose) \S+`)

func withoutFlags(s string) string { return flags.ReplaceAllString(s, "") }

// needsMore reports whether a request is refused only because what it asks for
// needs a last day or a choice, which the operator gives.
func (d *desk) needsMore() bool {
	r := d.reading
	if r == nil || r.Verdict != journal.Refused || r.Code.IsZero() || r.Definition == nil || r.Code.Kind() != codes.KindRequest {
		return false
	}
	more := false
	for _, c := range r.Checks {
		if c.Result == activator.Failed {
			if !flags.MatchString(c.Detail) {
				return false
			}
			more = true
		}
	}
	return more
}

// valueNote says what the value of an answer means for a definition.
func valueNote(def *product.Definition) string {
	switch {
	case takesDay(def):
		return "A last day, such as " + sayDay + "."
	case def.Type == product.Choice:
		return "Nothing: what it grants goes into the next field."
	case len(def.Parameter.Bits) > 0:
		var names []string
		for i, n := range def.Parameter.Bits {
			names = append(names, fmt.Sprintf("%d %s", 1<<i, n))
		}
		return "The sum of: " + strings.Join(names, ", ") + "."
	case def.Parameter.Most > 0:
		return fmt.Sprintf("A number, %d to %d.", def.Parameter.Least, def.Parameter.Most)
	}
	return "Nothing: " + def.Name + " takes no value."
}

// takesDay reports whether the value of an answer is a last day.
func takesDay(def *product.Definition) bool {
	return def.Type == product.Release || def.Type == product.ExpireOn || def.Type == product.Composite
}

// typedValue reads the value of an answer, or says what is wrong with it. A bare number is
// no day: in an answer a 9 would be 10 January 2024.
func typedValue(s string, def *product.Definition) (v uint32, wrong string) {
	if !takesDay(def) {
		n, err := strconv.ParseUint(s, 0, 32)
		if err != nil {
			return 0, fmt.Sprintf("value: have %q, want a number", s)
		}
		return uint32(n), ""
	}
	iso, err := isoDay(s)
	if err != nil {
		return 0, "value: " + err.Error()
	}
	day, err := codes.ParseDay(iso)
	if err != nil {
		return 0, "value: " + err.Error()
	}
	return uint32(day), ""
}

// decisionOf reads the form, or says in which field what is wrong.
func decisionOf(f *form, def *product.Definition, asked uint8) (_ activator.Decision, at int, wrong string) {
	dec := activator.Decision{Correct: f.value(4), Override: f.value(5)}
	if def.ID != asked {
		dec.As = def.ID
	}
	if s := f.value(1); s != "" {
		value, wrong := typedValue(s, def)
		if wrong != "" {
			return dec, 1, wrong
		}
		dec.Parameter = &value
	}
	for _, s := range strings.FieldsFunc(f.value(2), func(r rune) bool { return r == ',' || r == ' ' }) {
		id, err := strconv.ParseUint(s, 10, 8)
		if err != nil || id == 0 {
			return dec, 2, fmt.Sprintf("choose: have %q, want ids such as 4,5", s)
		}
		dec.Choose = append(dec.Choose, uint8(id))
	}
	if s := f.value(3); s != "" {
		days, err := strconv.Atoi(s)
		if err != nil {
			return dec, 3, fmt.Sprintf("shelf-life: have %q, want a number of days", s)
		}
		dec.ShelfLife = &days
	}
	return dec, 0, ""
}

// refund records the refund: with a confirmation that is in the box, or for the
// license of one that was recorded.
func (d *desk) refund() tea.Cmd {
	r := d.reading
	if r == nil || r.Code.IsZero() || r.License == nil || r.Code.Kind() != codes.KindConfirmation {
		return d.s.say("A refund follows a confirmation code. Without one: F3, the license, then f.")
	}
	if d.now != nil {
		return askRefund(d.s, r.License.Number, d.reference())
	}
	f := &form{
		title: "Record the confirmation and the refund?", yes: "Record both", danger: true, draft: "refund " + r.Code.String(),
		text:  []string{fmt.Sprintf("License %v of %s is closed for good: it will never be answered again.", r.License.Number, r.License.Customer)},
		items: []*item{text("Reference", "case, ticket or credit note", "The refund counts once for it.")},
	}
	f.items[0].field.set(d.reference())
	f.do = func(f *form) (tea.Cmd, string) {
		if f.value(0) == "" {
			return nil, "a reference is needed: the refund counts once for it"
		}
		return d.submitAs(f, activator.Decision{Refund: f.value(0)}), ""
	}
	return d.s.open(f.begin(d.s))
}

// commands are what can be done with what the desk shows.
func (d *desk) commands() []command {
	r, answered := d.reading, !d.answer().IsZero()
	known := r != nil && !r.Code.IsZero()
	request := known && r.Code.Kind() == codes.KindRequest
	var cs []command
	add := func(can bool, name, key string, run func() tea.Cmd) {
		if can {
			cs = append(cs, command{name, key, run})
		}
	}
	by := func(name string) func() tea.Cmd {
		return func() tea.Cmd { c, _ := d.act(press(name)); return c }
	}
	add(answered && !d.signed(), "Read the answer aloud", "ctrl+r", by("ctrl+r"))
	add(answered || d.confirmed(), "Copy the answer or the receipt", "ctrl+y", by("ctrl+y"))
	add(answered, "Show the answer in letters or in digits", "ctrl+d", by("ctrl+d"))
	add(d.result() != nil, "Reply text for a mail", "ctrl+e", by("ctrl+e"))
	add(known && r.Verdict == journal.Refused && r.Overridable(), "Take it all the same, with a reason (override)", "ctrl+o", d.override)
	add(request && r.Product != nil && r.Definition != nil, "Answer otherwise: another definition, value, shelf-life, correction", "ctrl+x", d.otherwise)
	add(request && r.License != nil && !answered, "Park this request until a seat comes free", "ctrl+p", d.park)
	add(answered || d.confirmed(), "Save the answer or the receipt", "ctrl+s", by("ctrl+s"))
	add(known && r.License != nil && r.Code.Kind() == codes.KindConfirmation, "Record the refund", "ctrl+f", d.refund)
	add(!d.box.empty() || !d.ref.empty(), "Clear the desk for the next call", "esc", func() tea.Cmd { d.next(); return nil })
	add(len(d.past) > 0, "Bring back what the desk showed before", "ctrl+z", d.undo)
	return cs
}

// press is the key with a name such as "ctrl+r".
func press(name string) tea.KeyPressMsg {
	r := []rune(strings.TrimPrefix(name, "ctrl+"))
	return tea.KeyPressMsg{Code: r[0], Mod: tea.ModCtrl}
}
