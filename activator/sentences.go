package activator

import (
	"fmt"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/codes"
)

// Sentences that an agent may read to a customer: no jargon, no names of parts of
// the program, and what to do next.

// Names of the checks, in the order in which they are shown.
const (
	checkForm          = "form"
	checkLicense       = "license"
	checkProduct       = "product"
	checkDefinition    = "definition"
	checkGuesses       = "guesses"
	checkGenuine       = "genuine"
	checkState         = "state"
	checkUsed          = "used before"
	checkStanding      = "standing"
	checkGranted       = "granted"
	checkRelease       = "release"
	checkPreconditions = "pre-conditions"
	checkHardware      = "hardware"
	checkSeat          = "seat"
	checkLimits        = "limits"
	checkOutcome       = "outcome"
)

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

func sayWrongKind(found codes.Kind, want []codes.Kind) string {
	var names []string
	for _, k := range want {
		names = append(names, article(k.String())+" "+k.String())
	}
	s := fmt.Sprintf("this is %s %s; %s was expected here", article(found.String()), found, strings.Join(names, " or "))
	switch found {
	case codes.KindSerial:
		return s + ": the serial number only says which license it is; ask the customer for the code that the program shows"
	case codes.KindActivation:
		return s + ": an activation code is what we give to the customer; ask for the code that the program shows"
	case codes.KindConfirmation:
		return s + ": take it with confirm"
	case codes.KindRequest:
		return s + ": answer it with issue"
	}
	return s
}

// count is "1 code", "2 codes".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an"
	}
	return "a"
}

func sayUnknownLicense(l codes.LicenseNumber) string {
	return fmt.Sprintf("license %v is not registered here: compare the code once more; it may belong to another vendor or to another registry", l)
}

// stateNote is the label in words that accuse nobody.
func stateNote(l Label, n *node) string {
	since := ""
	if n != nil && n.entry != 0 {
		since = day(n.at)
	}
	switch l {
	case Current:
		if since == "" {
			return "this machine asks for the first time"
		}
		return "the machine is in the state of the newest answer, of " + since
	case Superseded:
		return "a newer answer was given to this machine and was probably never typed; this code comes from the state of " + since
	case Earlier:
		if since == "" {
			return "the machine's memory is older than what we last saw of it: perhaps a backup was restored"
		}
		return "the machine is in the state of " + since + ", older than what we last saw of it: perhaps a backup was restored, or an old code was typed late"
	case GivenBack:
		if n != nil && n.gaveBack() {
			return "this machine gave its activation back; we accepted that on " + since
		}
		if n != nil && n.shut != nil {
			return "the activation of " + since + " was given back; we accepted that on " + day(n.shut.at) +
				": this copy of the program remembers an older time, perhaps from a backup, and counts no more"
		}
		return "this activation was given back"
	case Void:
		return "the answer of " + since + " was closed when the machine gave its activation back on " + day(n.shut.at) +
			", since we had not seen it in use by then: it holds no seat and counts no more"
	case Gone:
		return "this machine was declared gone on " + day(n.gone.At)
	case LicenseOnly:
		return "the machine knows its serial number only, and was activated before: a new installation, or a copy of the machine"
	case NotGenuine:
		return "the code does not fit any state of this license that we know"
	}
	return ""
}

const (
	sayNotGenuine = "the code is well formed but was not made by this license's program: compare it group by group. " +
		"If anything was given back on that machine, have its confirmation code read first; the program shows it in its status"
	sayGuesses         = "too many codes that were not genuine named this license today; a supervisor may let this one pass with a reason"
	sayDeactivatedOnly = "this machine gave its activation back: the customer asks for the reactivation in the program's menu and reads out that code"
	sayNotDeactivated  = "the machine asks to be reactivated, but this state of it was never given back: the program takes no reactivation now"
	sayNeverActive     = "the code comes from a copy that was never activated: there is nothing to give back"
	sayTwiceBack       = "this copy had already given its activation back: there is nothing left to give"
	sayRevoked         = "the license was revoked"
	sayRefunded        = "the license was refunded"
	sayOneGiveBack     = "this activation was already given back, with another confirmation code"
)
