package activator

import "time"

// What a confirmation code gives back.

const (
	sayFirstGiveBack = "the first time that this activation is given back"
	sayOneGiveBack   = "this activation was already given back, with another confirmation code"
	sayNeverActive   = "the code comes from a copy that was never activated, so there is nothing to give back: ask whether the program runs on another machine too"
	sayTwiceBack     = "this copy had already given its activation back: there is nothing left to give, and nothing more to do"
)

func sayGivesNothingBack(name string) string {
	return name + " gives nothing back, so no confirmation code can come from it: compare the code group by group"
}

func sayHandedIn(name string, at time.Time, operator string) string {
	return name + " was given back from this machine already, on " + day(at) + " by " + operator +
		", with another confirmation code: this copy of the program remembers an older time, and it counts once"
}

func sayAcceptedSame(at time.Time) string {
	return "accepted on " + day(at) + " for this same reference; it counts once"
}

func sayAcceptedBefore(at time.Time, operator string) string {
	return "this code was accepted already, on " + day(at) + " by " + operator + "; it counts once"
}

// Asides: what the first submission was for.

func sayAcceptedFor(reference string) string { return "it was accepted for " + reference }

const sayAcceptedForNothing = "it was accepted without a reference"

// Of a row that asks for the refund of a code that came before, say in a mail.
const sayRefundByItself = "; if its refund is still to be recorded, record it for the license, by itself"

// What the program reports about its own deactivation.

const (
	sayEndedAll           = "the program says that every trace of the activation was ended"
	sayEndedPartly        = "the program could not end every trace of the activation: ask the customer to deactivate it again with an administrator's rights, and record this one with a reason"
	sayEndedOnOther       = "the program was deactivated on other hardware than it was activated on: ask whether the machine was rebuilt or copied"
	sayEndedPartlyOnOther = "the program was deactivated on other hardware than it was activated on, and could not end every trace of the activation: " +
		"ask whether the machine was rebuilt or copied"
	sayOutcomeNewer = "the code reports something that only a newer version of this program knows: update this desk, then take the code again"
)
