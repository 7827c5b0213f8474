package tui

import (
	"context"
	"errors"
	"io"
	"os/signal"
	"syscall"

	tea "charm.land/bubbletea/v2"
)

// ErrInterrupted says that the program was ended by a signal.
var ErrInterrupted = errors.New("interrupted")

// Run shows the desk on a terminal until the operator leaves. ctx ends it.
func Run(ctx context.Context, c Config, in io.Reader, out io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP) // the window was closed: leave in order
	defer stop()
	m := New(ctx, c)
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler()).Run()
	if errors.Is(err, tea.ErrInterrupted) || ctx.Err() != nil {
		err = ErrInterrupted
	}
	return errors.Join(err, m.Close())
}
