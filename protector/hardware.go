package protector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// hardwareWait is how long reading the hardware may take.
const hardwareWait = 10 * time.Second

// hardware is this machine as it is now.
type hardware struct {
	profile *fingerprint.Profile
	fold    codes.Fingerprint
}

// hardware reads the machine once and remembers it; a failure is not remembered.
func (c *Client) hardware() (hardware, error) {
	if c.machine.profile != nil {
		return c.machine, nil
	}
	p, err := bounded(c.config.Machine)
	if err != nil {
		return hardware{}, refuse(ReasonHardwareUnreadable, "the hardware of this machine cannot be read (%v): try again", err).because(err)
	}
	fold, err := p.Fold(c.profile.UID)
	if err != nil {
		return hardware{}, refuse(ReasonHardwareUnreadable, "%v", err).because(err)
	}
	c.machine = hardware{profile: p, fold: codes.Fingerprint(fold)}
	return c.machine, nil
}

// bounded calls collect, which is not ours, without trusting it to return or not to
// panic.
func bounded(collect func(context.Context) (*fingerprint.Profile, error)) (*fingerprint.Profile, error) {
	ctx, cancel := context.WithTimeout(context.Background(), hardwareWait)
	defer cancel()
	type result struct {
		profile *fingerprint.Profile
		err     error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- result{err: fmt.Errorf("panic: %v", r)}
			}
		}()
		p, err := collect(ctx)
		if p == nil && err == nil {
			err = errors.New("no hardware profile")
		}
		done <- result{p, err}
	}()
	select {
	case r := <-done:
		return r.profile, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("no answer within %v", hardwareWait)
	}
}

// drift is how this machine differs from a hardware profile that was kept.
type drift struct {
	same     bool               // it counts as the same machine
	kinds    []fingerprint.Kind // what differs, whether it matters or not
	words    string             // what differs and what it comes to, for people
	sentence string             // the same with the verdict; empty: nothing differs

	unread []fingerprint.Kind // not the same, and this was read then and cannot be now
}

// status is the status byte of a request.
func (d drift) status() uint8 { return fingerprint.Status(d.kinds) }

// compare is the one place that decides whether this is still the machine: it is
// while the weights of what changed stay within the policy's tolerance, and while
// something that identifies can be compared at all. Nothing kept is no change.
func compare(kept *fingerprint.Profile, now hardware, policy product.Policy, moved bool) drift {
	if kept == nil {
		return drift{same: true}
	}
	j := fingerprint.Compare(kept, now.profile, policy.Weights, moved).Judge(policy.Tolerance, policy.DeskTolerance)
	d := drift{same: j.Verdict == fingerprint.SameMachine, kinds: j.Kinds()}
	if len(j.Differences()) > 0 || len(j.Unread()) > 0 {
		d.sentence = j.Sentence()
	}
	switch {
	case j.Verdict == fingerprint.NotClear:
		d.words = "nothing that identified it then can be read now"
	case !d.same && j.Sum <= policy.Tolerance:
		d.words = j.Changes() + "; no part is left that no other machine has"
	default:
		d.words = fmt.Sprintf("%s: %d, and %d is allowed", j.Changes(), j.Sum, policy.Tolerance)
	}
	return d.recognized(kept, now.profile)
}

// drift is how this machine differs from the one of the activation.
func (s *session) drift(machine hardware) drift {
	return compare(s.lic.profile(s.lic.Machine), machine, s.profile.Policy, s.moved())
}

// inWords lists kinds as a sentence does.
func inWords(kinds []fingerprint.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name()
	}
	return strings.Join(names, ", ")
}
