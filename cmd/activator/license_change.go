package main

import (
	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
)

func (a *app) licenseChangeCmd() *cobra.Command {
	ch := activator.Change{Kind: activator.AmendLicense}
	var seats int
	var grants []string
	var customer string
	c := &cobra.Command{
		Use:   "change LICENSE --reason R",
		Short: "change seats, grants or the customer of a license",
		Long: `change writes the license anew with what is given: --seats, --grant, --customer.
Nothing is deleted: the journal keeps what it was before.`,
		Args: args(1, -1, "the license: a serial number or a license number"),
	}
	f := c.Flags()
	f.SortFlags = false
	f.IntVar(&seats, "seats", 0, "`how many` machines")
	f.StringArrayVar(&grants, "grant", nil, "`what` was bought, all of it; as in license add")
	f.StringVar(&customer, "customer", "", "who has it")
	f.StringVar(&ch.Reason, "reason", "", "the `reason`, which the journal keeps; required")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if ch.Reason == "" {
			return &usageError{text: "a change needs a --reason, which the journal keeps", cmd: cmd}
		}
		if f.Changed("seats") {
			ch.Seats = &seats
		}
		if f.Changed("customer") {
			ch.Customer = &customer
		}
		var err error
		if ch.Grants, err = grantsOf(cmd, grants); err != nil {
			return err
		}
		return a.change(cmd, args, ch, "Changed.", "")
	}
	return c
}

func (a *app) licenseNameCmd() *cobra.Command {
	ch := activator.Change{Kind: activator.NameMachine}
	c := &cobra.Command{
		Use:   "name LICENSE [FINGERPRINT] --name NAME",
		Short: "give a machine a name, such as \"RIP room 2\"",
		Long: `name gives a machine of a license a name for people, such as "RIP room 2". The
fingerprint (7 hex digits) may be left out when only one machine holds a seat.`,
		Args: args(1, -1, "the license: a serial number or a license number"),
	}
	c.Flags().StringVar(&ch.Name, "name", "", "the `name`; required")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if ch.Name == "" {
			return &usageError{text: "--name is missing", cmd: cmd}
		}
		var err error
		if args, ch.Fingerprint, err = machine(args); err != nil {
			return &usageError{text: err.Error(), cmd: cmd}
		}
		return a.change(cmd, args, ch, "Named.", "That is its name already: nothing was recorded anew.")
	}
	return c
}

// licenseStandingCmd makes revoke and restore.
func (a *app) licenseStandingCmd(name, short string, kind activator.ChangeKind, done string) *cobra.Command {
	ch := activator.Change{Kind: kind}
	c := &cobra.Command{
		Use: name + " LICENSE --reason R", Short: short,
		Args: args(1, -1, "the license: a serial number or a license number"),
	}
	c.Flags().StringVar(&ch.Reason, "reason", "", "the `reason`, which the journal keeps; required")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if ch.Reason == "" {
			return &usageError{text: name + " needs a --reason, which the journal keeps", cmd: cmd}
		}
		return a.change(cmd, args, ch, done, "")
	}
	return c
}
