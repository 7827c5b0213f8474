package tui

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/codes"
)

// Customer plays the other end of the line in training: a machine that asks for
// activations and gives them back, and a person who makes the usual mistakes. It
// keeps its keys as docs/client.md demands, and no state on disk.
type Customer struct {
	product *catalog.Product
	serial  codes.Serial
	name    string
	rand    io.Reader

	fp       codes.Fingerprint
	lk, key  codes.Key
	asked    codes.Code // the request that waits for its answer
	last     codes.Code // the confirmation that was shown last
	calls    int        // what the next call is about
	releases uint16
	said     string // in the last call
}

// Call is what the customer says.
type Call struct {
	Who, Story string
	Says       string // the code, as it is read out
}

// NewCustomer makes a customer who has a license of the sample product.
func NewCustomer(p *catalog.Product, l *activator.License, random io.Reader) (*Customer, error) {
	c := &Customer{product: p, serial: l.Serial.Serial(), name: l.Customer, rand: random, releases: p.Release}
	c.lk = c.serial.Key.Stretch(p.UID, l.Number)
	c.key = c.lk
	n, err := c.Number()
	c.fp = codes.Fingerprint(n) & codes.MaxFingerprint
	return c, err
}

// Number draws the random number of the next call, for [Customer.Call].
func (c *Customer) Number() (uint32, error) {
	for {
		var b [4]byte
		if _, err := io.ReadFull(c.rand, b[:]); err != nil {
			return 0, err
		}
		if v := binary.BigEndian.Uint32(b[:]); v != 0 {
			return v, nil
		}
	}
}

// Call is the next call of this customer, with the random number of the code that may
// be made for it: an activation; then, around and around, a deactivation, the same code
// for a second refund, the way back, letters without capitals, and a slip of the tongue.
// Whoever waits for an answer calls with the same code.
func (c *Customer) Call(number uint32) (Call, error) {
	call := Call{Who: c.name}
	if !c.asked.IsZero() {
		call.Story, call.Says = "I have no answer yet. The window still shows the same code.", c.asked.String()
		c.said = call.Says
		return call, nil
	}
	const first, round = 1, 5
	var err error
	switch c.calls {
	case 0:
		c.asked, err = c.statement(codes.KindRequest, 1, number)
		call.Story, call.Says = "It is my first time. I typed the serial number and it shows this.", c.asked.String()
	case 1:
		c.last, err = c.statement(codes.KindConfirmation, 2, number)
		c.key = c.key.Deactivated(c.product.UID, c.last.Statement())
		call.Story, call.Says = "We want our money back. I switched it off, and it shows this, in digits.", c.last.Digits()
	case 2:
		call.Story, call.Says = "About our refund: did you get this code already?", c.last.String()
	case 3:
		c.asked, err = c.statement(codes.KindRequest, 3, number)
		call.Story, call.Says = "We changed our mind and want it back, please.", c.asked.String()
	case 4:
		c.asked, err = c.statement(codes.KindRequest, 4, number)
		call.Story, call.Says = "We need the options. I do not know which letters are capital.", strings.ToLower(c.asked.String())
	case 5:
		c.asked, err = c.statement(codes.KindRequest, 4, number)
		call.Story, call.Says = "The options are gone again. The line is bad; I hope you heard it right.", slipped(c.asked.String())
	}
	if c.calls++; c.calls == first+round {
		c.calls = first
	}
	c.said = call.Says
	return call, err
}

// slipped exchanges two neighbors in the third group, so that its check notices it: of
// 10,000 exchanges it misses 6.
func slipped(code string) string {
	b := []byte(code)
	for at := 14; at < 18; at++ {
		b[at], b[at+1] = b[at+1], b[at]
		if _, err := codes.Parse(string(b)); err != nil {
			break
		}
		b[at], b[at+1] = b[at+1], b[at]
	}
	return string(b)
}

func (c *Customer) statement(kind codes.Kind, definition uint8, number uint32) (codes.Code, error) {
	d, ok := c.product.Definition(definition)
	if !ok {
		return codes.Code{}, fmt.Errorf("the sample product has no definition %d", definition)
	}
	s := codes.Statement{Kind: kind, Random: number, Fingerprint: c.fp, License: c.serial.License, Definition: definition}
	s.Tag = c.key.StatementTag(c.product.UID, c.releases, uint8(d.Type), s)
	return s.Code(), nil
}

// Enter types the desk's answer, if it is to the request that waits.
func (c *Customer) Enter(o *activator.Outcome) {
	if o.Code != c.asked || o.Answer.IsZero() || o.Granted == nil {
		return
	}
	a := o.Answer.Answer()
	t := codes.Terms{
		UID: c.product.UID, License: c.serial.License, Release: c.releases,
		Definition: o.Granted.ID, Type: uint8(o.Granted.Type), Flags: o.Granted.Flags(),
		Fingerprint: c.fp, Random: c.asked.Statement().Random, Day: a.Day, Parameter: a.Parameter,
	}
	if codes.EqualTags(c.key.AnswerTag(t), a.Tag) {
		c.key = c.key.After(t, a.Tag)
		c.asked = codes.Code{}
	}
}
