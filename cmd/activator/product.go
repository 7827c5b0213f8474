package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

func (a *app) productCmd() *cobra.Command {
	return group("product", "the catalogue: list, show, check, new, export",
		a.productListCmd(), a.productShowCmd(), a.productCheckCmd(), a.productNewCmd(), a.productExportCmd())
}

// productJSON is a product for programs.
type productJSON struct {
	ID          string            `json:"id"`
	UID         string            `json:"uid,omitempty"`
	Name        string            `json:"name,omitempty"`
	File        string            `json:"file"`
	Release     uint16            `json:"release,omitempty"`
	Releases    []uint16          `json:"releases,omitempty"` // earlier ones, still in the field
	Test        bool              `json:"test"`
	Pool        int               `json:"pool,omitempty"`
	Definitions []definitionJSON  `json:"definitions,omitempty"`
	Seats       int               `json:"default_seats,omitempty"`
	Grants      string            `json:"default_grants,omitempty"`
	Mistakes    []catalog.Mistake `json:"mistakes"`
	Notes       []catalog.Mistake `json:"notes,omitempty"`
	Verdict     journal.Verdict   `json:"verdict"` // ok, or refused with mistakes
}

type definitionJSON struct {
	ID        uint8    `json:"id"`
	Name      string   `json:"name"`
	Type      string   `json:"type"`
	ShelfLife int      `json:"shelf_life"`
	Strength  string   `json:"strength"`
	Reusable  bool     `json:"reusable"`
	Requires  []uint16 `json:"requires,omitempty"` // ids; a list of bytes would come out as base64
}

func newProductJSON(p *catalog.Product) productJSON {
	j := productJSON{
		ID: p.ID, UID: p.UID.String(), Name: p.Name, File: p.Path, Release: p.Release, Releases: p.Releases, Test: p.Test,
		Pool: p.Pool, Seats: p.Defaults.Seats, Grants: p.Defaults.Grants.String(), Notes: p.Notes,
		Mistakes: []catalog.Mistake{}, Verdict: journal.OK,
	}
	for _, d := range p.Definitions {
		x := definitionJSON{
			ID: d.ID, Name: d.Name, Type: d.Type.String(), ShelfLife: d.ShelfLife, Strength: d.Strength(), Reusable: d.Reusable,
		}
		for _, id := range d.Requires {
			x.Requires = append(x.Requires, uint16(id))
		}
		j.Definitions = append(j.Definitions, x)
	}
	return j
}

func (a *app) productListCmd() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "list the products", Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
				var rows [][]string
				for _, p := range s.Products() {
					if a.json {
						if err := a.put(newProductJSON(p)); err != nil {
							return err
						}
						continue
					}
					test := ""
					if p.Test {
						test = "test"
					}
					rows = append(rows, []string{safe(p.ID), short(safe(p.Name), 30), fmt.Sprint(p.Release), fmt.Sprint(len(p.Definitions)), test})
				}
				dir, err := a.folder()
				if err != nil {
					return err
				}
				c, err := catalog.Load(filepath.Join(dir, "products"))
				if err != nil {
					return err
				}
				for _, b := range c.Broken() {
					if a.json {
						if err := a.put(brokenJSON(b)); err != nil {
							return err
						}
						continue
					}
					rows = append(rows, []string{safe(productID(b.File)), "(" + plural(len(b.Mistakes), "mistake") + ": activator product check)"})
				}
				if a.json {
					return nil
				}
				p := a.printer()
				if len(rows) == 0 {
					p.line("No products yet: activator product new NAME begins one.")
					return nil
				}
				p.table([]string{"product", "name", "release", "definitions", ""}, rows)
				return nil
			})
		},
	}
}

// productID is the product that a file is of.
func productID(path string) string {
	base := filepath.Base(path)
	return base[:len(base)-len(filepath.Ext(base))]
}

func brokenJSON(b *catalog.MistakesError) productJSON {
	return productJSON{ID: productID(b.File), File: b.File, Mistakes: b.Mistakes, Verdict: journal.Refused}
}

func (a *app) productNewCmd() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use: "new PRODUCT", Short: "begin a new product file, with comments",
		Args: args(1, 1, "a name for the file: small letters, digits, dashes"),
	}
	c.Flags().StringVar(&name, "name", "", "the product's `name` for people (default: PRODUCT)")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		id := args[0]
		if err := product.CheckID(id); err != nil {
			return &usageError{text: err.Error(), cmd: cmd}
		}
		if name == "" {
			name = id
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, _ *activator.Session) error {
			dir, err := a.folder()
			if err != nil {
				return err
			}
			var uid codes.UID
			if _, err := io.ReadFull(a.rand, uid[:]); err != nil {
				return fmt.Errorf("no randomness: %w", err)
			}
			path := filepath.Join(dir, "products", id+".toml")
			if _, err := os.Lstat(path); err == nil {
				return fmt.Errorf("%s is there already", path)
			}
			out, err := begin(path, 0o600, false)
			if err != nil {
				return err
			}
			defer out.drop()
			if err := out.finish(catalog.Blank(name, uid)); err != nil {
				return err
			}
			if a.json {
				return a.put(map[string]string{"file": path, "uid": uid.String()})
			}
			p := a.printer()
			p.title("Product begun")
			p.blank()
			p.field("file", path)
			p.field("next", "write into it what the product can do, then: activator product check "+id)
			return nil
		})
	}
	return c
}

// profileHead is how a product profile begins.
const profileHead = "manual-activator/1 product profile\n"

func (a *app) productExportCmd() *cobra.Command {
	var file string
	var force bool
	c := &cobra.Command{
		Use: "export PRODUCT -o FILE", Short: "write the signed product profile that ships inside the program",
		Long: `export writes the product profile: signed, with all that the customer's side
needs, and no secret. It draws licenses ahead, so that the profile vouches for
licenses that are sold after it. An older profile at FILE is replaced.

Once exported, a definition never changes its type, strength, reuse,
pre-conditions or leaves, and its id is never used again.`,
		Args: args(1, 1, "the name of a product"),
	}
	c.Flags().StringVarP(&file, "output", "o", "", "the `file`, or - for standard output; required")
	c.Flags().BoolVar(&force, "force", false, "replace a file that is no product profile")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case file == "":
			return &usageError{text: "-o is missing: the file for the profile", cmd: cmd}
		case file == "-" && a.json:
			return &usageError{text: "--json and -o - both want standard output", cmd: cmd}
		}
		return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
			var out *output
			if file != "-" {
				var err error
				if out, err = begin(file, 0o644, force || begins(file, profileHead)); err != nil {
					return err
				}
				defer out.drop()
			}
			b, x, err := s.Export(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if out == nil {
				_, err := a.out.Write(b)
				return err
			}
			if err := out.finish(b); err != nil {
				return err
			}
			if a.json {
				return a.put(map[string]any{
					"file": file, "product": x.ID, "release": x.Release, "serial": x.Serial, "roster": len(x.Roster),
					"sunset": len(x.Sunset), "anchor": x.Anchor, "test": x.Test,
				})
			}
			p := a.printer()
			p.title("Product profile exported")
			p.blank()
			p.field("product", fmt.Sprintf("%s (%s), release %d", x.Name, x.ID, x.Release))
			p.field("export", fmt.Sprintf("number %d", x.Serial))
			p.field("file", file)
			p.field("vouches for", plural(len(x.Roster), "license"))
			if len(x.Sunset) > 0 {
				p.field("refuses", plural(len(x.Sunset), "license")+" that were revoked or refunded")
			}
			if x.Test {
				p.field("test", "yes: a recorded machine may stand in for a real one; never sell it like this")
			}
			return nil
		})
	}
	return c
}
