package main

import (
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// answerFile is the text of a file or a mail that carries an answer. The program
// `protector enter --file` finds its own answer in it.
func answerFile(o *activator.Outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Activation code for %s, license %v\n\n", safe(o.Granted.Name), o.License.Number)
	for _, line := range o.Answer.Lines() {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	if d := o.Answer.Digits(); d != "" {
		fmt.Fprintf(&b, "\nin digits:\n\n    %s\n", d)
	}
	fmt.Fprintf(&b, "\nIt answers the request code %v.\n", o.Code)
	if o.Day != 0 {
		fmt.Fprintf(&b, "To be entered by %s, on the machine that showed the request code.\n", lastDay(o.Day))
	}
	return b.String()
}

// answer writes an activation code: a short one in both its forms, a signed one in
// lines, to be copied.
func (p *printer) answer(c codes.Code) {
	if c.Kind() == codes.KindSigned {
		p.line("  Signed activation code, for a mail (--reply), a file (-o) or a QR symbol (--qr);")
		p.line("  nobody needs to read it out:")
	} else {
		p.line("  Activation code, in letters and in digits:")
	}
	p.blank()
	for _, line := range c.Lines() {
		p.line("      ", p.in(bold, line))
	}
	if d := c.Digits(); d != "" {
		p.blank()
		p.line("      ", p.in(bold, d))
	}
	p.blank()
}
