package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/protector"
)

// tickEvery is how often the time of a run is written.
const tickEvery = time.Minute

func (a *app) useCommand() *cobra.Command {
	var length time.Duration
	cmd := &cobra.Command{
		Use: "use", Short: "begin and end a run, for trials by starts and hours",
		Long: `use begins a run, which counts as a start, and ends it when its standard input
ends, at an interrupt, or after --for. The time between counts as running time.
It says what is left of a trial before and after.`,
		Args: arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			if length < 0 {
				return &usageError{fmt.Sprintf("use: expected a time such as 90s or 2h, found %v", length)}
			}
			return a.with(func(c *protector.Client) error { return a.use(c, length) })
		},
	}
	cmd.Flags().DurationVar(&length, "for", 0, "end the run after this `time`, such as 90s or 2h")
	return cmd
}

func (a *app) use(c *protector.Client, length time.Duration) error {
	run, err := c.Begin()
	if err != nil {
		return err
	}
	if !a.json {
		st, err := c.Status()
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "A run began. %s\n", leftOf(st))
	}
	last, err := a.running(run, length)
	if ended := run.End(); err == nil {
		err = ended
	}
	if err != nil {
		return err
	}
	st, err := c.Status()
	if err != nil {
		return err
	}
	if a.json {
		if err := a.value(statusJSON(st)); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.stdout, "The run ended. %s\n", leftOf(st))
	}
	if last != nil && last.Trial.Has && !last.Usable() {
		return &protector.Error{Reason: last.Trial.Reason, Text: last.Trial.Detail + ": the run was ended"}
	}
	return nil
}

// running waits for the end of the run and counts its time. It returns the last
// status, if there was one: a run ends with the trial.
func (a *app) running(run *protector.Run, length time.Duration) (*protector.Status, error) {
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	defer signal.Stop(interrupt)
	closed := make(chan struct{})
	wait := after
	if length == 0 {
		wait = time.After
		go func() {
			_, _ = io.Copy(io.Discard, a.stdin) // that it ends is all that counts
			close(closed)
		}()
	}
	for left := length; ; left -= tickEvery {
		step := tickEvery
		if length > 0 {
			step = min(step, left)
		}
		select {
		case <-closed:
			return nil, nil
		case <-interrupt:
			return nil, nil
		case <-wait(step):
		}
		st, err := run.Tick()
		if err != nil || length > 0 && left <= tickEvery || st.Trial.Has && !st.Usable() {
			return st, err
		}
	}
}

// leftOf says what carries the program.
func leftOf(st *protector.Status) string {
	switch {
	case st.Trial.Has && st.Trial.State == protector.Active:
		return "Trial: " + plain(st.Trial.Detail) + "."
	case st.Usable():
		return "It is activated."
	case st.Trial.Has:
		return "Trial: " + plain(st.Trial.Detail) + "."
	}
	return "Nothing is counted."
}
