package activator

import (
	"context"
	"fmt"
	"strings"

	"github.com/manual-activator/manual-activator/activator/journal"
	"github.com/manual-activator/manual-activator/codes"
)

// What two desks did that did not know of each other. It goes into the journal, so there is no personal text in it.

// bothSides stands in a sentence where collide says who and when, the earlier one first.
const bothSides = "\x00"

func sayAnsweredTwice(f codes.Fingerprint, random uint32) string {
	return fmt.Sprintf("request %08x of machine %v was answered twice, with different terms: "+bothSides+". The program takes one of them; both are known here now", random, f)
}

func sayConfirmedTwice(f codes.Fingerprint, random uint32) string {
	return fmt.Sprintf("deactivation confirmation %08x of machine %v was accepted twice: "+bothSides+". It counts once: see what each was for", random, f)
}

func sayGivenBackTwice(f codes.Fingerprint) string {
	return fmt.Sprintf("one activation of machine %v was given back by two confirmations: "+bothSides+". It counts once: see what each was for", f)
}

func sayRefundedTwice(l codes.LicenseNumber) string {
	return fmt.Sprintf("license %v was refunded twice: "+bothSides+". Ask for one of them back", l)
}

func sayRefundedActive(l codes.LicenseNumber, f codes.Fingerprint) string {
	return fmt.Sprintf("license %v was refunded at one desk, and machine %v was activated at another: "+bothSides+". Have the machine deactivated", l, f)
}

const sayPresignedTwice = "one presigned code was given twice: " + bothSides

func saySeatTwice(f codes.Fingerprint, slot, limit int) string {
	return fmt.Sprintf("more seats were taken than the license has, %d: "+bothSides+". Machine %v has seat %d, above the limit, until a seat comes free or is bought", limit, f, slot)
}

func sayBackAndAnswered(f codes.Fingerprint) string {
	return fmt.Sprintf("machine %v was given back at one desk and answered at another later: "+bothSides+". It keeps its seat", f)
}

func sayRegisteredTwice(l codes.LicenseNumber) string {
	return fmt.Sprintf("license number %v was registered twice, with different terms: "+bothSides+". What stands here stays. Desks that register apart need a registry number each", l)
}

func sayTwoProducts(l codes.LicenseNumber) string {
	return fmt.Sprintf("license number %v was registered for two products: "+bothSides+". The second one does not count here: give its customer another serial number, and each desk a registry number of its own", l)
}

func sayOrderTwice(order string, l, other codes.LicenseNumber) string {
	return fmt.Sprintf("order %q was registered twice, as license %v and as license %v: "+bothSides+". Revoke the one that was not bought", order, other, l)
}

func sayChangedTwice(l codes.LicenseNumber) string {
	return fmt.Sprintf("license %v was changed at two desks: "+bothSides+". The later change counts; revoked or refunded it stays", l)
}

const sayErasedElsewhere = "copies of texts that were erased already, met by a merge"

func sayDrawnTwice(n int) string {
	return fmt.Sprintf("%s drawn ahead by two desks: give each desk a registry number of its own", count(n, "license number"))
}

func event(e *journal.Entry) Event { return Event{Operator: e.Operator, Desk: e.Desk, Entry: *e} }

// sides says who and when, the earlier one first.
func (c *Collision) sides() string {
	say := func(e Event) string {
		return fmt.Sprintf("by %s at %s on %s UTC", e.Operator, e.Desk, e.Entry.At.UTC().Format("2 January 2006 15:04"))
	}
	return "first " + say(c.First) + ", then " + say(c.Second)
}

// collide notes that the other desk's entry e did what an own entry had done.
func (m *merger) collide(ctx context.Context, kind string, e *journal.Entry, own journal.EntryID, sentence string) {
	c := Collision{Kind: kind, License: e.License, First: m.side(ctx, own), Second: event(e)}
	if e.Machine {
		c.Machine = &e.Fingerprint
	}
	if c.Second.Entry.At.Before(c.First.Entry.At) {
		c.First, c.Second = c.Second, c.First
	}
	c.Sentence = strings.Replace(sentence, bothSides, c.sides(), 1)
	for _, o := range m.found {
		if o.Sentence == c.Sentence {
			return
		}
	}
	m.found = append(m.found, c)
}

// collideWithOrder notes that two licenses have one order.
func (m *merger) collideWithOrder(ctx context.Context, e *journal.Entry, other codes.LicenseNumber, x journal.SetLicense) {
	var entry journal.EntryID
	if f, err := m.s.desk.store.Facts(ctx, journal.Wanted{Licenses: []codes.LicenseNumber{other}}); err == nil && f.Licenses[other].Known {
		entry = f.Licenses[other].License.Entry
	}
	m.collide(ctx, "order", e, entry, sayOrderTwice(x.Order, x.Number, other))
}

// side is an entry of this journal as one side of a collision.
func (m *merger) side(ctx context.Context, id journal.EntryID) Event {
	if o := m.entries[id]; o != nil {
		return event(o.entry)
	}
	e, err := m.s.desk.store.Entry(ctx, id)
	if err != nil {
		return Event{Operator: "somebody", Desk: "this desk"}
	}
	return event(&e)
}

// SayBrought says of one log that a merge brought in whose entries came, from where to where, and its head.
func SayBrought(l BroughtLog) (came, head string) {
	came = "entry " + l.First.String()
	if l.Last != l.First {
		came = fmt.Sprintf("entries %v to %v", l.First, l.Last)
	}
	return fmt.Sprintf("%s: %s, of the log %s", l.Desk, came, l.Origin), fmt.Sprintf("%s, hash %v", countEntries(l.Size), l.Hash)
}

// SayFollowed says what followed from a merge.
func SayFollowed(b *Brought) (taken, collided string) {
	taken = fmt.Sprintf("%s behind this one, about %s", countEntries(uint64(b.TakenOver)), count(b.Licenses, "license"))
	if b.Registered > 0 {
		taken += fmt.Sprintf(", %d of them new here", b.Registered)
	}
	if b.Collisions == 0 {
		return taken, "nothing"
	}
	const most = 10
	var in []string
	for _, id := range b.Told[:min(most, len(b.Told))] {
		in = append(in, id.String())
	}
	collided = count(b.Collisions, "time") + ", told in entry " + strings.Join(in, ", ")
	if len(b.Told) > most {
		collided += fmt.Sprintf(" and %d more", len(b.Told)-most)
	}
	return taken, collided
}
