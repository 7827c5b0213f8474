package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// hardware is the hardware profile code that goes with the customer's request.
func (c *Customer) hardware(kinds ...[]uint16) string {
	st := c.asked.Statement()
	h := &codes.Hardware{License: st.License, Fingerprint: st.Fingerprint, Random: st.Random}
	copy(h.Kinds[:], kinds)
	h.Tag = c.key.HardwareTag(c.product.UID, c.releases, h)
	return h.String()
}

// kept is what the desk says of hardware that came with a request.
const kept = "kept, to compare the machine's next request with"

// mailWith is a mail with a request, and with the machine's hardware.
func mailWith(request, profile string) string {
	return "Dear desk,\n\nplease send us the code for this one, we are in a hurry as always:\n\n  " + request +
		"\n\nThe hardware of this machine, as hashes; leave it in:\n\n  " + profile + "\n\nRegards\n"
}

// A mail with a request and the machine's hardware: the next one shows both machines
// side by side.
func TestHardwareInAMail(t *testing.T) {
	d := opened(t)
	d.size(120, 60)
	_, c := d.license("Print Shop Miller", 2)
	first := c.asks(t, 1)
	d.paste(mailWith(first.String(), c.hardware([]uint16{1, 2}, []uint16{3}, []uint16{4})))
	d.shows(first.String())
	d.shows(kept)
	d.press("enter")
	d.shows("ANSWERED")
	c.Enter(d.m.desk.result())

	d.wait(settle * 2)
	d.press("enter")
	second := c.asks(t, 4)
	profile := c.hardware([]uint16{1, 9}, []uint16{3}, []uint16{4})
	d.paste(mailWith(second.String(), profile))
	d.shows("network card replaced, others kept: 1 of 6")
	d.shows("The machine when it was activated, and now")
	d.shows("* network card")
	d.press("enter")
	d.shows("ANSWERED")

	// The profile alone stands for its request.
	d.wait(settle * 2)
	d.press("enter")
	d.paste(profile)
	d.wait(patience)
	d.shows("* network card")
	d.press("esc")
	d.paste(strings.Repeat("We are in a hurry as always, so please be quick about it. ", 3) + profile)
	d.wait(patience)
	d.shows("* network card")
}

// A request that came with the machine's hardware keeps it while it is parked, in the
// vendor folder too, and when it is brought back.
func TestAParkedRequestKeepsItsHardware(t *testing.T) {
	d := opened(t)
	d.size(120, 60)
	_, has, asks := d.noSeat()
	d.press("esc")
	request := asks.asks(t, 1).String()
	d.paste(mailWith(request, asks.hardware([]uint16{1, 2}, []uint16{3}, []uint16{4})))
	d.shows(kept)
	d.press("ctrl+p")
	d.shows("Parked.")

	d.restart(func(*Config) {}) // the next morning
	d.size(120, 60)
	d.unlock()
	d.shows("1 parked: F6 lists it.")
	d.write(has.givesBack(t).String())
	d.press("enter")
	d.shows("can be answered now")
	for _, c := range d.m.desk.calls {
		if c.parked && !slices.ContainsFunc(c.reading.Checks, func(c activator.Check) bool { return c.Detail == kept }) {
			t.Errorf("what was looked at again: have %v, want its hardware among the checks", c.reading.Checks)
		}
	}
	d.press("f6", "enter")
	d.shows(request)
	d.shows(kept)
	d.press("enter")
	d.shows("ANSWERED")
	for e, err := range d.office.Entries(t.Context(), journal.Query{Newest: true, Limit: 1}) {
		must(t, err)
		if !strings.HasPrefix(e.Detail, "hardware P") {
			t.Errorf("the answer's entry: have detail %q, want the hardware profile", e.Detail)
		}
	}
}

// A call that is brought back has its own hardware, not that of the mail after it.
func TestACallBroughtBackHasItsHardware(t *testing.T) {
	d := opened(t)
	d.size(120, 60)
	l, c := d.license("Print Shop Miller", 2)
	for _, from := range []*Customer{c, d.customer(l, 9)} {
		d.paste(mailWith(from.asks(t, 1).String(), from.hardware([]uint16{1, 2}, []uint16{3}, []uint16{4})))
		d.shows(kept)
	}
	d.press("ctrl+z")
	d.shows(c.asked.String())
	d.shows(kept)
}

// A raw mail is read as it was meant: a code that its encoding breaks is one code, as is
// the hardware profile.
func TestARawMailIsPasted(t *testing.T) {
	d := opened(t)
	d.size(120, 60)
	_, c := d.license("Print Shop Miller", 2)
	request := c.asks(t, 1).String()
	profile := c.hardware([]uint16{1, 2}, []uint16{3}, []uint16{4})
	d.paste("From: Ann <ann@example.com>\rMIME-Version: 1.0\rContent-Type: text/plain\rContent-Transfer-Encoding: quoted-printable\r\r" +
		"Dear desk, 2 =3D 2:\r" + request[:11] + "=\r" + request[11:] + "\r" + profile[:40] + "=\r" + profile[40:] + "\r")
	d.shows("Code " + request)
	d.shows(kept)
}
