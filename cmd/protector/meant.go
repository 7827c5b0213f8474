package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/protector"
)

// meant asks whether a code that was typed without capitals is the only one that fits.
// It returns that code where the customer said yes, else an empty text: then the error
// stands, with its proposals. Nobody is asked where nobody sits, and where anything but
// case is in doubt: then the customer is to compare and to type.
func (a *app) meant(err error) string {
	var e *protector.Error
	if !errors.As(err, &e) || len(e.Proposals) != 1 || !e.Proposals[0].OnlyCase() || a.json || !a.interactive() {
		return ""
	}
	code := e.Proposals[0].Code.String()
	fmt.Fprintf(a.stderr, "Capitals and small letters apart, one code fits what you typed:\n  %s\nPress Enter to take it, or type no: ", code)
	line, err := bufio.NewReader(a.stdin).ReadString('\n')
	switch said := strings.ToLower(strings.TrimSpace(line)); {
	case err == nil && (said == "" || said == "y" || said == "yes"):
		return code
	}
	return ""
}
