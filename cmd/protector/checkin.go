package main

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/protector"
)

func (a *app) checkInCommand() *cobra.Command {
	var yes bool
	var file string
	cmd := &cobra.Command{
		Use: "check-in DEFINITION", Short: "give one thing back, keep the rest, and show the confirmation code",
		Long: `check-in ends one thing on this machine and shows the code that proves it to the
vendor. Given again, it shows the same code, until an activation code for a request
that was made after it is entered.`,
		Args: arguments(1, 1, "one definition, by its number"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := misplaced(args[0]); err != nil {
				return err
			}
			return a.with(func(c *protector.Client) error {
				id, err := definitionID(c, args)
				if err != nil {
					return err
				}
				if !yes && !a.interactive() {
					if again, ok := shownBefore(c, id); ok {
						return a.confirmed(c, again, true, file)
					}
					return &usageError{"check-in asks before it acts, and there is no terminal to ask on: give --yes"}
				}
				done, err := c.CheckIn(id, func(w protector.Warning) bool { return yes || a.agreed(w) })
				var known *protector.Error
				if errors.As(err, &known) && known.Reason == protector.ReasonPrecondition {
					if again, ok := shownBefore(c, id); ok {
						return a.confirmed(c, again, true, file)
					}
				}
				if err != nil {
					return err
				}
				return a.confirmed(c, done, false, file)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().StringVarP(&file, "output", "o", "", "write the confirmation to a `file`, for a mail")
	return cmd
}

// shownBefore returns the confirmation code of the last check-in by a definition, if it
// is still kept and what was given back is not active again.
func shownBefore(c *protector.Client, id uint8) (protector.Confirmation, bool) {
	s, err := c.Status()
	if err != nil {
		return protector.Confirmation{}, false
	}
	if d, _ := s.Definition(id); d.Reason != protector.ReasonCheckedIn {
		return protector.Confirmation{}, false
	}
	for _, again := range slices.Backward(s.Confirmations) {
		if again.Definition.ID == id {
			return again, true
		}
	}
	return protector.Confirmation{}, false
}
