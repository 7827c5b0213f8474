package main

import (
	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
)

func (a *app) refundCmd() *cobra.Command {
	ch := activator.Change{Kind: activator.RefundLicense}
	c := &cobra.Command{
		Use:   "refund LICENSE --reference REF",
		Short: "record the refund of a license, if every machine is proven back",
		Long: `refund records that a license was refunded: once, and only when every machine
that was activated gave its activation back. LICENSE is a serial number or a
license number. The same --reference again gives the first answer again.`,
		Args: args(1, -1, "the license: a serial number or a license number"),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&ch.Reference, "reference", "", "the `reference`: a case, ticket or credit note; required")
	f.StringVar(&ch.Override, "override", "", "the `reason` for passing checks that are a matter of judgment")
	f.StringVar(&ch.Reason, "reason", "", "a `reason` for the journal")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if ch.Reference == "" {
			return &usageError{text: "a refund needs a --reference: a case, ticket or credit note", cmd: cmd}
		}
		if err := notEmpty(cmd, "override", "reason"); err != nil {
			return err
		}
		return a.change(cmd, args, ch, "Refund recorded.", "Refunded before, for this same reference; it counts once.")
	}
	return c
}

// change changes the license that the arguments name and prints what became of it.
func (a *app) change(cmd *cobra.Command, args []string, ch activator.Change, done, again string) error {
	text, err := a.text(args)
	if err != nil {
		return err
	}
	return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
		l, err := license(cmd.Context(), s, text)
		if err != nil {
			return err
		}
		ch.License = l.Number
		o, err := s.Change(cmd.Context(), ch)
		if err != nil {
			return err
		}
		if a.json {
			if err := a.put(o.Report()); err != nil {
				return err
			}
			return answered(statusOf(o.Verdict))
		}
		p := a.printer()
		p.title("License")
		p.blank()
		if o.License != nil {
			l = o.License
		}
		p.licenseFacts(l, productNames(s)[l.Product])
		p.changed(o, done, again)
		return answered(statusOf(o.Verdict))
	})
}
