package activator

import (
	"fmt"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/internal/slab"
)

// The sentences*.go files hold what the desk says. An agent reads it to a customer
// on the phone, and mails repeat it. So: short and calm, no names of parts of the
// program, nobody is accused, and where something is refused, what to do next. A
// sentence begins small and ends without a full stop; whoever shows it adds both.
//
// What the desk says about a check is kept in the journal for ever. Names of customers
// and machines and references must stay erasable: they come as a check's aside.

// Names of the checks, in the order in which they are shown.
const (
	checkForm          = "form"
	checkRow           = "row"
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
	checkParts         = "parts"
	checkSeat          = "seat"
	checkLimits        = "limits"
	checkOutcome       = "outcome"
	checkMerge         = "merge" // of an entry that another desk recorded
)

func day(t time.Time) string { return daysInWords.say(midnight(t)) }

// midnight is the second at which the day of t begins, UTC.
func midnight(t time.Time) int64 { return t.Truncate(24 * time.Hour).Unix() }

// count is "1 code", "2 codes".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// withArticle is "a request code", "an activation code".
func withArticle(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// The form of a code.

func sayForm(k codes.Kind) string { return forms.say(k) }

func sayWrongKind(found codes.Kind, want []codes.Kind) string {
	var names []string
	for _, k := range want {
		names = append(names, withArticle(k.String()))
	}
	s := fmt.Sprintf("this is %s; %s was expected here", withArticle(found.String()), strings.Join(names, " or "))
	switch found {
	case codes.KindSerial:
		return s + ": the serial number only says which license it is; ask the customer for the code that the program shows"
	case codes.KindActivation, codes.KindSigned:
		return s + ": an activation code is what we give to the customer; ask for the code that the program shows"
	case codes.KindConfirmation:
		return s + ": take it with confirm"
	case codes.KindRequest:
		return s + ": answer it with issue"
	}
	return s
}

const (
	sayNotRead          = "no code could be read"
	sayShareHere        = "this is a recovery share of the keys, and no code: it does not belong here, and was not kept; clear it from the screen and the clipboard"
	sayUnreadableSerial = "this looks like a serial number with a slip in it: compare it group by group; what the desk needs is the code that the program shows"
	sayNoCode           = "this is no code: ask for it again, group by group, beginning with the first letter"
)

func sayClockWrong(err error) string {
	return fmt.Sprintf("the clock of this computer is wrong (%v): set it, then take the code again", err)
}

// Which license and product it is about.

// sayLicense leaves out the customer: a name must stay erasable.
func sayLicense(into *slab.Texts, l codes.LicenseNumber, order string) string {
	var buf [128]byte
	b := append(buf[:0], "license "...)
	b, _ = l.AppendText(b)
	if order != "" {
		b = append(append(b, ", order "...), order...)
	}
	return into.Keep(b)
}

func sayUnknownLicense(l codes.LicenseNumber) string {
	return fmt.Sprintf("license %v is not registered here: compare it once more; if it is right, it may belong to another vendor or to another office of ours", l)
}

func sayNoProduct(uid codes.UID) string {
	return fmt.Sprintf("this desk does not have the file of the product that the license is for (%v): have it added, and call the customer back", uid)
}

func sayNoDefinition(productName string, id uint8) string {
	return fmt.Sprintf("the code asks for something that the product file of %s does not have yet (number %d): the program may be newer than the file; have the file updated, and call the customer back",
		productName, id)
}

func sayDefinition(d *product.Definition) string {
	return definitions.say(definitionWords{d.ID, d.Name, d.Description, d.Type})
}

// Whether the code is genuine.

const (
	sayTooManyGuesses = "too many codes that did not fit named this license today: take it again tomorrow; a supervisor may let this one pass with a reason"
	sayNotGenuine     = "the code is complete, but was not made by this license's program: compare it group by group. " +
		"If anything was given back on that machine, have its confirmation code read first; the program shows it in its status"
	saySerialGenuine    = "made by us"
	saySerialNotGenuine = "the serial number names a license of ours, but was not made by us as it stands: compare it group by group"
)

func sayGenuine(release uint16) string { return genuines.say(release) }

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
		return "the machine is in the state of " + since + ", older than what we last saw of it: perhaps a backup was restored, or an old code was typed late; ask what happened on it"
	case GivenBack:
		switch {
		case n.gaveBack():
			return "this machine gave its activation back; we accepted that on " + since
		case n.shut != nil:
			return "the activation of " + since + " was given back; we accepted that on " + day(n.shut.at) +
				": this copy of the program remembers an older time, perhaps from a backup, and counts no more"
		}
		return "this activation was given back"
	case Void:
		return "the answer of " + since + " was closed when the machine gave its activation back on " + day(n.shut.at) +
			", since we had not seen it in use by then: it holds no seat and counts no more"
	case Gone:
		return "this machine was declared gone on " + day(n.wasGone().At) + ": ask whether it is back in use"
	case LicenseOnly:
		return "the machine knows its serial number only, and was activated before: a new installation, or a copy of the machine"
	case NotGenuine:
		return "the code does not fit anything that we know of this license"
	}
	return ""
}
