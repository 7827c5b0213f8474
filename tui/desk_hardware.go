package tui

import (
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// text is what is read and submitted: what stands in the box, and the hardware
// profile that came with it.
func (d *desk) text() string {
	return withHardware(d.box.value(), d.profile())
}

// profile is the hardware profile that came with what stands in the box, empty for none.
func (d *desk) profile() string { return d.with[d.box.value()] }

// withHardware is a request and the hardware profile that came with it, as one text.
func withHardware(request, profile string) string {
	if profile == "" {
		return request
	}
	return request + "\n" + profile
}

// attach keeps the hardware profile of a mail for the request that it belongs to.
// It returns the profile where there is no request: then it stands for one itself.
func (d *desk) attach(mail string, found []string) string {
	h, err := codes.ParseHardware(mail)
	if err != nil {
		return "" // a damaged one is left aside
	}
	for _, text := range found {
		c, err := codes.Parse(text)
		if err != nil || c.Kind() != codes.KindRequest {
			continue
		}
		if st := c.Statement(); st.License == h.License && st.Random == h.Random {
			d.with[codes.Inspect(text).Canonical] = h.String()
			return ""
		}
	}
	return h.String()
}

// drawHardware shows the machine of the activation and the one that asks side by
// side, what changed standing out.
func (d *desk) drawHardware(p *page, r *activator.Reading) {
	if r == nil || r.Hardware == nil {
		return
	}
	t := d.s.t
	p.blank()
	p.line(" ", t.strong.Render("The machine when it was activated, and now"))
	for n, line := range strings.Split(strings.TrimRight(r.Hardware.Table(p.w-2), "\n"), "\n") {
		line = cut(clean(line), p.w-2)
		switch {
		case n == 0:
			line = t.dim.Render(line)
		case !strings.HasPrefix(line, " "):
			line = t.warn.Render(line)
		}
		p.line(" ", line)
	}
}
