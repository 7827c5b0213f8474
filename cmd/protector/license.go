package main

import (
	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector"
)

func (a *app) licenseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "license FILE", Short: "enter the license file, in place of a serial number",
		Args: arguments(1, 1, "a license file, or - for standard input"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := misplaced(args[0]); err != nil {
				return err
			}
			return a.with(func(c *protector.Client) error {
				data, err := a.read(args[0], product.MaxLicense)
				if err != nil {
					return err
				}
				in, err := c.EnterLicenseFile(data)
				if err != nil {
					return err
				}
				return a.entered(c, in)
			})
		},
	}
}
