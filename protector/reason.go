package protector

import (
	"errors"
	"fmt"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// Reason is the stable id of why something is as it is, for programs and for
// translations. Ids are never renamed; new ones may come.
type Reason string

// Why a definition is in its state, and notes of a [Status].
const (
	ReasonActive             Reason = "activated"             // an accepted answer holds
	ReasonProvisional        Reason = "provisional"           // active up to a last day
	ReasonLastDay            Reason = "last-day"              // a last day is set, and is not over
	ReasonUnlimited          Reason = "unlimited"             // an end that is switched off
	ReasonTrialLeft          Reason = "trial-left"            // the trial runs
	ReasonTrialOver          Reason = "trial-over"            // the trial has ended
	ReasonTrialNotRecorded   Reason = "trial-not-recorded"    // the beginning of the trial could not be written
	ReasonLastDayOver        Reason = "last-day-over"         // the last day is over, of one definition or of the license
	ReasonNotActivated       Reason = "not-activated"         // never asked for
	ReasonAnswerAwaited      Reason = "answer-awaited"        // a request code was made and not answered yet
	ReasonNoLicense          Reason = "no-license"            // no serial number or license file was entered
	ReasonDeactivated        Reason = "deactivated"           // ended by a deactivation
	ReasonCheckedIn          Reason = "checked-in"            // given back by a check-in
	ReasonHardwareChanged    Reason = "hardware-changed"      // activated on other hardware
	ReasonHardwareUnreadable Reason = "hardware-unreadable"   // nothing that identifies could be read
	ReasonMoved              Reason = "moved"                 // the state was copied or moved here after the activation
	ReasonReleaseNotCovered  Reason = "release-not-covered"   // the program is newer than what was licensed
	ReasonWithdrawn          Reason = "license-withdrawn"     // the vendor revoked or refunded the license
	ReasonKeysReplaced       Reason = "license-keys-replaced" // the vendor gave up the keys that the license was made with
	ReasonNotVouched         Reason = "license-not-vouched"   // the profile does not know the license
	ReasonStateDamaged       Reason = "state-damaged"         // every copy of the state is damaged or missing
	ReasonStateRepaired      Reason = "state-repaired"        // a damaged, missing or old copy was replaced
	ReasonStateNotWritable   Reason = "state-not-writable"    // a copy of the state could not be written
	ReasonClockSetBack       Reason = "clock-set-back"        // the clock shows an earlier time than was seen
	ReasonProfileOlder       Reason = "profile-older"         // an older program than the one last seen
	ReasonProfileRollback    Reason = "profile-rollback"      // an older profile of the same program
	ReasonProfile            Reason = "profile-not-accepted"  // the product profile cannot be trusted or read
)

// Why something that was asked for was not done.
const (
	ReasonUnreadable        Reason = "unreadable"         // the text is no code
	ReasonWrongKind         Reason = "wrong-kind"         // a code of another kind
	ReasonOtherProduct      Reason = "other-product"      // made for another product
	ReasonLicenseFile       Reason = "license-file"       // the license file cannot be trusted or read
	ReasonTestOnly          Reason = "test-only"          // made for test products
	ReasonNoRequest         Reason = "no-request"         // nothing is waiting for an answer
	ReasonNoMatch           Reason = "answer-not-for-us"  // fits no request of this machine
	ReasonOlderRequest      Reason = "older-request"      // answers a request that was given up
	ReasonOtherLicense      Reason = "other-license"      // fits a request of another license on this machine
	ReasonExpired           Reason = "answer-expired"     // the shelf-life is over
	ReasonClockAhead        Reason = "clock-ahead"        // the clock shows a time long after the vendor's day
	ReasonUsed              Reason = "answer-used"        // accepted before, and no longer in force
	ReasonStrength          Reason = "signed-only"        // a signed answer is needed
	ReasonSigningKey        Reason = "signing-key"        // signed with a key that the profile does not have
	ReasonNotDeactivated    Reason = "not-deactivated"    // there is nothing to reactivate
	ReasonPrecondition      Reason = "pre-condition"      // something else must be active first
	ReasonUnknownDefinition Reason = "unknown-definition" // the product has no such definition
	ReasonNotRequestable    Reason = "not-requestable"    // this type is never asked for
	ReasonAnswerValue       Reason = "answer-value"       // the answer's parameter makes no sense
	ReasonNoConfirmation    Reason = "no-confirmation"    // there is no confirmation code to show
	ReasonNoLastChance      Reason = "no-last-chance"     // Deactivate or CheckIn was called without its callback
	ReasonDeclined          Reason = "declined"           // the last-chance callback said no
	ReasonChanged           Reason = "state-changed"      // another process changed the state meanwhile
	ReasonStateLocked       Reason = "state-locked"       // another process holds the state
	ReasonStateNewer        Reason = "state-newer"        // written by a newer version
	ReasonStateUnreadable   Reason = "state-unreadable"   // the state files cannot be read
	ReasonRandom            Reason = "no-randomness"      // the source of randomness failed
)

// Class sorts reasons by what a program does about them, as the exit statuses of
// cmd/protector do.
type Class int

// The classes of reasons.
const (
	ClassRefused    Class = iota // understood and refused
	ClassUnreadable              // the text could not be read as a code
	ClassFailed                  // could not: files, locks, hardware, this version
)

// Class returns the class of the reason.
func (r Reason) Class() Class {
	switch r {
	case ReasonUnreadable:
		return ClassUnreadable
	case ReasonStateLocked, ReasonStateNewer, ReasonStateUnreadable, ReasonStateNotWritable, ReasonStateDamaged,
		ReasonRandom, ReasonHardwareUnreadable, ReasonChanged, ReasonNoLastChance, ReasonDeclined:
		return ClassFailed
	}
	return ClassRefused
}

// Error is what a customer, or the program on the customer's behalf, can do
// something about.
type Error struct {
	Reason     Reason
	Text       string              // one or two sentences: what is wrong and what to do
	Definition uint8               // the definition concerned, 0 for none
	License    codes.LicenseNumber // the license concerned, 0 for none
	Kinds      []fingerprint.Kind  // the hardware that changed
	Proposals  []codes.Proposal    // what an unreadable code may have been, best first: show them, never apply them
	Err        error               // what is behind it, if anything
}

// Error returns the sentence.
func (e *Error) Error() string { return e.Text }

// Unwrap returns the error behind it.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the reason of an error of this package, or "" for others.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

func refuse(r Reason, format string, args ...any) *Error {
	return &Error{Reason: r, Text: fmt.Sprintf(format, args...)}
}

func (e *Error) because(err error) *Error { e.Err = err; return e }

func (e *Error) about(id uint8) *Error { e.Definition = id; return e }
