package tui

import (
	"context"
	"testing"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// calling is an open desk whose usual customer is on the line: a license of so many
// seats, and a machine that has asked for nothing yet.
func calling(t testing.TB, seats int) (*drive, *activator.License, *Customer) {
	t.Helper()
	d := opened(t)
	l, c := d.license("Print Shop Miller", seats)
	return d, l, c
}

// answered is a desk that has just answered this customer's first request: the answer
// shows, and is typed at the machine.
func answered(t testing.TB, seats int) (*drive, *activator.License, *Customer) {
	t.Helper()
	d, l, c := calling(t, seats)
	d.answered(c, 1)
	return d, l, c
}

// submit has the office take a text without the screen, as another desk would.
func (d *drive) submit(text string, with activator.Decision) *activator.Outcome {
	d.t.Helper()
	o, err := d.office.Submit(d.t.Context(), text, with)
	must(d.t, err)
	return o
}

func (d *drive) entries() (n int) {
	d.t.Helper()
	for _, err := range d.office.Entries(d.t.Context(), journal.Query{}) {
		must(d.t, err)
		n++
	}
	return n
}

// recordsNothing demands that the journal is the same after what an agent does.
func (d *drive) recordsNothing(what string, does func()) {
	d.t.Helper()
	before := d.entries()
	does()
	if have := d.entries(); have != before {
		d.t.Errorf("entries after %s: have %d, want %d", what, have, before)
	}
}

// unreadable records what is in the box as it stands, though it has a proposal.
func (d *drive) unreadable() {
	d.t.Helper()
	d.wait(patience)
	d.press("enter", "enter")
	d.shows("RECORDED AS UNREADABLE")
	d.wait(time.Second)
}

// license registers one, whose customer has a machine.
func (d *drive) license(customer string, seats int) (*activator.License, *Customer) {
	d.t.Helper()
	ls, err := d.office.Register(context.Background(), activator.Order{Product: "press-studio", Customer: customer, Order: orderNumber(customer), Seats: seats})
	if err == nil {
		return &ls[0], d.customer(&ls[0], 7)
	}
	d.t.Fatal(err)
	return nil, nil
}

// customer has a machine with a license.
func (d *drive) customer(l *activator.License, seed byte) *Customer {
	d.t.Helper()
	c, err := NewCustomer(d.product(), l, seeded(seed))
	must(d.t, err)
	return c
}

func (d *drive) product() *catalog.Product { return d.office.Products()[0] }

func (c *Customer) draw(t testing.TB) uint32 {
	t.Helper()
	n, err := c.Number()
	must(t, err)
	return n
}

// asks is the machine's request code for a definition.
func (c *Customer) asks(t testing.TB, definition uint8) codes.Code {
	t.Helper()
	code, err := c.statement(codes.KindRequest, definition, c.draw(t))
	must(t, err)
	c.asked = code
	return code
}

// givesBack is the machine's confirmation code.
func (c *Customer) givesBack(t testing.TB) codes.Code {
	t.Helper()
	code, err := c.statement(codes.KindConfirmation, 2, c.draw(t))
	must(t, err)
	c.key = c.key.Deactivated(c.product.UID, code.Statement())
	return code
}

// answered types a request and has it answered, on both sides.
func (d *drive) answered(c *Customer, definition uint8) codes.Code {
	d.t.Helper()
	code := c.asks(d.t, definition)
	d.write(code.String())
	d.press("enter")
	o := d.m.desk.result()
	if o == nil || o.Answer.IsZero() {
		d.t.Fatalf("request: have\n%s\nwant an answer", d.screen())
	}
	c.Enter(o)
	d.wait(time.Second)
	return code
}

// noSeat types a request that finds the only seat taken. It returns the license, the
// machine that has the seat, and the one that asks.
func (d *drive) noSeat() (l *activator.License, has, asks *Customer) {
	d.t.Helper()
	l, has = d.license("Print Shop Miller", 1)
	d.answered(has, 1)
	asks = d.customer(l, 9)
	d.press("esc")
	d.write(asks.asks(d.t, 1).String())
	return l, has, asks
}

// orderNumber is 4711 for the usual customer, and another for every other.
func orderNumber(customer string) string {
	if customer == "Print Shop Miller" {
		return "4711"
	}
	return "of " + customer
}

// givenBack types a confirmation of one of two machines.
func givenBack(d *drive) string {
	l, c := d.license("Print Shop Miller", 2)
	d.answered(c, 1)
	d.press("esc")
	d.answered(d.customer(l, 9), 1)
	d.press("esc")
	code := c.givesBack(d.t).String()
	d.write(code)
	return code
}

func (d *drive) digitsOf(code string) string {
	d.t.Helper()
	c, err := codes.Parse(code)
	must(d.t, err)
	return c.Digits()
}

// firstPassphrase is a guided start up to where the passphrase is asked for.
func firstPassphrase(t *testing.T) *drive {
	t.Helper()
	d := newDrive(t)
	d.restart(func(c *Config) { c.Present = false })
	d.press("tab", "enter")
	d.write("Example")
	d.press("enter", "enter", "enter")
	return d
}
