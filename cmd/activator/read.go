package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

func (a *app) readCmd() *cobra.Command {
	var pick int
	c := &cobra.Command{
		Use:   "read CODE...",
		Short: "decode a code and run every check; nothing is journaled or issued",
		Long: `read decodes a request code, a confirmation code or a serial number, runs every
check, and says what a submission would be answered. It journals nothing.

A code that does not read is compared with the licenses registered here, and
what it may have been is proposed, never applied.

With - each line of standard input is one code. An email around one code is
taken as one text; --pick takes all of standard input as one text.`,
		Args: args(1, -1, "the code to read"),
		RunE: func(cmd *cobra.Command, args []string) error {
			list := []string{}
			text, err := a.text(args)
			if err != nil {
				return err
			}
			switch picks := cmd.Flags().Changed("pick"); {
			case len(args) == 1 && args[0] == "-" && !picks:
				list = texts(text)
			default:
				if text, err = picked(cmd, text, pick); err != nil {
					return err
				}
				list = append(list, text)
			}
			return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
				return a.read(cmd.Context(), s, list)
			})
		},
	}
	pickFlag(c, &pick)
	return c
}

// read reads each text. The exit status is that of the worst one.
func (a *app) read(ctx context.Context, s *activator.Session, list []string) error {
	worst := exitDone
	for i, text := range list {
		r, err := s.Read(ctx, text, activator.Decision{})
		if err != nil {
			return err
		}
		worst = max(worst, statusOf(r.Verdict))
		if a.json {
			if err := a.put(r.Report()); err != nil {
				return err
			}
			continue
		}
		p := a.printer()
		if i > 0 {
			p.blank()
		}
		p.reading(r)
		p.wouldBe(r)
	}
	return answered(worst)
}

// wouldBe says what a submission would be answered.
func (p *printer) wouldBe(r *activator.Reading) {
	switch {
	case r.Verdict == journal.Unreadable:
		return
	case r.Verdict == journal.Refused && r.Code.Kind() == codes.KindSerial:
		p.verdict(r.Verdict, sentence(r.Reason))
	case r.Verdict == journal.Refused:
		p.verdict(r.Verdict, "It would be refused. "+sentence(r.Reason))
	case r.Code.Kind() == codes.KindSerial:
		p.verdict(r.Verdict, "A serial number of ours. The customer types it into the program; nothing is answered to it.")
	case r.Code.Kind() == codes.KindConfirmation && r.Verdict == journal.Repeat:
		p.verdict(r.Verdict, "Accepted before; it would be answered with the first receipt again.")
	case r.Code.Kind() == codes.KindConfirmation:
		p.verdict(r.Verdict, fmt.Sprintf("It would be accepted: activator confirm %v", r.Code))
	case r.Verdict == journal.Repeat:
		p.verdict(r.Verdict, "Answered before; it would be answered with the same code again.")
	default:
		p.verdict(r.Verdict, fmt.Sprintf("It would be answered: activator issue %v", r.Code))
	}
}
