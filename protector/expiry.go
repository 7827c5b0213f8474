package protector

import (
	"time"

	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
)

// lastDay returns the day after which nothing of the license holds, 0 for none, and
// whether it is over. Of several the one that was accepted last counts, and of those
// accepted together the later one.
func (s *session) lastDay() (day codes.Day, over bool) {
	if s.lic == nil {
		return 0, false
	}
	newest := int64(0)
	for _, g := range s.lic.Active {
		if g.Type != product.ExpireOn {
			continue
		}
		if d := codes.Day(g.Parameter); day == 0 || g.Since > newest || g.Since == newest && d > day {
			day, newest = d, g.Since
		}
	}
	return day, day != 0 && !s.now.Before(day.End())
}

// unlimited reports whether an unlimited definition is in force here, which switches
// every expiry off.
func (s *session) unlimited(machine hardware, unreadable error) bool {
	if s.lic == nil || s.lic.Tombstone != nil {
		return false
	}
	for _, g := range s.lic.Active {
		if g.Type != product.Unlimited {
			continue
		}
		if why, _ := s.obstacle(g, machine, unreadable); why == nil {
			return true
		}
	}
	return false
}

// backdate makes everything that was accepted or asked for in the future happen now:
// the clock was years ahead then, and a recovery set it right.
func (r *record) backdate(now time.Time) {
	for _, list := range [][]grant{r.Active, r.ends()} {
		for i, g := range list {
			ahead := g.Since - now.Unix()
			if ahead <= 0 {
				continue
			}
			list[i].Since -= ahead
			if g.Type == product.TrialDays {
				list[i].Until -= ahead
			}
		}
	}
	for i := range r.Requests {
		r.Requests[i].Made = min(r.Requests[i].Made, now.Unix())
	}
}

func (r *record) ends() []grant {
	if r.Tombstone == nil {
		return nil
	}
	return r.Tombstone.Ends
}
