package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/manual-activator/manual-activator/internal/jsonline"
)

// app is one run of the program: what it may touch besides files, and the flags
// that every command has.
type app struct {
	ctx  context.Context // ends with an interrupt
	in   io.Reader
	out  *sink
	err  io.Writer
	env  func(string) string
	now  func() time.Time
	rand io.Reader

	dir            string
	passphraseFile string
	operator       string
	journal        string
	json           bool
}

// run is the program: arguments in, exit status out.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, env func(string) string) int {
	a := &app{ctx: ctx, in: in, out: &sink{w: out}, err: errs, env: env, now: func() time.Time { return clock(env) }, rand: rand.Reader}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(a.out)
	root.SetErr(errs)
	return a.finish(root.ExecuteContext(ctx))
}

// sink is standard output. It remembers whether anything was written, and the
// first error, so that a full disk behind a pipe is not taken for success.
type sink struct {
	w     io.Writer
	wrote bool
	err   error
}

func (s *sink) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	s.wrote = s.wrote || len(b) > 0
	n, err := s.w.Write(b)
	s.err = err
	return n, err
}

// put writes one JSON value and a line feed.
func (a *app) put(v any) error { return jsonline.NewEncoder(a.out, "").Encode(v) }

// say writes a message about the work to stderr, wrapped on a terminal.
func (a *app) say(format string, args ...any) {
	fd, watched := terminal(a.err)
	for line := range strings.SplitSeq(strings.TrimRight(fmt.Sprintf(format, args...), "\n"), "\n") {
		lines := []string{safe(line)}
		if watched && !strings.HasPrefix(line, " ") { // a drawing keeps its columns
			lines = wrap(lines[0], terminalWidth(fd))
		}
		for _, l := range lines {
			fmt.Fprintln(a.err, l)
		}
	}
}

// terminal reports whether w is a terminal.
func terminal(w any) (int, bool) {
	f, ok := w.(*os.File)
	if !ok || f == nil {
		return 0, false
	}
	fd := int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// group makes a command that only holds others.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			text := fmt.Sprintf("unknown command %q after %q", args[0], cmd.CommandPath())
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				text += "; did you mean " + strings.Join(near, " or ") + "?"
			}
			return &usageError{text: text, cmd: cmd}
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			var names []string
			for _, s := range subs {
				names = append(names, s.Name())
			}
			return &usageError{text: fmt.Sprintf("%s needs one of: %s", cmd.CommandPath(), strings.Join(names, ", ")), cmd: cmd}
		},
	}
	c.SuggestionsMinimumDistance = 2
	c.AddCommand(subs...)
	return c
}

// args checks how many arguments a command was given; max < 0 is without limit.
func args(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return &usageError{text: "missing: " + what, cmd: cmd}
		case most == 0 && len(args) > 0:
			return &usageError{text: fmt.Sprintf("%s takes no arguments, found %q", cmd.CommandPath(), args[0]), cmd: cmd}
		case most > 0 && len(args) > most:
			return &usageError{text: fmt.Sprintf("one argument too many: %q", args[most]), cmd: cmd}
		}
		return nil
	}
}
