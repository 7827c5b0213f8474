package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes"
)

// pickFlag adds the flag that chooses among the codes of a text.
func pickFlag(c *cobra.Command, pick *int) {
	c.Flags().IntVar(pick, "pick", 0, "take the code with this `number` of a text that holds several")
}

// picked is the text to submit: all of it, or the code that --pick names.
func picked(cmd *cobra.Command, text string, pick int) (string, error) {
	if !cmd.Flags().Changed("pick") {
		return text, nil
	}
	found := activator.CodesIn(text)
	_, err := codes.Parse(text)
	switch {
	case err == nil && pick == 1:
		return text, nil
	case len(found) == 0:
		return "", &usageError{text: "--pick: there is no code in the text", cmd: cmd}
	case pick < 1 || pick > len(found):
		return "", &usageError{text: fmt.Sprintf("--pick: have %d, want 1 to %d", pick, len(found)), cmd: cmd}
	}
	m := found[pick-1]
	if m.Err != nil {
		return text[m.Start:m.End], nil
	}
	return m.Code.String(), nil
}

// manyCodes bounds how many codes of a text are listed.
const manyCodes = 20

// several lists the codes of an unreadable text where it has more than one: with
// their numbers for --pick.
func (p *printer) several(text string) {
	found := activator.CodesIn(text)
	if len(found) < 2 {
		return
	}
	p.blank()
	p.line("  Codes in this text:")
	p.blank()
	for i, m := range found {
		if i == manyCodes {
			p.sentence(2, fmt.Sprintf("and %d more: is this the right text?", len(found)-i))
			break
		}
		code, kind := m.Code.String(), m.Code.Kind().String()
		if m.Err != nil {
			code, kind = safe(text[m.Start:m.End]), "not readable"
			var slip *codes.SlipError
			if errors.As(m.Err, &slip) && slip.Kind != 0 {
				kind = slip.Kind.String() + " with a slip"
			}
		}
		p.hang("  "+pad(fmt.Sprint(i+1), 4), 6, kind)
		p.sentence(10, code)
	}
	p.blank()
	p.sentence(2, "Choose one with --pick and its number.")
}
