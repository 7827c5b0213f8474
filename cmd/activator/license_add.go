package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

func (a *app) licenseAddCmd() *cobra.Command {
	var o activator.Order
	var grants []string
	var file string
	var force bool
	c := &cobra.Command{
		Use:   "add --product P --customer C",
		Short: "register a license and print its serial number",
		Long: `add registers a license and prints its serial number, which is sent to the
customer. The same --order again gives the same license again.

What was bought, with --grant, once or several times: a definition's id (1), an
id with the bits it may have (7:bits=0x3), the highest release (release=4).
Without it the product's default counts.`,
		Args: args(0, 0, ""),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.Product, "product", "", "the `product`, by the name of its file; required")
	f.StringVar(&o.Customer, "customer", "", "who bought it; required")
	f.StringVar(&o.Order, "order", "", "your order `number`, unique within the product")
	f.IntVar(&o.Seats, "seats", 0, "`how many` machines (default: the product's)")
	f.StringArrayVar(&grants, "grant", nil, "`what` was bought")
	f.StringVarP(&file, "output", "o", "", "write the license file to this `file` too")
	f.BoolVar(&force, "force", false, "replace the license file if it is there")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		switch {
		case o.Product == "":
			return &usageError{text: "--product is missing: activator product list shows them", cmd: cmd}
		case o.Customer == "":
			return &usageError{text: "--customer is missing", cmd: cmd}
		case f.Changed("seats") && o.Seats < 1:
			return &usageError{text: fmt.Sprintf("--seats: have %d, want 1 or more", o.Seats), cmd: cmd}
		case file == "-":
			return &usageError{text: "-o: a license file is not written to standard output; name a file", cmd: cmd}
		}
		var err error
		if o.Grants, err = grantsOf(cmd, grants); err != nil {
			return err
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			return a.registered(s, file, force, "License registered", func() (*activator.License, error) {
				ls, err := s.Register(cmd.Context(), o)
				if err != nil {
					return nil, alone(err)
				}
				return &ls[0], nil
			})
		})
	}
	return c
}

// registered registers a license and shows it, with its license file if one is wanted.
func (a *app) registered(s *activator.Session, file string, force bool, words string, register func() (*activator.License, error)) error {
	var out *output
	if file != "" {
		var err error
		if out, err = begin(file, 0o600, force); err != nil {
			return err
		}
		defer out.drop()
	}
	l, err := register()
	if err != nil {
		return err
	}
	if out != nil {
		b, err := s.LicenseFile(l)
		if err == nil {
			err = out.finish(b)
		}
		if err != nil {
			a.say("activator: license %v is registered all the same; its serial number: %v", l.Number, l.Serial)
			return err
		}
	}
	loose := 0
	if !l.Vouched {
		loose = 1
	}
	a.unvouched(loose, 1)
	a.poolLow(s, l)
	if l.Alike != "" {
		a.say("activator: hint: %s", sayAlike(l))
	}
	names := productNames(s)
	if a.json {
		j := newLicenseJSON(l, names)
		j.File = file
		return a.put(j)
	}
	p := a.printer()
	if l.Existing {
		words = "This order was registered before; this is its license"
	}
	p.title(words)
	p.blank()
	p.licenseFacts(l, names[l.Product])
	p.serial(l.Serial)
	if file != "" {
		p.field("license file", file)
	}
	return nil
}

// sayAlike says that an order may have been registered twice.
func sayAlike(l *activator.License) string {
	return fmt.Sprintf("order %q is registered as another than %q, though they differ by capitals only; if they are one order, revoke the license of one of them", l.Order, l.Alike)
}

// alone takes the count of orders out of an error about the only one.
func alone(err error) error { return &retold{err, strings.TrimPrefix(err.Error(), "order 1 of 1: ")} }

// retold is an error in other words.
type retold struct {
	err  error
	text string
}

func (e *retold) Error() string { return e.text }
func (e *retold) Unwrap() error { return e.err }

// unvouched warns of n licenses among of, that no profile exported so far vouches for.
func (a *app) unvouched(n, of int) {
	switch {
	case n == 0:
	case of == 1:
		a.say("activator: warning: the pool of the product is empty, so no profile exported so far vouches for this license: export the profile again and ship it, or send the license file (-o)")
	default:
		a.say("activator: warning: the pool ran empty: no profile exported so far vouches for %d of these licenses: export the profile again and ship it, or send license files", n)
	}
}

// poolLow warns before the pool runs empty: when less than a tenth of it is left.
func (a *app) poolLow(s *activator.Session, l *activator.License) {
	if l.Existing || !l.Vouched {
		return
	}
	for _, p := range s.Products() {
		if p.UID == l.Product && l.PoolLeft < max(1, p.Pool/10) {
			a.say("activator: warning: %s left in the pool of %s: export the profile again, and ship it, before they are sold", plural(l.PoolLeft, "license"), p.ID)
		}
	}
}

// serial writes a serial number in both forms.
func (p *printer) serial(c codes.Code) {
	p.blank()
	p.line("  Serial number, in letters and in digits:")
	p.blank()
	p.line("      ", p.in(bold, c.String()))
	p.blank()
	p.line("      ", p.in(bold, c.Digits()))
	p.blank()
}

// grantsOf reads the values of the flags --grant, nil where there is none.
func grantsOf(cmd *cobra.Command, texts []string) (*product.Grants, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	g, err := product.ParseGrants(texts...)
	if err != nil {
		return nil, &usageError{text: err.Error(), cmd: cmd}
	}
	return &g, nil
}
