package tui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// change makes the change to a license that a form asked for.
func change(s *shared, f *form, what string, c activator.Change) tea.Cmd {
	office := s.office
	return s.do("recording", func(ctx context.Context) any {
		o, err := office.Change(ctx, c)
		return changedMsg{c.Kind, f, what, o, err}
	})
}

// changedNotice says what a change came to.
func (s *shared) changedNotice(m changedMsg) tea.Cmd {
	switch {
	case m.err != nil:
		return m.form.again(0, "not recorded: "+clean(m.err.Error()))
	case m.outcome.Verdict == journal.Refused:
		why := "Refused: " + sentence(m.outcome.Reason)
		if m.outcome.Overridable() {
			why += " Try again with the reason for passing it."
		}
		return s.warn(why)
	case m.outcome.Verdict == journal.Repeat:
		return s.say("Recorded before; it counts once.")
	}
	what := m.what
	if m.kind == activator.MachineGone {
		what += " " + seatsAfter(m.outcome.License)
	}
	return s.say(fmt.Sprintf("%s Journal entry %v.", what, m.outcome.Entry))
}

// seatsAfter says what became of the seats of a license that a machine left. Where
// more machines were let in than it has seats, none is free yet.
func seatsAfter(l *activator.License) string {
	switch over := l.Taken - l.Seats; {
	case over > 0:
		return fmt.Sprintf("No seat is free: %d of %s are still taken, %d above what was bought.", l.Taken, plural(l.Seats, "seat", "seats"), over)
	case over == 0:
		return fmt.Sprintf("No seat is free: all %s are still taken.", plural(l.Seats, "seat", "seats"))
	}
	return "Seat free."
}

func (l *licensePage) revoke() tea.Cmd {
	c := activator.Change{License: l.number, Kind: activator.RevokeLicense}
	f := &form{
		title: "Revoke license " + l.number.String() + "?", yes: "Revoke", danger: true, draft: "revoke " + l.number.String(), once: true,
		text:  []string{"No code of " + l.license.Customer + " is answered any more under this license. Machines that are active stay active."},
		items: []*item{text("Reason", "", "The journal keeps it, with your name.")},
	}
	said := "Revoked."
	switch l.license.State {
	case journal.Refunded:
		return l.s.say("A license that was refunded stays closed.")
	case journal.Revoked:
		c.Kind = activator.RestoreLicense
		f.title, f.yes, said = "Restore license "+l.number.String()+"?", "Restore", "Restored."
		f.text = []string{"Codes of this license are answered again."}
	}
	f.do = func(f *form) (tea.Cmd, string) {
		if c.Reason = f.value(0); c.Reason == "" {
			return nil, "a reason is needed"
		}
		return change(l.s, f, said, c), ""
	}
	return l.s.open(f.begin(l.s))
}

func (l *licensePage) gone() tea.Cmd {
	m := l.machine()
	if m == nil {
		return l.s.say("Choose the machine first, with the arrow keys.")
	}
	fp := m.Fingerprint
	var causes []string
	for _, c := range activator.GoneCauses() {
		causes = append(causes, string(c))
	}
	f := &form{
		title: "Declare machine " + fp.String() + " gone?", yes: "Gone", danger: true, draft: "gone " + fp.String(),
		text: []string{"Its seat comes free without proof. Ask for a deactivation and its confirmation code first, if the machine still starts."},
		items: []*item{
			options("Cause", "", causes...),
			text("Reason", "what happened", "The journal keeps it, with your name."),
			text("Override", "", "Only past the limit: the reason for passing it."),
		},
	}
	f.do = func(f *form) (tea.Cmd, string) {
		if f.value(1) == "" {
			return f.about(1, "a reason is needed")
		}
		return change(l.s, f, "Gone, without proof.", activator.Change{
			License: l.number, Kind: activator.MachineGone, Fingerprint: &fp,
			Cause: activator.GoneCause(f.value(0)), Reason: f.value(1), Override: f.value(2),
		}), ""
	}
	return l.s.open(f.begin(l.s))
}

func (l *licensePage) rename() tea.Cmd {
	m := l.machine()
	if m == nil {
		return l.s.say("Choose the machine first, with the arrow keys.")
	}
	fp := m.Fingerprint
	f := &form{
		title: "Name machine " + fp.String(), yes: "Keep this name", draft: "name " + l.number.String() + " " + fp.String(), once: true,
		items: []*item{text("Name", "such as RIP room 2", "")},
	}
	if f.begin(l.s); f.items[0].field.empty() {
		f.items[0].field.set(m.Name)
	}
	f.do = func(f *form) (tea.Cmd, string) {
		if f.value(0) == "" {
			return nil, "a name is needed"
		}
		if f.value(0) == m.Name {
			return l.s.say("That is its name already: nothing was recorded."), ""
		}
		return change(l.s, f, "The machine has its name.", activator.Change{License: l.number, Kind: activator.NameMachine, Fingerprint: &fp, Name: f.value(0)}), ""
	}
	return l.s.open(f)
}

// askRefund records the refund of a license.
func askRefund(s *shared, n codes.LicenseNumber, reference string) tea.Cmd {
	f := &form{
		title: "Record the refund of license " + n.String() + "?", yes: "Refund", danger: true, draft: "refund " + n.String(),
		text: []string{"The license is closed for good. It is taken only when every machine is proven back."},
		items: []*item{
			text("Reference", "case, ticket or credit note", "The refund counts once for it."),
			text("Override", "", "Only where something is in doubt: the reason for passing it."),
		},
	}
	f.items[0].field.set(reference)
	f.do = func(f *form) (tea.Cmd, string) {
		if f.value(0) == "" {
			return nil, "a reference is needed: the refund counts once for it"
		}
		return change(s, f, "Refund recorded. The license is closed.", activator.Change{
			License: n, Kind: activator.RefundLicense, Reference: f.value(0), Override: f.value(1),
		}), ""
	}
	return s.open(f.begin(s))
}

// newRegister registers a license.
func newRegister(s *shared, customer string) *form {
	var names []string
	for _, p := range s.office.Products() {
		names = append(names, p.ID)
	}
	if len(names) == 0 {
		names = []string{"no product file without mistakes"}
	}
	f := &form{
		title: "Register a license", yes: "Register", draft: "register", once: true,
		items: []*item{
			options("Product", "", names...),
			text("Customer", "company or person", ""),
			text("Order", "your order number", "The same order again gives the same license."),
			text("Seats", "as the product file has it", "How many machines may be active at a time."),
		},
	}
	f.do = func(f *form) (tea.Cmd, string) {
		o := activator.Order{Product: f.value(0), Customer: f.value(1), Order: f.value(2)}
		if o.Customer == "" {
			return f.about(1, "a customer is needed")
		}
		if v := f.value(3); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 {
				return f.about(3, fmt.Sprintf("seats: have %q, want a number from 1", v))
			}
			o.Seats = n
		}
		return register(s, f, o), ""
	}
	f.begin(s)
	if f.items[1].field.empty() {
		f.items[1].field.set(customer)
	}
	return f
}

func register(s *shared, f *form, o activator.Order) tea.Cmd {
	office := s.office
	return s.do("registering", func(ctx context.Context) any {
		ls, err := office.Register(ctx, o)
		if err != nil {
			return registeredMsg{form: f, err: err}
		}
		return registeredMsg{form: f, license: &ls[0], first: !exported(ctx, office, ls[0].Product)}
	})
}

// exported reports whether programs may have been shipped that do not know a new license: a profile of its product was
// exported, or nobody can tell.
func exported(ctx context.Context, office Office, product codes.UID) bool {
	for e, err := range office.Entries(ctx, journal.Query{Newest: true, Kinds: []journal.Kind{journal.KindProduct}, Product: product}) {
		if err != nil || strings.HasPrefix(e.Detail, "export ") {
			return true
		}
	}
	return false
}

// notRegistered opens the form again, on the field that has to be another.
func notRegistered(m registeredMsg) tea.Cmd {
	var taken *activator.OrderError
	if !errors.As(m.err, &taken) {
		return m.form.again(1, "not registered: "+clean(m.err.Error()))
	}
	l := taken.License
	who := l.Customer
	if who == "" {
		who = "a customer whose name was erased"
	}
	return m.form.again(2, fmt.Sprintf(
		"order %q is license %v of %s already, with %s and grants %s. A new license needs an order number of its own; F3 finds the one that is there.",
		l.Order, l.Number, who, plural(l.Seats, "seat", "seats"), l.Grants))
}

// registeredNotice says what to do next with a new license; first is one of a product, by its file's name, whose profile
// was never exported.
func registeredNotice(l *activator.License, first bool, product string) noticeMsg {
	switch {
	case l.Existing:
		return noticeMsg{text: "This order was registered before: here is its license."}
	case l.Alike != "":
		return noticeMsg{text: fmt.Sprintf("Registered, and there is the order %s, too, which differs by capitals only: is it the same one? Then revoke this license (v).", clean(l.Alike)), bad: true}
	case first:
		return noticeMsg{text: fmt.Sprintf("Registered. Next, on the command line: activator product export %s, for the developer; activator keys backup and activator backup, for whoever keeps the keys.", clean(product)), bad: true}
	case !l.Vouched:
		return noticeMsg{text: "Registered. Programs shipped before do not know this license: send a license file with the serial number, or ask whoever ships the program to export its profile again.", bad: true}
	case l.PoolLeft < 100:
		return noticeMsg{text: fmt.Sprintf("Registered. Only %d licenses are left in the pool: ask whoever ships the program to export its profile soon.", l.PoolLeft), bad: true}
	}
	return noticeMsg{text: "Registered. s shows the serial number for the customer."}
}
