package main

import (
	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
)

// submitting is what issue and confirm have in common besides the decision.
type submitting struct {
	pick  int
	reply string // language; empty for none
}

func (o *submitting) flags(c *cobra.Command) {
	pickFlag(c, &o.pick)
	replyFlag(c, &o.reply)
}

// submit submits the code of the arguments and prints what became of it.
func (a *app) submit(cmd *cobra.Command, args []string, opt submitting, d activator.Decision, show func(*printer, *activator.Outcome)) error {
	text, err := a.text(args)
	if err != nil {
		return err
	}
	if text, err = picked(cmd, text, opt.pick); err != nil {
		return err
	}
	return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
		if err := replyReady(s, opt.reply); err != nil {
			return err
		}
		o, err := s.Submit(cmd.Context(), text, d)
		if o == nil {
			return err
		}
		if o.Verdict == journal.OK {
			// The seats as they are now; the reading has them as they were.
			if now, e := s.License(cmd.Context(), o.License.Number); e == nil {
				o.License = now
			}
		}
		if e := a.showOutcome(s, o, opt.reply, show); e != nil {
			return e
		}
		if err != nil {
			return err
		}
		worst := statusOf(o.Verdict)
		if o.Refund != nil {
			worst = max(worst, statusOf(o.Refund.Verdict))
		}
		return answered(worst)
	})
}

// showOutcome prints an outcome, and the text of a mail where one is wanted.
func (a *app) showOutcome(s *activator.Session, o *activator.Outcome, language string, show func(*printer, *activator.Outcome)) error {
	reply := ""
	var err error
	if language != "" {
		reply, err = s.Reply(o, language)
	}
	if a.json {
		r := o.Report()
		r.Reply = reply
		if e := a.put(r); e != nil {
			return e
		}
		return err
	}
	p := a.printer()
	show(p, o)
	if reply != "" {
		p.reply(reply)
	}
	return err
}
