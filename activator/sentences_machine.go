package activator

import (
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/fingerprint"
	"github.com/manual-activator/manual-activator/internal/slab"
)

// The hardware of a machine.

const (
	sayFirstSeen   = "this machine is new on this license"
	sayUnchanged   = "nothing has changed on the machine"
	sayMovedBefore = "the seat would move to other hardware once more, before the last answer was ever seen in use: ask which machine the program is to run on"
)

func sayChanged(status uint8) string { return "the same machine, changed: " + sayParts(status) }

func sayNewParts(status uint8, sum, limit int) string {
	return fmt.Sprintf("the same machine with new parts (%s): %d of %d", sayParts(status), sum, limit)
}

func sayOtherMachine(was, is codes.Fingerprint, status uint8, sum, limit int) string {
	return fmt.Sprintf("the program was activated on machine %v and now runs on another one, %v (%s: %d of %d): ask whether it was moved; the old one is deactivated first",
		was, is, sayParts(status), sum, limit)
}

// sayParts names the hardware kinds of a request's status byte.
func sayParts(status uint8) string {
	var names []string
	for _, k := range fingerprint.KindsOf(status) {
		names = append(names, k.Name())
	}
	if names == nil {
		return "no part named"
	}
	return strings.Join(names, ", ")
}

// The seats of a license.

const (
	sayNoSeatForRecovery = "a recovery takes no seat"
	sayHoldsNoSeat       = "the machine holds no seat: none comes free"
	saySeatStays         = "the seat stays with the later activation of this machine"
	saySeatWasFreed      = "the machine's seat came free when it was declared gone; no second one does"
	saySeatFreed         = "the machine's seat comes free"
	sayNoSeatHeld        = "no machine holds a seat"
)

func sayKeepsSeat(slot, seats int) string {
	return fmt.Sprintf("the machine keeps its seat, %d of %d", slot, seats)
}

func sayKeepsSeatChanged(slot, seats int) string {
	return sayKeepsSeat(slot, seats) + ", with its new parts"
}

func sayTakesSeat(slot, seats int) string {
	return seatsTaken.say([2]int{slot, seats})
}

func sayStaysActive(returned string) string {
	return "the machine stays active and keeps its seat; only " + returned + " is given back"
}

func sayNoSeatFree(into *slab.Texts, seats int, taken []journal.Seat) string {
	var buf [512]byte
	b := append(buf[:0], "the only seat is taken"...)
	if seats != 1 {
		b = fmt.Appendf(buf[:0], "all %d seats are taken", seats)
	}
	for i, s := range taken {
		b = append(b, [2]string{" (", "; "}[min(i, 1)]...)
		b, _ = s.Fingerprint.AppendText(b)
		b = append(append(b, " since "...), day(s.Since)...)
	}
	if len(taken) > 0 {
		b = append(b, ')')
	}
	return into.Keep(append(b, ": have a machine deactivated and its confirmation code read, or one more seat is bought"...))
}

func saySeatsTaken(taken, seats int) string {
	return fmt.Sprintf("%d of %d seats are taken", taken, seats)
}

func saySeats(held []journal.Seat) string {
	if len(held) == 0 {
		return "no machine holds a seat of this license"
	}
	var by []string
	for _, s := range held {
		by = append(by, fmt.Sprintf("%v, seat %d since %s", s.Fingerprint, s.Slot, day(s.Since)))
	}
	return "seats are held by " + strings.Join(by, "; ")
}

func sayTooFewSeats(wanted, highest int) string {
	return fmt.Sprintf("seat %d is taken, so %s will not do: have machines deactivated first", highest, count(wanted, "seat"))
}

// Machines that are gone, and names of machines.

func sayNothingToRelease(held []journal.Seat) string {
	return saySeats(held) + ": there is nothing to release"
}

func sayWhichIsGone(held []journal.Seat) string {
	return saySeats(held) + "; say which machine is gone by its fingerprint"
}

func sayMachineWithoutSeat(f codes.Fingerprint, held []journal.Seat) string {
	return fmt.Sprintf("machine %v holds no seat of this license; %s", f, saySeats(held))
}

func sayGoneFrees(f codes.Fingerprint, slot int, c GoneCause) string {
	return fmt.Sprintf("seat %d of machine %v comes free, without proof (%s)", slot, f, strings.ReplaceAll(string(c), "-", " "))
}

func sayWhichToName(held []journal.Seat) string {
	return saySeats(held) + "; say which machine is meant by its fingerprint"
}

func sayNeverActivated(f codes.Fingerprint, held []journal.Seat) string {
	return fmt.Sprintf("machine %v was never activated for this license; %s", f, saySeats(held))
}

func sayNamed(f codes.Fingerprint) string { return fmt.Sprintf("machine %v gets its name", f) }

// How often something may happen.

const (
	sayReissues      = "new installations of one machine"
	sayMoves         = "changes of a machine's parts"
	sayReactivations = "reactivations"
	sayMachinesGone  = "machines gone"
	sayNoLimit       = "nothing of this kind is limited"
)

func sayWithinLimit(what string, number, limit, days int) string {
	return withinLimits.say(limitWords{what, number, limit, days})
}

func sayLimit(what string, have, limit, days int) string {
	return fmt.Sprintf("%s: %d within %d days already; the limit is %d", what, have, days, limit)
}
