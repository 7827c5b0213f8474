package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/protector"
)

// The exit statuses.
const (
	exitDone       = 0
	exitFailed     = 1 // could not
	exitUsage      = 2
	exitRefused    = 3 // not active, a pre-condition not met, a code not for this machine
	exitUnreadable = 4 // the code could not be read
)

// app is one run of the program.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	json        bool
	state       string
	productFile string
	machineFile string

	begun bool // the command line was right: errors from here on are not of usage
}

// usageError is a command line that does not fit.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

// run is the whole program.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: visible{stdout}, stderr: visible{stderr}}
	root := a.root()
	root.SetArgs(unflagged(args))
	root.SetFlagErrorFunc(flagError)
	root.SetIn(stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	return a.finish(root.Execute())
}

const long = `protector is the customer's side of an activation.

  protector serial CODE        enter the serial number (or: license FILE)
  protector request            show a request code: read it to the vendor
  protector enter CODE         enter the activation code that comes back
  protector status             show what is active on this machine
  protector deactivate         give the license back, get a confirmation code
  protector check-in N         give one thing back, keep the rest
  protector request recover    ask for a repair of the state or the clock
  protector use                count a run, in a trial by starts or hours

The product is told by --product FILE, else $PROTECTOR_PRODUCT, else the one used
last. A code given as - is read from standard input.

A program that trusts the answers of this one can be cracked by replacing it: link
the library where that matters.

Exit status: 0 done; 1 could not; 2 wrong usage; 3 refused (not active, a
pre-condition not met, a code not for this machine); 4 the code could not be read.`

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "protector", Short: "the customer's side of an activation", Long: long,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &usageError{fmt.Sprintf("there is no command %q: protector --help lists them", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	f := root.PersistentFlags()
	f.SortFlags = false
	f.StringVar(&a.productFile, "product", "", "the product profile, a `file` from the vendor")
	f.StringVar(&a.state, "state", "", "the `folder` of the activation state (default: the user's configuration folder)")
	f.StringVar(&a.machineFile, "machine", "", "a recorded hardware profile in place of this machine, a `file`; for test products only")
	f.BoolVar(&a.json, "json", false, "answer in JSON, for programs")
	for _, cmd := range []*cobra.Command{
		a.serialCommand(), a.licenseCommand(), a.requestCommand(), a.enterCommand(), a.statusCommand(),
		a.useCommand(), a.deactivateCommand(), a.checkInCommand(), a.profileCommand(),
	} {
		act := cmd.RunE
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			a.begun = true
			return act(cmd, args)
		}
		root.AddCommand(cmd)
	}
	return root
}

// finish reports the error, if any, and returns the exit status.
func (a *app) finish(err error) int {
	if err == nil {
		return exitDone
	}
	message := strings.TrimSpace(err.Error())
	var usage *usageError
	if errors.As(err, &usage) || !a.begun {
		fmt.Fprintf(a.stderr, "protector: %s\n", withoutCodes(message))
		return exitUsage
	}
	fmt.Fprintf(a.stderr, "protector: %s\n", message)
	status, verdict := exitFailed, "failed"
	var known *protector.Error
	if errors.As(err, &known) {
		switch known.Reason.Class() {
		case protector.ClassRefused:
			status, verdict = exitRefused, "refused"
		case protector.ClassUnreadable:
			status, verdict = exitUnreadable, "unreadable"
		}
		if notAProfile(known) {
			status, verdict = exitFailed, "failed"
		}
		a.hint(known)
	}
	if a.json {
		out := failure{Verdict: verdict, Error: err.Error()}
		if known != nil {
			out.Reason = known.Reason
			for _, p := range known.Proposals {
				out.Proposals = append(out.Proposals, p.Code.String())
			}
			for _, k := range known.Kinds {
				out.Changed = append(out.Changed, k.String())
			}
		}
		if err := a.value(out); err != nil {
			return exitFailed
		}
	}
	return status
}

// notAProfile reports whether the product's file is something else. One that was
// altered or signed by another is refused; this one was never understood.
func notAProfile(e *protector.Error) bool {
	return e.Reason == protector.ReasonProfile && (errors.Is(e, product.ErrOtherFile) ||
		errors.Is(e, product.ErrTooLarge) || errors.Is(e, product.ErrNewer))
}

// failure is the JSON of an error.
type failure struct {
	Verdict   string           `json:"verdict"`
	Reason    protector.Reason `json:"reason,omitempty"`
	Error     string           `json:"error"`
	Proposals []string         `json:"proposals,omitempty"`
	Changed   []string         `json:"changed,omitempty"`
}

// hint says with which command to go on.
func (a *app) hint(e *protector.Error) {
	for i, p := range e.Proposals {
		if i == 0 {
			fmt.Fprintln(a.stderr, "It may be meant as follows. Compare it with what you were given, then enter it:")
		}
		if i == 5 {
			fmt.Fprintf(a.stderr, "  and %d more\n", len(e.Proposals)-i)
			break
		}
		code := p.Code.String()
		if len(p.Changes) > 0 && p.Changes[0].Form == codes.FormDigits {
			code = p.Code.Digits()
		}
		fmt.Fprintf(a.stderr, "  %s\n", code)
		for _, c := range p.Changes {
			fmt.Fprintf(a.stderr, "      %s\n", c)
		}
	}
	next := map[protector.Reason]string{
		protector.ReasonNoLicense:       "protector serial CODE",
		protector.ReasonNoRequest:       "protector request",
		protector.ReasonNoMatch:         "protector request",
		protector.ReasonUsed:            "protector request --new",
		protector.ReasonOlderRequest:    "protector request",
		protector.ReasonHardwareChanged: "protector request --new",
		protector.ReasonDeactivated:     "protector request",
		protector.ReasonNotRequestable:  "protector deactivate",
		protector.ReasonNotVouched:      "protector license FILE",
	}[e.Reason]
	if next != "" {
		fmt.Fprintf(a.stderr, "next: %s\n", next)
	}
}

// arguments checks their number.
func arguments(least, most int, want string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return &usageError{fmt.Sprintf("%s: expected %s; found %d arguments", cmd.CommandPath(), want, len(args))}
		}
		return nil
	}
}
