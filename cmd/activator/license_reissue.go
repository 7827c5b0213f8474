package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

func (a *app) licenseReissueCmd() *cobra.Command {
	var reason, file string
	var force bool
	c := &cobra.Command{
		Use: "reissue LICENSE --reason R", Short: "replace a license by one with a new serial number",
		Long: `reissue gives the customer a new license with a new serial number, made with
the present keys, with the same order, seats and grants. The former license is
revoked in the same step. For licenses whose keys are to be revoked, and for a
serial number that leaked.

Each machine asks for an activation with the new serial number.`,
		Args: args(1, -1, "the license: a serial number or a license number"),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&reason, "reason", "", "the `reason`, which the journal keeps; required")
	f.StringVarP(&file, "output", "o", "", "write the new license file to this `file` too")
	f.BoolVar(&force, "force", false, "replace the license file if it is there")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if reason == "" {
			return &usageError{text: "a reissue needs a --reason, which the journal keeps", cmd: cmd}
		}
		text, err := a.text(args)
		if err != nil {
			return err
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			old, err := license(cmd.Context(), s, text)
			if err != nil {
				return err
			}
			return a.registered(s, file, force, "License reissued", func() (*activator.License, error) {
				return s.Reissue(cmd.Context(), old.Number, reason)
			})
		})
	}
	return c
}

func (a *app) licenseRecoverCmd() *cobra.Command {
	var o activator.Order
	var grants []string
	c := &cobra.Command{
		Use: "recover SERIAL --customer C", Short: "register a license again that a restored journal does not have",
		Long: `recover registers a license that was sold, and that the journal does not know
because it was lost with the days after the backup. The customer's serial
number must be one that was made with these keys; its product is found by it.
What the license's machines were given in those days is not known again.

SERIAL may be -, to read it from standard input.`,
		Args: args(1, -1, "the serial number"),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.Product, "product", "", "the `product` that it must be of")
	f.StringVar(&o.Customer, "customer", "", "who bought it; required")
	f.StringVar(&o.Order, "order", "", "your order `number`, unique within the product")
	f.IntVar(&o.Seats, "seats", 0, "`how many` machines (default: the product's)")
	f.StringArrayVar(&grants, "grant", nil, "`what` was bought, as in license add")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if o.Customer == "" {
			return &usageError{text: "--customer is missing", cmd: cmd}
		}
		var err error
		if o.Grants, err = grantsOf(cmd, grants); err != nil {
			return err
		}
		text, err := a.text(args)
		if err != nil {
			return err
		}
		serial, err := codes.Parse(text)
		if err != nil {
			return &refusal{exitUnreadable, "serial number: " + err.Error()}
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			return a.registered(s, "", false, "License registered again", func() (*activator.License, error) {
				l, err := s.Recover(cmd.Context(), serial, o)
				var foreign *activator.NotOursError
				if errors.As(err, &foreign) {
					return nil, &refusal{exitRefused, err.Error()}
				}
				return l, err
			})
		})
	}
	return c
}
