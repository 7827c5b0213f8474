package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/internal/mailtext"
	"github.com/manual-activator/manual-activator/protector"
)

func (a *app) enterCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "enter CODE", Short: "enter the activation code that the vendor answered",
		Long: `enter takes the activation code that answers a request of this machine. A long one,
signed, that came in a mail is pasted as it is, quoting marks and all: save the
mail and give --file, or paste it into "enter -" and end with ctrl+d.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if (file == "") == (len(args) == 0) {
				return &usageError{"protector enter: expected an activation code, - for standard input, or --file FILE"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return a.with(func(c *protector.Client) error {
				if file != "" {
					data, err := a.read(file, maxText)
					if err != nil {
						return err
					}
					all, err := c.EnterFile(mailtext.Plain(string(data)))
					if err != nil {
						return err
					}
					return a.accepted(all)
				}
				text, err := a.code(args)
				if err != nil {
					return err
				}
				one, err := c.Enter(text)
				if code := a.meant(err); code != "" {
					one, err = c.Enter(code)
				}
				if err != nil {
					return err
				}
				return a.accepted([]protector.Accepted{one})
			})
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "find the answer for this machine in a `file`, such as a mail or a list")
	return cmd
}

// acceptance is an accepted answer in JSON.
type acceptance struct {
	Verdict    string             `json:"verdict"`
	Code       string             `json:"code"`
	Digits     string             `json:"code_digits,omitempty"` // a signed one has none
	Kind       string             `json:"kind"`
	Definition definition         `json:"definition"`
	Status     definitionStatus   `json:"status"`
	Restored   []definitionStatus `json:"restored,omitempty"` // what a reactivation brought back
	Parts      []definitionStatus `json:"parts,omitempty"`    // what a composite or choice activated
	Already    bool               `json:"already"`            // accepted before: nothing changed
	More       []acceptance       `json:"more,omitempty"`
}

func (a *app) accepted(all []protector.Accepted) error {
	if a.json {
		var list []acceptance
		for _, one := range all {
			v := acceptance{
				Verdict: "ok", Code: one.Code.String(), Digits: one.Code.Digits(), Kind: one.Code.Kind().Word(),
				Definition: definitionOf(one.Definition.Definition), Status: statusOf(one.Definition), Already: one.Already,
			}
			for _, d := range one.Restored {
				v.Restored = append(v.Restored, statusOf(d))
			}
			for _, d := range one.Parts {
				v.Parts = append(v.Parts, statusOf(d))
			}
			list = append(list, v)
		}
		list[0].More = list[1:]
		return a.value(list[0])
	}
	for _, one := range all {
		d := one.Definition
		switch {
		case one.Already:
			fmt.Fprintf(a.stdout, "This activation code was accepted before. Nothing changed.\n")
		case len(one.Restored) > 0:
			fmt.Fprintf(a.stdout, "Reactivated. Thank you.\n")
		default:
			fmt.Fprintf(a.stdout, "Accepted. Thank you.\n")
		}
		parts := append(one.Restored, one.Parts...)
		switch {
		case d.Type == product.Recover:
			fmt.Fprintf(a.stdout, "  %d %s: done\n", d.ID, plain(d.Name))
		case len(parts) == 0:
			fmt.Fprintf(a.stdout, "  %d %s: %s (%s)\n", d.ID, plain(d.Name), d.State, plain(d.Detail))
		}
		for _, r := range parts {
			fmt.Fprintf(a.stdout, "  %d %s: %s (%s)\n", r.ID, plain(r.Name), r.State, plain(r.Detail))
		}
	}
	return nil
}
