package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

const compareLong = `compare holds two hardware profiles against each other: A is the earlier
one, B the later. Each is a file, as the customer's side saves it for support,
or a hardware profile code, which begins with P: the code itself, a file or a
mail that holds one, or - for standard input.

For each kind of hardware it shows the parts of both machines side by side,
what became of them and what that counts, and then says whether this is the
same machine under the product's weights and tolerances. Without --product it
is the one that the files were saved for, or the default policy. The product
of a code is that of its license at this desk, which asks for the passphrase.
Where two codes are of two licenses, that is said.
Whether a code is genuine is not looked at: read does that.`

func (a *app) compareCmd() *cobra.Command {
	var name string
	var moved bool
	tolerance, desk := -1, -1
	c := &cobra.Command{
		Use: "compare A B", Short: "compare two hardware profiles", Long: compareLong,
		Args: args(2, 2, "two hardware profiles, files or codes, the earlier one first"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] == "-" && args[1] == "-" {
				return &usageError{text: "standard input has one of the two profiles: give the other as a file or a code", cmd: cmd}
			}
			named, err := a.productOf(name)
			if err != nil {
				return err
			}
			two, licenses, err := a.machines(cmd.Context(), [2]string{args[0], args[1]}, named)
			if err != nil {
				return err
			}
			policy, err := a.policy(named, two)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("tolerance") {
				policy.Tolerance = tolerance
				policy.DeskTolerance = max(policy.DeskTolerance, tolerance)
			}
			if cmd.Flags().Changed("desk-tolerance") {
				policy.DeskTolerance = desk
			}
			if err := policy.Valid(); err != nil {
				return &usageError{text: err.Error(), cmd: cmd}
			}
			j := comparison{catalog.Judge(two[0], two[1], policy, moved), licenses}
			if a.json {
				return a.put(j)
			}
			a.showComparison(j)
			return nil
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&name, "product", "", "`product` whose weights and tolerances count, or its file")
	f.IntVar(&tolerance, "tolerance", 0, "another tolerance (`number`)")
	f.IntVar(&desk, "desk-tolerance", 0, "another tolerance of the desk (`number`)")
	f.BoolVar(&moved, "moved", false, "the state was moved: what changed counts its third weight")
	return c
}

// productOf is the product that --product names, by its file, name or uid; nil
// where it names none.
func (a *app) productOf(name string) (*catalog.Product, error) {
	switch {
	case name == "":
		return nil, nil
	case strings.ContainsAny(name, `./\`):
		return catalog.LoadFile(name)
	}
	return a.productHere(name)
}

// productHere is a product of this desk, by its name or uid.
func (a *app) productHere(name string) (*catalog.Product, error) {
	dir, err := a.folder()
	if err != nil {
		return nil, err
	}
	c, err := catalog.Load(filepath.Join(dir, "products"))
	if err != nil {
		return nil, err
	}
	return c.Product(name)
}

// policy is that of the named product; else that of the product the profiles
// were hashed for, where this desk has it; else the default.
func (a *app) policy(named *catalog.Product, profiles [2]*fingerprint.Profile) (product.Policy, error) {
	if named != nil {
		return named.Policy, nil
	}
	for _, p := range profiles {
		if p.Hashed == nil {
			continue
		}
		found, err := a.productHere(hex.EncodeToString(p.Hashed.UID[:]))
		switch {
		case err == nil:
			return found.Policy, nil
		case !errors.Is(err, catalog.ErrUnknownProduct):
			return product.Policy{}, err
		}
	}
	return catalog.DefaultPolicy(), nil
}

// A comparison is what came out, and the licenses that two codes name.
type comparison struct {
	fingerprint.Judgment
	licenses []codes.LicenseNumber // none where one of the two is no code
}

// MarshalJSON adds the licenses to the judgment.
func (c comparison) MarshalJSON() ([]byte, error) {
	out, err := json.Marshal(c.Judgment)
	if err != nil || c.licenses == nil {
		return out, err
	}
	licenses, err := json.Marshal(c.licenses)
	return slices.Concat(out[:len(out)-1], []byte(`,"licenses":`), licenses, []byte("}")), err
}

// showComparison prints the table, what changed standing out, and the sentence. Codes of
// two licenses may well be of one machine, but whoever compares them should know.
func (a *app) showComparison(c comparison) {
	p := a.printer()
	p.machinesBeside(c.Judgment, 0)
	p.blank()
	p.sentence(0, c.Sentence())
	if l := c.licenses; l != nil && l[0] != l[1] {
		p.sentence(0, fmt.Sprintf("The codes are of two licenses: the first of %v, the second of %v.", l[0], l[1]))
	}
}

// machinesBeside writes the earlier and the later machine side by side.
func (p *printer) machinesBeside(j fingerprint.Judgment, indent int) {
	for n, line := range strings.Split(strings.TrimRight(j.Table(p.width-indent), "\n"), "\n") {
		line = safe(line)
		switch {
		case n == 0:
			line = p.in(faint, line)
		case !strings.HasPrefix(line, " "):
			line = p.in(yellow, line)
		}
		p.line(strings.Repeat(" ", indent), line)
	}
}
