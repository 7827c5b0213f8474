package main

import (
	"encoding/hex"
	"errors"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

const compareLong = `compare holds two hardware profiles against each other: A is the earlier
one, B the later. Both are files, as the customer's side saves them for
support.

For each kind of hardware it shows the parts of both machines side by side,
what became of them and what that counts, and then says whether this is the
same machine under the product's weights and tolerances. Without a product it
is the one that the files were saved for, or the default policy.`

func (a *app) compareCmd() *cobra.Command {
	var name string
	var moved bool
	tolerance, desk := -1, -1
	c := &cobra.Command{
		Use: "compare A B", Short: "compare two hardware profiles", Long: compareLong,
		Args: args(2, 2, "two files with hardware profiles, the earlier one first"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var two [2]*fingerprint.Profile
			for n, file := range args {
				p, err := fingerprint.Load(file)
				if err != nil {
					return err
				}
				two[n] = p
			}
			policy, err := a.policy(name, two)
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
			j := catalog.Judge(two[0], two[1], policy, moved)
			if a.json {
				return a.put(j)
			}
			a.showJudgment(j)
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

// policy is that of the named product; else that of the product the profiles
// were hashed for, where this desk has it; else the default.
func (a *app) policy(name string, profiles [2]*fingerprint.Profile) (product.Policy, error) {
	switch {
	case strings.ContainsAny(name, `./\`):
		p, err := catalog.LoadFile(name)
		if err != nil {
			return product.Policy{}, err
		}
		return p.Policy, nil
	case name != "":
		return a.policyOf(name)
	}
	for _, p := range profiles {
		if p.Hashed == nil {
			continue
		}
		found, err := a.policyOf(hex.EncodeToString(p.Hashed.UID[:]))
		if !errors.Is(err, catalog.ErrUnknownProduct) {
			return found, err
		}
	}
	return catalog.DefaultPolicy(), nil
}

func (a *app) policyOf(name string) (product.Policy, error) {
	dir, err := a.folder()
	if err != nil {
		return product.Policy{}, err
	}
	c, err := catalog.Load(filepath.Join(dir, "products"))
	if err != nil {
		return product.Policy{}, err
	}
	p, err := c.Product(name)
	if err != nil {
		return product.Policy{}, err
	}
	return p.Policy, nil
}

// showJudgment prints the table, what changed standing out, and the sentence.
func (a *app) showJudgment(j fingerprint.Judgment) {
	p := a.printer()
	p.machinesBeside(j, 0)
	p.blank()
	p.sentence(0, j.Sentence())
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
