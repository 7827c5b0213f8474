package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/activator/catalog"
	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

func (a *app) issueCmd() *cobra.Command {
	var as uint8
	var shelf int
	var o submitting
	var param, override, correct string
	var choose []string
	c := &cobra.Command{
		Use:   "issue CODE...",
		Short: "answer a request code with an activation code",
		Long: `issue checks a request code and answers it with an activation code. The answer,
or the refusal, is in the journal before it is shown. The same request gives the
same answer again.

Checks that are a matter of judgment (seats, hardware, limits, what was bought)
can be passed with --override and a reason; the journal keeps the reason.

What the product file calls signed is answered by a signed activation code of
120 characters, which goes by mail, as a file or as a QR symbol.`,
		Args: args(1, -1, "the request code"),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&param, "param", "", "the answer's `value`: a number (or bits, as 0b101), or a last day (as 2027-06-30)")
	f.Uint8Var(&as, "as", 0, "grant this `definition` in place of the one asked for, by its id")
	f.IntVar(&shelf, "shelf-life", 0, "`days` that the answer may wait to be typed; 0: it never expires")
	f.StringVar(&override, "override", "", "the `reason` for passing checks that are a matter of judgment")
	f.StringVar(&correct, "correct", "", "the `reason` for a new answer to a request that was answered wrongly")
	f.StringSliceVar(&choose, "choose", nil, "for a choice: the `ids` of what it grants, as 4,5")
	o.flags(c)
	f.StringVarP(&o.file, "output", "o", "", "write the answer to this `file` too, for a mail or a stick")
	f.BoolVar(&o.force, "force", false, "replace the file if it is there")
	f.BoolVar(&o.qr, "qr", false, "draw the answer as a QR symbol too")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := notEmpty(cmd, "override", "correct", "reply"); err != nil {
			return err
		}
		d := activator.Decision{Want: []codes.Kind{codes.KindRequest}, As: as, Override: override, Correct: correct}
		if o.file == "-" {
			return &usageError{text: "-o: the answer is on standard output already; name a file", cmd: cmd}
		}
		if f.Changed("as") && as == 0 {
			return &usageError{text: "--as: have 0, want a definition's id, 1 to 255", cmd: cmd}
		}
		if f.Changed("param") {
			v, err := parameter(param)
			if err != nil {
				return &usageError{text: err.Error(), cmd: cmd}
			}
			d.Parameter = &v
		}
		for _, s := range choose {
			id, err := strconv.ParseUint(strings.TrimSpace(s), 10, 8)
			if err != nil || id == 0 {
				return &usageError{text: fmt.Sprintf("--choose: have %q, want ids from 1 to 255, as 4,5", s), cmd: cmd}
			}
			d.Choose = append(d.Choose, uint8(id))
		}
		if f.Changed("shelf-life") {
			d.ShelfLife = &shelf
		}
		return a.submit(cmd, args, o, d, (*printer).issued)
	}
	return c
}

// parameter reads a number, or a day as the number that codes carry.
func parameter(s string) (uint32, error) {
	if v, err := strconv.ParseUint(s, 0, 32); err == nil {
		return uint32(v), nil
	}
	if day, err := codes.ParseDay(s); err == nil {
		return uint32(day), nil
	}
	return 0, fmt.Errorf("--param: have %q, want a number (5, 0x7, 0b101) or a day (2027-06-30)", s)
}

// notEmpty refuses flags that were given without a text: a reason is a reason.
func notEmpty(cmd *cobra.Command, names ...string) error {
	for _, n := range names {
		if f := cmd.Flags().Lookup(n); f.Changed && f.Value.String() == "" {
			return &usageError{text: "--" + n + " is empty", cmd: cmd}
		}
	}
	return nil
}

// issued writes the answer to a request.
func (p *printer) issued(o *activator.Outcome) {
	p.reading(&o.Reading)
	if o.Answer.IsZero() {
		if o.Verdict == journal.Refused {
			p.verdict(o.Verdict, refused(&o.Reading))
		}
		p.entry(o)
		return
	}
	words := "Answered."
	if o.Verdict == journal.Repeat {
		words = "Answered before; this is the same answer again."
	} else if o.Revision > 1 {
		words = fmt.Sprintf("Answered, revision %d.", o.Revision)
	}
	p.verdict(o.Verdict, words)
	p.blank()
	p.answer(o.Answer)
	if d := o.Granted; d != nil {
		p.field("grants", fmt.Sprintf("%s (%d, %s)%s", d.Name, d.ID, d.Type, value(o.Product, d, o.Value)))
	}
	p.field("type it until", lastDay(o.Day))
	p.entry(o)
}

// value says what the parameter of an answer means.
func value(x *catalog.Product, d *product.Definition, v uint32) string {
	dated := v != 0 && v <= uint32(codes.MaxDay)
	switch d.Type {
	case product.Release, product.ExpireOn, product.Composite:
		if dated {
			return ", until " + codes.Day(v).String()
		}
		return ""
	case product.Recover:
		if dated {
			return ", as of " + codes.Day(v).String()
		}
	case product.TrialDays:
		return ", " + plural(int(v), "day")
	case product.TrialHours:
		return ", " + plural(int(v), "hour")
	case product.TrialRuns:
		return ", " + plural(int(v), "start")
	case product.Choice:
		var on []string
		for i, id := range d.Leaves {
			if leaf, ok := x.Definition(id); ok && v>>i&1 == 1 {
				on = append(on, fmt.Sprintf("%s (%d)", leaf.Name, id))
			}
		}
		return ": " + strings.Join(on, ", ")
	case product.Feature:
		if len(d.Parameter.Bits) == 0 {
			return fmt.Sprintf(", value %d", v)
		}
		on := d.Parameter.Named(v)
		if len(on) == 0 {
			return fmt.Sprintf(", value %d: nothing", v)
		}
		return fmt.Sprintf(", value %d: %s", v, strings.Join(on, ", "))
	}
	return ""
}

func lastDay(d codes.Day) string {
	if d == 0 {
		return "no last day"
	}
	return d.Date().Format("Monday, 2 January 2006")
}

// entry says where the journal keeps it.
func (p *printer) entry(o *activator.Outcome) {
	if o.Answer.IsZero() {
		p.blank()
	}
	p.field("journal", fmt.Sprintf("entry %v", o.Entry))
}
