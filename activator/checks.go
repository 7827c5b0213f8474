package activator

import (
	"cmp"
	"slices"
	"time"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
	"github.com/manual-activator/manual-activator/codes/product"
	"github.com/manual-activator/manual-activator/fingerprint"
)

// A ruling collects the checks of one code and what follows from them. Its
// methods are the desk's rules; none of them reads a clock, a store or a key file.
type ruling struct {
	w       *workspace
	r       *Reading
	d       Decision
	now     time.Time
	moved   bool // the seat moves to the machine's new fingerprint
	checks  []journal.Check
	notes   notes
	refused string // detail of the first failed check that nobody may pass
	failed  string // of the first failed check
	passed  bool   // the operator's reason passed one
	effects []journal.Effect
	err     error // why no judgment could be made: an answer that cannot be signed
}

// notes are what the journal does not keep of checks.
type notes struct {
	hard  uint32 // bit i: nobody may pass check i
	aside []aside
}

// An aside is a personal text, shown behind the detail of a check.
type aside struct {
	check int
	text  string
}

func (ru *ruling) pass(name, detail string) { ru.add(name, Passed, detail) }
func (ru *ruling) warn(name, detail string) { ru.add(name, Warning, detail) }
func (ru *ruling) skip(name, detail string) { ru.add(name, NotApplicable, detail) }

// refuse adds a failed check that nobody may pass.
func (ru *ruling) refuse(name, detail string) {
	if ru.refused == "" {
		ru.refused = detail
	}
	ru.notes.hard |= 1 << len(ru.checks)
	ru.add(name, Failed, detail)
}

// refuseAside is refuse, with a personal text for who is there.
func (ru *ruling) refuseAside(name, detail, text string) {
	if text != "" {
		ru.notes.aside = append(ru.notes.aside, aside{len(ru.checks), text})
	}
	ru.refuse(name, detail)
}

// doubt adds a failed check that an operator may pass with a reason. It reports whether
// one did.
func (ru *ruling) doubt(name, detail string) bool {
	if ru.d.Override != "" {
		ru.passed = true
		ru.add(name, Overridden, detail)
		return true
	}
	ru.add(name, Failed, detail)
	return false
}

func (ru *ruling) add(name string, result Result, detail string) {
	if result == Failed && ru.failed == "" {
		ru.failed = detail
	}
	ru.checks = append(ru.checks, journal.Check{Name: name, Result: string(result), Detail: detail})
}

// refusal is the sentence of the first failed check, hard ones first; empty when
// nothing failed.
func (ru *ruling) refusal() string { return cmp.Or(ru.refused, ru.failed) }

// known goes through what must hold before a tag can be judged. It reports
// whether it does.
func (ru *ruling) known() bool {
	r := ru.r
	ru.pass(checkForm, sayForm(r.Code.Kind()))
	if r.License == nil {
		ru.refuse(checkLicense, sayUnknownLicense(r.Code.License()))
		return false
	}
	ru.pass(checkLicense, sayLicense(&ru.w.texts, r.License.Number, r.License.Order))
	if r.Product == nil {
		ru.refuse(checkProduct, sayNoProduct(r.License.Product))
		return false
	}
	ru.pass(checkProduct, r.Product.Name)
	if r.givenUp {
		ru.refuse(checkGenuine, sayKeysRevoked(r.License.Number))
		return false
	}
	return true
}

// genuine judges definition and tag. It reports whether the state is known.
func (ru *ruling) genuine() bool {
	r := ru.r
	if r.Definition == nil {
		ru.refuse(checkDefinition, sayNoDefinition(r.Product.Name, r.Statement.Definition))
		return false
	}
	ru.pass(checkDefinition, sayDefinition(r.Definition))
	if r.facts.NotGenuine >= r.limits.NotGenuine {
		if !ru.doubt(checkGuesses, sayTooManyGuesses) {
			return false
		}
	}
	if r.node == nil {
		ru.refuse(checkGenuine, sayNotGenuine)
		return false
	}
	ru.pass(checkGenuine, sayGenuine(r.Release))
	if r.node.parent != nil && r.node.seen == 0 {
		ru.effects = append(ru.effects, journal.Mark{License: r.License.Number, Scope: journal.ScopeSeen, Key: r.node.ref.append(ru.w.entryBytes.Take(refSize))})
	}
	return true
}

// standing judges the license itself.
func (ru *ruling) standing() {
	switch ru.r.License.State {
	case journal.Live:
		ru.pass(checkStanding, sayGoodStanding)
	case journal.Refunded:
		ru.refuse(checkStanding, sayRefunded)
	default:
		ru.refuse(checkStanding, sayRevoked)
	}
}

// granted judges what was bought against what the answer would grant.
func (ru *ruling) granted(d *product.Definition, parameter uint32) {
	g := ru.r.License.Grants
	switch {
	case !g.Covers(*d) && !ru.coversLeaves(d, parameter):
		ru.doubt(checkGranted, sayNotGranted(d.Name, sayBought(g, ru.r.history.define)))
	default:
		if part, value, ok := ru.beyond(d, parameter); ok {
			ru.doubt(checkGranted, sayTooMuch(d.Name, part, value, sayBought(g, ru.r.history.define)))
		} else {
			ru.pass(checkGranted, sayGranted(d.Name))
		}
	}
	if g.CoversRelease(ru.r.Release) {
		ru.pass(checkRelease, sayRelease(ru.r.Release))
	} else {
		ru.doubt(checkRelease, sayReleaseNotCovered(ru.r.Release, g.Release))
	}
}

// beyond finds what an answer would give that goes beyond what was bought: a value of the definition itself, or of a
// part of it, the first by its id.
func (ru *ruling) beyond(d *product.Definition, parameter uint32) (part product.Definition, value uint32, ok bool) {
	g := ru.r.License.Grants
	gives := map[uint8]uint32{d.ID: parameter}
	switch {
	case d.Type == product.Reactivate && ru.r.node.gaveBack():
		gives = ru.r.history.ended(ru.r.node)
	case d.Type.Group():
		gives = ru.r.history.given(*d, parameter)
	}
	for id, v := range gives {
		p, known := ru.r.Product.Definition(id)
		if known && (!g.CoversParameter(p, v) || d.Type == product.Reactivate && !ru.covers(p)) && (!ok || id < part.ID) {
			part, value, ok = p, v, true
		}
	}
	return part, value, ok
}

// covers reports whether a definition was bought by itself or as part of a group.
func (ru *ruling) covers(part product.Definition) bool {
	g := ru.r.License.Grants
	if g.Covers(part) {
		return true
	}
	for _, d := range ru.r.Product.Definitions {
		if d.Type.Group() && g.Covers(d) && slices.Contains(shares(nil, &d, ru.r.Product.Definition, ^uint32(0)), part.ID) {
			return true
		}
	}
	return false
}

// coversLeaves reports whether everything that an answer to a group activates was
// bought by itself.
func (ru *ruling) coversLeaves(d *product.Definition, parameter uint32) bool {
	if !d.Type.Group() {
		return false
	}
	for _, id := range shares(nil, d, ru.r.Product.Definition, parameter) {
		leaf, ok := ru.r.Product.Definition(id)
		if !ok || !ru.r.License.Grants.Covers(leaf) {
			return false
		}
	}
	return true
}

// preconditions judges what must be active on the machine already: for d, and for
// what an answer to it activates, which may build on one another.
func (ru *ruling) preconditions(d *product.Definition, parameter uint32) {
	var room [2][16]uint8
	needs, brings := append(room[0][:0], d.Requires...), room[1][:0]
	if !d.Type.Ends() {
		brings = shares(brings, d, ru.r.Product.Definition, parameter)
	}
	for _, id := range brings {
		leaf, _ := ru.r.Product.Definition(id)
		for _, n := range leaf.Requires {
			if !slices.Contains(brings, n) {
				needs = append(needs, n)
			}
		}
	}
	if len(needs) == 0 {
		ru.skip(checkPreconditions, sayNeedsNothing)
		return
	}
	slices.Sort(needs)
	on := ru.r.history.activeOn(ru.w.active(), ru.r.node)
	var missing []string
	for _, id := range slices.Compact(needs) {
		if _, ok := on[id]; !ok {
			missing = append(missing, ru.r.definitionName(id))
		}
	}
	if len(missing) > 0 {
		ru.doubt(checkPreconditions, sayNeeds(d, missing))
		return
	}
	ru.pass(checkPreconditions, sayNeedsMet)
}

// definitionName is the name of a definition for people.
func (r *Reading) definitionName(id uint8) string {
	if d, ok := r.history.define(id); ok {
		return d.Name
	}
	return sayUnnamed(id)
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
func (ru *ruling) seat() {
	r := ru.r
	f := r.Statement.Fingerprint
	held := r.holder()
	same := ru.hardware(held)
	switch {
	case held != nil && held.Fingerprint == f:
		ru.pass(checkSeat, sayKeepsSeat(held.Slot, r.License.Seats))
		return
	case held != nil && same:
		ru.moved = true
		if r.State == Superseded {
			ru.doubt(checkHardware, sayMovedBefore)
		}
		ru.pass(checkSeat, sayKeepsSeatChanged(held.Slot, r.License.Seats))
		ru.effects = append(ru.effects,
			journal.FreeSeat{License: r.License.Number, Fingerprint: held.Fingerprint},
			journal.TakeSeat{License: r.License.Number, Fingerprint: f, Slot: held.Slot, Limit: r.License.Seats, Excess: held.Excess})
		return
	}
	slot := r.freeSlot()
	take := journal.TakeSeat{License: r.License.Number, Fingerprint: f, Slot: slot, Limit: r.License.Seats}
	if slot > r.License.Seats {
		ru.doubt(checkSeat, sayNoSeatFree(&ru.w.texts, r.License.Seats, r.facts.Seats))
		take.Excess = "override"
	} else {
		ru.pass(checkSeat, sayTakesSeat(slot, r.License.Seats))
	}
	ru.effects = append(ru.effects, take)
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
func (ru *ruling) hardware(held *journal.Seat) bool {
	r := ru.r
	f := r.Statement.Fingerprint
	if r.node.parent == nil || r.node.ref.fingerprint == f {
		if j := r.Hardware; j != nil && len(j.Differences()) > 0 {
			ru.pass(checkHardware, sayChangedParts(j))
		} else if !r.history.knows(f, r.Statement.Random) {
			ru.pass(checkHardware, sayFirstSeen)
		} else if r.Statement.Status == 0 {
			ru.pass(checkHardware, sayUnchanged)
		} else {
			ru.pass(checkHardware, sayChanged(r.Statement.Status))
		}
		return true
	}
	if j := r.Hardware; j != nil {
		if j.Verdict == fingerprint.SameMachine || j.Verdict == fingerprint.SameForDesk {
			ru.pass(checkHardware, sayNewPartsOf(j))
			return true
		}
		ru.doubt(checkHardware, sayOtherParts(r.node.ref.fingerprint, f, j))
		return false
	}
	sum, limit := r.Product.Weigh(r.Statement.Status), r.Product.Policy.DeskTolerance
	if sum > 0 && sum <= limit && keepsUnique(r.Statement.Status) {
		ru.pass(checkHardware, sayNewParts(r.Statement.Status, sum, limit))
		return true
	}
	ru.doubt(checkHardware, sayOtherMachine(r.node.ref.fingerprint, f, r.Statement.Status, sum, limit))
	return false
}

// parts says what became of the hardware profile that came with a request.
func (ru *ruling) parts() {
	switch r := ru.r; {
	case r.hardwareNote != "":
		ru.warn(checkParts, r.hardwareNote)
	case r.Hardware != nil:
		ru.pass(checkParts, sayCompared(r.Hardware))
	case r.hardware != nil:
		ru.pass(checkParts, sayProfileKept)
	}
}

// keepsUnique reports whether a part that no other machine has is still there: a
// network card or the system drive. Two PCs of one model share all the rest.
func keepsUnique(status uint8) bool {
	changed := fingerprint.KindsOf(status)
	return !slices.Contains(changed, fingerprint.MAC) || !slices.Contains(changed, fingerprint.SystemDrive)
}
