package protector

import (
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/codes/product"
)

// Run is one use of the program, from Begin to End.
type Run struct {
	client *Client
	last   time.Time // up to here the time is counted
	ended  bool
}

// Begin begins a run of the program: it counts one start, and time counts from here
// on. It is refused where the product has a trial, the trial is over, and no release
// is active. A start is counted whatever else is active, as days are. It is durable
// before Begin returns.
//
// Time is counted when Tick or End is called, by the clock of this process, so no
// change of the machine's clock adds or saves any. What a program did after its last
// Tick is lost when it crashes: call Tick about once a minute.
func (c *Client) Begin() (*Run, error) {
	r := &Run{client: c}
	err := c.session(func(s *session) error {
		st := s.status()
		if st.Trial.Has && !st.Usable() {
			return refuse(st.Trial.Reason, "%s", st.Trial.Detail)
		}
		if s.counts(product.TrialHours) || s.counts(product.TrialRuns) {
			s.base.Runs++
			if err := s.count(); err != nil && !st.released() {
				return err
			}
		}
		r.last = c.config.Now()
		c.running++
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Tick counts the time up to now and returns what this machine may do now.
func (r *Run) Tick() (*Status, error) {
	var out *Status
	err := r.client.session(func(s *session) error {
		err := r.tick(s)
		out = s.status()
		return err
	})
	return out, err
}

// End counts the time up to now and ends the run. Ended again, it does nothing.
func (r *Run) End() error {
	return r.client.session(func(s *session) error {
		if r.ended {
			return nil
		}
		err := r.tick(s)
		r.ended = true
		s.running--
		return err
	})
}

// tick counts whole seconds and keeps the rest for the next time.
func (r *Run) tick(s *session) error {
	passed := s.config.Now().Sub(r.last).Truncate(time.Second)
	if r.ended || passed <= 0 || !s.counts(product.TrialHours) {
		return nil
	}
	s.base.Ran += int64(passed / time.Second)
	if err := s.count(); err != nil {
		return err
	}
	r.last = r.last.Add(passed)
	return nil
}

// counts reports whether the product measures a trial by this type, or can.
func (s *session) counts(typ product.Type) bool {
	t := s.profile.Trial
	return t.Hours > 0 && typ == product.TrialHours || t.Runs > 0 && typ == product.TrialRuns ||
		slices.ContainsFunc(s.profile.Definitions, func(d product.Definition) bool { return d.Type == typ })
}

// count writes the counters, into the state of the license too, so that losing one
// file loses none of them.
func (s *session) count() error {
	if s.lic != nil {
		if err := s.save(s.lic.clone()); err != nil {
			return err
		}
	}
	if !s.writable {
		return notWritable(nil)
	}
	return s.saveBase()
}

// released reports whether a release is active.
func (s *Status) released() bool {
	return slices.ContainsFunc(s.Definitions, func(d DefinitionStatus) bool { return d.Type == product.Release && d.State == Active })
}
