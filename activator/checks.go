package activator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// A bench collects the checks of one code and what follows from them. Its
// methods are the desk's rules; none of them reads a clock, a store or a key file.
type bench struct {
	r       *Reading
	d       Decision
	now     time.Time
	moved   bool // the seat moves to the machine's new fingerprint
	checks  []Check
	effects []journal.Effect
}

func (b *bench) pass(name, detail string) { b.add(Check{Name: name, Result: Passed, Detail: detail}) }
func (b *bench) warn(name, detail string) { b.add(Check{Name: name, Result: Warning, Detail: detail}) }
func (b *bench) skip(name, detail string) {
	b.add(Check{Name: name, Result: NotApplicable, Detail: detail})
}

// refuse adds a failed check that nobody may pass.
func (b *bench) refuse(name, detail string) {
	b.add(Check{Name: name, Result: Failed, Detail: detail, hard: true})
}

// doubt adds a failed check that an operator may pass with a reason.
func (b *bench) doubt(name, detail string) {
	c := Check{Name: name, Result: Failed, Detail: detail}
	if b.d.Override != "" {
		c.Result = Overridden
	}
	b.add(c)
}

func (b *bench) add(c Check) { b.checks = append(b.checks, c) }

// overridden reports whether the operator's reason was needed.
func (b *bench) overridden() bool {
	for _, c := range b.checks {
		if c.Result == Overridden {
			return true
		}
	}
	return false
}

// refusal is the sentence of the first failed check, hard ones first; empty when
// nothing failed.
func (b *bench) refusal() string {
	soft := ""
	for _, c := range b.checks {
		if c.Result == Failed && c.hard {
			return c.Detail
		}
		if c.Result == Failed && soft == "" {
			soft = c.Detail
		}
	}
	return soft
}

// known goes through what must hold before a tag can be judged. It reports
// whether it does.
func (b *bench) known() bool {
	r := b.r
	b.pass(checkForm, fmt.Sprintf("a %s, every group in order", r.Code.Kind()))
	if r.License == nil {
		b.refuse(checkLicense, sayUnknownLicense(numberOf(r.Code)))
		return false
	}
	b.pass(checkLicense, r.License.describe())
	if r.Product == nil {
		b.refuse(checkProduct, fmt.Sprintf("the license is for a product that has no file here (uid %v)", r.License.Product))
		return false
	}
	b.pass(checkProduct, r.Product.Name)
	return true
}

// genuine judges definition and tag. It reports whether the state is known.
func (b *bench) genuine() bool {
	r := b.r
	if r.Definition == nil {
		b.refuse(checkDefinition, fmt.Sprintf("the code asks for authorization %d, which the product file of %s does not have: the program may be newer than the file",
			r.Statement.Definition, r.Product.Name))
		return false
	}
	b.pass(checkDefinition, describeDefinition(r.Definition))
	if r.facts.NotGenuine >= r.limits.NotGenuine {
		b.doubt(checkGuesses, sayGuesses)
		if b.checks[len(b.checks)-1].Result == Failed {
			return false
		}
	}
	if r.node == nil {
		b.refuse(checkGenuine, sayNotGenuine)
		return false
	}
	b.pass(checkGenuine, fmt.Sprintf("made by the program of this license, release %d", r.Release))
	if r.node.parent != nil && r.node.seen == 0 {
		b.effects = append(b.effects, journal.Mark{License: r.License.Number, Scope: journal.ScopeSeen, Key: r.node.ref.bytes()})
	}
	return true
}

func describeDefinition(d *product.Definition) string {
	s := fmt.Sprintf("%d %s (%s)", d.ID, d.Name, d.Type)
	if d.Description != "" {
		s += ": " + d.Description
	}
	return s
}

// standing judges the license itself.
func (b *bench) standing() {
	switch b.r.License.State {
	case journal.Live:
		b.pass(checkStanding, "the license is in good standing")
	case journal.Refunded:
		b.refuse(checkStanding, sayRefunded)
	default:
		b.refuse(checkStanding, sayRevoked)
	}
}

// granted judges what was bought against what the answer would grant.
func (b *bench) granted(d *product.Definition, parameter uint32) {
	g := b.r.License.Grants
	switch {
	case !g.Covers(*d) && !b.coversLeaves(d, parameter):
		b.doubt(checkGranted, fmt.Sprintf("%s is not part of what was bought (%s)", d.Name, g))
	case !g.CoversParameter(*d, parameter):
		b.doubt(checkGranted, fmt.Sprintf("%s with the value %d is more than what was bought (%s)", d.Name, parameter, g))
	default:
		b.pass(checkGranted, d.Name+" is part of what was bought")
	}
	if g.CoversRelease(b.r.Release) {
		b.pass(checkRelease, fmt.Sprintf("release %d is covered", b.r.Release))
	} else {
		b.doubt(checkRelease, fmt.Sprintf("the program is release %d; the license covers releases up to %d: offer the upgrade", b.r.Release, g.Release))
	}
}

// coversLeaves reports whether everything that an answer to a group activates was
// bought by itself.
func (b *bench) coversLeaves(d *product.Definition, parameter uint32) bool {
	if !d.Type.Group() {
		return false
	}
	for _, id := range shares(*d, b.r.Product.Definition, parameter) {
		leaf, ok := b.r.Product.Definition(id)
		if !ok || !b.r.License.Grants.Covers(leaf) {
			return false
		}
	}
	return true
}

// preconditions judges what must be active on the machine already: for d, and for
// what an answer to it activates, which may build on one another.
func (b *bench) preconditions(d *product.Definition, parameter uint32) {
	needs := slices.Clone(d.Requires)
	var brings []uint8
	if !d.Type.Ends() {
		brings = shares(*d, b.r.Product.Definition, parameter)
	}
	for _, id := range brings {
		leaf, _ := b.r.Product.Definition(id)
		for _, n := range leaf.Requires {
			if !slices.Contains(brings, n) {
				needs = append(needs, n)
			}
		}
	}
	if len(needs) == 0 {
		b.skip(checkPreconditions, "none")
		return
	}
	slices.Sort(needs)
	on := b.r.history.activeOn(b.r.node)
	var missing []string
	for _, id := range slices.Compact(needs) {
		if _, ok := on[id]; !ok {
			missing = append(missing, b.r.definitionName(id))
		}
	}
	if len(missing) > 0 {
		b.doubt(checkPreconditions, fmt.Sprintf("%s needs %s on this machine first", d.Name, strings.Join(missing, " and ")))
		return
	}
	b.pass(checkPreconditions, "what it builds on is active on this machine")
}

func (r *Reading) definitionName(id uint8) string {
	if d, ok := r.Product.Definition(id); ok {
		return d.Name
	}
	return fmt.Sprintf("authorization %d", id)
}

// holder finds the seat that the machine of the reading holds.
func (r *Reading) holder() *journal.Seat {
	f := r.Statement.Fingerprint
	seat := r.seatOf(f)
	if seat != nil || r.node.answer == nil {
		return seat
	}
	for _, n := range r.node.home.states {
		if s := r.seatOf(n.ref.fingerprint); s != nil {
			seat = s
		}
	}
	return seat
}

func (r *Reading) seatOf(f codes.Fingerprint) *journal.Seat {
	for i := range r.facts.Seats {
		if r.facts.Seats[i].Fingerprint == f {
			return &r.facts.Seats[i]
		}
	}
	return nil
}

// seat judges hardware and seat of a request, and takes, keeps or moves the seat.
func (b *bench) seat() {
	r := b.r
	f := r.Statement.Fingerprint
	held := r.holder()
	same := b.hardware(held)
	switch {
	case held != nil && held.Fingerprint == f:
		b.pass(checkSeat, fmt.Sprintf("the machine keeps its seat, %d of %d", held.Slot, r.License.Seats))
		return
	case held != nil && same:
		b.moved = true
		if r.State == Superseded {
			b.doubt(checkHardware, "the seat would move to other hardware once more, before the last answer was ever seen in use")
		}
		b.pass(checkSeat, fmt.Sprintf("the machine keeps its seat, %d of %d, under its new fingerprint", held.Slot, r.License.Seats))
		b.effects = append(b.effects,
			journal.FreeSeat{License: r.License.Number, Fingerprint: held.Fingerprint},
			journal.TakeSeat{License: r.License.Number, Fingerprint: f, Slot: held.Slot, Limit: r.License.Seats, Excess: held.Excess})
		return
	}
	slot := r.freeSlot()
	take := journal.TakeSeat{License: r.License.Number, Fingerprint: f, Slot: slot, Limit: r.License.Seats}
	if slot > r.License.Seats {
		b.doubt(checkSeat, r.sayNoSeat())
		take.Excess = "override"
	} else {
		b.pass(checkSeat, fmt.Sprintf("a seat is free: it becomes seat %d of %d", slot, r.License.Seats))
	}
	b.effects = append(b.effects, take)
}

func (r *Reading) sayNoSeat() string {
	var taken []string
	for _, s := range r.facts.Seats {
		taken = append(taken, fmt.Sprintf("%v since %s", s.Fingerprint, day(s.Since)))
	}
	s := fmt.Sprintf("all %d seats are taken", r.License.Seats)
	if r.License.Seats == 1 {
		s = "the only seat is taken"
	}
	return s + " (" + strings.Join(taken, "; ") + "): have a machine deactivated and its confirmation code read, or sell a seat"
}

// freeSlot is the lowest seat that nobody has.
func (r *Reading) freeSlot() int {
	slot := 1
	for _, s := range r.facts.Seats { // by slot
		if s.Slot == slot {
			slot++
		}
	}
	return slot
}

// hardware judges whether a request comes from the machine that its key tells.
// It reports whether it is the same one as far as the desk tolerates.
func (b *bench) hardware(held *journal.Seat) bool {
	r := b.r
	f := r.Statement.Fingerprint
	if r.node.parent == nil || r.node.ref.fingerprint == f {
		if r.Statement.Status == 0 {
			b.pass(checkHardware, "nothing has changed on the machine")
		} else {
			b.pass(checkHardware, "the same machine, changed: "+changedKinds(r.Statement.Status))
		}
		return true
	}
	sum, limit := r.Product.Weigh(r.Statement.Status), r.Product.Policy.DeskTolerance
	if sum > 0 && sum <= limit && keepsUnique(r.Statement.Status) {
		b.pass(checkHardware, fmt.Sprintf("the same machine with new parts (%s): %d of %d", changedKinds(r.Statement.Status), sum, limit))
		return true
	}
	b.doubt(checkHardware, fmt.Sprintf("the program was activated on machine %v and now runs on another one, %v (%s: %d of %d)",
		r.node.ref.fingerprint, f, changedKinds(r.Statement.Status), sum, limit))
	return false
}

// keepsUnique reports whether a part that no other machine has is still there: a
// network card or the system drive. Two PCs of one model share all the rest.
func keepsUnique(status uint8) bool {
	changed := fingerprint.KindsOf(status)
	return !slices.Contains(changed, fingerprint.MAC) || !slices.Contains(changed, fingerprint.SystemDrive)
}

// changedKinds names the hardware kinds of a request's status byte.
func changedKinds(status uint8) string {
	var names []string
	for _, k := range fingerprint.KindsOf(status) {
		names = append(names, k.Name())
	}
	if names == nil {
		return "no part named"
	}
	return strings.Join(names, ", ")
}
