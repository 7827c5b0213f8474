package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// The exit statuses, as the help of the program lists them.
const (
	exitDone       = 0 // a repeat included
	exitCould      = 1 // could not: files, locks, a wrong passphrase
	exitUsage      = 2
	exitRefused    = 3 // understood and refused
	exitUnreadable = 4 // the code could not be read
)

// A usageError is a command line that does not fit.
type usageError struct {
	text string
	cmd  *cobra.Command // whose usage line is shown; may be nil
}

func (e *usageError) Error() string { return e.text }

// A refusal is something understood and refused, or a code that cannot be read.
type refusal struct {
	status int // exitRefused or exitUnreadable
	text   string
}

func (e *refusal) Error() string { return e.text }

// A told error carries an exit status alone: its answer was printed already.
type told int

func (e told) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// statusOf is the exit status of a verdict.
func statusOf(v journal.Verdict) int {
	switch v {
	case journal.OK, journal.Repeat:
		return exitDone
	case journal.Refused:
		return exitRefused
	}
	return exitUnreadable
}

// answered ends a command whose answer was printed.
func answered(status int) error {
	if status == exitDone {
		return nil
	}
	return told(status)
}

// status finds the exit status of an error.
func status(err error) int {
	var t told
	var r *refusal
	var u *usageError
	var theirs *activator.UsageError
	var unknown *activator.UnknownLicenseError
	var mistakes *catalog.MistakesError
	var name *activator.BatchNameError
	var standing *activator.StandingError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &t):
		return int(t)
	case errors.As(err, &u), errors.As(err, &theirs), errors.As(err, &name), errors.Is(err, catalog.ErrUnknownProduct):
		return exitUsage
	case errors.As(err, &r):
		return r.status
	case errors.As(err, &unknown), errors.As(err, &mistakes), errors.As(err, &standing):
		return exitRefused
	}
	return exitCould
}

// finish prints what went wrong and returns the exit status.
func (a *app) finish(err error) int {
	st := status(err)
	var t told
	var s *stopped
	switch {
	case a.out.err != nil && errors.As(err, &s):
		a.say("activator: %v", err)
		return exitCould
	case a.out.err != nil:
		a.say("activator: the answer could not be written: %v; what was done is in the journal: give the same command again", a.out.err)
		return exitCould
	case err == nil || errors.As(err, &t):
		return st
	}
	a.say("activator: %s", strings.TrimRight(err.Error(), "\n"))
	var former *activator.FormerJournalError
	if errors.As(err, &former) {
		a.say("for whoever keeps the vendor folder: %v", former.Err)
		a.say("to try a backup out, restore it on a computer that never saw the vendor folder\nafter a loss, find out what is missing (docs/keys.md, the drill), then remove %s: from then on this computer takes the journal as it is", former.File)
	}
	var u *usageError
	if errors.As(err, &u) && u.cmd != nil {
		line := u.cmd.UseLine()
		if u.cmd.HasAvailableSubCommands() {
			line = u.cmd.CommandPath() + " COMMAND"
		}
		a.say("usage: %s\nmore: %s --help", line, u.cmd.CommandPath())
	}
	if a.json && !a.out.wrote && (st == exitRefused || st == exitUnreadable) {
		v := journal.Refused
		if st == exitUnreadable {
			v = journal.Unreadable
		}
		if a.put(map[string]any{"verdict": v, "reason": err.Error()}) != nil {
			return exitCould
		}
	}
	return st
}
