package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

func (a *app) licenseCmd() *cobra.Command {
	return group("license", "register licenses, look them up, change them",
		a.licenseAddCmd(), a.licenseImportCmd(), a.licenseShowCmd(), a.licenseFindCmd(), a.licenseListCmd(),
		a.licenseChangeCmd(), a.licenseNameCmd(),
		a.licenseStandingCmd("revoke", "stop answering codes of a license", activator.RevokeLicense, "Revoked. No code of this license is answered any more."),
		a.licenseStandingCmd("restore", "end a revocation", activator.RestoreLicense, "Restored. Codes of this license are answered again."),
	)
}

// license finds the license that a serial number or a license number names.
func license(ctx context.Context, s *activator.Session, text string) (*activator.License, error) {
	text = strings.TrimSpace(text)
	if n, err := codes.ParseLicenseNumber(text); err == nil {
		return s.License(ctx, n)
	}
	c, err := codes.Parse(text)
	switch {
	case err != nil && len(text) <= 10:
		return nil, &refusal{exitUnreadable, fmt.Sprintf("license: have %q, want a serial number, or a license number of 8 hex digits", text)}
	case err != nil:
		return nil, &refusal{exitUnreadable, fmt.Sprintf("license: want a serial number or a license number: %v", err)}
	case c.Kind() != codes.KindSerial:
		return nil, &refusal{exitRefused, fmt.Sprintf("this is a code of another kind (%s): a license is named by its serial number or its license number", c.Kind())}
	}
	l, err := s.License(ctx, c.Serial().License)
	if err != nil {
		return nil, err
	}
	ours, err := s.Serial(l)
	if err != nil {
		return nil, err
	}
	if !ours.Serial().Key.Equal(c.Serial().Key) || ours != c {
		return nil, &refusal{exitRefused, fmt.Sprintf("the serial number names license %v but was not made by us: compare it group by group", l.Number)}
	}
	return l, nil
}

// productNames maps the uid of each product of the catalogue to its id.
func productNames(s *activator.Session) map[codes.UID]string {
	names := map[codes.UID]string{}
	for _, p := range s.Products() {
		names[p.UID] = p.ID
	}
	return names
}

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
		if len(grants) > 0 {
			g, err := product.ParseGrants(grants...)
			if err != nil {
				return &usageError{text: err.Error(), cmd: cmd}
			}
			o.Grants = &g
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			return a.add(cmd.Context(), s, o, file, force)
		})
	}
	return c
}

func (a *app) add(ctx context.Context, s *activator.Session, o activator.Order, file string, force bool) error {
	var out *output
	if file != "" {
		var err error
		if out, err = begin(file, 0o600, force); err != nil {
			return err
		}
		defer out.drop()
	}
	ls, err := s.Register(ctx, o)
	if err != nil {
		return alone(err)
	}
	l := &ls[0]
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
	a.unvouched(ls)
	names := productNames(s)
	if a.json {
		return a.put(newLicenseJSON(l, names))
	}
	p := a.printer()
	words := "License registered"
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

// alone takes the count of orders out of an error about the only one.
func alone(err error) error { return &retold{err, strings.TrimPrefix(err.Error(), "order 1 of 1: ")} }

// retold is an error in other words.
type retold struct {
	err  error
	text string
}

func (e *retold) Error() string { return e.text }
func (e *retold) Unwrap() error { return e.err }

// unvouched warns of licenses that no profile exported so far vouches for.
func (a *app) unvouched(ls []activator.License) {
	n := 0
	for _, l := range ls {
		if !l.Vouched {
			n++
		}
	}
	switch {
	case n == 0:
	case len(ls) == 1:
		a.say("activator: warning: the pool of the product is empty, so no profile exported so far vouches for this license: export the profile again and ship it, or send the license file (-o)")
	default:
		a.say("activator: warning: the pool ran empty: no profile exported so far vouches for %d of these licenses: export the profile again and ship it, or send license files", n)
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

// licenseFacts writes what is known of a license.
func (p *printer) licenseFacts(l *activator.License, name string) {
	if name == "" {
		name = l.Product.String() + " (no product file)"
	}
	customer := l.Customer
	if customer == "" {
		customer = "(erased)"
	}
	p.field("license", l.Number.String()+standing(l.State))
	p.field("product", name)
	p.field("customer", customer)
	p.field("order", l.Order)
	p.field("seats", fmt.Sprintf("%d of %d taken", l.Taken, l.Seats))
	p.field("bought", l.Grants.String())
}

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
		if len(grants) > 0 {
			g, err := product.ParseGrants(grants...)
			if err != nil {
				return &usageError{text: err.Error(), cmd: cmd}
			}
			ch.Grants = &g
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
		return a.change(cmd, args, ch, "Named.", "")
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

func (a *app) licenseShowCmd() *cobra.Command {
	return &cobra.Command{
		Use: "show LICENSE", Short: "show a license: facts, machines, history",
		Args: args(1, -1, "the license: a serial number or a license number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := a.text(args)
			if err != nil {
				return err
			}
			return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
				l, err := license(cmd.Context(), s, text)
				if err != nil {
					return err
				}
				return a.show(cmd.Context(), s, l)
			})
		},
	}
}

func (a *app) show(ctx context.Context, s *activator.Session, l *activator.License) error {
	serial, err := s.Serial(l)
	if err != nil {
		return err
	}
	r, err := s.Read(ctx, serial.String(), codes.KindSerial)
	if err != nil {
		return err
	}
	l.Serial = serial
	var history []journal.Entry
	for e, err := range s.Entries(ctx, journal.Query{License: l.Number}) {
		if err != nil {
			return err
		}
		history = append(history, e)
	}
	names := productNames(s)
	if a.json {
		j := newLicenseJSON(l, names)
		j.Machines = r.Active
		if j.Machines == nil {
			j.Machines = []activator.Machine{}
		}
		j.History = []entryJSON{}
		for i := range history {
			j.History = append(j.History, newEntryJSON(&history[i], names))
		}
		return a.put(j)
	}
	p := a.printer()
	p.title("License")
	p.blank()
	p.licenseFacts(l, names[l.Product])
	p.field("registered", l.Registered.UTC().Format("2 January 2006"))
	name := "machines"
	for _, m := range r.Active {
		p.field(name, seat(m))
		name = " "
	}
	p.serial(serial)
	p.title("History")
	p.blank()
	for i := range history {
		e := &history[i]
		p.hang(fmt.Sprintf("  %s  %s", e.At.UTC().Format("2006-01-02 15:04"), pad(e.ID.String(), 6)), 26, about(e))
	}
	return nil
}

func (a *app) licenseFindCmd() *cobra.Command {
	q := journal.LicenseQuery{}
	c := &cobra.Command{
		Use: "find TEXT", Short: "find licenses by words of the customer, the order, the number",
		Args: args(1, -1, "words to look for"),
	}
	c.Flags().IntVar(&q.Limit, "limit", 0, "at most so `many`; 0 for all")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		q.Words = strings.TrimSpace(strings.Join(args, " "))
		if q.Words == "" {
			return &usageError{text: "missing: words to look for", cmd: cmd}
		}
		return a.licenses(cmd.Context(), q, "")
	}
	return c
}

func (a *app) licenseListCmd() *cobra.Command {
	q := journal.LicenseQuery{}
	var name string
	c := &cobra.Command{Use: "list", Short: "list all licenses", Args: args(0, 0, "")}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&name, "product", "", "only of this `product`")
	f.StringVar(&q.State, "state", "", "only live, revoked or refunded `ones`")
	f.IntVar(&q.Limit, "limit", 0, "at most so `many`; 0 for all")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		switch q.State {
		case "", journal.Live, journal.Revoked, journal.Refunded:
		default:
			return &usageError{text: fmt.Sprintf("--state: have %q, want live, revoked or refunded", q.State), cmd: cmd}
		}
		return a.licenses(cmd.Context(), q, name)
	}
	return c
}

// licenses lists licenses: one line, or one JSON value, each.
func (a *app) licenses(ctx context.Context, q journal.LicenseQuery, name string) error {
	if q.Limit < 0 {
		return &usageError{text: fmt.Sprintf("--limit: have %d, want 0 or more", q.Limit)}
	}
	return a.with(ctx, func(d *activator.Desk, s *activator.Session) error {
		names := productNames(s)
		if name != "" {
			p, err := d.Product(name)
			if err != nil {
				return err
			}
			q.Product = p.UID
		}
		var rows [][]string
		for l, err := range s.Licenses(ctx, q) {
			if err != nil {
				return err
			}
			if a.json {
				if err := a.put(storedJSON(l, names)); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{
				l.Number.String(), short(safe(names[l.Product]), 16), short(safe(l.Customer), 24),
				short(safe(l.Order), 12), fmt.Sprint(l.Seats), l.State,
			})
		}
		if a.json {
			return nil
		}
		p := a.printer()
		if len(rows) == 0 {
			p.line("No licenses found.")
			return nil
		}
		p.table([]string{"license", "product", "customer", "order", "seats", "state"}, rows)
		return nil
	})
}

// licenseJSON is a license for programs.
type licenseJSON struct {
	Verdict      journal.Verdict     `json:"verdict,omitempty"` // of license add: ok, or repeat for an order known before
	License      codes.LicenseNumber `json:"license"`
	Serial       string              `json:"serial,omitempty"`
	SerialDigits string              `json:"serial_digits,omitempty"`
	Product      string              `json:"product"`
	Customer     string              `json:"customer"`
	Order        string              `json:"order"`
	Seats        int                 `json:"seats"`
	Taken        *int                `json:"seats_taken,omitempty"`
	State        string              `json:"state"`
	Grants       string              `json:"grants"`
	Registered   string              `json:"registered"` // RFC 3339, UTC
	Vouched      *bool               `json:"vouched,omitempty"`
	Machines     []activator.Machine `json:"machines,omitzero"` // of license show
	History      []entryJSON         `json:"history,omitzero"`
}

func newLicenseJSON(l *activator.License, names map[codes.UID]string) licenseJSON {
	j := licenseJSON{
		Verdict: journal.OK, License: l.Number, Product: productName(l.Product, names), Customer: l.Customer, Order: l.Order,
		Seats: l.Seats, Taken: &l.Taken, State: l.State, Grants: l.Grants.String(), Registered: stamp(l.Registered),
	}
	if l.Existing {
		j.Verdict = journal.Repeat
	}
	if !l.Serial.IsZero() {
		j.Serial, j.SerialDigits = l.Serial.String(), l.Serial.Digits()
	}
	if l.Vouched || l.Entry == 0 || !l.Existing {
		j.Vouched = &l.Vouched
	}
	return j
}

func storedJSON(l journal.License, names map[codes.UID]string) licenseJSON {
	return licenseJSON{
		License: l.Number, Product: productName(l.Product, names), Customer: l.Customer, Order: l.Order, Seats: l.Seats,
		State: l.State, Grants: l.Grants, Registered: stamp(l.Registered),
	}
}

func productName(uid codes.UID, names map[codes.UID]string) string {
	if n := names[uid]; n != "" {
		return n
	}
	return uid.String()
}
