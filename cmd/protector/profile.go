package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/fingerprint"
)

func (a *app) profileCommand() *cobra.Command {
	var file string
	var code bool
	cmd := &cobra.Command{
		Use: "profile", Short: "show the hardware that tells this machine from others",
		Long: `profile shows what is read of this machine. The identifiers themselves are shown
only with --json and in the file of --save, which is what --machine takes.`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if code {
				return later("the hardware profile code")
			}
			p, err := a.hardware(cmd.Context())
			if err != nil {
				return err
			}
			if file != "" {
				data, err := json.MarshalIndent(p, "", "  ")
				if err != nil {
					return err
				}
				if err := save(file, append(data, '\n')); err != nil {
					return err
				}
			}
			if a.json {
				return a.value(p)
			}
			return a.showProfile(p, file)
		},
	}
	cmd.Flags().StringVar(&file, "save", "", "write the profile to a `file`")
	cmd.Flags().BoolVar(&code, "code", false, "show it as a code (not in this version yet)")
	return cmd
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
		fmt.Fprintf(a.stdout, "It is in %s.\n", file)
	}
	switch p.Strength() {
	case fingerprint.NoIdentity:
		return errors.New("nothing on this machine identifies it, so nothing can be activated here")
	case fingerprint.Weak:
		fmt.Fprintln(a.stdout, "Nothing can be activated here: run it outside of containers and sandboxes, as a user who may read the hardware.")
	}
	return nil
}
