package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/internal/qrtext"
	"github.com/manual-activator/manual-activator/protector"
)

func (a *app) requestCommand() *cobra.Command {
	var fresh, qr bool
	var file string
	cmd := &cobra.Command{
		Use: "request [DEFINITION]", Short: "show a request code to read to the vendor",
		Args: arguments(0, 1, "at most one definition, by its number, type or name"),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.with(func(c *protector.Client) error {
				id, err := definitionID(c, args)
				if err != nil {
					return err
				}
				r, err := c.Request(id, protector.RequestOptions{New: fresh})
				if err != nil {
					return err
				}
				return a.requested(c, r, qr, file)
			})
		},
	}
	cmd.Flags().BoolVar(&fresh, "new", false, "make a new request code; the ones before can still be answered")
	cmd.Flags().BoolVar(&qr, "qr", false, "draw the code as a QR symbol too")
	cmd.Flags().StringVarP(&file, "output", "o", "", "write the request to a `file`, for a mail")
	return cmd
}

// definitionID reads a definition, none being 0: its number, its name, or the word of
// its type, such as recover, where only one is of it.
func definitionID(c *protector.Client, args []string) (uint8, error) {
	if len(args) == 0 {
		return 0, nil
	}
	if err := misplaced(args[0]); err != nil {
		return 0, err
	}
	if id, err := strconv.ParseUint(args[0], 10, 8); err == nil && id != 0 {
		return uint8(id), nil
	}
	var found []product.Definition
	for _, d := range c.Profile().Definitions {
		if d.Type.String() == args[0] || strings.EqualFold(d.Name, args[0]) {
			found = append(found, d)
		}
	}
	switch len(found) {
	case 0:
		return 0, &usageError{fmt.Sprintf("%q is no definition: expected a number from 1 to 255, a type or a name, as protector status lists them", args[0])}
	case 1:
		return found[0].ID, nil
	}
	return 0, &usageError{fmt.Sprintf("%q is more than one definition, such as %d and %d: give the number", args[0], found[0].ID, found[1].ID)}
}

// misplaced returns an error if a code was typed where none is expected.
func misplaced(arg string) error {
	code, err := codes.Parse(arg)
	if err != nil {
		return nil
	}
	command := map[codes.Kind]string{codes.KindSerial: "protector serial CODE", codes.KindActivation: "protector enter CODE", codes.KindSigned: "protector enter CODE"}[code.Kind()]
	if command == "" {
		command = "read it to the vendor"
	}
	return &protector.Error{Reason: protector.ReasonWrongKind, Text: fmt.Sprintf("this is a %s, and no code is expected here: %s", code.Kind(), command)}
}

func (a *app) requested(c *protector.Client, r protector.Request, qr bool, file string) error {
	name := plain(c.Profile().Name)
	if file != "" {
		var text bytes.Buffer
		fmt.Fprintf(&text, "Request code for %s, definition %d (%s)\n", name, r.Definition.ID, plain(r.Definition.Name))
		bothForms(&text, r.Code)
		if r.Hardware != nil {
			fmt.Fprintf(&text, "The hardware of this machine, as hashes; leave it in:\n\n  %s\n", r.Hardware)
		}
		if err := save(file, text.Bytes()); err != nil {
			return err
		}
	}
	if a.json {
		out := codeOf(r.Code)
		out.Hardware = r.Hardware.String()
		out.Definition, out.Repeat, out.Made = definitionOf(r.Definition), r.Repeat, r.Made.Format(time.RFC3339)
		for _, k := range r.Changed {
			out.Changed = append(out.Changed, k.String())
		}
		return a.value(out)
	}
	fmt.Fprintf(a.stdout, "Request code for %s, definition %d (%s):\n", name, r.Definition.ID, plain(r.Definition.Name))
	bothForms(a.stdout, r.Code)
	if qr {
		if err := qrtext.Draw(a.stdout, r.Code.String()); err != nil {
			return err
		}
	}
	if r.Repeat {
		fmt.Fprintf(a.stdout, "It is the same as on %s and still waits for its answer.\n", r.Made.Format(day))
	}
	if file != "" {
		fmt.Fprintf(a.stdout, "It is in %s too.\n", file)
	}
	if r.Definition.Signed {
		fmt.Fprintln(a.stdout, "Mail it to the vendor, or read it out. The answer has 120 characters and comes by mail or as a file: protector enter --file FILE")
		return nil
	}
	fmt.Fprintln(a.stdout, "Read it to the vendor, or mail it. Then enter the activation code that comes back: protector enter CODE")
	return nil
}

const day = "2006-01-02"
