package main

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/tui"
)

// deskUI opens the desk on a terminal. Elsewhere it says so: a program that waits
// for keys in a pipe would wait forever.
func (a *app) deskUI(cmd *cobra.Command) error {
	_, in := terminal(a.in)
	_, out := terminal(a.out.w)
	if !in || !out || a.json {
		return &usageError{
			text: "activator without a command opens the desk, which needs a terminal for input and output; here, use a command such as `activator issue CODE`, or `activator demo` to see one",
			cmd:  cmd,
		}
	}
	dir, op, err := a.here()
	if err != nil {
		return err
	}
	place := tui.Place{
		Dir: dir, Operator: op, Host: hostname(), Heads: headsFolder(), Journal: a.journal, Light: lightTerminal(a.env("COLORFGBG")),
		Files: func(s *activator.Session) tui.Files { return deskFiles{s} },
	}
	switch {
	case a.passphraseFile != "":
		if place.Passphrase, err = a.passphraseFrom(a.passphraseFile); err != nil {
			return err
		}
	case a.env("ACTIVATOR_PASSPHRASE") != "":
		place.Passphrase = []byte(a.env("ACTIVATOR_PASSPHRASE"))
	}
	if config, err := os.UserConfigDir(); err == nil {
		place.Settings = filepath.Join(config, "manual-activator", "desk.json")
	}
	if place.Out, err = os.Getwd(); err != nil {
		return err
	}
	err = tui.Run(cmd.Context(), tui.Folder(place), a.in, a.out.w)
	if errors.Is(err, tui.ErrInterrupted) {
		return errors.New("interrupted")
	}
	return err
}

// lightTerminal reports whether $COLORFGBG, which some terminals set to the numbers of
// their colors ("0;15", the background being the last), says that the background is light.
func lightTerminal(colors string) bool {
	n, err := strconv.Atoi(colors[strings.LastIndex(colors, ";")+1:])
	return err == nil && (n == 7 || n >= 9 && n <= 15)
}
