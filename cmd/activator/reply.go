package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
)

// replyFlag adds the flag that asks for the text of a mail.
func replyFlag(c *cobra.Command, language *string) {
	c.Flags().StringVar(language, "reply", "", "print the mail that answers the customer too, in this `language` (see: activator replies)")
}

// replyReady tells before anything is submitted whether the text of a mail can be
// made.
func replyReady(s *activator.Session, language string) error {
	if language == "" {
		return nil
	}
	_, err := s.Reply(&activator.Outcome{}, language)
	return err
}

// reply writes the text of a mail as it is to be sent.
func (p *printer) reply(text string) {
	p.blank()
	p.title("Reply")
	p.blank()
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		p.line(safe(strings.TrimRight(line, "\r\n")))
	}
}

func (a *app) repliesCmd() *cobra.Command {
	return &cobra.Command{
		Use: "replies", Short: "list the languages that issue and confirm --reply can write",
		Long: `replies lists the languages of the reply texts. Texts of your own are plain
files, replies/LANGUAGE.txt in the vendor folder, and come before those that
this program brings along. In them, {{.Answer}} and its like are filled in:
Customer, Order, License, Product, Code, Granted, Answer, AnswerDigits,
ValidUntil, Receipt, Reason, Checkpoint (the signed head of the journal, for
whoever wants to keep one). {{.ValidUntil}} is 2026-12-02, and
{{.ValidUntil.Day}}.{{.ValidUntil.Month}}.{{.ValidUntil.Year}} is 2.12.2026;
docs/replies.md has more.`,
		Args: args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(_ *activator.Desk, s *activator.Session) error {
				names, err := s.ReplyLanguages()
				if err != nil {
					return err
				}
				if a.json {
					return a.put(map[string][]string{"languages": slices.Clip(names)})
				}
				p := a.printer()
				p.line("Reply texts: ", safe(strings.Join(names, ", ")))
				p.blank()
				p.line("  activator issue CODE --reply ", safe(names[0]))
				p.blank()
				p.line("A text of your own: replies/LANGUAGE.txt in the vendor folder.")
				return nil
			})
		},
	}
}
