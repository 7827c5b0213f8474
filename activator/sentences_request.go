package activator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// What was asked for, and what was bought.

func sayNoSuchGrant(productName string, id uint8) string {
	return fmt.Sprintf("%s has nothing with the number %d: look the number up with the product", productName, id)
}

func sayAskInProgram(name string) string {
	return name + " must be asked for by the program itself: the customer chooses it in the menu and reads out that code"
}

func sayNeverAnswered(name string) string {
	return name + " is never answered with a code: the program shows a confirmation code by itself; ask for that one"
}

func sayGranted(name string) string { return granted.say(name) }

func sayNotGranted(name, bought string) string {
	return fmt.Sprintf("%s is not part of what was bought (%s): offer it", name, bought)
}

// sayTooMuch says which part of an answer goes beyond what was bought; name is what is asked for, and may be the part.
func sayTooMuch(name string, part product.Definition, value uint32, bought string) string {
	much := sayValue(part, value)
	if part.Name != name {
		much = name + " with " + much
	}
	return fmt.Sprintf("%s is more than what was bought (%s): offer the rest", much, bought)
}

// sayValue names a definition with the value that an answer gives it.
func sayValue(d product.Definition, value uint32) string {
	switch names := d.Parameter.Named(value); {
	case d.Type != product.Feature:
		return d.Name
	case len(names) > 0:
		return fmt.Sprintf("%s (%s)", d.Name, strings.Join(names, ", "))
	}
	return fmt.Sprintf("%s (value %d)", d.Name, value)
}

// sayBought lists what was bought by its names.
func sayBought(g product.Grants, define definer) string {
	var names []string
	if len(g.Definitions) == 0 {
		names = append(names, "everything")
	}
	name := func(id uint8) product.Definition {
		d, ok := define(id)
		if !ok {
			d.Name = sayUnnamed(id)
		}
		return d
	}
	for _, id := range g.Definitions {
		if _, limited := g.Bits[id]; !limited {
			names = append(names, name(id).Name)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(g.Bits)) {
		names = append(names, sayValue(name(id), g.Bits[id]))
	}
	return strings.Join(names, ", ")
}

func sayRelease(release uint16) string { return releases.say(release) }

func sayReleaseNotCovered(release, covered uint16) string {
	return fmt.Sprintf("the program is release %d; the license covers releases up to %d: offer the upgrade", release, covered)
}

const (
	sayRecoveries   = "recoveries of one machine"
	sayTransfers    = "seats that went on to another machine"
	sayNeedsNothing = "it needs nothing else first"
	sayNeedsMet     = "what it builds on is active on this machine"
)

// sayRecoveryOnly answers an operator who wants to grant more than was asked for.
func sayRecoveryOnly(name string) string {
	return name + " was asked for, and the program takes nothing else for this code: ask for a new request code after the recovery"
}

// sayNeeds names pre-conditions that are missing. Where a code would be given, the
// program refuses it until they are met, whatever the desk does.
func sayNeeds(d *product.Definition, missing []string) string {
	s := fmt.Sprintf("%s needs %s on this machine first", d.Name, strings.Join(missing, " and "))
	if d.Type.Ends() {
		return s
	}
	return s + ": the program would not take the code before"
}

// sayUnnamed stands for a definition that the product file does not name.
func sayUnnamed(id uint8) string { return fmt.Sprintf("number %d", id) }

// The value of an answer.

func sayNoChoice(name string, t product.Type) string {
	return fmt.Sprintf("%s (%s) has no parts to choose from: parts are chosen for a choice only", name, t)
}

func sayNeedsChoice(name string, first uint8) string {
	return fmt.Sprintf("%s needs a choice, such as --choose %d", name, first)
}

func sayNotInChoice(name string, id uint8, parts []uint8) string {
	return fmt.Sprintf("%s has no part %d: choose from %v", name, id, parts)
}

func sayChoiceTooWide(name string, bits uint32, parts int) string {
	return fmt.Sprintf("%s has %d parts: have bits %#x, want none above", name, parts, bits)
}

func sayNeedsDay(name string) string {
	return name + " needs its last day, such as --param 2027-06-30"
}

func sayDayTooLate(name string, value uint32) string {
	return fmt.Sprintf("last day of %s: have number %d, want a day up to %v", name, value, codes.MaxDay)
}

func sayDayOver(name string, d codes.Day) string {
	return fmt.Sprintf("last day of %s: have %v, which is over", name, d)
}

func sayTakesToday(name string) string {
	return name + " takes no value: it carries today's day by itself"
}

func sayTakesNoValue(d *product.Definition, value uint32) string {
	return fmt.Sprintf("%s (%s) takes no value, have %d", d.Name, d.Type, value)
}

func sayPartsTakeNoDay(d *product.Definition, value uint32) string {
	return sayTakesNoValue(d, value) + ": none of its parts has a last day"
}

func sayValueRange(name string, value, least, most uint32) string {
	return fmt.Sprintf("value of %s: have %d, want %d to %d", name, value, least, most)
}

// The state of the machine that asks.

const (
	sayRecovery        = "a recovery may be asked for whatever state the machine is in"
	sayDeactivatedOnly = "this machine gave its activation back: the customer asks for the reactivation in the program's menu and reads out that code"
	sayNotDeactivated  = "the machine asks to be reactivated, but this state of it was never given back, so the program would not take the code: " +
		"ask what its status shows, and have another item of its menu chosen"
	sayReactivatedUntyped = "the machine was answered before and the answer was probably never typed"
)

// Whether the request was answered before.

const (
	sayFirstAnswer = "the first time that this request is answered"
	sayInMenu      = "the customer asks for the reactivation in the program's menu and reads out that code"
)

func sayAnsweredOtherwise(at time.Time, name string, of product.Parameter, value uint32) string {
	what := fmt.Sprintf("value %d", value)
	if names := of.Named(value); len(names) > 0 {
		what = strings.Join(names, ", ")
	}
	return fmt.Sprintf("this request was answered on %s with %s, %s: to answer it otherwise, correct it with a reason", day(at), name, what)
}

func saySameAnswer(at time.Time) string {
	return "answered on " + day(at) + "; this is the same answer again"
}

func sayAnswerGivenBack(on time.Time) string {
	return "this request was answered, and that activation was given back on " + day(on) + ": " + sayInMenu
}

func sayAnswerGone(on time.Time) string {
	return "this request was answered, and the machine was declared gone on " + day(on) + ": ask whether it is back in use"
}

func sayAnswerInUse(at time.Time) string {
	return "the answer of " + day(at) + " was typed and is in use: the program takes one answer a request, so ask for a new request code"
}

func sayReplaces(at time.Time) string { return "replaces the answer of " + day(at) }

func sayExpired(at time.Time) string {
	return "the answer of " + day(at) + " has expired; this is a new one"
}

func sayAnsweredOften(times int) string {
	return fmt.Sprintf("this request was answered %d times: ask for a new request code", times)
}
