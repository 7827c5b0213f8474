package exchange

import (
	"maps"
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/activator"
	"github.com/manual-activator/manual-activator/codes/product"
)

// What the model knows of the product: it is written down here again, not asked.
const (
	release    = 1
	deactivate = 2
	reactivate = 3
	feature    = 4
	moreDays   = 5
	moreHours  = 6
	moreRuns   = 7
	rental     = 8
	unlimited  = 9
	checkIn    = 10 // gives the feature back
	recovery   = 11
	composite  = 12 // release and feature
	choice     = 13 // of feature, more days, unlimited
	fonts      = 14 // reusable

	program           = 4 // the release that customers run
	trialDays         = 14
	shelfLife         = 10
	mostReactivations = 1
	mostReissues      = 2
	mostGone          = 1
	periodDays        = 90
)

// defaults are the values of answers where the desk gives none.
var defaults = map[uint8]uint32{feature: 1, fonts: 1, moreDays: 14, moreHours: 8, moreRuns: 20}

// leaves are the parts of groups; bit i of a choice is its i-th part.
var leaves = map[uint8][]uint8{composite: {release, feature}, choice: {feature, moreDays, unlimited}}

// parts is what an answer makes active, with the value of each.
func parts(definition uint8, value uint32) map[uint8]uint32 {
	on := map[uint8]uint32{}
	switch definition {
	case composite:
		on[release], on[feature] = value, defaults[feature]
	case choice:
		for i, id := range leaves[choice] {
			if value&(1<<i) != 0 {
				on[id] = defaults[id]
			}
		}
	case recovery, reactivate:
	default:
		on[definition] = value
	}
	return on
}

// keyed reports whether an answer changes its machine's key.
func keyed(definition uint8) bool { return definition != recovery && definition != fonts }

// dayOf numbers the days of answers: 2024-01-01 is 0.
func dayOf(t time.Time) uint32 {
	return uint32(t.Sub(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

// over reports whether a day has passed everywhere on earth; 0 never does.
func over(day uint32, now time.Time) bool {
	end := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, int(day)+1)
	return day != 0 && !now.Before(end)
}

// A grant is what an accepted answer made active.
type grant struct {
	value uint32
	until time.Time // of more days: where the trial ends
}

// An installation is one copy of the program with its state folder, and what is true
// of it.
type installation struct {
	dir     string
	machine int  // which hardware
	license int  // which license was entered
	copied  bool // it shares its past with another copy

	began       time.Time // of the trial
	active      map[uint8]grant
	ended       map[uint8]grant // what the deactivation ended
	deactivated bool
	path        []string         // what its key went through, the newest last: answers, confirmations
	line        string           // the answer that began its present activation
	options     string           // the answer that brought the feature last
	waiting     map[string]asked // requests that wait for their answer
	asks        int
	newest      string   // the newest answer given to it that changes its key
	fonts       string   // the newest reusable answer that it took
	unread      []string // confirmations that the desk has not read, oldest first
}

// asked is a request that waits.
type asked struct {
	definition uint8
	place      int // later requests have higher ones
	path       []string
	at         time.Time
}

// key names the installation's present key; empty: the license key.
func (in *installation) key() string { return last(in.path) }

// last names the key at the end of a path.
func last(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return path[len(path)-1]
}

// fresh is the state of a program that was just installed.
func (in *installation) fresh(now time.Time) {
	*in = installation{
		dir: in.dir, machine: in.machine, license: in.license, copied: in.copied,
		began: now, active: map[uint8]grant{}, waiting: map[string]asked{}, asks: in.asks,
	}
}

// twin is the installation as a copy of its folder has it.
func (in *installation) twin(dir string) *installation {
	other := *in
	other.dir = dir
	other.waiting, other.active, other.ended = maps.Clone(in.waiting), maps.Clone(in.active), maps.Clone(in.ended)
	other.path, other.unread = slices.Clone(in.path), slices.Clone(in.unread)
	return &other
}

// holds reports whether a definition is in force, by the clock.
func (in *installation) holds(id uint8, now time.Time) bool {
	g, on := in.active[id]
	_, endless := in.active[unlimited]
	switch {
	case !on:
		return false
	case endless:
		return true
	case over(in.active[rental].value, now):
		return false
	case id == release:
		return !over(g.value, now)
	case id == moreDays, id == moreHours, id == moreRuns:
		return in.trying(now)
	}
	return true
}

// trying reports whether the trial runs.
func (in *installation) trying(now time.Time) bool {
	if _, endless := in.active[unlimited]; in.deactivated || endless {
		return !in.deactivated
	}
	if now.Before(in.began.AddDate(0, 0, trialDays)) {
		return true
	}
	if over(in.active[rental].value, now) {
		return false
	}
	_, hours := in.active[moreHours]
	_, runs := in.active[moreRuns]
	return hours || runs || now.Before(in.active[moreDays].until)
}

// bring makes active what an answer brings.
func (in *installation) bring(definition uint8, value uint32, now time.Time) {
	for id, v := range parts(definition, value) {
		g := grant{value: v}
		if id == moreDays {
			g.until = now
			for _, end := range []time.Time{in.began.AddDate(0, 0, trialDays), in.active[moreDays].until} {
				if end.After(g.until) {
					g.until = end
				}
			}
			g.until = g.until.AddDate(0, 0, int(v))
		}
		in.active[id] = g
	}
}

// giveUp drops the waiting requests when something is given back. Those for a
// recovery stay: it makes nothing active.
func (in *installation) giveUp() {
	maps.DeleteFunc(in.waiting, func(_ string, a asked) bool { return a.definition != recovery })
}

// showing is the newest request for a definition that the program shows again.
func (in *installation) showing(id uint8, now time.Time) string {
	code, best := "", asked{place: -1}
	for c, a := range in.waiting {
		if a.definition == id && a.place > best.place {
			code, best = c, a
		}
	}
	if code == "" || id != recovery && !slices.Equal(best.path, in.path) || now.Sub(best.at) >= 30*24*time.Hour {
		return ""
	}
	return code
}

// An answer is an activation code that the desk gave.
type answer struct {
	request, code string
	license       int
	machine       int
	definition    uint8
	value, last   uint32 // last: the day until which it can be typed
	gone          bool   // its machine was declared gone after it
	under         string // the key of its request
	apart         bool   // asked for by the license alone, or given by an operator's word
}

// A seat is what the desk thinks of one machine of one license.
type seat struct {
	number int  // 0: none
	doubt  bool // copies, late codes: the desk may think what it likes, within the law
}

// A soldLicense is a license and what is true of it.
type soldLicense struct {
	*activator.License
	index   int
	bought  product.Grants // as plain data
	seats   map[int]*seat  // by machine
	excess  int            // seats above the number, by an operator's word
	state   string         // live, revoked, refunded
	answers []*answer
	log     []event
	gone    map[string]bool // keys of machines that were declared gone
	closed  map[string]bool // answers that were given back
	unread  map[string]confirmation
	lines   map[string]int // seats that were given back, by activation
	options map[string]int // check-ins accepted, by the answer that brought what they give back
	returns int            // confirmations accepted
}

// An event is an answer or a machine gone, for the limits.
type event struct {
	at      time.Time
	cause   string // unknown where a copy is about
	machine int
}

// A confirmation is one that was shown.
type confirmation struct {
	machine int
	line    string
	path    []string // the keys that it ends
	checkIn bool
	options string // the answer that brought what a check-in gives back
}

// answersTo lists the answers to a request, the oldest first.
func (l *soldLicense) answersTo(request string) []*answer {
	var out []*answer
	for _, a := range l.answers {
		if a.request == request {
			out = append(out, a)
		}
	}
	return out
}

// useless reports whether an answer is of no use any more: given back, or to a request
// that the give-back of its machine dropped.
func (l *soldLicense) useless(a *answer) bool { return l.closed[a.code] || l.closed[a.under] }

// certain reports whether no copy, late code or the like is about.
func (l *soldLicense) certain() bool {
	for _, s := range l.seats {
		if s.doubt {
			return false
		}
	}
	return true
}

// free is the lowest seat that nobody has.
func (l *soldLicense) free() int {
	for n := 1; ; n++ {
		taken := false
		for _, s := range l.seats {
			taken = taken || s.number == n
		}
		if !taken {
			return n
		}
	}
}
