package main

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

func (a *app) licenseCmd() *cobra.Command {
	return group("license", "register licenses, look them up, change them",
		a.licenseAddCmd(), a.licenseImportCmd(), a.licenseShowCmd(), a.licenseFindCmd(), a.licenseListCmd(),
		a.licenseChangeCmd(), a.licenseNameCmd(), a.licenseReissueCmd(), a.licenseRecoverCmd(),
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
		return nil, &refusal{exitUnreadable, fmt.Sprintf("license: have %q, want a serial number, or a license number of 8 hex digits; activator license find looks for anything else", text)}
	case err != nil:
		return nil, &refusal{exitUnreadable, fmt.Sprintf("license: want a serial number or a license number: %v", err)}
	case c.Kind() != codes.KindSerial:
		return nil, &refusal{exitRefused, fmt.Sprintf("this is a code of another kind (%s): a license is named by its serial number or its license number", c.Kind())}
	}
	l, err := s.License(ctx, c.Serial().License)
	if err != nil {
		return nil, err
	}
	if revoked, err := s.KeysRevoked(l.Number); err != nil || revoked {
		return l, err
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
		return a.listLicenses(s.Licenses(ctx, q), names)
	})
}

// listLicenses writes licenses: one line, or one JSON value, each.
func (a *app) listLicenses(ls iter.Seq2[journal.License, error], names map[codes.UID]string) error {
	var rows [][]string
	for l, err := range ls {
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
}
