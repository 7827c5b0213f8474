package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector"
)

func (a *app) deactivateCommand() *cobra.Command {
	var yes bool
	var file string
	cmd := &cobra.Command{
		Use: "deactivate [DEFINITION]", Short: "give the license back and show the confirmation code",
		Long: `deactivate ends everything of the license on this machine and shows the code that
proves it to the vendor. On a copy that is deactivated already, it shows the same
code again.`,
		Args: arguments(0, 1, "at most one definition, by its number"),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.with(func(c *protector.Client) error {
				id, err := definitionID(c, args)
				if err != nil {
					return err
				}
				if again, err := c.Confirmation(); err == nil && again.Definition.Type == product.Deactivate {
					return a.confirmed(c, again, true, file)
				}
				if !yes && !a.interactive() {
					return &usageError{"deactivate asks before it acts, and there is no terminal to ask on: give --yes"}
				}
				done, err := c.Deactivate(id, func(w protector.Warning) bool { return yes || a.agreed(w) })
				if err != nil {
					return err
				}
				return a.confirmed(c, done, false, file)
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().StringVarP(&file, "output", "o", "", "write the confirmation to a `file`, for a mail")
	return cmd
}

// interactive reports whether there is somebody to ask.
func (a *app) interactive() bool {
	f, ok := a.stdin.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// agreed gives the last warning.
func (a *app) agreed(w protector.Warning) bool {
	fmt.Fprintf(a.stderr, "%s\n", plain(w.Text))
	for _, d := range w.Ends {
		fmt.Fprintf(a.stderr, "  ends: %d %s\n", d.ID, plain(d.Name))
	}
	fmt.Fprint(a.stderr, "Go ahead? Type yes: ")
	line, err := bufio.NewReader(a.stdin).ReadString('\n')
	return err == nil && strings.EqualFold(strings.TrimSpace(line), "yes")
}

// confirmationOf is a confirmation in JSON.
func confirmationOf(c protector.Confirmation, repeat bool) shownCode {
	out := codeOf(c.Code)
	out.Definition, out.Repeat, out.Made = definitionOf(c.Definition), repeat, c.At.Format(time.RFC3339)
	complete := incomplete(c) == ""
	out.Complete, out.Reason = &complete, incomplete(c)
	return out
}

// incomplete says what the confirmation tells the vendor besides.
func incomplete(c protector.Confirmation) string {
	var parts []string
	if c.CopiesLeft {
		parts = append(parts, "a copy of the activation state could not be erased")
	}
	if c.Hardware {
		parts = append(parts, "the hardware is not that of the activation")
	}
	return strings.Join(parts, "; ")
}

func (a *app) confirmed(c *protector.Client, conf protector.Confirmation, repeat bool, file string) error {
	name := plain(c.Profile().Name)
	if file != "" {
		var text bytes.Buffer
		fmt.Fprintf(&text, "Deactivation confirmation code for %s\n", name)
		bothForms(&text, conf.Code)
		if err := save(file, text.Bytes()); err != nil {
			return fmt.Errorf("%s is done, but the file cannot be written (%w): give the command again to see the code", conf.Definition.Type, err)
		}
	}
	if a.json {
		return a.value(confirmationOf(conf, repeat))
	}
	command := "deactivate"
	switch {
	case conf.Definition.Type == product.CheckIn:
		command = fmt.Sprintf("check-in %d", conf.Definition.ID)
		fmt.Fprintf(a.stdout, "%s: done on %s. The rest stays as it is. The confirmation code:\n", plain(conf.Definition.Name), conf.At.Format(day))
	case repeat:
		fmt.Fprintf(a.stdout, "%s was deactivated on this machine on %s. Its confirmation code again:\n", name, conf.At.Format(day))
	default:
		fmt.Fprintf(a.stdout, "%s is deactivated on this machine. The confirmation code:\n", name)
	}
	bothForms(a.stdout, conf.Code)
	if text := incomplete(conf); text != "" {
		fmt.Fprintf(a.stdout, "The code also says: %s.\n", text)
	}
	if file != "" {
		fmt.Fprintf(a.stdout, "It is in %s too.\n", file)
	}
	if all, err := c.Confirmations(); err == nil && len(all) > 1 {
		fmt.Fprintln(a.stdout, "Codes from before it may not have been read to the vendor yet, and have to be read first. All of them in order: protector status")
	}
	fmt.Fprintln(a.stdout, "Read it to the vendor, or mail it. It can be shown again until the next activation: protector "+command)
	return nil
}
