package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/protector"
)

func (a *app) serialCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serial CODE", Short: "enter the serial number of the license",
		Args: arguments(1, -1, "a serial number, or - for standard input"),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.with(func(c *protector.Client) error {
				text, err := a.code(args)
				if err != nil {
					return err
				}
				in, err := c.EnterSerial(text)
				if code := a.meant(err); code != "" {
					in, err = c.EnterSerial(code)
				}
				if err != nil {
					return err
				}
				return a.entered(c, in)
			})
		},
	}
}

// entered reports a license that was entered.
func (a *app) entered(c *protector.Client, in protector.Entered) error {
	if a.json {
		return a.value(struct {
			Verdict   string `json:"verdict"`
			License   string `json:"license"`
			Product   string `json:"product"`
			Customer  string `json:"customer,omitempty"`
			Known     bool   `json:"known"`
			Pending   bool   `json:"pending"` // only a signed activation code makes it count
			Restarted bool   `json:"restarted"`
		}{"ok", in.License.String(), c.Profile().ID, in.Customer, in.Known, in.Pending, in.Restarted})
	}
	name := plain(c.Profile().Name)
	switch {
	case in.Known:
		fmt.Fprintf(a.stdout, "License %s of %s was entered on this machine before. Its state is as it was: see protector status.\n", in.License, name)
	case in.Restarted:
		fmt.Fprintf(a.stdout, "License %s of %s is entered. Its damaged state was set aside and begins anew.\nNext, ask for an activation: protector request\n", in.License, name)
	default:
		fmt.Fprintf(a.stdout, "License %s of %s is entered.\nNext, ask for an activation: protector request\n", in.License, name)
	}
	if in.Pending {
		fmt.Fprintf(a.stdout, "This program is older than the license, so only a signed activation code (it begins with E) makes it count.\n")
	}
	return nil
}
