package main

import (
	"strings"

	"github.com/manual-activator/manual-activator/codes"
)

// stepJSON is one step of the demo for programs.
type stepJSON struct {
	Step    int      `json:"step"`
	Voice   string   `json:"voice"`
	Command string   `json:"command"`
	Says    []string `json:"says"`
}

// does begins a step: who does what.
func (p *play) does(voice, command string) {
	p.flush()
	p.steps++
	p.step = stepJSON{Step: p.steps, Voice: voice, Command: command, Says: []string{}}
	if p.a.json {
		return
	}
	if voice != p.voice {
		if p.voice != "" {
			p.p.blank()
		}
		style := bold.Foreground(cyan.GetForeground())
		if voice == atCustomer {
			style = bold.Foreground(yellow.GetForeground())
		}
		p.p.line(p.p.in(style, "── "+voice+" "+strings.Repeat("─", width-4-len(voice))))
		p.voice = voice
	}
	p.p.blank()
	p.p.hang(p.p.in(bold, "  $ "), 4, command)
}

// says adds a line to the step.
func (p *play) says(mark, text string) {
	p.step.Says = append(p.step.Says, text)
	if p.a.json {
		return
	}
	p.p.hang("    "+mark, 6, text)
}

func (p *play) good(text string) { p.says(p.p.in(green, "✓")+" ", text) }

func (p *play) bad(text string) { p.says(p.p.in(red, "✗")+" ", text) }

func (p *play) plain(text string) { p.says("  ", text) }

// code shows a code in both forms.
func (p *play) code(name string, c codes.Code) {
	p.step.Says = append(p.step.Says, name+" "+c.String()+" "+c.Digits())
	if p.a.json {
		return
	}
	p.p.line("      ", name)
	p.p.line("        ", p.p.in(bold, c.String()))
	p.p.line("        ", p.p.in(faint, c.Digits()))
}

// flush writes the step before, for programs.
func (p *play) flush() {
	if p.a.json && p.steps > 0 {
		_ = p.a.put(p.step) // the sink keeps the error
	}
}
