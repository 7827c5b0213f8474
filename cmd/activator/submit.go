package main

import (
	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/internal/qrtext"
)

// submitting is what issue and confirm have in common besides the decision.
type submitting struct {
	pick  int
	reply string // language; empty for none
	file  string // for the answer; empty for none
	force bool   // replaces the file
	qr    bool   // draws the answer
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
		var file *output
		if opt.file != "" {
			if file, err = begin(opt.file, 0o600, opt.force); err != nil {
				return err
			}
			defer file.drop()
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
		if e := a.handOut(o, file, opt.qr); e != nil {
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

// handOut writes an answer to its file, and draws it. Without an answer there is
// neither.
func (a *app) handOut(o *activator.Outcome, file *output, drawn bool) error {
	if o.Answer.IsZero() {
		return nil
	}
	if file != nil {
		if err := file.finish([]byte(answerFile(o))); err != nil {
			return err
		}
		a.say("activator: the answer is in %s too", file.path)
	}
	if drawn && !a.json {
		return qrtext.Draw(a.out, o.Answer.String())
	}
	return nil
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
