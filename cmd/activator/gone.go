package main

import (
	"regexp"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// fingerprintWord is what a fingerprint looks like; groups of codes are six
// characters long.
var fingerprintWord = regexp.MustCompile(`^[0-9a-fA-F]{7}$`)

func (a *app) goneCmd() *cobra.Command {
	ch := activator.Change{Kind: activator.MachineGone}
	c := &cobra.Command{
		Use:   "gone LICENSE [FINGERPRINT] --reason R",
		Short: "release a machine without proof",
		Long: `gone frees the seat of a machine that cannot give it back: its disk is dead, it
was stolen, the code was never typed. Nothing proves it, so it is marked as what it is, and
counted against a limit. LICENSE is a serial number or a license number. The
fingerprint (7 hex digits) may be left out when only one machine holds a seat.`,
		Args: args(1, -1, "the license: a serial number or a license number"),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&ch.Reason, "reason", "", "the `reason`, which the journal keeps; required")
	f.StringVar(&ch.Override, "override", "", "the `reason` for passing the limit")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if ch.Reason == "" {
			return &usageError{text: "a machine is gone for a --reason, which the journal keeps", cmd: cmd}
		}
		if err := notEmpty(cmd, "override"); err != nil {
			return err
		}
		if last := args[len(args)-1]; len(args) > 1 && fingerprintWord.MatchString(last) {
			fp, err := codes.ParseFingerprint(last)
			if err != nil {
				return &usageError{text: err.Error(), cmd: cmd}
			}
			ch.Fingerprint, args = &fp, args[:len(args)-1]
		}
		return a.change(cmd, args, ch, "The machine is released, without proof.", "")
	}
	return c
}
