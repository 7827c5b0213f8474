package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/protector"
)

func (a *app) profileCommand() *cobra.Command {
	var file string
	var code bool
	cmd := &cobra.Command{
		Use: "profile", Short: "show the hardware that tells this machine from others",
		Long: `profile shows what is read of this machine, what of it counts, and why the rest
does not.

--save writes a file for the vendor's support: hashes in place of identifiers,
which only this product can compare, with the notes of what was found and left
out. --code shows the same, shorter, as a code for a mail. The identifiers themselves are shown with --json; that is also what
--machine takes, for test products.`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if code {
				return a.showHardwareCode()
			}
			p, err := a.hardware(cmd.Context())
			if err != nil {
				return err
			}
			if file != "" {
				if err := a.saveProfile(p, file); err != nil {
					return err
				}
			}
			if a.json {
				return a.value(p)
			}
			return a.showProfile(p, file)
		},
	}
	cmd.Flags().StringVar(&file, "save", "", "write a `file` for support: hashes and notes")
	cmd.Flags().BoolVar(&code, "code", false, "show it as a code, bound to the request that waits or is made")
	return cmd
}

// showHardwareCode shows the profile of the request that waits, or of a new one.
func (a *app) showHardwareCode() error {
	return a.with(func(c *protector.Client) error {
		r, err := c.Request(0, protector.RequestOptions{})
		if err != nil {
			return err
		}
		if r.Hardware == nil {
			return errors.New("this machine has no hardware profile that fits into a code: send the file of --save")
		}
		if a.json {
			out := codeOf(r.Code)
			out.Definition, out.Repeat, out.Made, out.Hardware = definitionOf(r.Definition), r.Repeat, stamp(r.Made), r.Hardware.String()
			return a.value(out)
		}
		fmt.Fprintf(a.stdout, "Hardware profile code, for the request code %s:\n\n  %s\n\n", r.Code, r.Hardware)
		fmt.Fprintln(a.stdout, "The vendor's desk reads it where it reads the request code.")
		return nil
	})
}

// saveProfile writes the profile for support: hashed for the product in use.
func (a *app) saveProfile(p *fingerprint.Profile, file string) error {
	uid, err := a.productUID()
	if err != nil {
		return err
	}
	hashed, err := p.Hash(uid, fingerprint.FileBits)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(hashed, "", "  ")
	if err != nil {
		return err
	}
	return save(file, append(data, '\n'))
}

// hardware is this machine, or the recorded one.
func (a *app) hardware(ctx context.Context) (*fingerprint.Profile, error) {
	if a.machineFile != "" {
		return fingerprint.Load(a.machineFile)
	}
	if ctx == nil {
		ctx = context.Background()
	}
	return fingerprint.Collect(ctx)
}

func (a *app) showProfile(p *fingerprint.Profile, file string) error {
	for _, c := range p.Components {
		name := c.Word()
		if c.Kind != fingerprint.Unknown {
			name = c.Kind.Name()
		}
		use := "compared only"
		if c.Kind.Identifies() {
			use = "identifies"
		}
		fmt.Fprintf(a.stdout, "%s (%s)\n", plain(name), use)
		for _, i := range c.Instances {
			label := i.Label
			switch {
			case label == "" && c.Kind == fingerprint.Memory:
				label = i.ID // a size, which tells nobody's machine from another
			case label == "":
				label = "(no name)"
			}
			if i.Excluded != "" {
				fmt.Fprintf(a.stdout, "  - %s: does not count, %s\n", plain(label), plain(string(i.Excluded)))
				continue
			}
			fmt.Fprintf(a.stdout, "  + %s\n", plain(label))
		}
		if len(c.Instances) == 0 {
			fmt.Fprintln(a.stdout, "  none")
		}
	}
	for _, n := range p.Notes {
		fmt.Fprintf(a.stderr, "protector: note: %s: %s\n", plain(n.Probe), plain(n.Text))
	}
	fmt.Fprintf(a.stdout, "identity: %s\n", p.Strength())
	if file != "" {
		fmt.Fprintf(a.stdout, "%s is for the vendor's support. It holds hashes, no identifiers.\n", file)
	}
	switch p.Strength() {
	case fingerprint.NoIdentity:
		return errors.New("nothing on this machine identifies it, so nothing can be activated here")
	case fingerprint.Weak:
		fmt.Fprintln(a.stdout, "Nothing can be activated here: run it outside of containers and sandboxes, as a user who may read the hardware.")
	}
	return nil
}
