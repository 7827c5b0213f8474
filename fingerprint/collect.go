package fingerprint

import (
	"context"
	"fmt"
	"time"
)

// probeLimit is how long a probe may take before its component is given up.
const probeLimit = 2500 * time.Millisecond

// finding is what a probe brings back.
type finding struct {
	instances []Instance
	notes     []string // sentences for support, without raw identifiers
}

func (f *finding) notef(format string, args ...any) {
	f.notes = append(f.notes, fmt.Sprintf(format, args...))
}

// probe reads one kind of component. An error means that the kind could not be
// read, which is not the same as "there is none".
type probe struct {
	kind Kind
	find func(ctx context.Context) (finding, error)
}

// Collect reads the hardware profile of this machine. It needs no privileges
// and gives the same profile with and without them. Every probe runs on its own:
// one that fails, panics or takes longer than about 2.5 seconds costs its
// component, and a note says so. An error is returned only when ctx ends first.
func Collect(ctx context.Context) (*Profile, error) {
	return collect(ctx, probes(), probeLimit)
}

func collect(ctx context.Context, probes []probe, limit time.Duration) (*Profile, error) {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	type answer struct {
		at int
		finding
		err error
	}
	answers := make(chan answer, len(probes)) // room for all: a late probe must not block for ever
	for at, p := range probes {
		go func() {
			var a answer
			defer func() {
				if r := recover(); r != nil {
					a = answer{err: fmt.Errorf("the probe failed unexpectedly: %v", r)}
				}
				a.at = at
				answers <- a
			}()
			a.finding, a.err = p.find(bounded)
		}()
	}

	got := make([]*answer, len(probes))
	for _, a := range gather(answers, len(probes), bounded.Done()) {
		got[a.at] = &a
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the hardware profile: %w", err)
	}

	profile := &Profile{Version: CollectorVersion}
	for at, p := range probes {
		note := func(text string) {
			profile.Notes = append(profile.Notes, Note{Probe: p.kind.String(), Text: text})
		}
		switch a := got[at]; {
		case a == nil:
			note(fmt.Sprintf("not read: no answer within %v", limit))
		case a.err != nil:
			note(fmt.Sprintf("not read: %v", a.err))
		default:
			profile.Components = append(profile.Components, Component{Kind: p.kind, Instances: a.instances})
			for _, text := range a.notes {
				note(text)
			}
		}
	}
	profile.Tidy()
	return profile, nil
}

// gather takes n answers, or those that are there at the end. One that waits when the end is
// seen came in time: on a busy machine the program that takes it has its turn late.
func gather[T any](answers <-chan T, n int, end <-chan struct{}) []T {
	var all []T
	for len(all) < n {
		select {
		case a := <-answers:
			all = append(all, a)
		case <-end:
			for range len(answers) {
				all = append(all, <-answers)
			}
			return all
		}
	}
	return all
}
