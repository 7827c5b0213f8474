package main

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// fingerprintWord is what a fingerprint looks like; groups of codes are six
// characters long.
var fingerprintWord = regexp.MustCompile(`^[0-9a-fA-F]{7}$`)

func (a *app) goneCmd() *cobra.Command {
	ch := activator.Change{Kind: activator.MachineGone}
	var cause string
	c := &cobra.Command{
		Use:   "gone LICENSE [FINGERPRINT] --reason R",
		Short: "release a machine without proof",
		Long: `gone frees the seat of a machine that cannot give it back: its disk is dead,
it was stolen, the code was never typed. Nothing proves it, so it is marked as
what it is, and counted against a limit. LICENSE is a serial number or a
license number. The fingerprint (7 hex digits) may be left out when only one
machine holds a seat.`,
		Args: args(1, -1, "the license: a serial number or a license number"),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&ch.Reason, "reason", "", "the `reason`, which the journal keeps; required")
	f.StringVar(&cause, "cause", "", "a `word` to count by: "+causes()+" (default: other)")
	f.StringVar(&ch.Override, "override", "", "the `reason` for passing the limit")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if ch.Reason == "" {
			return &usageError{text: "a machine is gone for a --reason, which the journal keeps", cmd: cmd}
		}
		if err := notEmpty(cmd, "override"); err != nil {
			return err
		}
		var err error
		if args, ch.Fingerprint, err = machine(args); err != nil {
			return &usageError{text: err.Error(), cmd: cmd}
		}
		ch.Cause = activator.GoneCause(cause)
		return a.change(cmd, args, ch, "The machine is released, without proof.", "")
	}
	return c
}

// machine takes the fingerprint at the end of the arguments, if there is one
// after the license.
func machine(args []string) ([]string, *codes.Fingerprint, error) {
	last := len(args) - 1
	if last == 0 || !fingerprintWord.MatchString(args[last]) {
		return args, nil, nil
	}
	fp, err := codes.ParseFingerprint(args[last])
	return args[:last], &fp, err
}

func causes() string {
	var words []string
	for _, c := range activator.GoneCauses() {
		words = append(words, string(c))
	}
	return strings.Join(words, ", ")
}
