package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/codes/product"
)

func (a *app) productShowCmd() *cobra.Command {
	return &cobra.Command{
		Use: "show PRODUCT", Short: "show a product and its definitions", Args: args(1, 1, "the name of a product"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(d *activator.Desk, _ *activator.Session) error {
				p, err := d.Product(args[0])
				if err != nil {
					return err
				}
				if a.json {
					return a.put(newProductJSON(p))
				}
				a.printer().product(p)
				return nil
			})
		},
	}
}

func (p *printer) product(x *catalog.Product) {
	p.title(x.Name)
	p.blank()
	p.field("product", x.ID)
	p.field("file", x.Path)
	p.field("uid", x.UID.String())
	release := fmt.Sprint(x.Release)
	for i, r := range x.Releases {
		if i == 0 {
			release += "; before it "
		} else {
			release += ", "
		}
		release += fmt.Sprint(r)
	}
	p.field("release", release)
	p.field("trial", trial(x.Trial))
	p.field("licenses", fmt.Sprintf("%s by default; bought: %s", plural(x.Defaults.Seats, "seat"), x.Defaults.Grants))
	p.field("pool", plural(x.Pool, "license")+" drawn ahead with each export")
	if x.Test {
		p.field("test", "yes: a recorded machine may stand in for a real one; never sell it like this")
	}
	p.blank()
	var rows [][]string
	for _, d := range x.Definitions {
		rows = append(rows, []string{fmt.Sprintf("  %d", d.ID), d.Type.String(), short(safe(d.Name), 28), about(&d)})
	}
	p.table([]string{"  id", "type", "name", ""}, rows)
}

// about says what becomes of a definition's requests, and what it builds on.
func about(d *product.Definition) string {
	needs := ""
	for _, id := range d.Requires {
		needs += fmt.Sprintf(" %d", id)
	}
	note := ""
	switch {
	case d.Type == product.Deactivate:
		return "gives everything back"
	case d.Type == product.CheckIn:
		return "gives back" + needs
	case d.ShelfLife == 0:
		note = "answers hold forever"
	default:
		note = "answers hold " + plural(d.ShelfLife, "day")
	}
	if d.Signed {
		note = "signed, " + note
	}
	if needs != "" {
		note += ", needs" + needs
	}
	return note
}

func trial(t product.Trial) string {
	switch {
	case t.Days > 0:
		return plural(t.Days, "day")
	case t.Hours > 0:
		return plural(t.Hours, "hour")
	case t.Runs > 0:
		return plural(t.Runs, "start")
	}
	return "none"
}
