package protector

import (
	"slices"

	"github.com/manual-activator/manual-activator/fingerprint"
)

// A part is unique if no other machine has one with its identifier: a network card
// or the system drive. Machines of one model share all the rest.
var uniqueKinds = []fingerprint.Kind{fingerprint.MAC, fingerprint.SystemDrive}

// recognized takes back that it is the same machine where the kept profile has
// unique parts and none of them is here. A part that cannot be read, as in a
// container, does not stand for itself; kinds that were read then and cannot be now
// are in unread if they may be why.
func (d drift) recognized(kept, now *fingerprint.Profile) drift {
	had := false
	var unread []fingerprint.Kind
	for _, k := range uniqueKinds {
		then, _ := kept.Component(k)
		ids := then.IDs()
		if len(ids) == 0 {
			continue
		}
		had = true
		here, read := now.Component(k)
		if !read {
			unread = append(unread, k)
		}
		if slices.ContainsFunc(here.IDs(), func(id string) bool { return slices.Contains(ids, id) }) {
			return d
		}
	}
	if had {
		d.same, d.unread = false, unread
	}
	return d
}

// refusal says why it is not the same machine: what cannot be read, or else what
// changed, in the words of the caller.
func (d drift) refusal(format string, args ...any) *Error {
	if len(d.unread) > 0 {
		return refuse(ReasonHardwareUnreadable, "what identified this machine cannot be read now (%s): %s", inWords(d.unread), outside)
	}
	e := refuse(ReasonHardwareChanged, format, args...)
	e.Kinds = d.kinds
	return e
}

// outside says what to do where the hardware cannot be read.
const outside = "run the program on the machine itself, outside of containers and sandboxes, as a user who may read the hardware (on Linux: /sys)"

// identified returns an error where nothing that is read tells this machine from
// others of its model. A copy activated there would run on all of them.
func (h hardware) identified() error {
	if h.profile.Strength() >= fingerprint.Fair {
		return nil
	}
	return refuse(ReasonHardwareUnreadable, "nothing can be read here that tells this machine from others of its model, neither a built-in network card nor the serial number of the system drive, so nothing can be activated: %s", outside)
}
