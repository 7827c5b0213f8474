package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/codes"
)

// takesCode reports whether a command is given a code, whole or by its groups.
func takesCode(command string) bool { return command == "enter" || command == "serial" }

// unflagged takes the dashes off what looks like a code and would be read as a flag:
// a code is often copied with the dash or the bullet before it.
func unflagged(args []string) []string {
	out := slices.Clone(args)
	code := false // a command that takes one was named
	for i, arg := range out {
		if arg == "--" {
			break
		}
		code = code || takesCode(arg)
		text := strings.TrimLeft(arg, "-")
		if text == arg {
			continue
		}
		group := code && len(arg) == len(text)+1 && len(text) >= 5 && text[0] != 'h' && !strings.Contains(text, "=")
		if group || len(codes.Find(text)) > 0 && !strings.Contains(text, "=") {
			out[i] = text
		}
	}
	return out
}

// flagError says which flag is not one, unless it may be part of a code: a serial
// number is not repeated where others may read it.
func flagError(cmd *cobra.Command, err error) error {
	if strings.HasPrefix(err.Error(), "flag needs an argument") || !takesCode(cmd.Name()) && strings.HasPrefix(err.Error(), "invalid argument") {
		return &usageError{err.Error()}
	}
	var unknown interface{ GetSpecifiedName() string }
	if !takesCode(cmd.Name()) && errors.As(err, &unknown) {
		name := unknown.GetSpecifiedName()
		if len(name) > 1 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") == "" {
			return &usageError{fmt.Sprintf("%s has no flag --%s: --help lists them", cmd.CommandPath(), name)}
		}
	}
	return &usageError{cmd.CommandPath() + " was given a flag that it does not have (not repeated here, for it may be part of a code): --help lists them, and a code that begins with a dash goes after --"}
}

// withoutCodes keeps a code that was typed in the wrong place out of a message.
func withoutCodes(message string) string {
	if len(codes.Find(message)) == 0 {
		return message
	}
	return "the command line does not fit: there is a code where none is expected (not repeated here); protector --help says where codes go"
}
