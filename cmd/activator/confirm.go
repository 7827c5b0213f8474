package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

func (a *app) confirmCmd() *cobra.Command {
	d := activator.Decision{Want: []codes.Kind{codes.KindConfirmation}}
	var o submitting
	c := &cobra.Command{
		Use:   "confirm CODE...",
		Short: "accept a deactivation confirmation code",
		Long: `confirm checks a deactivation confirmation code and frees the machine's seat. It
counts once. The same code with the same --reference gives the first receipt
again; with another reference, or without one, it is refused.

--refund REF also records the refund of the license under that reference; see
activator refund.`,
		Args: args(1, -1, "the confirmation code"),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&d.Reference, "reference", "", "the `reference` of this: a case, ticket or credit note")
	f.StringVar(&d.Refund, "refund", "", "a `reference` under which the refund is recorded too")
	f.StringVar(&d.Override, "override", "", "the `reason` for passing checks that are a matter of judgment")
	o.flags(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := notEmpty(cmd, "reference", "refund", "override", "reply"); err != nil {
			return err
		}
		if d.Reference != "" && d.Refund != "" && d.Reference != d.Refund {
			return &usageError{text: "--reference and --refund are not the same: --refund alone is enough", cmd: cmd}
		}
		return a.submit(cmd, args, o, d, (*printer).confirmed)
	}
	return c
}

// confirmed writes what became of a confirmation code.
func (p *printer) confirmed(o *activator.Outcome) {
	p.reading(&o.Reading)
	switch o.Verdict {
	case journal.OK:
		p.verdict(o.Verdict, "Deactivation confirmed. "+p.stillActive(o))
	case journal.Repeat:
		p.verdict(o.Verdict, "Confirmed before, for this same reference; it counts once. "+p.stillActive(o))
	case journal.Refused:
		p.verdict(o.Verdict, refused(&o.Reading))
	}
	if o.Receipt != "" {
		p.receipt(o.Receipt)
	}
	p.blank()
	p.field("journal", "entry "+o.Entry.String())
	if o.Refund != nil {
		p.blank()
		p.title("Refund")
		p.changed(o.Refund, "Refund recorded.", "Refunded before, for this same reference; it counts once.")
	}
}

func (p *printer) stillActive(o *activator.Outcome) string {
	switch n := len(o.Active); n {
	case 0:
		return "No other machine of this license is active."
	case 1:
		return "1 other machine of this license is active."
	default:
		return plural(n, "other machine") + " of this license are active."
	}
}

// receipt writes a receipt in a frame of its own.
func (p *printer) receipt(text string) {
	p.blank()
	rule := "  " + p.in(faint, strings.Repeat("─", min(p.width, width)-4))
	p.line(rule)
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		p.line("  ", safe(l))
	}
	p.line(rule)
}

// changed writes what became of a change of a license.
func (p *printer) changed(o *activator.Outcome, done, again string) {
	p.checks(o.Checks)
	switch o.Verdict {
	case journal.OK:
		p.verdict(o.Verdict, done)
	case journal.Repeat:
		p.verdict(o.Verdict, again)
	default:
		p.verdict(o.Verdict, refused(&o.Reading))
	}
	if o.Receipt != "" {
		p.receipt(o.Receipt)
	}
	p.blank()
	p.field("journal", "entry "+o.Entry.String())
}
