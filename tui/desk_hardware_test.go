package tui

import (
	"strings"
	"testing"

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

// A mail with a request and the machine's hardware: the next one shows both machines
// side by side.
func TestHardwareInAMail(t *testing.T) {
	d := opened(t)
	d.size(120, 60)
	_, c := d.license("Print Shop Miller", 2)
	mail := func(code, profile string) string {
		return "Dear desk,\n\nplease send us the code for this one, we are in a hurry as always:\n\n  " + code + "\n\nThe hardware of this machine, as hashes; leave it in:\n\n  " + profile + "\n\nRegards\n"
	}
	first := c.asks(t, 1)
	d.paste(mail(first.String(), c.hardware([]uint16{1, 2}, []uint16{3}, []uint16{4})))
	d.shows(first.String())
	d.shows("kept, to compare the machine's next request with")
	d.press("enter")
	d.shows("ANSWERED")
	c.Enter(d.m.desk.result())

	d.wait(settle * 2)
	d.press("enter")
	second := c.asks(t, 4)
	profile := c.hardware([]uint16{1, 9}, []uint16{3}, []uint16{4})
	d.paste(mail(second.String(), profile))
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
